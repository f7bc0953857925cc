"""What graphs say of a segment, in words."""

import pytest

from tcpladder.graphs.captions import heading
from tcpladder.graphs.kinds import GRAPHS
from tests.graphs.test_stamps import STEADY
from tests.graphs.transfers import DOWNLOAD, WHOLE, trace


def caption(graph: str, row: int, text: str = DOWNLOAD) -> str:
    [found] = [graph_.caption for graph_ in GRAPHS if graph_.name == graph]
    return found(trace(text), row, WHOLE)


def test_a_segment_is_named() -> None:
    assert heading(trace(DOWNLOAD), 3) == "no.4  +0.080000 s  responder ACK"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (0, "seq 0:1, window 64.0 kB"),
        (3, "seq 1:1001, ack 1, window 500 B"),
        (7, "ack 1001, window 4.00 kB, SACK 2001:3001, duplicate-ack"),
        (8, "seq 1001:2001, ack 1, window 64.2 kB, retransmission"),
    ],
)
def test_sequence(row: int, words: str) -> None:
    assert caption("Sequence", row) == words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (0, "acknowledged by no.2 after 40.0 ms"),
        (1, "acknowledged by no.3 after 0 ns, acknowledges no.1 after 40.0 ms"),
        (3, "acknowledged by no.7 after 1.00 ms"),
        (4, "acknowledged by no.10 after 102 ms (no sample: something was sent again)"),
        (7, "no round trip ends or begins here"),
        (8, "sent again: no sample (Karn)"),
        (10, "not acknowledged in this capture"),
    ],
)
def test_round_trips(row: int, words: str) -> None:
    assert caption("Round trips", row) == words


def test_an_acknowledgment_of_several_segments_names_the_last_and_counts_them() -> None:
    text = """
        initiator > responder  ACK len=10
        initiator > responder  ACK len=10  +3ms
        initiator < responder  ACK         +9ms
    """
    assert caption("Round trips", 2, text) == "acknowledges no.2 after 9.00 ms, the first of 2 after 12.0 ms"


def test_window() -> None:
    assert caption("Window", 0) == "initiator in flight 1 B; responder in flight nothing yet"
    assert caption("Window", 5) == "initiator in flight 0 B of 64.2 kB; responder in flight 3.00 kB of 4.00 kB"
    assert caption("Window", 9) == "initiator in flight 0 B of 64.2 kB; responder in flight 0 B of 0 B"


def test_throughput() -> None:
    assert caption("Throughput", 3) == "within 20.0 ms: initiator 0 bit/s, responder 1.20 Mbit/s"
    assert caption("Throughput", 8).endswith("responder 400 kbit/s (400 kbit/s sent again)")


def test_clock() -> None:
    assert caption("TSval", 3, STEADY) == ("TSval 1200 (+200 since the first), TSecr 7, captured 0 ns behind its clock")
    assert caption("TSval", 2, STEADY).endswith("captured 2.00 ms behind its clock")
    assert caption("TSval", 1, STEADY) == "TSval 7, TSecr 1000"
    assert caption("TSval", 3) == "no time stamps"
