"""The ladders of a report, each with what is said of its connection, made when the page comes to it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.annotations.document import Annotation
from tcpladder.ladder.notation import byte_count, endpoint, named, seconds
from tcpladder.report.annotation_list import Noted, by_connection
from tcpladder.report.columns import BY_KEY
from tcpladder.report.drawn import MOST_ROWS
from tcpladder.report.listing import Listing
from tcpladder.report.model import Ladders, Report
from tcpladder.report.web.ladder_svg import ladder_parts
from tcpladder.report.web.markup import Markup
from tcpladder.rulebook.findings import Finding, concerned

MOST_ROWS_OF_ALL = 20_000
"""Rows of all ladders of a page, unless somebody asked for those: a browser lays out so many without a pause."""
TOLD = ("date", "ending", "history", "first_frame")
"""What of the list is told above a ladder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A connection: its ends, what it carried, what is told of it, what was found and written, and its picture."""

    number: int
    ends: tuple[str, str]
    carried: str
    told: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    notes: tuple[tuple[str, Annotation], ...]
    parts: Iterator[Markup]


def drawn_numbers(report: Report) -> npt.NDArray[np.int64]:
    """Give the connections (rising) whose ladders are on the page: the gravest first, as far as there is room."""
    numbers = report.with_ladders
    if report.contents.ladders is not Ladders.AUTO:
        return numbers
    rows = np.minimum(report.analysis.connections.table["segments"].gather(numbers - 1).to_numpy(), MOST_ROWS)
    if rows.sum() <= MOST_ROWS_OF_ALL:
        return numbers
    places = {number: place for place, number in enumerate(numbers.tolist())}
    found = [places[number] for finding in report.findings for number in concerned(finding) if number in places]
    order = list(dict.fromkeys([*found, *range(len(numbers))]))
    fits = np.cumsum(rows[order], dtype=np.int64) <= MOST_ROWS_OF_ALL
    return np.sort(numbers[order][fits])


def sections(report: Report, numbers: npt.NDArray[np.int64]) -> Iterator[Section]:
    """Give what the page has of these connections, one at a time."""
    listing = Listing(report.analysis, report.judgement)
    columns = [BY_KEY[key] for key in TOLD]
    notes = by_connection(report.noted)
    for number in numbers.tolist():
        drawn = report.drawn(number)
        heading = drawn.ladder.heading
        ends = tuple(
            named(host, endpoint(*end), end[1]) for host, end in zip(heading.hosts, heading.endpoints, strict=True)
        )
        texts = listing.texts(listing.row(number - 1), columns)
        size, duration = byte_count(heading.payload_bytes), seconds(heading.duration, 12)
        yield Section(
            number=number,
            ends=(ends[0], ends[1]),
            carried=f"{heading.segments} segment{'s' * (heading.segments != 1)}, {size}, {duration} s",
            told=tuple((column.heading, text) for column, text in zip(columns, texts, strict=True) if text),
            findings=report.findings_of(number),
            notes=tuple((_place(each), each.what) for each in notes.get(number, ())),
            parts=ladder_parts(drawn, report.contents.options),
        )


def _place(noted: Noted) -> str:
    return "connection" if noted.frame is None else f"frame {noted.frame}"
