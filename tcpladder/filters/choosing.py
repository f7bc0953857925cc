"""From a filter as users write it, of tokens or a display filter, to the connections that it keeps."""

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.capture.display_filter import DisplayFilterError, DisplayFilters
from tcpladder.capture.tshark_binary import Tshark, find_tshark
from tcpladder.errors import UsageError, quoted
from tcpladder.filters.evaluation import kept
from tcpladder.filters.facts import Facts
from tcpladder.filters.frames import holding
from tcpladder.filters.parsing import display_filter, parse
from tcpladder.filters.tree import Problem
from tcpladder.settings.names import Names


def check(line: str) -> None:
    """Raise UsageError where a line of tokens is no filter."""
    problem = parse(line) if display_filter(line) is None else None
    if isinstance(problem, Problem):
        place = f"at character {problem.position + 1}"
        raise UsageError(f"The filter {quoted(line)} is not understood {place}: {problem.sentence}")


def chosen(analysis: Analysis, line: str, names: Names, tshark: Tshark = None) -> npt.NDArray[np.bool_]:
    """Tell of each connection whether a filter keeps it; `names` are those by which endpoints are found too.

    Raises UsageError where the line is no filter, TsharkError where there is no tshark for a display filter.
    """
    wanted = display_filter(line)
    if wanted is None:
        node = parse(line)
        if isinstance(node, Problem):
            check(line)
            raise AssertionError("a line with a problem is no filter")
        return kept(node, Facts(analysis, analysis.judgement, names))
    found = find_tshark(tshark)
    tools = DisplayFilters(analysis.path, found.path, arguments=found.arguments)
    try:
        frames = [np.empty(0, np.uint32), *tools.matching_frames(wanted)]
    except DisplayFilterError as error:
        raise UsageError(f"The display filter {quoted(wanted)} is not understood: {error.sentence}") from error
    return holding(analysis.connections, np.concatenate(frames))
