"""Any text as Markdown that shows it and does nothing else (CommonMark, and what GitHub and GitLab make of it).

A word that means nothing to Markdown nor to a tracker stays as it is; any other becomes code, in which nothing is a
mention, a reference, a link, a tag or an emoji. Backslashes would not do: trackers look for mentions and references in
what Markdown has made of them.
"""

import html
import re
from collections.abc import Iterable

from tcpladder.printable import printable

_OTHER = r"\u0080-\U0010ffff"
_WORD = re.compile(r"([(\"']*)(.*?)([.,;:!?)\"']*)")
_INERT = re.compile(rf"[0-9A-Za-z{_OTHER}]([0-9A-Za-z{_OTHER}.'/=+-]*[0-9A-Za-z{_OTHER}%])?|%|")
_REFERENCE = re.compile(r"(?i:www\.)|[A-Za-z]-[0-9]|\b[0-9a-fA-F]{7,40}\b")
"""What trackers make links of: addresses without a scheme, GH-1 and the like, commits."""
_NUMBER_OF_LIST = re.compile(r"[0-9]+[.)]")
_SPAN = re.compile(r"(`+)[^`](?:.*?[^`])??\1(?!`)")
_LEAST_FENCE = 3


def code(text: str) -> str:
    """Write a text as code within a line; nothing where there is none."""
    shown = printable(text)
    if not shown.strip(" "):
        return ""
    ticks = "`" * (_longest_run(shown) + 1)
    is_apart = shown[0] in "` " or shown[-1] in "` "
    return f"{ticks} {shown} {ticks}" if is_apart else f"{ticks}{shown}{ticks}"


def prose(text: str) -> str:
    """Write a text as words on one line, those of them as code that might mean something else."""
    first, *others = printable(" ".join(text.split())).split(" ")
    begins_list = _NUMBER_OF_LIST.fullmatch(first)
    return " ".join([code(first) if begins_list else _word(first), *map(_word, others)])


def _word(word: str) -> str:
    match = _WORD.fullmatch(word)
    before, core, after = match.groups() if match else ("", word, "")
    is_inert = _INERT.fullmatch(core) and not _REFERENCE.search(core)
    return word if is_inert else f"{before}{code(core)}{after}"


def cell(markdown: str) -> str:
    r"""Write Markdown of `code` and `prose` so that it stays in one cell of a table.

    A pipe ends a cell even within code, unless a backslash stands before it. Where the text has that backslash itself,
    renderers differ: the pipe is shown as `\x7c` then.
    """
    return re.sub(r"(\\?)\|", lambda found: r"\\x7c" if found[1] else r"\|", markdown)


def in_html(text: str) -> str:
    """Write a text as code within a line of HTML."""
    return f"<code>{html.escape(printable(text))}</code>"


def fenced(lines: Iterable[str]) -> list[str]:
    """Write lines as a block of code whose fence none of them ends."""
    whole = [line.rstrip() for line in lines]
    fence = "`" * max(_LEAST_FENCE, max(map(_longest_run, whole), default=0) + 1)
    return [f"{fence}text", *whole, fence]


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def ascii_only(line: str) -> str:
    """Write a line outside of blocks of code in ASCII: a character reference is only text within code."""
    parts, at = [], 0
    for span in _SPAN.finditer(line):
        parts += [_referenced(line[at : span.start()]), escaped(span.group())]
        at = span.end()
    return "".join([*parts, _referenced(line[at:])])


def _referenced(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode()


def escaped(text: str) -> str:
    r"""Write text within code in ASCII, other characters as escapes such as `\xe9`."""
    return text.encode("ascii", "backslashreplace").decode()
