"""What speaks for an RST that another device sent in an endpoint's name."""

import pytest

from tcpladder.rulebook.reset_origin import foreign_hints, goes_on_after, points
from tests.rulebook.subjects import subject_of

OPENED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK ttl=60 ip_id=1
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK ttl=60 ip_id=2
    initiator > responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=10 ttl=60 ip_id=3
"""

HINTS = {
    "nothing": ("initiator < responder  RST,ACK ttl=60 ip_id=4", 0, ""),
    "a TTL one off, as on paths that take turns": ("initiator < responder  RST,ACK ttl=61 ip_id=4", 0, ""),
    "a TTL three off": ("initiator < responder  RST,ACK ttl=63 ip_id=4", 1, "has TTL 63"),
    "a TTL far off": ("initiator < responder  RST,ACK ttl=50 ip_id=4", 2, "where the endpoint's segments have 60"),
    "a TTL that other systems begin with": ("initiator < responder  RST,ACK ttl=120 ip_id=4", 3, "has TTL 120"),
    "IP ID 0 in what should come from a live endpoint": ("initiator < responder  RST,ACK ttl=60 ip_id=0", 1, "IP ID 0"),
    "IP ID 0 in a mere answer, as on Linux": ("initiator < responder  RST win=0 ttl=60 ip_id=0", 0, ""),
    "no ACK, and a window": ("initiator < responder  RST win=500 ttl=60 ip_id=4", 1, "a window of 500"),
    "haste": (
        "initiator > responder  PSH,ACK len=100\n initiator < responder  RST,ACK ttl=60 ip_id=4 +1ms",
        2,
        "acknowledges frame 8 after 1.0 ms",
    ),
    "one more segment of the endpoint": (
        "initiator < responder  RST,ACK ttl=60 ip_id=4\n initiator < responder  PSH,ACK len=10 ttl=60 ip_id=5 +1s",
        2,
        "is followed by frame 9",
    ),
    "the endpoint going on": (
        "initiator < responder  RST,ACK ttl=60 ip_id=4\n initiator < responder  PSH,ACK len=10 ttl=60 ip_id=5 +1s\n"
        "initiator < responder  PSH,ACK len=10 ttl=60 ip_id=6",
        3,
        "is followed by frame 9",
    ),
    "a segment that it overtook": (
        "initiator < responder  RST,ACK ttl=60 ip_id=4\n initiator < responder  PSH,ACK len=10 ttl=60 ip_id=5 +1ms",
        1,
        "is followed by frame 9",
    ),
    "guesses": (
        "initiator < responder  RST,ACK seq=1471 ttl=60 ip_id=4 +1ms\n"
        "initiator < responder  RST,ACK seq=2931 ttl=60 ip_id=5 +1ms",
        2,
        "is one of 2 that guess at the number: 1471, 2931",
    ),
    "an image of it in the other direction": (
        "initiator < responder  RST,ACK ttl=60 ip_id=4 +1s\n initiator > responder  RST,ACK +1ms",
        2,
        "has a mirror image in frame 9",
    ),
}


@pytest.mark.parametrize(("lines", "expected", "words"), HINTS.values(), ids=HINTS)
def test_it_speaks_for_another_device(lines: str, expected: int, words: str) -> None:
    subject = subject_of(OPENED + lines)
    reset = next(segment for segment in subject.segments if segment.is_rst)
    hints = foreign_hints(subject, reset)
    assert points(hints) == expected
    assert words in " and ".join(hint.words for hint in hints)


def test_an_endpoint_that_opens_goes_on_after_it_has_refused_an_old_segment() -> None:
    subject = subject_of(
        """
        initiator > responder  SYN
        initiator < responder  ACK seq=9 ack=77
        initiator > responder  RST seq=77 win=0
        initiator > responder  SYN seq=0 +1s
        initiator < responder  SYN,ACK isn=5000
        initiator > responder  ACK
        """
    )
    assert goes_on_after(subject, subject.segments[2]) is None
