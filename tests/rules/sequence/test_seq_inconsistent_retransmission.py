"""What counts as the same data."""

import pytest

from tests.rules.found import EXCHANGE, findings_of

DATA = EXCHANGE + "initiator > responder  PSH,ACK len=10 sum=7\n"


@pytest.mark.parametrize(
    "line",
    [
        "initiator > responder  PSH,ACK len=20 sum=8 seq=101",
        "initiator > responder  PSH,ACK len=10 sum=8",
        "initiator > responder  PSH,ACK len=10 seq=101",
        "initiator < responder  PSH,ACK len=10 sum=8",
    ],
    ids=["longer", "further on", "not captured whole", "the other side's"],
)
def test_it_is_something_else(line: str) -> None:
    assert findings_of("seq-inconsistent-retransmission", DATA + line) == []


def test_single_bytes_are_probes() -> None:
    text = EXCHANGE + "initiator > responder  ACK len=1 sum=7\n initiator > responder  ACK len=1 sum=8 seq=101"
    assert findings_of("seq-inconsistent-retransmission", text) == []
