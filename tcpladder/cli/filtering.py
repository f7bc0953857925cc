"""The option `--filter`, and which connections it keeps."""

from typing import TYPE_CHECKING

import click

from tcpladder.cli.arguments import annotations_of, names_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tcpladder.analysis import Analysis
    from tcpladder.capture.tshark_binary import Tshark

filter_option = click.option(
    "--filter",
    "filter_line",
    metavar="FILTER",
    help="Only connections that it keeps, such as 'port:443 rtt>50ms', or '= tcp.analysis.retransmission'.",
)


def check_filter(line: str | None) -> None:
    """Raise UsageError where a line of tokens is no filter, before anything is read."""
    from tcpladder.filters.choosing import check

    if line is not None:
        check(line)


def kept_connections(analysis: "Analysis", line: str | None, tshark: "Tshark") -> "npt.NDArray[np.bool_] | None":
    """Tell of each connection whether a filter keeps it; None without one.

    Raises UsageError where tshark takes a display filter for none, TsharkError where there is no tshark for it.
    """
    if line is None:
        return None
    from tcpladder.filters.choosing import asks_about, chosen

    annotations = annotations_of(analysis, tshark) if asks_about(line, ("note", "marked")) else None
    return chosen(analysis, line, names_of(analysis), tshark, annotations)
