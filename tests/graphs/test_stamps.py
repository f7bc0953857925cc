"""TSvals over time, and the line of the clock that they were read from."""

import pytest

from tcpladder.graphs.stamps import TOO_LITTLE, stamps
from tcpladder.tcp.states import Endpoint
from tests.graphs.transfers import WHOLE, names, one, points, trace

OPENING = """
    initiator > responder  SYN tsval=1000 tsecr=0
    initiator < responder  SYN,ACK tsval=7 tsecr=1000  +0ms
"""
# Of a clock of 1000 Hz, every third segment captured 2 ms late.
STEADY = OPENING + "\n".join(
    f"initiator > responder  ACK len=1 tsval={1000 + 100 * at} tsecr=7 +{100 + (0, 2, -2)[at % 3]}ms"
    for at in range(1, 31)
)


def test_tsvals_count_from_the_first() -> None:
    panel = stamps(trace(STEADY), Endpoint.INITIATOR, WHOLE)
    assert points(panel, "TSval")[:3] == [(0, 0), (102, 100), (200, 200)]


def test_the_clocks_line_is_that_of_the_least_delayed() -> None:
    panel = stamps(trace(STEADY), Endpoint.INITIATOR, WHOLE)
    line = one(panel, "clock of 1000 Hz")
    assert line.low.tolist() == pytest.approx([0, 3000], abs=0.1)
    assert panel.title == "1000 Hz (estimated 1000)"


def test_without_enough_to_estimate_there_are_only_points() -> None:
    panel = stamps(trace(OPENING + "initiator > responder  ACK tsval=1001 tsecr=7"), Endpoint.INITIATOR, WHOLE)
    assert names(panel) == ["TSval"]
    assert panel.title == TOO_LITTLE


@pytest.mark.parametrize(
    ("text", "endpoint", "reason"),
    [
        (OPENING.replace("tsval=7 tsecr=1000", ""), Endpoint.RESPONDER, "Time stamps were not negotiated"),
        (OPENING, Endpoint.RESPONDER, "No segment of the responder has time stamps, apart from RSTs and SYN-ACKs."),
        ("initiator > responder  SYN", Endpoint.RESPONDER, "Nothing of the responder was captured"),
    ],
)
def test_an_empty_graph_says_why(text: str, endpoint: Endpoint, reason: str) -> None:
    assert stamps(trace(text), endpoint, WHOLE).empty.startswith(reason)
