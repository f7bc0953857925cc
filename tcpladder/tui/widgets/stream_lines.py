"""One line of a followed stream as pieces of text, each with what it stands for: whose bytes, a match, a notice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tcpladder.ladder.glyphs import Glyphs
from tcpladder.printable import printable
from tcpladder.stream.page import StreamLine
from tcpladder.tcp.reassembly import What
from tcpladder.tcp.states import Endpoint

WIDE_ROW, NARROW_ROW = 16, 8
GROUP = 8  # bytes between which there is a wider gap
LEAST_OFFSET_DIGITS = 4
LEAST_TEXT = 8

Piece = tuple[str, str]
"""A text, and the token of its style."""

Lit = Sequence[tuple[int, int, str]]
"""Stretches of the data (begin, end, token), in order, that are to stand out."""

WORDS = {
    What.NOT_CAPTURED: "{bytes} missing here (not captured)",
    What.NOT_ACKNOWLEDGED: "{bytes} missing here (not captured, and never acknowledged)",
    What.SNAPPED: "{bytes} missing here (cut off by the snap length)",
    What.UNREAD: "{bytes} missing here (could not be read)",
    What.DIFFERENT: "{bytes} of no.{frame} not what was sent before; the first copy is shown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How wide what is; `frame` is 0 where there is no room for the frames' numbers."""

    frame: int
    offset: int  # 0 for text
    per_line: int  # bytes

    @property
    def margin(self) -> int:
        """Cells before the text: frame and side."""
        return self.frame + (self.frame > 0) + 2


def text_columns(width: int, last_frame: int) -> Columns:
    """Share the cells of a line of text. The last character may take a cell more than it has bytes in the line."""
    frame = len(str(last_frame))
    frame = frame if width - frame - 4 >= LEAST_TEXT else 0
    columns = Columns(frame=frame, offset=0, per_line=1)
    return Columns(frame=frame, offset=0, per_line=max(width - columns.margin - 1, 1))


def hex_columns(width: int, last_frame: int, longest: int) -> Columns:
    """Share the cells of a row of bytes, of streams that are so long."""
    frame, offset = len(str(last_frame)), max(LEAST_OFFSET_DIGITS, len(f"{longest:x}"))
    every = [
        Columns(frame=shown, offset=offset, per_line=row) for row in (WIDE_ROW, NARROW_ROW) for shown in (frame, 0)
    ]
    return next((columns for columns in every if hex_width(columns) <= width), every[-1])


def hex_width(columns: Columns) -> int:
    """Give how many cells a full row of bytes takes."""
    return columns.margin + columns.offset + 2 + _hex_cells(columns.per_line) + 2 + columns.per_line


def _hex_cells(count: int) -> int:
    return max(3 * count - 1 + (count - 1) // GROUP, 0)


def draw(
    line: StreamLine,
    data: bytes,
    columns: Columns,
    glyphs: Glyphs,
    lit: Lit = (),
) -> list[Piece]:
    """Draw a line as text, or as bytes where the columns have room for an offset.

    What ends a line of text is seen by its end, and shown only where it is to stand out.
    """
    side = _side(line)
    frame = "" if line.new_frame is None else str(line.new_frame)
    head: list[Piece] = [(f"{frame:>{columns.frame}} ", "frame")] if columns.frame else []
    head.append((f"{glyphs.right if side == 'initiator' else glyphs.left} ", side))
    if line.what is not What.DATA:
        return [*head, (notice(line, glyphs), "notice")]
    if columns.offset:
        return [*head, (f"{line.offset:0{columns.offset}x}  ", "frame"), *_row(line, data, columns, glyphs, lit)]
    return [*head, *_text(line, data, glyphs, lit)]


def notice(line: StreamLine, glyphs: Glyphs) -> str:
    """Say what is missing or different."""
    verb = "is" if line.missing == 1 else "are"
    count = f"{line.missing} byte{'s' if line.missing != 1 else ''} {verb}"
    return f"{glyphs.hole} {WORDS[line.what].format(bytes=count, frame=line.frame)}".replace(
        f"{verb} of no.{line.frame} not", f"of no.{line.frame} {verb} not"
    )


def _text(line: StreamLine, data: bytes, glyphs: Glyphs, lit: Lit) -> list[Piece]:
    shown = data[line.begin : line.end]
    end = line.end - next((len(ending) for ending in (b"\r\n", b"\n") if shown.endswith(ending)), 0)
    side = _side(line)
    pieces: list[Piece] = []
    at = line.begin
    for character, size, is_hidden in _characters(data[line.begin : end], glyphs):
        token = _token(at, at + size, lit) or ("control" if is_hidden else side)
        if pieces and pieces[-1][1] == token:
            pieces[-1] = (pieces[-1][0] + character, token)
        else:
            pieces.append((character, token))
        at += size
    if end < line.end and (token := _token(end, line.end, lit)):
        pieces.append((glyphs.controls[data[end]], token))
    return pieces


def _characters(data: bytes, glyphs: Glyphs) -> Iterator[tuple[str, int, bool]]:
    """Give (what is shown, how many bytes it stands for, whether it stands for what can't be shown)."""
    for character in data.decode(errors="surrogateescape"):
        code = ord(character)
        size = 1 if code < 0x80 or 0xDC80 <= code <= 0xDCFF else len(character.encode())
        if code < 0x20:
            yield glyphs.controls[code], 1, True
        elif character == printable(character) and cell_len(character) > 0:
            yield character, size, False
        else:
            yield glyphs.hidden, size, True


def _side(line: StreamLine) -> str:
    return "initiator" if line.sender is Endpoint.INITIATOR else "responder"


def _token(begin: int, end: int, lit: Lit) -> str:
    return next((token for first, stop, token in lit if first < end and begin < stop), "")


def _row(line: StreamLine, data: bytes, columns: Columns, glyphs: Glyphs, lit: Lit) -> list[Piece]:
    side = _side(line)
    pairs: list[Piece] = []
    characters: list[Piece] = []
    before = ""
    for at in range(line.begin, line.end):
        byte, number = data[at], at - line.begin
        token = _token(at, at + 1, lit)
        if number:
            pairs.append(("  " if number % GROUP == 0 else " ", token if token == before else ""))
        pairs.append((f"{byte:02x}", token or side))
        is_shown = 0x20 <= byte <= 0x7E
        characters.append((chr(byte) if is_shown else glyphs.hidden, token or (side if is_shown else "control")))
        before = token
    fill = _hex_cells(columns.per_line) - _hex_cells(line.end - line.begin)
    return [*pairs, (" " * (fill + 2), ""), *characters]
