"""Which segments are one connection: the same 4-tuple, and the same incarnation of it (RFC 9293 §3.4.1)."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.connections import grouping
from tcpladder.connections.table import group
from tcpladder.packets.schema import empty_segments
from tests.building import Segment, captured, segments, table

HANDSHAKE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    """
CLOSE = """
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    """


def ids(text: str) -> list[int]:
    """Give the connection number of each line."""
    numbers: list[int] = group(captured(text)).segments["connection"].to_list()
    return numbers


def test_no_segments_are_no_connections() -> None:
    assert group(empty_segments()).segments["connection"].to_list() == []


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        ("both directions are one connection", HANDSHAKE + CLOSE, [1] * 6),
        (
            "another port is another connection, whatever is mixed in between",
            """
            second = 192.0.2.10:40001
            initiator > responder  SYN
            second > responder  SYN
            initiator < responder  SYN,ACK
            second < responder  SYN,ACK
            second > responder  ACK
            initiator > responder  ACK
            """,
            [1, 2, 1, 2, 2, 1],
        ),
        (
            "on one address the ends are told apart by their ports",
            """
            client = 127.0.0.1:40000
            server = 127.0.0.1:443
            client > server  SYN
            client < server  SYN,ACK
            client > server  ACK
            client < server  FIN,ACK
            """,
            [1] * 4,
        ),
        (
            "the same two ports, the other way around between two hosts, are another connection",
            """
            a = 192.0.2.1:1000
            b = 192.0.2.2:2000
            c = 192.0.2.1:2000
            d = 192.0.2.2:1000
            a > b  SYN
            c > d  SYN
            a < b  RST,ACK
            """,
            [1, 2, 1],
        ),
        (
            "a socket connected to itself",
            """
            self = 127.0.0.1:5000
            self > self  SYN
            self > self  SYN,ACK seq=0 ack=1
            self > self  ACK
            self > self  FIN,ACK
            """,
            [1] * 4,
        ),
        (
            "connections are numbered by their first frame, not by address or port",
            """
            late = 10.0.0.1:1
            later = 10.0.0.1:2
            initiator > responder  SYN
            later > responder  SYN
            late > responder  SYN
            """,
            [1, 2, 3],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_what_belongs_together(what: str, text: str, expected: list[int]) -> None:
    assert ids(text) == expected, what


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        (
            "a port used again after a close",
            HANDSHAKE + CLOSE + "initiator > responder  SYN isn=70000\n initiator < responder  SYN,ACK isn=90000",
            [1] * 6 + [2] * 2,
        ),
        (
            "a port used again after a reset",
            HANDSHAKE + "initiator < responder  RST,ACK\n initiator > responder  SYN isn=70000",
            [1] * 4 + [2],
        ),
        (
            "a port used again after a refusal, by a client that tries with a new ISN",
            """
            initiator > responder  SYN
            initiator < responder  RST,ACK seq=0
            initiator > responder  SYN isn=70000
            initiator < responder  RST,ACK seq=0
            """,
            [1, 1, 2, 2],
        ),
        (
            "a port used again by the other end after a close",
            HANDSHAKE + CLOSE + "responder > initiator  SYN isn=70000\n responder < initiator  SYN,ACK isn=90000",
            [1] * 6 + [2] * 2,
        ),
        (
            "a new ISN after an attempt without any answer",
            """
            initiator > responder  SYN
            initiator > responder  SYN  +1s
            initiator > responder  SYN isn=70000  +60s
            initiator > responder  SYN  +1s
            """,
            [1, 1, 2, 2],
        ),
        (
            "a port used again while the old connection was never seen to close: the answer proves it",
            HANDSHAKE + "initiator > responder  SYN isn=70000  +600s\n initiator < responder  SYN,ACK isn=90000",
            [1] * 3 + [2] * 2,
        ),
        (
            "a port used again in a capture of the initiator's direction: it goes on right after the new SYN",
            """
            initiator > responder  SYN
            initiator > responder  ACK ack=1
            initiator > responder  ACK ack=1 len=5
            initiator > responder  SYN isn=70000
            initiator > responder  ACK ack=1
            """,
            [1] * 3 + [2] * 2,
        ),
        (
            "a port used again in a capture of the responder's direction: a SYN-ACK after its FIN",
            """
            initiator < responder  SYN,ACK seq=0 ack=1
            initiator < responder  FIN,ACK ack=9
            initiator < responder  SYN,ACK isn=90000 ack=70000
            initiator < responder  ACK ack=70009
            """,
            [1, 1, 2, 2],
        ),
        (
            "a port used again with data in the SYN, all of it acknowledged (RFC 7413)",
            HANDSHAKE
            + "initiator > responder  SYN isn=70000 len=100\n initiator < responder  SYN,ACK isn=90000 ack=101",
            [1] * 3 + [2] * 2,
        ),
        (
            "three incarnations",
            HANDSHAKE
            + CLOSE
            + "initiator > responder  SYN isn=70000\n initiator < responder  RST,ACK\n"
            + "initiator > responder  SYN isn=80000\n initiator < responder  SYN,ACK isn=90000",
            [1] * 6 + [2] * 2 + [3] * 2,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_a_new_incarnation_begins(what: str, text: str, expected: list[int]) -> None:
    assert ids(text) == expected, what


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a retransmitted SYN", "initiator > responder  SYN\n" * 3 + "initiator < responder  SYN,ACK"),
        ("a SYN retransmitted after the SYN-ACK", "initiator > responder  SYN\ninitiator < responder  SYN,ACK\n" * 2),
        (
            "a SYN that comes again after a close, delayed in the network",
            HANDSHAKE + CLOSE + "initiator > responder  SYN",
        ),
        (
            "a SYN that comes again after a RST",
            HANDSHAKE + "initiator < responder  RST,ACK\n initiator > responder  SYN",
        ),
        (
            "SYNs that cross: simultaneous open",
            """
            initiator > responder  SYN
            initiator < responder  SYN
            initiator > responder  SYN,ACK seq=0
            initiator < responder  SYN,ACK seq=0
            initiator > responder  ACK
            """,
        ),
        (
            "a stray SYN, answered by a challenge ACK (RFC 9293 §3.10.7.4)",
            HANDSHAKE
            + """
            initiator > responder  ACK len=5
            initiator > responder  SYN seq=777000
            initiator < responder  ACK ack=6
            initiator > responder  ACK seq=6 ack=1 len=5
            """,
        ),
        (
            "a stray SYN, from the end that had sent none",
            HANDSHAKE
            + """
            initiator > responder  ACK len=5
            initiator < responder  SYN seq=777000
            initiator > responder  ACK seq=6 ack=1
            initiator > responder  FIN,ACK seq=6 ack=1
            """,
        ),
        (
            "a stray SYN, met by silence",
            HANDSHAKE + "initiator > responder  SYN seq=777000\ninitiator > responder  FIN,ACK seq=1\n"
            "initiator < responder  ACK ack=2",
        ),
        (
            "a SYN captured after the SYN-ACK",
            """
            initiator < responder  SYN,ACK seq=0 ack=1
            initiator > responder  SYN seq=0
            initiator > responder  ACK
            """,
        ),
        (
            "a SYN captured after the data that followed it",
            """
            initiator > responder  ACK seq=1 ack=1 len=5
            initiator > responder  SYN seq=0
            initiator < responder  ACK ack=6
            """,
        ),
        (
            "a SYN captured after the end of the connection",
            "initiator < responder  SYN,ACK seq=0 ack=1\n initiator > responder  ACK seq=1 ack=1\n"
            + CLOSE
            + "initiator > responder  SYN seq=0",
        ),
        (
            "a SYN with data, all of it acknowledged at once (RFC 7413)",
            """
            initiator > responder  SYN len=100
            initiator < responder  SYN,ACK ack=101
            initiator > responder  ACK len=7
            """,
        ),
        (
            "a SYN with data that is not taken",
            """
            initiator > responder  SYN len=100
            initiator < responder  SYN,ACK ack=1
            initiator > responder  ACK seq=1 len=100
            """,
        ),
        (
            "no SYN at all",
            "initiator > responder  ACK seq=500 ack=900\n initiator < responder  ACK seq=900 ack=500",
        ),
        ("the initiator's direction only", "initiator > responder  SYN\n" + "initiator > responder  ACK ack=1\n" * 3),
        (
            "the responder's direction only",
            "initiator < responder  SYN,ACK ack=1\n" + "initiator < responder  ACK\n" * 3,
        ),
        (
            "a repeated SYN-ACK with a new ISN, as SYN cookies after a while have it",
            """
            initiator > responder  SYN
            initiator < responder  SYN,ACK
            initiator < responder  SYN,ACK isn=8000  +1s
            initiator > responder  ACK
            """,
        ),
    ],
    ids=lambda value: value if "\n" not in value else "",
)
def test_the_connection_goes_on(what: str, text: str) -> None:
    assert set(ids(text)) == {1}, what


def test_a_half_open_connection_is_discovered_and_replaced() -> None:
    """RFC 9293 §3.5.1 figure 9: the old connection answers a SYN of a host that lost its memory, and is reset."""
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=5
        initiator < responder  ACK
        initiator > responder  SYN isn=70000        # after a crash
        initiator < responder  ACK ack=-68994       # the old connection's challenge ACK
        initiator > responder  RST seq=-64999
        initiator > responder  SYN seq=0  +1s
        initiator < responder  SYN,ACK isn=90000 ack=1
        initiator > responder  ACK seq=1
        """
    )
    assert ids(text) == [1] * 5 + [2] * 6


def test_a_syn_into_time_wait_that_is_refused_with_an_ack_does_not_open_a_connection() -> None:
    """RFC 9293 §3.10.7.4: a SYN that TIME-WAIT does not accept gets a challenge ACK; nothing was opened."""
    text = HANDSHAKE + CLOSE + "initiator < responder  SYN seq=-4000\n initiator > responder  ACK seq=2 ack=2"
    assert set(ids(text)) == {1}


def test_a_syn_into_time_wait_that_nobody_answers_is_an_attempt_of_its_own() -> None:
    assert ids(HANDSHAKE + CLOSE + "initiator > responder  SYN isn=70000\n" * 2) == [1] * 6 + [2] * 2


SCRIPTS = [
    HANDSHAKE + CLOSE,
    HANDSHAKE + CLOSE + "initiator > responder  SYN isn=70000\n initiator < responder  SYN,ACK isn=90000",
    HANDSHAKE + "initiator > responder  SYN seq=777000\n initiator < responder  ACK",
    "initiator > responder  SYN\n initiator < responder  RST,ACK seq=0\n" * 2,
    "initiator < responder  SYN,ACK ack=1\n initiator < responder  FIN,ACK\n initiator < responder  SYN,ACK isn=90000",
    "initiator < responder  ACK ack=50\n initiator > responder  ACK seq=50",
    "initiator > responder  SYN\n initiator < responder  SYN\n initiator > responder  SYN,ACK seq=0",
]
ENDS = [
    ("192.0.2.10:40000", "198.51.100.20:443"),
    ("192.0.2.10:40001", "198.51.100.20:443"),
    ("198.51.100.20:443", "192.0.2.9:40000"),
    ("127.0.0.1:5000", "127.0.0.1:80"),
    ("[::1]:5000", "[::1]:5001"),
    ("192.0.2.10:443", "198.51.100.20:40000"),
]


@st.composite
def interleavings(draw: st.DrawFn) -> list[list[Segment]]:
    """Give the segments of some 4-tuples, and in which order they are captured, as (4-tuple, segment)."""
    scripts = draw(st.lists(st.sampled_from(SCRIPTS), min_size=2, max_size=len(ENDS)))
    return [
        segments(f"initiator = {one} isn=1000\n responder = {other} isn=5000\n{script}")
        for script, (one, other) in zip(scripts, draw(st.permutations(ENDS)), strict=False)
    ]


@given(interleavings(), st.data())
def test_connections_and_roles_do_not_depend_on_what_is_mixed_in(
    tuples: list[list[Segment]], data: st.DataObject
) -> None:
    turns = data.draw(st.permutations([at for at, rows in enumerate(tuples) for _ in rows]))
    left = [iter(rows) for rows in tuples]
    mixed = group(table([next(left[turn]) for turn in turns])).segments
    numbers = mixed["connection"].to_list()
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, turn in enumerate(turns):
        places[turn].append(place)
    for at, rows in enumerate(tuples):
        alone, together = group(table(rows)).segments, mixed[places[at]]
        same = np.equal.outer(alone["connection"].to_numpy(), alone["connection"].to_numpy())
        assert (np.equal.outer(together["connection"].to_numpy(), together["connection"].to_numpy()) == same).all()
        assert together["from_initiator"].to_list() == alone["from_initiator"].to_list()
    owners = defaultdict(set)
    for number, turn in zip(numbers, turns, strict=True):
        owners[number].add(turn)
    assert all(len(turns_of) == 1 for turns_of in owners.values())


@given(interleavings(), st.data())
def test_numbers_count_from_1_in_the_order_of_first_frames(tuples: list[list[Segment]], data: st.DataObject) -> None:
    turns = data.draw(st.permutations([at for at, rows in enumerate(tuples) for _ in rows]))
    left = [iter(rows) for rows in tuples]
    numbers = group(table([next(left[turn]) for turn in turns])).segments["connection"].to_list()
    assert list(dict.fromkeys(numbers)) == list(range(1, max(numbers) + 1))


def test_pairs_of_endpoints_with_one_hash_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [packet for number in range(50) for packet in segments(f"me = 192.0.2.{number}:40000\nme > responder  SYN")]
    apart = group(table(rows)).segments["connection"].to_list()
    for factor in ("_ODD_1", "_ODD_2", "_ODD_3"):
        monkeypatch.setattr(grouping, factor, np.uint64(0))  # then all pairs have one
    assert group(table(rows)).segments["connection"].to_list() == apart == list(range(1, 51))


def test_frames_tell_their_connections() -> None:
    connections = group(captured("initiator > responder  SYN\nother = 192.0.2.9:1\nother > responder  SYN"))
    assert connections.numbers_of(np.array([2])).tolist() == [2]
    assert connections.numbers_of(np.array([1, 2, 2, 99])).tolist() == [1, 2]
