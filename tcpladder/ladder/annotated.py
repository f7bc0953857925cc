"""What users wrote about packets, put into a ladder's rows: signs in front, the note in the note column."""

from rich.cells import cell_len, set_cell_size

from tcpladder.annotations.document import Annotation
from tcpladder.annotations.wording import in_quotes
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import Layout, Line, Span

SIGNS = 2  # cells: that of a finding's sign, and the next, which columns aligned to the right leave empty
TOKEN = "mark"


def annotated(line: Line, what: Annotation | None, columns: Layout) -> Line:
    """Put a mark and a note into the line of a row, which stays as wide as it was."""
    if not what:
        return line
    signed = _signed(line, what, columns.glyphs)
    words = in_quotes(what)
    if not words or not columns.note:
        return signed
    *before, cell = signed
    said, ellipsis = cell.text.strip(), columns.glyphs.ellipsis
    room = columns.note - cell_len(words)
    if not said or room <= 0:
        return (*before, Span(" "), Span(fitted_cells(words, columns.note, ellipsis), TOKEN))
    return (*before, Span(" "), Span(words, TOKEN), Span(fitted_cells(f"; {said}", room, ellipsis), cell.token))


def fitted_cells(text: str, width: int, ellipsis: str) -> str:
    """Cut or fill a text, which may have characters that are two cells wide, to `width` cells."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(width - len(ellipsis), 0)) + ellipsis[:width]


def _signed(line: Line, what: Annotation, glyphs: Glyphs) -> Line:
    """Put the signs of a mark and a note in front: beside that of a finding where there is room, else in its place."""
    first, second, *after = _parted(line)
    own = [Span(sign, TOKEN) for sign in (what.mark, glyphs.noted if what.note or what.comment else "") if sign]
    if second.text != " ":
        return (own[0], second, *after)
    if first.text != " ":
        return (first, own[0], *after)
    return (*own, *[second] * (SIGNS - len(own)), *after)


def _parted(line: Line) -> list[Span]:
    """Give the first cells of a line as spans of their own."""
    spans = list(line)
    for at in range(SIGNS):
        text, token = spans[at].text, spans[at].token
        if len(text) > 1:
            spans[at : at + 1] = [Span(text[0], token), Span(text[1:], token)]
    return spans
