"""The connection table, and which segments are whose."""

from pathlib import Path

import numpy as np
import pytest

from tcpladder.connections.table import CONNECTIONS, Connections, group
from tcpladder.packets.schema import CAPTURED, GROUPED, empty_segments
from tests import samples
from tests.building import START, grouped

TWO = """
    second = 192.0.2.11:40001
    initiator > responder  SYN                   # 1
    second > responder  SYN  +1ms                # 2
    initiator < responder  SYN,ACK  +1ms         # 3
    initiator > responder  ACK len=10  +1ms      # 4
    initiator > responder  ACK seq=1 len=10  +1ms   # 5, again
    second < responder  RST,ACK  +1ms            # 6
    initiator < responder  ACK len=300  -4ms     # 7, with a time before the second's SYN
    """


def test_a_row_tells_who_when_how_many_and_how_much() -> None:
    first, second = grouped(TWO).table.iter_rows(named=True)
    assert first == {
        "connection": 1,
        "initiator": 0,
        "initiator_port": 40000,
        "responder": 1,
        "responder_port": 443,
        "role_basis": "syn",
        "first_frame": 1,
        "start": START,
        "end": START + 4_000_000,
        "segments": 5,
        "initiator_bytes": 20,
        "responder_bytes": 300,
    }
    assert (second["connection"], second["first_frame"], second["segments"]) == (2, 2, 2)
    assert (second["start"], second["end"]) == (START + 1_000_000, START + 5_000_000)


def test_segments_of_a_connection_come_in_frame_order() -> None:
    connections = grouped(TWO)
    assert len(connections) == 2
    assert connections.segments_of(1)["frame"].to_list() == [1, 3, 4, 5, 7]
    assert connections.segments_of(2)["frame"].to_list() == [2, 6]
    assert connections.rows_of(2).tolist() == [1, 5]


def test_no_segments_make_an_empty_table() -> None:
    connections = group(empty_segments())
    assert len(connections) == 0
    assert dict(connections.table.schema) == CONNECTIONS
    assert connections.order.tolist() == []
    assert connections.offsets.tolist() == [0]


def check(connections: Connections) -> None:
    """Assert what holds for any capture."""
    table, segments = connections.table, connections.segments
    assert dict(table.schema) == CONNECTIONS
    assert dict(segments.schema) == {**CAPTURED, **GROUPED}
    assert table["connection"].to_list() == list(range(1, len(table) + 1))
    assert table["first_frame"].is_sorted()
    assert table["segments"].sum() == len(segments)
    assert sorted(connections.order.tolist()) == list(range(len(segments)))
    sent = [table[name].to_numpy().sum() for name in ("initiator_bytes", "responder_bytes")]
    assert sum(sent) == segments["payload_length"].to_numpy().sum(dtype=np.int64)
    for number in range(1, len(table) + 1):
        own = connections.segments_of(number)
        assert set(own["connection"].to_list()) == {number}
        assert own["frame"].is_sorted()
        assert own["frame"][0] == table["first_frame"][number - 1]


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_every_segment_of_a_sample_capture_is_in_one_connection(path: Path) -> None:
    connections = samples.analysis_of(path).connections
    check(connections)
    assert np.array_equal(
        connections.segments["connection"].to_numpy()[connections.order],
        np.repeat(connections.table["connection"].to_numpy(), connections.table["segments"].to_numpy()),
    )


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("showcase", 24),
        ("port-reuse.client", 2),
        ("port-reuse.server", 2),
        ("accept-queue-overflow.client", 4),
        ("simultaneous-open.server", 1),
        ("lost-syn.client", 1),
        ("ipv6.server", 1),
    ],
)
def test_how_many_connections_the_sample_captures_hold(name: str, count: int) -> None:
    assert len(samples.sample(name).connections) == count
