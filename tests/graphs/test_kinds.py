"""There are five graphs, and each can be chosen by its number."""

from tcpladder.graphs.kinds import GRAPHS


def test_graphs_are_told_apart_by_their_names() -> None:
    assert [graph.name for graph in GRAPHS] == ["Sequence", "Round trips", "Window", "Throughput", "TSval"]
    assert [graph.of.format("initiator", "responder") for graph in GRAPHS][3:] == ["to responder", "initiator's clock"]


def test_only_bins_depend_on_what_is_in_view() -> None:
    assert [graph.name for graph in GRAPHS if graph.depends_on_span] == ["Throughput"]
