"""Hypothesis strategies for segments: anything at all, and a real connection maimed as captures are."""

from dataclasses import replace

from hypothesis import strategies as st

from tcpladder.packets import flags as f
from tests.building import START, Segment, segments

INITIATOR, RESPONDER = ("192.0.2.10", 40000), ("198.51.100.20", 443)
LAST = 2**32 - 1

LIVES = [
    """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  ACK len=100
    initiator < responder  ACK
    initiator < responder  ACK len=2000
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    """,
    """
    initiator > responder  SYN
    initiator < responder  SYN
    initiator > responder  SYN,ACK seq=0 ack=1
    initiator < responder  SYN,ACK seq=0 ack=1
    initiator > responder  ACK
    initiator > responder  FIN,ACK ack=1
    initiator < responder  FIN,ACK ack=1
    initiator > responder  ACK
    initiator < responder  ACK
    """,
    """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK len=10
    initiator < responder  FIN,ACK
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator > responder  SYN isn=70000
    initiator < responder  SYN,ACK isn=90000
    initiator > responder  ACK len=10
    initiator < responder  RST,ACK
    """,
    """
    initiator > responder  SYN len=10
    initiator < responder  SYN,ACK ack=11
    initiator < responder  ACK len=10
    initiator > responder  ACK
    initiator > responder  SYN seq=77777
    initiator < responder  ACK ack=11
    initiator > responder  RST seq=11
    initiator < responder  RST
    """,
    """
    initiator > responder  SYN isn=4294967290
    initiator < responder  SYN,ACK isn=4294967295 ack=77
    initiator > responder  RST seq=77
    initiator > responder  SYN seq=0
    initiator < responder  SYN,ACK seq=0 ack=1
    initiator > responder  FIN,ACK len=20
    initiator < responder  FIN,ACK len=20
    initiator > responder  FIN,ACK seq=1 len=20
    initiator > responder  RST,ACK
    """,
]

stamp_values = st.integers(0, 300) | st.sampled_from([LAST, LAST - 1, 2**31])
numbers = st.integers(0, LAST) | st.integers(0, 40) | st.integers(LAST - 40, LAST) | st.integers(980, 1020)
flag_bits = st.sampled_from([f.SYN, f.SYN | f.ACK, f.ACK, f.FIN | f.ACK, f.RST, f.RST | f.ACK]) | st.integers(0, 0xFFF)


@st.composite
def _any_segment(draw: st.DrawFn, *, is_one_way: bool = False) -> Segment:
    ends = [INITIATOR, RESPONDER]
    source, destination = ends if is_one_way or draw(st.booleans()) else reversed(ends)
    stamps = draw(st.none() | st.tuples(stamp_values, stamp_values))
    return Segment(
        source=source,
        destination=destination,
        more={} if stamps is None else {"tsval": stamps[0], "tsecr": stamps[1]},
        flags=draw(flag_bits),
        seq=draw(numbers),
        ack=draw(numbers),
        payload_length=draw(st.sampled_from([0, 0, 0, 1, 10, 1460, 65535])),
        time=START + draw(st.integers(-10, 10_000)) * 1_000_000,
    )


def any_segments() -> st.SearchStrategy[list[Segment]]:
    """Segments between two endpoints that no TCP need have sent, in any order."""
    return st.lists(_any_segment(), min_size=1, max_size=25) | st.lists(
        _any_segment(is_one_way=True), min_size=1, max_size=8
    )


@st.composite
def maimed_lives(draw: st.DrawFn) -> list[Segment]:
    """Real connections, of which some segments are missing, some captured twice, and some in another order."""
    rows = segments(draw(st.sampled_from(LIVES)))
    kept = draw(st.lists(st.sampled_from(range(len(rows))), min_size=1, max_size=len(rows) + 5))
    if draw(st.booleans()):
        kept = sorted(kept)
    strange = draw(st.lists(_any_segment(), max_size=2))
    found = [replace(rows[at], time=START + place * 5_000_000) for place, at in enumerate(kept)]
    for segment in strange:
        found.insert(draw(st.integers(0, len(found))), segment)
    return found
