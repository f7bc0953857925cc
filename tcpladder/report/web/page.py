"""A report as an HTML page that needs nothing else, written from its first byte to its last as it is made."""

import base64
import hashlib
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from functools import partial
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from tcpladder.ladder.folded_rows import span_of_time
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.notation import seconds
from tcpladder.printable import printable
from tcpladder.report.columns import BY_KEY
from tcpladder.report.listing import Listing
from tcpladder.report.model import Report
from tcpladder.report.summary import BARS, Bar, grouped, summarised
from tcpladder.report.web.connection_table import ConnectionTable
from tcpladder.report.web.finding_groups import groups
from tcpladder.report.web.ladder_sections import drawn_numbers, sections
from tcpladder.report.web.palette import asset, variables
from tcpladder.rulebook.levels import Level

PIECES = 200  # pieces of the page that are put together before they are written
FEW_LADDERS = 6  # so many are open from the beginning


def write_page(report: Report, out: BinaryIO) -> None:
    """Write a report, in ASCII if its contents say so; of the ladders there is one in memory at a time."""
    encoding = "ascii" if report.contents.is_ascii else "utf-8"
    pieces = _environment().get_template("page.html").stream(**_content(report))
    pieces.enable_buffering(PIECES)
    for piece in pieces:
        out.write(piece.encode(encoding, "xmlcharrefreplace"))


def _environment() -> Environment:
    """Set up templates in which every text is made harmless, wherever it comes from."""
    return Environment(
        loader=FunctionLoader(asset),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _shown(value: object) -> object:
    """Show what would be hidden in a text; `Markup` is of the template's own making, or what it calls safe."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _content(report: Report) -> dict[str, object]:
    numbers = drawn_numbers(report)
    linked = frozenset(numbers.tolist())
    table, part = ConnectionTable(report, linked), _part(report)
    summary = report.summary if report.is_all else summarised(report.analysis, report.judgement, report.kept)
    style, script = "\n".join([variables(), asset("page.css"), asset("ladder.css")]), asset("page.js")
    return {
        "report": report,
        "summary": summary,
        "began": _began(report),
        "levels": _levels(report),
        "groups": list(groups(report)),
        "table": table,
        "place": partial(_place, linked, table),
        "linked": linked,
        "sections": sections(report, numbers),
        "are_open": len(numbers) <= FEW_LADDERS,
        "resets": list(_resets(summary.resets, part)),
        "part": span_of_time(part),
        "share": _share,
        "grouped": grouped,
        "signs": UNICODE.levels,
        "style": style,
        "script": script,
        "style_hash": digest(style),
        "script_hash": digest(script),
    }


def _place(linked: Container[int], table: ConnectionTable, number: int) -> str:
    """Name the place of a connection's ladder, or else of its row; "" where the page has neither."""
    return f"c{number}" if number in linked else f"t{number}" if number in table else ""


def digest(text: str) -> str:
    """Give what a Content Security Policy (level 3, section 2.3.1) lets an element with this text through by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _levels(report: Report) -> list[tuple[str, int]]:
    """Count the report's findings by their level, the gravest first."""
    counts = Counter(finding.level for finding in report.findings)
    return [(level.word, counts[level]) for level in reversed(Level)]


def _began(report: Report) -> str:
    """Say when the capture's first connection began (UTC); "" where there is none."""
    starts = report.analysis.connections.table["start"].arg_min()
    if starts is None:
        return ""
    listing = Listing(report.analysis)
    return listing.texts(listing.row(starts), [BY_KEY["date"]])[0]


def _share(bar: Bar, bars: Sequence[Bar]) -> str:
    """Give a bar's length in parts of a hundred of the longest."""
    return f"{max(bar.amount * 100 / max(each.amount for each in bars), 0.5):.4g}"


def _part(report: Report) -> int:
    """Give the part of the capture's time (ns) that one bar of the resets stands for."""
    times = report.analysis.connections.segments["time"]
    begin, end = times.min(), times.max()
    return (end - begin) // BARS if isinstance(begin, int) and isinstance(end, int) else 0


def _resets(counts: npt.NDArray[np.int64], part: int) -> Iterator[tuple[int, float, str]]:
    """Give for each part of the capture's time in which there were resets its place, its height, and words."""
    for at in np.flatnonzero(counts).tolist():
        number = int(counts[at])
        told = (
            f"{grouped(number)} RST{'s' * (number != 1)} within {span_of_time(part)} from {seconds(at * part, 16)} s on"
        )
        yield at, round(number * 100 / int(counts.max()), 2), told
