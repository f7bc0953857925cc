"""Whatever is about to be drawn, in ASCII: for terminals that show nothing else."""

import unicodedata

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_DRAWN_AS = {
    "-": "─━═╌╍┄┅‐‑‒–—▔▁▂▃▄▅▆▇▀",
    "|": "│┃║╎╏┆┇┊┋▏▎▍▌▋▊▉▐▕",
    "+": "┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┞┟┠┡┢┣┤┥┦┧┨┩┪┫┬┴┼╭╮╯╰╔╗╚╝╠╣╦╩╬",
    "#": "█",
    "^": "↑▲▴",
    "v": "↓▼▾",
    "<": "←◄◀",
    ">": "→►▶",
    "*": "●•·",
    "~": "…",
    "x": "×✗",
}
TABLE = {ord(character): drawn for drawn, characters in _DRAWN_AS.items() for character in characters}


class AsciiFilter(LineFilter):
    """Puts an ASCII character in the place of each cell that would have another."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Give the segments of a line; each takes as many cells as before."""
        return [
            segment if segment.text.isascii() else Segment(in_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def in_ascii(text: str) -> str:
    """Give a text that takes the same cells: what is drawn by a like sign, letters without their marks, or `?`."""
    return "".join(character if character.isascii() else _like(character) for character in text)


def _like(character: str) -> str:
    width = cell_len(character)
    plain = TABLE.get(ord(character)) or unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if len(plain) == width and plain.isprintable() else "?" * width
