"""What the peers' applications read, whatever way the segments came."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.packets import flags as f
from tcpladder.sequence import MODULUS
from tcpladder.tcp.reassembly import LARGEST_WINDOW, Reassembly, What, reassemble
from tests.building import Segment, one_connection, segments

INITIATOR, RESPONDER = ("192.0.2.10", 40000), ("198.51.100.20", 443)
ISN = 1000
HANDSHAKE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""
Part = tuple[str, str, int, bytes | int]


def put_together(rows: list[Segment], payloads: dict[int, bytes | None]) -> Reassembly:
    """Reassemble segments of which each frame has the payload that is given; None for one that can't be read."""
    table = one_connection(rows)
    data, starts, lengths = b"", [], []
    for frame in range(1, len(table) + 1):
        payload = payloads.get(frame, b"")
        starts.append(len(data))
        lengths.append(-1 if payload is None else len(payload))
        data += payload or b""
    found = reassemble(table, data, np.array(starts), np.array(lengths))
    assert found is not None
    return found


def parts(found: Reassembly) -> list[Part]:
    """Give (sender, what, frame, bytes or how many are missing) of each part."""
    told = []
    columns = (found.senders, found.kinds, found.begins, found.lengths, found.rows)
    for sender, kind, begin, length, row in zip(*(column.tolist() for column in columns), strict=True):
        data = found.streams[sender].data[begin : begin + length]
        told.append(("<" if sender else ">", What(kind).name, row + 1, data if kind == What.DATA else length))
    return told


def conversation(text: str, *payloads: bytes | None, start: str = HANDSHAKE) -> Reassembly:
    """Reassemble a ladder whose segments with a length have these payloads, one after the other."""
    rows = segments(start + text)
    with_payload = [frame for frame, row in enumerate(rows, start=1) if row.payload_length]
    return put_together(rows, dict(zip(with_payload, payloads, strict=True)))


def test_both_sides_in_the_order_in_which_they_were_delivered() -> None:
    found = conversation(
        """
        initiator > responder  PSH,ACK len=3
        initiator < responder  PSH,ACK len=5
        initiator > responder  PSH,ACK len=2
        """,
        b"GET",
        b"hello",
        b"!!",
    )
    assert parts(found) == [(">", "DATA", 4, b"GET"), ("<", "DATA", 5, b"hello"), (">", "DATA", 6, b"!!")]
    assert [stream.data for stream in found.streams] == [b"GET!!", b"hello"]
    assert found.offsets.tolist() == [0, 0, 3]


def test_what_comes_behind_a_hole_is_delivered_when_the_hole_is_filled() -> None:
    found = conversation(
        """
        initiator > responder  ACK seq=4 len=3
        initiator < responder  ACK ack=1 len=2
        initiator > responder  ACK seq=1 len=3
        """,
        b"def",
        b"OK",
        b"abc",
    )
    assert parts(found) == [("<", "DATA", 5, b"OK"), (">", "DATA", 6, b"abc"), (">", "DATA", 4, b"def")]
    assert found.streams[0].late == 1
    assert found.streams[0].retransmitted == 0


def test_what_comes_again_is_dropped_and_counted() -> None:
    found = conversation(
        """
        initiator > responder  ACK len=4
        initiator > responder  ACK seq=1 len=4
        initiator > responder  ACK seq=3 len=4
        """,
        b"abcd",
        b"abcd",
        b"cdef",
    )
    assert parts(found) == [(">", "DATA", 4, b"abcd"), (">", "DATA", 6, b"ef")]
    assert (found.streams[0].retransmitted, found.streams[0].different) == (6, 0)


def test_of_copies_that_differ_the_first_is_kept_and_it_is_said() -> None:
    found = conversation(
        """
        initiator > responder  ACK len=4
        initiator > responder  ACK seq=1 len=6
        """,
        b"abcd",
        b"aXYdef",
    )
    assert parts(found) == [(">", "DATA", 4, b"abcd"), (">", "DATA", 5, b"ef"), (">", "DIFFERENT", 5, 2)]
    assert found.streams[0].different == 2
    assert found.offsets.tolist() == [0, 4, 1]


@pytest.mark.parametrize(
    ("ack", "why"), [("ack=7", "NOT_CAPTURED"), ("ack=1", "NOT_ACKNOWLEDGED")], ids=["acknowledged", "not"]
)
def test_a_hole_that_is_never_filled(ack: str, why: str) -> None:
    found = conversation(
        f"""
        initiator > responder  ACK seq=1 len=2
        initiator > responder  ACK seq=5 len=2
        initiator < responder  ACK {ack}
        """,
        b"ab",
        b"ef",
    )
    assert parts(found) == [(">", "DATA", 4, b"ab"), (">", why, 5, 2), (">", "DATA", 5, b"ef")]
    assert found.streams[0].missing == 2


def test_what_was_acknowledged_and_not_captured_at_the_end() -> None:
    found = conversation(
        """
        initiator > responder  ACK seq=1 len=2
        initiator < responder  ACK ack=103
        """,
        b"ab",
    )
    assert parts(found) == [(">", "DATA", 4, b"ab"), (">", "NOT_CAPTURED", 5, 100)]


@pytest.mark.parametrize("ack", [3, 4])
def test_one_number_more_may_be_a_fin_that_was_not_captured(ack: int) -> None:
    text = f"initiator > responder ACK seq=1 len=2\n initiator < responder ACK ack={ack}"
    assert parts(conversation(text, b"ab")) == [(">", "DATA", 4, b"ab")]


def test_a_fin_tells_where_a_stream_ends() -> None:
    found = conversation("initiator > responder ACK len=2\n initiator > responder FIN,ACK seq=10 len=1", b"ab", b"z")
    assert parts(found) == [(">", "DATA", 4, b"ab"), (">", "NOT_ACKNOWLEDGED", 5, 7), (">", "DATA", 5, b"z")]
    found = conversation("initiator > responder ACK len=2\n initiator > responder FIN,ACK seq=10", b"ab")
    assert parts(found) == [(">", "DATA", 4, b"ab"), (">", "NOT_ACKNOWLEDGED", 5, 7)]


def test_what_the_snap_length_cut_is_said_unless_it_comes_again_whole() -> None:
    text = "initiator > responder ACK len=10\n initiator > responder ACK len=2"
    assert parts(conversation(text, b"abc", b"z")) == [
        (">", "DATA", 4, b"abc"),
        (">", "SNAPPED", 4, 7),
        (">", "DATA", 5, b"z"),
        (">", "SNAPPED", 5, 1),
    ]
    again = conversation("initiator > responder ACK len=4\n initiator > responder ACK seq=1 len=4", b"a", b"abcd")
    assert again.streams[0].data == b"abcd"
    assert (again.streams[0].missing, again.streams[0].retransmitted) == (0, 4)


def test_what_could_not_be_read_is_told_apart() -> None:
    assert parts(conversation("initiator > responder ACK len=10", None)) == [(">", "UNREAD", 4, 10)]


def test_data_in_a_syn() -> None:
    start = "initiator > responder SYN len=3\n initiator < responder SYN,ACK ack=4"
    assert parts(conversation("", b"abc", start=start)) == [(">", "DATA", 1, b"abc")]
    refused = f"{start.replace('ack=4', 'ack=1')}\n initiator > responder ACK seq=1 len=5"
    found = conversation("", b"abc", b"abcde", start=refused)
    assert found.streams[0].data == b"abcde"
    assert found.streams[0].retransmitted == 3


def test_what_a_keep_alive_or_a_reset_carries_is_no_data() -> None:
    found = conversation(
        """
        initiator > responder  ACK seq=0 len=1
        initiator > responder  ACK seq=1 len=3
        initiator > responder  ACK seq=3 len=1
        initiator > responder  ACK seq=3 len=1
        initiator < responder  RST,ACK len=4
        """,
        b"\0",
        b"abc",
        b"\0",
        b"c",
        b"boom",
    )
    assert parts(found) == [(">", "DATA", 5, b"abc")]
    assert found.streams[0].different == 0
    assert found.streams[0].retransmitted == 1  # the same byte is data


def test_what_no_window_allows_is_left_out() -> None:
    far = LARGEST_WINDOW + 100
    text = f"initiator > responder ACK len=2\n initiator > responder ACK seq={far} len=3\n" + (
        "initiator > responder ACK seq=3 len=2\n initiator < responder ACK ack=5"
    )
    found = conversation(text, b"ab", b"xyz", b"cd")
    assert found.streams[0].data == b"abcd"
    assert (found.streams[0].stray, found.streams[0].missing) == (3, 0)


def test_joined_late() -> None:
    found = conversation(
        """
        initiator > responder  ACK seq=500 ack=900 len=3
        initiator > responder  ACK seq=490 ack=900 len=10
        initiator < responder  ACK seq=900 ack=503 len=2
        """,
        b"xyz",
        b"0123456789",
        b"ok",
        start="",
    )
    assert [stream.data for stream in found.streams] == [b"0123456789xyz", b"ok"]
    assert found.streams[0].missing == 0


def test_nothing_was_sent() -> None:
    found = conversation("initiator > responder FIN,ACK\n initiator < responder ACK")
    assert parts(found) == []
    assert found.streams[0].data == found.streams[1].data == b""


def test_stopped() -> None:
    table = one_connection(HANDSHAKE)
    nothing = np.zeros(len(table), np.int64)
    assert reassemble(table, b"", nothing, nothing, is_stopped=lambda: True) is None


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[bytes, int, list[tuple[int, int]]]:
    """A stream, an ISN, and segments (begin, end) that cover it wholly, in any order, with copies and overlaps."""
    stream = draw(st.binary(min_size=1, max_size=60))
    cuts = sorted({0, len(stream), *draw(st.lists(st.integers(0, len(stream)), max_size=6))})
    pieces = list(itertools.pairwise(cuts))
    ends = st.tuples(st.integers(0, len(stream) - 1), st.integers(1, 20))
    pieces += [(begin, min(begin + size, len(stream))) for begin, size in draw(st.lists(ends, max_size=5))]
    isn = draw(st.sampled_from([0, MODULUS - 2, MODULUS - 30, 2**31 - 5]))
    return stream, isn, draw(st.permutations(pieces))


@settings(max_examples=60, deadline=None)
@given(deliveries())
def test_any_order_of_any_segments_gives_the_same_stream(case: tuple[bytes, int, list[tuple[int, int]]]) -> None:
    stream, isn, pieces = case
    syn = Segment(source=INITIATOR, destination=RESPONDER, flags=f.SYN, seq=isn)
    sent = [
        replace(syn, flags=f.ACK, seq=(isn + 1 + begin) % MODULUS, payload_length=end - begin) for begin, end in pieces
    ]
    found = put_together([syn, *sent], {at: stream[a:b] for at, (a, b) in enumerate(pieces, start=2)})
    assert found.streams[0].data == stream
    assert b"".join(part[3] for part in parts(found) if isinstance(part[3], bytes)) == stream
    assert found.streams[0].missing == found.streams[0].different == found.streams[0].stray == 0
    assert found.streams[0].retransmitted <= sum(end - begin for begin, end in pieces) - len(stream)


@settings(max_examples=40, deadline=None)
@given(deliveries(), st.data())
def test_what_is_there_and_what_is_missing_make_up_the_stream(
    case: tuple[bytes, int, list[tuple[int, int]]], data: st.DataObject
) -> None:
    stream, isn, pieces = case
    kept = data.draw(st.lists(st.sampled_from(pieces), min_size=1))
    syn = Segment(source=INITIATOR, destination=RESPONDER, flags=f.SYN, seq=isn)
    sent = [replace(syn, flags=f.ACK, seq=(isn + 1 + a) % MODULUS, payload_length=b - a) for a, b in kept]
    fin = replace(syn, flags=f.FIN | f.ACK, seq=(isn + 1 + len(stream)) % MODULUS)
    snapped = {at: stream[a : a + data.draw(st.integers(0, b - a))] for at, (a, b) in enumerate(kept, start=2)}
    found = put_together([syn, *sent, fin], dict(snapped))
    assert len(found.streams[0].data) + found.streams[0].missing == len(stream)
    at = 0
    for offset, length, part in zip(found.offsets, found.lengths, parts(found), strict=True):
        assert offset == at
        assert not isinstance(part[3], bytes) or part[3] == stream[at : at + length]
        at += int(length)
    assert at == len(stream)
