"""HTML: the whole report as one page, to be attached to a ticket and read in any browser, without a network."""

from typing import BinaryIO

from tcpladder.report.format import Format
from tcpladder.report.model import Report


def write(report: Report, out: BinaryIO) -> None:
    """Write a report as one HTML page."""
    from tcpladder.report.web.page import write_page  # with a template engine, which the names of formats don't need

    write_page(report, out)


FORMAT = Format(
    name="html",
    title="HTML, the whole report as one page",
    suffixes=(".html", ".htm"),
    media_type="text/html; charset=utf-8",
    write=write,
)
