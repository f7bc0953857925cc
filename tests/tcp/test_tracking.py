"""How far each endpoint had come at each segment."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.connections.table import group
from tcpladder.packets import flags as f
from tcpladder.packets.schema import CAPTURED, GROUPED
from tcpladder.tcp.copies import originals
from tcpladder.tcp.numbers import relative_numbers
from tcpladder.tcp.tracking import TRACKED, tracked
from tests.building import Segment, one_connection, segments, table
from tests.generating import any_segments, maimed_lives

LIFE = """
    initiator > responder  SYN win=64240 wscale=7
    initiator < responder  SYN,ACK win=65160 wscale=2
    initiator > responder  ACK win=500
    initiator > responder  ACK len=100 win=500
    initiator < responder  ACK len=40 win=1000
    initiator > responder  FIN,ACK win=400
    """


def column(text: str, name: str) -> list[object]:
    return tracked(one_connection(text))[name].to_list()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("seq_relative", [0, 0, 1, 1, 1, 101]),
        ("ack_relative", [None, 1, 1, 1, 101, 41]),
        ("segment_length", [1, 1, 0, 100, 40, 1]),
        ("end_relative", [1, 1, 1, 101, 41, 102]),
        ("snd_nxt", [None, None, 1, 1, 1, 101]),
        ("snd_una", [None, None, 1, 1, 1, 101]),
        ("rcv_nxt", [None, None, None, 1, 1, 1]),
        ("peer_nxt", [None, 1, 1, 1, 101, 41]),
        ("window_scaled", [64240, 65160, 64000, 64000, 4000, 51200]),
        ("snd_edge", [None, None, 65161, 65161, 64001, 65161]),
        ("is_duplicate", [False] * 6),
        ("is_header_cut", [False] * 6),
    ],
)
def test_a_connection_is_followed(name: str, expected: list[object]) -> None:
    assert column(LIFE, name) == expected


def test_the_table_keeps_its_columns_and_gets_exactly_these() -> None:
    given_table = one_connection(LIFE)
    result = tracked(given_table)
    assert result.select(given_table.columns).equals(given_table)
    assert dict(result.schema) == CAPTURED | GROUPED | TRACKED


def test_a_table_of_no_rows_gets_the_same_columns() -> None:
    assert dict(tracked(pl.DataFrame(schema=CAPTURED | GROUPED)).schema) == CAPTURED | GROUPED | TRACKED


@pytest.mark.parametrize(
    ("what", "text", "name", "expected"),
    [
        (
            "an RST's numbers are no progress: many stacks fill in what they like",
            "initiator > responder  ACK seq=1 ack=1 len=9\n initiator > responder  RST,ACK seq=900 ack=900\n"
            "initiator > responder  ACK seq=10 ack=1\n initiator < responder  ACK seq=1 ack=10",
            "snd_nxt",
            [None, 10, 10, None],
        ),
        (
            "a SYN amid a connection, which its peer refuses by a challenge ACK, is no progress (RFC 9293 §3.10.7.4)",
            "initiator > responder  SYN\n initiator < responder  SYN,ACK\n initiator > responder  ACK len=9\n"
            "initiator > responder  SYN seq=70000\n initiator < responder  ACK ack=10\n"
            "initiator > responder  ACK seq=10",
            "snd_nxt",
            [None, None, 1, 10, 1, 10],
        ),
        (
            "a SYN captured late changes nothing",
            "initiator > responder  ACK seq=1 ack=1 len=5\n initiator > responder  SYN seq=0\n"
            "initiator > responder  ACK seq=6 ack=1",
            "snd_nxt",
            [None, 6, 6],
        ),
        (
            "a keep-alive ends where the sender already was (RFC 9293 §3.8.4)",
            LIFE + "initiator > responder  ACK seq=101 len=1 ack=41\n initiator > responder  ACK seq=102 ack=41",
            "snd_nxt",
            [None, None, 1, 1, 1, 101, 102, 102],
        ),
        (
            "what an old connection in TIME-WAIT answers to a SYN is of another numbering (RFC 5961 §4.2)",
            "initiator > responder  SYN\n initiator < responder  ACK seq=-70000 ack=5000000\n"
            "initiator > responder  RST seq=5000000\n initiator > responder  SYN +1s\n"
            "initiator < responder  SYN,ACK seq=0 ack=1\n initiator > responder  ACK seq=1 ack=1",
            "snd_una",
            [None, None, None, None, None, 1],
        ),
        (
            "an ACK captured before the SYN-ACK is of the same",
            "initiator > responder  SYN\n initiator < responder  ACK seq=1 ack=1\n"
            "initiator < responder  SYN,ACK seq=0 ack=1\n initiator > responder  ACK seq=1 ack=1",
            "snd_una",
            [None, None, None, 1],
        ),
        (
            "an older acknowledgment takes nothing back",
            LIFE + "initiator < responder  ACK ack=1\n initiator > responder  ACK len=1",
            "snd_una",
            [None, None, 1, 1, 1, 101, 41, 101],
        ),
        (
            "windows are not known where one SYN is missing",
            "initiator < responder  SYN,ACK ack=1 wscale=7\n initiator > responder  ACK seq=1 win=9",
            "window_scaled",
            [None, None],
        ),
        (
            "nor is any edge",
            "initiator < responder  SYN,ACK ack=1 wscale=7\n initiator > responder  ACK seq=1 win=9",
            "snd_edge",
            [None, None],
        ),
        (
            "both SYNs without the option of one: no scaling (RFC 7323 §2.2)",
            "initiator > responder  SYN wscale=7\n initiator < responder  SYN,ACK\n initiator > responder  ACK win=9",
            "window_scaled",
            [64240, 64240, 9],
        ),
        (
            "a window taken back leaves the edge (RFC 9293 §3.8.6)",
            LIFE + "initiator < responder  ACK ack=101 win=1\n initiator > responder  ACK seq=102",
            "snd_edge",
            [None, None, 65161, 65161, 64001, 65161, 64001, 65161],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "  " not in value else "",
)
def test_what_counts(what: str, text: str, name: str, expected: list[object]) -> None:
    assert column(text, name) == expected, what


def cut(rows: pl.DataFrame, captured_length: int, wire_length: int) -> pl.DataFrame:
    return rows.with_columns(
        captured_length=pl.lit(captured_length, pl.UInt32), wire_length=pl.lit(wire_length, pl.UInt32)
    )


def test_a_cut_header_is_told_from_cut_data() -> None:
    rows = one_connection("initiator > responder  ACK seq=1 ack=1 len=1000")
    assert tracked(cut(rows, 68, 1066))["is_header_cut"].to_list() == [False]  # 66 bytes of headers
    assert tracked(cut(rows, 60, 1066))["is_header_cut"].to_list() == [True]


def test_shift_counts_that_the_snap_length_cut_are_not_known() -> None:
    text = "initiator > responder  SYN{}\n initiator < responder  SYN,ACK wscale=3\n initiator > responder  ACK win=9"
    assert tracked(cut(one_connection(text.format("")), 60, 74))["window_scaled"].to_list() == [None] * 3
    seen = tracked(cut(one_connection(text.format(" wscale=2")), 60, 74))
    assert seen["window_scaled"].to_list() == [64240, 64240, 36]


DATA = "initiator > responder  ACK seq=1 ack=1 len=100"


def test_a_packet_captured_twice_is_no_progress() -> None:
    text = f"{DATA} ip_id=7\n {DATA} ip_id=7 +1us\n initiator < responder  ACK seq=1 ack=101"
    assert column(text, "snd_nxt") == [None, 101, None]
    assert column(text, "peer_nxt") == [None, None, 101]


def doubled(rows: list[Segment]) -> list[Segment]:
    numbered = [replace(row, more={**row.more, "ip_id": at + 1}) for at, row in enumerate(rows)]
    return [replace(row, time=row.time + late) for row in numbered for late in (0, 1_000)]


def test_a_capture_of_both_sides_of_a_bridge_tells_the_same() -> None:
    once, twice = (tracked(group(table(rows)).segments_of(1)) for rows in (segments(LIFE), doubled(segments(LIFE))))
    kept = twice.filter(~pl.col("is_duplicate"))
    assert kept.select(*TRACKED).equals(once.select(*TRACKED))


Row = dict[str, Any]


def highest(values: list[int]) -> int | None:
    return max(values, default=None)


def slowly(rows: list[Row]) -> list[dict[str, int | None]]:
    """Say the same of one connection as the definitions do, a row at a time, with numbers and duplicates given."""
    found: list[dict[str, int | None]] = []
    for at, row in enumerate(rows):
        counting = [
            earlier
            for place, earlier in enumerate(rows[:at])
            if not earlier["is_duplicate"] and not earlier["flags"] & f.RST and not is_older(rows, place)
        ]
        own = [earlier for earlier in counting if earlier["from_initiator"] == row["from_initiator"]]
        other = [earlier for earlier in counting if earlier["from_initiator"] != row["from_initiator"]]
        own_acks, other_acks = ([earlier for earlier in side if earlier["flags"] & f.ACK] for side in (own, other))
        offers = [earlier for earlier in other_acks if earlier["window_scaled"] is not None]
        found.append(
            {
                "snd_nxt": highest(ends(own)),
                "snd_una": highest([earlier["ack_relative"] for earlier in other_acks]),
                "rcv_nxt": highest([earlier["ack_relative"] for earlier in own_acks]),
                "peer_nxt": highest(ends(other)),
                "snd_edge": highest([earlier["ack_relative"] + earlier["window_scaled"] for earlier in offers]),
            }
        )
    return found


def is_older(rows: list[Row], place: int) -> bool:
    """Tell whether the row comes before its sender's first SYN, which is a SYN-ACK, and has numbers far from it."""
    row = rows[place]
    syns = [
        at
        for at, other in enumerate(rows)
        if other["from_initiator"] == row["from_initiator"] and other["flags"] & f.SYN
    ]
    if not syns or place >= syns[0] or rows[syns[0]]["flags"] & (f.ACK | f.RST) != f.ACK:
        return False
    numbers = [row["seq_relative"], *([row["ack_relative"]] if row["flags"] & f.ACK else [])]
    return not all(0 <= number <= 2**20 for number in numbers)


def ends(sent: list[Row]) -> list[int]:
    """Give the ends of one endpoint's segments, without stray SYNs."""
    found, has_spoken = [], False
    for row in sent:
        is_syn, is_answer = row["flags"] & f.SYN, row["flags"] & f.ACK
        if not (is_syn and (has_spoken or (not is_answer and row["seq_relative"] != 0))):
            found.append(row["end_relative"])
        has_spoken = has_spoken or not is_syn
    return found


windows_and_shifts = st.tuples(st.integers(0, 65535), st.none() | st.integers(0, 15))
several = st.lists(any_segments() | maimed_lives(), min_size=1, max_size=4)


@given(several, st.data())
def test_it_is_what_the_definitions_say_row_by_row(lives: list[list[Segment]], data: st.DataObject) -> None:
    rows = []
    for port, life in enumerate(lives):
        for row in life:
            window, shift = data.draw(windows_and_shifts)
            ports = [(address, number + port) for address, number in (row.source, row.destination)]
            more = {"window": window, "ip_id": data.draw(st.integers(0, 2))}
            more |= {"wscale": shift} if shift is not None else {}
            rows.append(replace(row, source=ports[0], destination=ports[1], more=more))
    connections = group(table(rows))
    result = tracked(connections.segments[connections.order])
    for number in range(1, len(connections) + 1):
        own = result.filter(pl.col("connection") == number)
        seq, ack = relative_numbers(connections.segments_of(number))
        has_ack = (own["flags"].to_numpy() & f.ACK) != 0
        assert own["seq_relative"].to_list() == seq.tolist()
        assert own["ack_relative"].to_list() == [
            value if flagged else None for value, flagged in zip(ack.tolist(), has_ack, strict=True)
        ]
        length = [
            row["payload_length"] + bool(row["flags"] & f.SYN) + bool(row["flags"] & f.FIN) for row in own.to_dicts()
        ]
        assert own["segment_length"].to_list() == length
        assert own["end_relative"].to_list() == [int(a) + b for a, b in zip(seq, length, strict=True)]
        expected = slowly(own.to_dicts())
        assert own.select("snd_nxt", "snd_una", "rcv_nxt", "peer_nxt", "snd_edge").to_dicts() == expected


@given(several)
def test_which_segments_are_the_same_packet_may_be_told(lives: list[list[Segment]]) -> None:
    connections = group(table(doubled([row for life in lives for row in life])))
    in_order = connections.segments[connections.order]
    assert tracked(in_order, packet_of=originals(in_order)).equals(tracked(in_order))
