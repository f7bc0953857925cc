"""A connection's ladder as SVG: one picture by itself, or parts for a page, none of which a printer cuts in two."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from tcpladder.annotations.wording import in_words
from tcpladder.ladder.notation import byte_count, elided, endpoint, introduced, seconds
from tcpladder.ladder.options import LadderOptions
from tcpladder.ladder.rungs import Heading, Ladder, Rung
from tcpladder.report.drawn import Drawn, LeftOut
from tcpladder.report.web.lifelines import Band, lifelines
from tcpladder.report.web.markup import Markup, element, lines
from tcpladder.report.web.measures import CELL, MARGIN, Measures, measures, time_heading
from tcpladder.report.web.palette import asset, resolved
from tcpladder.report.web.rows import ROW, ghost_row, initial_row, label, left_out_row, row_of

PART = 20  # rows: so few that printed pages are well filled
TITLE, HEADINGS, TEXT = 26, 38, 18  # heights
MORE_IN_HEADINGS = 34  # characters that an endpoint's name may be longer than half the room between the lifelines
ELLIPSIS = "…"


def ladder_picture(drawn: Drawn, total: int, options: LadderOptions) -> Markup:
    """Draw a ladder as an SVG document: with a title, on a ground of its own, and with what users wrote below it."""
    rungs = _rungs(drawn)
    columns = measures(drawn.ladder, list(rungs.values()), options)
    bands = [
        _title(drawn.ladder.heading, total, columns),
        *_bands(drawn, rungs, columns),
        Band(height=MARGIN),
        *_annotations(drawn.ladder, columns),
    ]
    style = element("style", lines(resolved(asset("ladder.css")).splitlines()))
    ground = element("rect", class_="ground", width=columns.width, height=_height(bands))
    return _svg(bands, columns, drawn.ladder.heading, style, ground)


def ladder_parts(drawn: Drawn, options: LadderOptions) -> Iterator[Markup]:
    """Draw a ladder as SVG elements that follow one another without a gap; the page has the style sheet."""
    rungs = _rungs(drawn)
    columns = measures(drawn.ladder, list(rungs.values()), options)
    bands = list(_bands(drawn, rungs, columns))
    for at in range(0, len(bands), PART):
        yield _svg(bands[at : at + PART], columns, drawn.ladder.heading)


def _rungs(drawn: Drawn) -> dict[int, Rung]:
    """Put together the rungs that are looked at, by their rows."""
    return {row.first: drawn.ladder.rung(row.first) for row in drawn.rows if not isinstance(row, LeftOut)}


def _svg(bands: Sequence[Band], columns: Measures, heading: Heading, *before: Markup) -> Markup:
    height = _height(bands)
    placed, y = [], 0
    for band in bands:
        placed.append(element("g", *band.content, class_="row", transform=f"translate(0 {y})"))
        y += band.height
    initiator, responder = (endpoint(*end) for end in heading.endpoints)
    return element(
        "svg",
        *before,
        *lifelines(bands, columns),
        *placed,
        xmlns="http://www.w3.org/2000/svg",
        class_="picture",
        viewBox=f"0 0 {columns.width:g} {height}",
        width=columns.width,
        height=height,
        role="group",
        aria_label=f"Ladder of connection {heading.connection}, {initiator} to {responder}",
    )


def _height(bands: Sequence[Band]) -> int:
    return sum(band.height for band in bands)


def _bands(drawn: Drawn, rungs: Mapping[int, Rung], columns: Measures) -> Iterator[Band]:
    ladder = drawn.ladder
    yield _headings(ladder.heading, columns)
    yield initial_row(ladder, columns)
    for row in drawn.rows:
        if isinstance(row, LeftOut):
            yield left_out_row(row, columns)
        else:
            yield row_of(ladder, row, rungs[row.first], columns)
    yield from (ghost_row(ghost, columns) for ghost in ladder.ghosts)


def _title(heading: Heading, total: int, columns: Measures) -> Band:
    said = f"{heading.segments} segments  {byte_count(heading.payload_bytes)}  {seconds(heading.duration, 12)} s"
    number = f"{heading.connection}/{total}"
    room = (int(columns.width / CELL) - len(said) - len(number) - 10) // 2
    ends = (
        elided(introduced(name, host, *end, room), room, ELLIPSIS)
        for name, host, end in zip(heading.names, heading.hosts, heading.endpoints, strict=True)
    )
    return Band(
        height=TITLE,
        content=(
            label(number, MARGIN, TEXT, "heading"),
            label(" ⇄ ".join(ends), MARGIN + CELL * (len(number) + 2), TEXT, "endpoint"),
            label(said, columns.width - MARGIN, TEXT, "heading", anchor="end"),
        ),
    )


def _headings(heading: Heading, columns: Measures) -> Band:
    """Name the columns, and above its lifeline each endpoint; the pointer tells the whole of a name that is cut."""
    numbers = ((columns.frame, "No."), (columns.time, time_heading(columns.options)), (columns.delta, "Δ time"))
    most = columns.label // 2 + MORE_IN_HEADINGS // 2
    return Band(
        height=HEADINGS,
        content=(
            *(label(name, x, HEADINGS - 8, "heading", anchor="end") for x, name in numbers),
            *(
                _end(name, host, end, x, most)
                for name, host, end, x in zip(
                    heading.names, heading.hosts, heading.endpoints, columns.lifelines, strict=True
                )
            ),
            label("initiator", columns.lifelines[0] - 10, HEADINGS - 8, "heading", anchor="end"),
            label("responder", columns.lifelines[1] + 10, HEADINGS - 8, "heading"),
            label("note", columns.note_at, HEADINGS - 8, "heading"),
        ),
    )


def _end(name: str, host: str, end: tuple[str, int], x: float, room: int) -> Markup:
    written = endpoint(*end)
    told = elided(introduced(name, host, *end, room), room, ELLIPSIS)
    return element(
        "g", element("title", lines([name, written] if name else [written])), label(told, x, 14, "endpoint", "middle")
    )


def _annotations(ladder: Ladder, columns: Measures) -> Iterator[Band]:
    """Write in full what users wrote about the connection and its packets."""
    written = [("connection", ladder.own_annotation)] if ladder.own_annotation else []
    written += [(f"no.{ladder.frames[at]}", what) for at, what in sorted(ladder.annotations.items())]
    for place, what in written:
        own = textwrap.wrap(in_words(what), int((columns.width - 2 * MARGIN) / CELL) - 14)
        for at, line in enumerate(own):
            yield Band(
                height=ROW,
                content=(
                    *([label(place, MARGIN, TEXT - 4, "heading")] if not at else []),
                    label(line, MARGIN + CELL * 13, TEXT - 4, "mark"),
                ),
            )
    if written:
        yield Band(height=MARGIN)
