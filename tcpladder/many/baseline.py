"""Findings that are known already: what an earlier check printed as JSON, and what is new beside it.

A kind of finding (`report.kinds`) is known with the number of its findings in that capture of the earlier check that
had most of them. Those that a capture has beyond that number are new, the last ones of it. Which file they were in does
not matter: recorded anew, files have other names.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tcpladder.errors import TcpladderError, quoted
from tcpladder.many.checking import CheckedFinding
from tcpladder.printable import printable
from tcpladder.report.kinds import Kind

FORMAT = "tcpladder check"
VERSION = 1
LARGEST = 1 << 30  # bytes
ENDS = ("rule", "endpoint", "initiator", "responder")
MAKE_ANEW = "Make it anew: tcpladder check --json CAPTURE... > FILE"


class BaselineError(TcpladderError):
    """A baseline that can't be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """How many findings of each kind are known.

    With `has_any_number` a known kind is known however many there are; with `has_any_initiator` whoever opened the
    connection.
    """

    known: Mapping[Kind, int] = field(default_factory=dict)
    has_any_number: bool = False
    has_any_initiator: bool = False

    def known_of(self, kind: Kind) -> int:
        """Give how many findings of a kind are known."""
        return self.known.get(self._compared(kind), 0)

    def is_new(self, findings: Iterable[CheckedFinding]) -> list[bool]:
        """Tell of each finding of one capture whether it is new."""
        seen: Counter[Kind] = Counter()
        told = []
        for finding in findings:
            kind = self._compared(finding.kind)
            seen[kind] += 1
            known = self.known.get(kind, 0)
            told.append(not known if self.has_any_number else seen[kind] > known)
        return told

    def _compared(self, kind: Kind) -> Kind:
        return _without_initiator(kind) if self.has_any_initiator else kind


def _without_initiator(kind: Kind) -> Kind:
    return Kind(rule=kind.rule, endpoint=kind.endpoint, initiator="", responder=kind.responder)


def baseline(path: Path, *, has_any_number: bool = False, has_any_initiator: bool = False) -> Baseline:
    """Read what an earlier check printed. Raises BaselineError where that is not what the file has."""
    known: Counter[Kind] = Counter()
    for kinds in _captures(_document(path), path):
        counts = Counter(map(_without_initiator, kinds) if has_any_initiator else kinds)
        for kind, count in counts.items():
            known[kind] = max(known[kind], count)
    return Baseline(known=known, has_any_number=has_any_number, has_any_initiator=has_any_initiator)


def _document(path: Path) -> Mapping[str, Any]:
    """Read the document, and see whether it is one that this version understands."""
    name = quoted(path)
    try:
        if path.stat().st_size > LARGEST:
            raise BaselineError(f"The baseline {name} is too large to be one.", MAKE_ANEW)
        if not path.is_file():
            raise BaselineError(f"The baseline {name} is no regular file.", MAKE_ANEW)
        content = path.read_bytes()
    except FileNotFoundError:
        raise BaselineError(f"There is no baseline {name}.", MAKE_ANEW) from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise BaselineError(f"The baseline {name} can't be read: {printable(reason)}.") from error
    if not content.strip():
        raise BaselineError(f"The baseline {name} is empty.", MAKE_ANEW)
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise BaselineError(f"The baseline {name} is damaged: it is no whole JSON document.", MAKE_ANEW) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BaselineError(f"The file {name} is none that 'tcpladder check --json' printed.", MAKE_ANEW)
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise BaselineError(
            f"The baseline {name} is of version {version}, and this tcpladder knows none after {VERSION}.",
            "Take the newer tcpladder that made it, or make it anew with this one.",
        )
    return document


def _captures(document: Mapping[str, Any], path: Path) -> Iterable[Sequence[Kind]]:
    """Give the kinds of all findings, capture by capture."""
    try:
        if document["version"] != VERSION:
            raise ValueError(document["version"])
        return [
            [_kind(found["kind"]) for found in (*capture["findings"], *capture["notices"])]
            for capture in document["captures"]
            if "error" not in capture
        ]
    except (KeyError, TypeError, ValueError):
        raise BaselineError(f"The baseline {quoted(path)} is damaged: what it says is incomplete.", MAKE_ANEW) from None


def _kind(written: Mapping[str, Any]) -> Kind:
    texts = {name: written[name] for name in ENDS}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError(texts)
    return Kind(**texts)
