"""A connection in phases: handshake, turns, idle times, teardown."""

import pytest
from hypothesis import given, settings

from tcpladder.connections.table import group
from tcpladder.ladder.phases import Kind, Phase, phases
from tcpladder.ladder.rungs import ladder_of
from tcpladder.tcp.states import Endpoint
from tests.building import Segment, analysed, ladder, table
from tests.generating import any_segments, maimed_lives

HANDSHAKE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""
EXCHANGE = """
    initiator > responder  ACK len=100
    initiator < responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK len=1000
    initiator > responder  ACK
"""
CLOSE = """
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
"""


def told(text: str) -> list[tuple[str, int]]:
    """Give the name and the number of rows of each phase."""
    return [
        (phase.kind.value if phase.sender is None else phase.sender.name.lower(), len(phase))
        for phase in phases(ladder(text))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HANDSHAKE, [("handshake", 3)]),
        (HANDSHAKE + CLOSE, [("handshake", 3), ("teardown", 3)]),
        (
            HANDSHAKE + EXCHANGE + CLOSE,
            [("handshake", 3), ("initiator", 2), ("responder", 3), ("teardown", 3)],
        ),
        (EXCHANGE, [("initiator", 2), ("responder", 3)]),
        (CLOSE, [("teardown", 3)]),
        ("initiator > responder  SYN\ninitiator < responder  RST,ACK", [("handshake", 2)]),
        (HANDSHAKE + "initiator < responder  RST", [("handshake", 3), ("teardown", 1)]),
        ("initiator > responder  ACK", [("data", 1)]),
    ],
)
def test_phases(text: str, expected: list[tuple[str, int]]) -> None:
    assert told(text) == expected


def test_an_idle_time_parts_turns_of_the_same_side() -> None:
    waiting = HANDSHAKE + EXCHANGE + "    initiator < responder  ACK len=10 +30s\n" + CLOSE
    found = phases(ladder(waiting))
    assert [phase.kind for phase in found] == [
        Kind.HANDSHAKE,
        Kind.TURN,
        Kind.TURN,
        Kind.IDLE,
        Kind.TURN,
        Kind.TEARDOWN,
    ]
    idle, turn = found[3:5]
    assert (len(idle), idle.duration) == (0, 30_000_000_000)
    assert turn == Phase(kind=Kind.TURN, begin=8, end=9, duration=0, payload=10, sender=Endpoint.RESPONDER)


@given(maimed_lives() | any_segments())
@settings(max_examples=25)
def test_every_row_is_in_one_phase(rows: list[Segment]) -> None:
    analysis = analysed(rows)
    for connection in range(1, len(group(table(rows))) + 1):
        made = ladder_of(analysis, connection)
        covered = [row for phase in phases(made) for row in range(phase.begin, phase.end)]
        assert covered == list(range(len(made)))
