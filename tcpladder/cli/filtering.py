"""The option `--filter`, and which connections it keeps."""

from typing import TYPE_CHECKING

import click

from tcpladder.cli.arguments import names_of
from tcpladder.errors import UsageError, quoted

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
    from tcpladder.filters.parsing import display_filter, parse
    from tcpladder.filters.tree import Problem

    if line is not None and display_filter(line) is None:
        problem = parse(line)
        if isinstance(problem, Problem):
            place = f"at character {problem.position + 1}"
            raise UsageError(f"The filter {quoted(line)} is not understood {place}: {problem.sentence}")


def kept_connections(analysis: "Analysis", line: str | None, tshark: "Tshark") -> "npt.NDArray[np.bool_] | None":
    """Tell of each connection whether a filter keeps it; None without one.

    Raises UsageError where tshark takes a display filter for none, TsharkError where there is no tshark for it.
    """
    if line is None:
        return None
    import numpy as np

    from tcpladder.capture.display_filter import DisplayFilterError, DisplayFilters
    from tcpladder.capture.tshark_binary import find_tshark
    from tcpladder.filters.evaluation import kept
    from tcpladder.filters.facts import Facts
    from tcpladder.filters.frames import holding
    from tcpladder.filters.parsing import display_filter, parse
    from tcpladder.filters.tree import EVERYTHING, Problem

    wanted = display_filter(line)
    if wanted is None:
        node = parse(line)
        facts = Facts(analysis, analysis.judgement, names_of(analysis))
        return kept(EVERYTHING if isinstance(node, Problem) else node, facts)
    found = find_tshark(tshark)
    tools = DisplayFilters(analysis.path, found.path, arguments=found.arguments)
    try:
        frames = [np.empty(0, np.uint32), *tools.matching_frames(wanted)]
    except DisplayFilterError as error:
        raise UsageError(f"The display filter {quoted(wanted)} is not understood: {error.sentence}") from error
    return holding(analysis.connections, np.concatenate(frames))
