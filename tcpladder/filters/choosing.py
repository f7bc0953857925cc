"""From a filter as users write it, of tokens or a display filter, to the connections that it keeps."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.annotations.sidecar import Annotations
from tcpladder.capture.display_filter import DisplayFilterError, DisplayFilters
from tcpladder.capture.tshark_binary import Tshark, find_tshark
from tcpladder.errors import UsageError, quoted
from tcpladder.filters.evaluation import kept
from tcpladder.filters.facts import Facts
from tcpladder.filters.frames import holding
from tcpladder.filters.parsing import display_filter, parse
from tcpladder.filters.tree import All, Any, Criterion, Node, Not, Problem
from tcpladder.settings.names import Names


def check(line: str) -> None:
    """Raise UsageError where a line of tokens is no filter."""
    problem = parse(line) if display_filter(line) is None else None
    if isinstance(problem, Problem):
        place = f"at character {problem.position + 1}"
        raise UsageError(f"The filter {quoted(line)} is not understood {place}: {problem.sentence}")


def asks_about(line: str, tokens: Collection[str]) -> bool:
    """Tell whether a line has any of these tokens; a display filter has none."""
    node = parse(line) if display_filter(line) is None else None
    return node is not None and not isinstance(node, Problem) and _has(node, tokens)


def _has(node: Node, tokens: Collection[str]) -> bool:
    match node:
        case Criterion():
            return node.token in tokens
        case Not():
            return _has(node.node, tokens)
        case All() | Any():
            return any(_has(inner, tokens) for inner in node.nodes)
        case _:
            return False


def chosen(
    analysis: Analysis, line: str, names: Names, tshark: Tshark = None, annotations: Annotations | None = None
) -> npt.NDArray[np.bool_]:
    """Tell of each connection whether a filter keeps it.

    `names` are those by which endpoints are found too, `annotations` what users wrote.

    Raises UsageError where the line is no filter, TsharkError where there is no tshark for a display filter.
    """
    wanted = display_filter(line)
    if wanted is None:
        node = parse(line)
        if isinstance(node, Problem):
            check(line)
            raise AssertionError("a line with a problem is no filter")
        facts = Facts(analysis, analysis.judgement, names)
        facts.annotate(annotations)
        return kept(node, facts)
    found = find_tshark(tshark)
    tools = DisplayFilters(analysis.path, found.path, arguments=found.arguments)
    try:
        frames = [np.empty(0, np.uint32), *tools.matching_frames(wanted)]
    except DisplayFilterError as error:
        raise UsageError(f"The display filter {quoted(wanted)} is not understood: {error.sentence}") from error
    return holding(analysis.connections, np.concatenate(frames))
