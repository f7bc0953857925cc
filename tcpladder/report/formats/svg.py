"""SVG: one ladder as a picture, for documents and wikis. It is dark where its reader's system is."""

from typing import BinaryIO

from tcpladder.report.format import Covers, Format
from tcpladder.report.model import Report
from tcpladder.report.web.ladder_svg import ladder_picture


def write(report: Report, out: BinaryIO) -> None:
    """Write the ladder of the report's connection as an SVG document, in ASCII if its contents say so."""
    drawn = report.drawn(int(report.numbers[0]))
    picture = ladder_picture(drawn, len(report.analysis.connections), report.contents.options)
    out.write(f"{picture}\n".encode("ascii" if report.contents.is_ascii else "utf-8", "xmlcharrefreplace"))


FORMAT = Format(
    name="svg",
    title="SVG, one ladder as a picture",
    suffixes=(".svg",),
    media_type="image/svg+xml",
    covers=Covers.ONE_CONNECTION,
    write=write,
    heeds=frozenset({"has_notes", "is_folded", "is_ascii"}),
)
