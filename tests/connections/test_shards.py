"""How a capture is parted: whole connections, those between the same endpoints together, about so many segments."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.connections.shards import predecessors, shards
from tcpladder.connections.table import Connections, group
from tcpladder.packets.schema import empty_segments
from tests.building import grouped

REUSED = """
    second = 192.0.2.11:40001
    initiator > responder  SYN
    initiator < responder  RST,ACK
    second > responder  SYN
    initiator > responder  SYN seq=7000 +1s
    initiator < responder  RST,ACK ack=7001
    responder > initiator  SYN seq=9000 +1s
    responder < initiator  RST,ACK ack=9001
"""


def parts(connections: Connections, size: int) -> list[list[int]]:
    return [part.tolist() for part in shards(connections, predecessors(connections.table), size)]


def test_a_connection_has_a_predecessor_between_the_same_addresses_and_ports_whoever_opened() -> None:
    assert predecessors(grouped(REUSED).table).tolist() == [0, 0, 1, 3]
    assert predecessors(group(empty_segments()).table).tolist() == []


def test_connections_between_the_same_addresses_and_ports_stay_together() -> None:
    assert parts(grouped(REUSED), 1) == [[1, 3, 4], [2]]
    assert parts(grouped(REUSED), 1000) == [[1, 2, 3, 4]]
    assert parts(group(empty_segments()), 1) == []


def talks(lengths: list[int]) -> Connections:
    """Give connections of so many segments each."""
    rows = [
        f"host = 192.0.2.{at % 250}:{40000 + at}\n host > responder  SYN\n"
        + " host > responder  ACK len=1\n" * (many - 1)
        for at, many in enumerate(lengths)
    ]
    return grouped("".join(rows))


@given(st.lists(st.integers(1, 9), max_size=20), st.integers(1, 30))
def test_each_connection_is_in_one_part_and_no_part_is_much_larger_than_wanted(lengths: list[int], size: int) -> None:
    connections = talks(lengths)
    found = parts(connections, size)
    assert [number for part in found for number in part] == list(range(1, len(lengths) + 1))
    for part in found:
        assert sum(lengths[number - 1] for number in part[:-1]) < size
    assert len(found) <= -(-sum(lengths) // size)


def test_a_part_tells_where_the_rows_of_its_connections_are() -> None:
    connections = grouped(REUSED)
    places = connections.places_of(np.array([1, 4]))
    assert connections.segments[connections.order[places]]["frame"].to_list() == [1, 2, 6, 7]
    assert connections.places_of(np.empty(0, np.int64)).tolist() == []
