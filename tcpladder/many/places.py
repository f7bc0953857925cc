"""Where the reports of many captures go: below one directory, each under a name that no other has.

A capture that was named goes under its file name; one from a directory under its path below that directory, so that the
tree of reports is that of the captures. Where two would have the same name, both get directories of theirs before it.
"""

import hashlib
import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from tcpladder.many.gathering import Gathered
from tcpladder.printable import printable

LONGEST = 200  # bytes of a name: file systems take 255, and endings follow
SUMMARY = "summary"
"""What the summary over all captures is called."""


def places(captures: Sequence[Gathered], endings: Sequence[str]) -> list[PurePath]:
    """Give each capture a relative path, to which `endings` are added; no two reports are the same file.

    Upper and lower case are not told apart, since not all file systems do. No path leads out of the directory.
    """
    whole = [_parts(PurePath(os.path.abspath(each.path)).parts[1:]) for each in captures]  # noqa: PTH100 - it reads no link
    taken = [_parts(each.place.parts) for each in captures]
    depths = [len(parts) for parts in taken]
    while clashing := _clashing(taken, endings):
        longer = [at for at in clashing if depths[at] < len(whole[at])]
        if not longer:
            break
        for at in longer:
            depths[at] += 1
            taken[at] = whole[at][-depths[at] :]
    return [PurePath(*parts) for parts in _numbered(taken, endings)]


def _parts(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(_fit, parts or ("",)))


def _fit(name: str) -> str:
    """Give a name that can be that of a file everywhere, and that a terminal does not obey."""
    plain = "".join(letter if printable(letter) == letter and letter not in "/\\:" else "_" for letter in name)
    if plain in ("", ".", ".."):
        return "_"
    if len(plain.encode()) <= LONGEST:
        return plain
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"{plain.encode()[: LONGEST - 9].decode(errors='ignore')}~{digest}"


def _key(parts: Sequence[str]) -> str:
    return unicodedata.normalize("NFC", "/".join(parts)).casefold()


def _files(parts: Sequence[str], endings: Sequence[str]) -> list[str]:
    """Give what tells the files from others that a capture's reports would be."""
    return [_key((*parts[:-1], f"{parts[-1]}{ending}")) for ending in endings]


def _reserved() -> list[str]:
    return [f"{SUMMARY}{ending}" for ending in (".txt", ".json", ".html")]


def _clashing(taken: Sequence[Sequence[str]], endings: Sequence[str]) -> list[int]:
    counts = Counter(_reserved())
    for parts in taken:
        counts.update(_files(parts, endings))
    return [at for at, parts in enumerate(taken) if any(counts[file] > 1 for file in _files(parts, endings))]


def _numbered(taken: Sequence[tuple[str, ...]], endings: Sequence[str]) -> list[tuple[str, ...]]:
    """Add numbers where nothing else tells files apart."""
    used = set(_reserved())
    found = []
    for parts in taken:
        number, numbered = 1, parts
        while not used.isdisjoint(_files(numbered, endings)):
            number += 1
            numbered = (*parts[:-1], f"{parts[-1]}~{number}")
        used.update(_files(numbered, endings))
        found.append(numbered)
    return found
