"""Words for loss, order and windows: what each means, and that Wireshark says the same of real connections."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.connections.table import group
from tcpladder.packets.schema import CAPTURED, GROUPED
from tcpladder.tcp.labels import Label, labels, words
from tcpladder.tcp.tracking import tracked
from tests import samples, wireshark
from tests.building import Segment, segments, table
from tests.generating import any_segments, maimed_lives

OPEN = """
    initiator > responder  SYN wscale=7
    initiator < responder  SYN,ACK wscale=7
    initiator > responder  ACK win=500
"""
LATE = """
    initiator > responder  ACK seq=1 ack=1 len=100
    initiator < responder  ACK seq=1 ack=101
"""


def said(text: str) -> list[str]:
    """Give the labels of each segment, in words."""
    connections = group(table(segments(text)))
    masks = labels(tracked(connections.segments[connections.order]))
    return [" ".join(words(mask)) for mask in masks]


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        ("an ordinary exchange", OPEN + LATE, [""] * 5),
        (
            "data sent again after a while",
            "initiator > responder  ACK seq=1 ack=1 len=100\n initiator > responder  ACK seq=1 ack=1 len=100 +300ms",
            ["", "retransmission"],
        ),
        (
            "a SYN sent again, and a SYN-ACK",
            "initiator > responder  SYN\n initiator > responder  SYN +1s\n"
            "initiator < responder  SYN,ACK\n initiator < responder  SYN,ACK +1s",
            ["", "retransmission", "", "retransmission"],
        ),
        (
            "a FIN sent again",
            LATE + "initiator > responder  FIN,ACK\n initiator > responder  FIN,ACK seq=101 +1s",
            ["", "", "", "retransmission"],
        ),
        (
            "so soon that Wireshark takes it for out of order, but every number was captured before",
            LATE + "initiator > responder  ACK len=50 ip_id=1\n initiator > responder  ACK len=50 ip_id=2 +1us\n"
            "initiator > responder  ACK seq=101 len=50 ip_id=3 +1us",
            ["", "", "", "", "retransmission"],
        ),
        (
            "data that was acknowledged before",
            LATE + "initiator > responder  ACK seq=1 ack=1 len=100 +300ms",
            ["", "", "spurious-retransmission"],
        ),
        (
            "a hole, ACKs that ask for it, and the answer",
            LATE + "initiator > responder  ACK seq=201 len=100\n"
            "initiator < responder  ACK seq=1 ack=101\n initiator < responder  ACK seq=1 ack=101\n"
            "initiator > responder  ACK seq=101 len=100",
            ["", "", "previous-segment-not-captured", "duplicate-ack", "duplicate-ack", "fast-retransmission"],
        ),
        (
            "one duplicate ACK is not enough (RFC 5681 §3.2)",
            LATE + "initiator > responder  ACK seq=201 len=100\n initiator < responder  ACK seq=1 ack=101\n"
            "initiator > responder  ACK seq=101 len=100",
            ["", "", "previous-segment-not-captured", "duplicate-ack", "retransmission"],
        ),
        (
            "nor are two long ago",
            LATE + "initiator > responder  ACK seq=201 len=100\n"
            "initiator < responder  ACK seq=1 ack=101\n initiator < responder  ACK seq=1 ack=101\n"
            "initiator > responder  ACK seq=101 len=100 +20ms",
            ["", "", "previous-segment-not-captured", "duplicate-ack", "duplicate-ack", "retransmission"],
        ),
        (
            "overtaken by 2 ms, where no handshake tells the round trip",
            LATE + "initiator > responder  ACK seq=201 len=100\n initiator > responder  ACK seq=101 len=100 +2ms",
            ["", "", "previous-segment-not-captured", "out-of-order"],
        ),
        (
            "overtaken by 3 ms is sent again",
            LATE + "initiator > responder  ACK seq=201 len=100\n initiator > responder  ACK seq=101 len=100 +3ms",
            ["", "", "previous-segment-not-captured", "retransmission"],
        ),
        (
            "within a round trip nobody can have asked for it",
            OPEN + "initiator > responder  ACK seq=101 len=100\n initiator > responder  ACK seq=1 len=100 +19ms",
            ["", "", "", "previous-segment-not-captured", "out-of-order"],
        ),
        (
            "overtaken by an ACK of its own sender: a FIN that ends where that ACK already was",
            LATE + "initiator > responder  ACK seq=102 ack=1\n initiator > responder  FIN,ACK seq=101 ack=1 +1us",
            ["", "", "previous-segment-not-captured", "out-of-order"],
        ),
        (
            "acknowledged but not captured",
            LATE + "initiator < responder  ACK seq=1 ack=900\n initiator < responder  ACK seq=1 ack=900",
            ["", "", "acked-unseen-segment", "duplicate-ack"],
        ),
        (
            "a hole that is acknowledged was only missed",
            LATE + "initiator > responder  ACK seq=201 len=100\n initiator < responder  ACK seq=1 ack=301\n"
            "initiator > responder  ACK len=9\n initiator < responder  ACK seq=1 ack=310",
            ["", "", "previous-segment-not-captured", "acked-unseen-segment", "", ""],
        ),
        (
            "the window closes, is probed with a byte, stays shut, and opens",
            OPEN + "initiator > responder  ACK len=10\n initiator < responder  ACK win=0\n"
            "initiator > responder  ACK len=1 +1s\n initiator < responder  ACK ack=11 win=0\n"
            "initiator > responder  ACK seq=11 len=1 +2s\n initiator < responder  ACK ack=11 win=0\n"
            "initiator < responder  ACK ack=11 win=9\n initiator > responder  ACK seq=11 len=500",
            [
                *("", "", "", "", "zero-window", "zero-window-probe", "zero-window zero-window-probe-ack"),
                *("zero-window-probe", "zero-window zero-window-probe-ack", "window-update", ""),
            ],
        ),
        (
            "Linux probes with an empty segment one below",
            OPEN + "initiator > responder  ACK len=10\n initiator < responder  ACK win=0\n"
            "initiator > responder  ACK seq=10 +1s\n initiator < responder  ACK win=0",
            ["", "", "", "", "zero-window", "zero-window-probe", "zero-window zero-window-probe-ack"],
        ),
        (
            "keep-alives, with and without a byte (RFC 9293 §3.8.4)",
            LATE + "initiator > responder  ACK seq=100 +60s\n initiator < responder  ACK seq=1 ack=101\n"
            "initiator > responder  ACK seq=100 len=1 +60s\n initiator < responder  ACK seq=1 ack=101",
            ["", "", "keep-alive", "keep-alive-ack", "keep-alive", "keep-alive-ack"],
        ),
        (
            "a typed letter sent again is no keep-alive",
            LATE + "initiator > responder  ACK len=1\n initiator > responder  ACK seq=101 len=1 +300ms",
            ["", "", "", "retransmission"],
        ),
        (
            "nor is an ACK that leaves an unacknowledged FIN out",
            LATE + "initiator > responder  FIN,ACK\n initiator > responder  ACK seq=101",
            ["", "", "", ""],
        ),
        (
            "right up to the edge of the window",
            OPEN + "initiator < responder  ACK win=502\n initiator > responder  ACK len=64255\n"
            "initiator > responder  ACK len=1",
            ["", "", "", "window-update", "", "window-full"],
        ),
        (
            "the edge is not known without the SYNs (RFC 7323 §2.2)",
            LATE + "initiator < responder  ACK seq=1 ack=101 win=100\n initiator > responder  ACK seq=101 len=100",
            ["", "", "window-update", ""],
        ),
        (
            "a port used again, and a SYN sent again",
            "initiator > responder  SYN\n initiator < responder  RST,ACK\n"
            "initiator > responder  SYN isn=70000\n initiator > responder  SYN +1s",
            ["", "", "port-reused", "retransmission"],
        ),
        (
            "a SYN amid a connection changes nothing for what follows (RFC 9293 §3.10.7.4)",
            OPEN + "initiator > responder  ACK len=9\n initiator < responder  ACK win=64\n"
            "initiator > responder  SYN seq=70000\n initiator < responder  ACK ack=10 win=64\n"
            "initiator > responder  ACK seq=10 len=9",
            ["", "", "", "", "", "port-reused", "duplicate-ack", ""],
        ),
        (
            "a SYN-ACK with another ISN answers anew",
            "initiator > responder  SYN\n initiator < responder  SYN,ACK\n "
            "initiator < responder  SYN,ACK seq=70000 +1s",
            ["", "", ""],
        ),
        (
            "what an old connection in TIME-WAIT answers to a SYN has no label (RFC 5961 §4.2)",
            "initiator > responder  SYN\n initiator < responder  ACK seq=-70000 ack=5000000\n"
            "initiator > responder  RST seq=5000000\n initiator > responder  SYN +1s\n"
            "initiator < responder  SYN,ACK seq=0 ack=1\n initiator > responder  ACK seq=1 ack=1\n"
            "initiator < responder  ACK seq=1 ack=1 len=9",
            ["", "", "", "retransmission", "", "", ""],
        ),
        (
            "an RST has no label, and moves nothing",
            LATE + "initiator > responder  RST,ACK seq=900 ack=900 win=0\n initiator > responder  ACK seq=101 len=9",
            ["", "", "", ""],
        ),
        (
            "a packet captured twice is neither sent again nor a duplicate ACK",
            "initiator > responder  ACK seq=1 ack=1 len=9 ip_id=5\n"
            "initiator > responder  ACK seq=1 ack=1 len=9 ip_id=5 +9us\n"
            "initiator < responder  ACK seq=1 ack=10 ip_id=6\n initiator < responder  ACK seq=1 ack=10 ip_id=6 +9us\n"
            "initiator > responder  ACK seq=10 ack=1 len=9 ip_id=7",
            ["", "captured-twice", "", "captured-twice", ""],
        ),
        (
            "the first of a direction repeats nothing, whatever was acknowledged",
            "initiator < responder  ACK seq=1 ack=901\n initiator > responder  ACK seq=801 ack=1 len=100",
            ["", ""],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "  " not in value else "",
)
def test_labels(what: str, text: str, expected: list[str]) -> None:
    assert said(text) == expected, what


def test_words_are_written_with_hyphens_in_one_order() -> None:
    assert words(0) == ()
    assert words(Label.ZERO_WINDOW | Label.FAST_RETRANSMISSION) == ("fast-retransmission", "zero-window")
    assert len(words(2**32 - 1)) == len(Label)


def test_a_table_of_no_rows_has_no_labels() -> None:
    found = labels(tracked(pl.DataFrame(schema=CAPTURED | GROUPED)))
    assert found.to_list() == []
    assert found.dtype == pl.UInt32


SENT_AGAIN = Label.RETRANSMISSION | Label.FAST_RETRANSMISSION | Label.SPURIOUS_RETRANSMISSION | Label.OUT_OF_ORDER
SAYS_NOTHING_NEW = Label.DUPLICATE_ACK | Label.KEEP_ALIVE_ACK | Label.ZERO_WINDOW_PROBE_ACK | Label.WINDOW_UPDATE


@given(st.lists(any_segments() | maimed_lives(), min_size=1, max_size=3))
def test_of_words_that_exclude_each_other_there_is_one_at_most(lives: list[list[Segment]]) -> None:
    rows = [row for life in lives for row in life]
    connections = group(table(rows))
    in_order = tracked(connections.segments[connections.order])
    found = labels(in_order).to_numpy()
    for excluding in (
        SENT_AGAIN | Label.KEEP_ALIVE | Label.ZERO_WINDOW_PROBE,
        SENT_AGAIN | Label.PREVIOUS_SEGMENT_NOT_CAPTURED,
        SAYS_NOTHING_NEW,
    ):
        assert max(int(mask & excluding).bit_count() for mask in found) <= 1
    is_rst = (in_order["flags"].to_numpy() & 4) != 0
    assert not (found[is_rst] & ~np.uint32(Label.CAPTURED_TWICE)).any()


@given(st.lists(maimed_lives(), min_size=1, max_size=4))
def test_a_port_is_reused_where_an_earlier_connection_has_segments_that_went_the_same_way(
    lives: list[list[Segment]],
) -> None:
    rows = [replace(row, time=row.time + place * 10**12) for place, life in enumerate(lives) for row in life]
    connections = group(table(rows))
    in_order = tracked(connections.segments[connections.order])
    ends = ("source", "source_port", "destination", "destination_port")
    seen: set[tuple[int, ...]] = set()
    masks = labels(in_order).to_list()
    for row, mask in zip(in_order.to_dicts(), masks, strict=True):
        is_first = row["frame"] == connections.table["first_frame"][row["connection"] - 1]
        if is_first and row["flags"] & 0x17 == 0x02:
            own = tuple(row[name] for name in ends)
            assert bool(mask & Label.PORT_REUSED) == (own in seen)
        seen.add(tuple(row[name] for name in ends))


@given(any_segments() | maimed_lives(), any_segments())
def test_other_connections_say_nothing(rows: list[Segment], others: list[Segment]) -> None:
    def mine(captured: list[Segment]) -> list[int]:
        connections = group(table(captured))
        in_order = connections.segments[connections.order]
        with_labels = in_order.with_columns(mask=labels(tracked(in_order))).sort("frame")
        return with_labels.filter(pl.col("destination_port") + pl.col("source_port") == 40443)["mask"].to_list()

    elsewhere = [
        Segment(
            source=(row.source[0], 9), destination=(row.destination[0], 10), flags=row.flags, seq=row.seq, time=row.time
        )
        for row in others
    ]
    mixed = [row for pair in zip(elsewhere, rows, strict=False) for row in pair]
    longer = mixed + rows[len(elsewhere) :] + elsewhere[len(rows) :]
    assert mine(longer) == mine(rows)


DIFFERENCES: dict[str, set[tuple[str, str]]] = {
    # The numbers of an RST that the receiver ignored are no progress.
    "blind-reset-ignored.client": {("retransmission", "")},
    # Linux probes a closed window with an empty segment below SND.NXT.
    "zero-window": {
        ("keep-alive", "zero-window-probe"),
        ("zero-window", "zero-window zero-window-probe-ack"),
    },
    # An old connection in TIME-WAIT answers the SYN: an ACK of its own numbering, by which Wireshark measures the rest.
    "port-reuse-refused": {
        ("acked-unseen-segment", ""),
        ("port-reused previous-segment-not-captured", ""),
    },
    # A listener has forgotten the request that was refused, and answers the same SYN with another ISN: no port reused.
    "wrong-timestamp-echo": {("port-reused previous-segment-not-captured", "")},
    "wrong-timestamp-echo-linear": {("port-reused previous-segment-not-captured", "")},
    # We say once what was not captured, not again with each repetition.
    "syn-ack-of-unsent.client": {("retransmission acked-unseen-segment", "retransmission")},
}
"""By scenario, or scenario and side: what Wireshark says, and what we say instead. tcp/labels.py has the reasons."""


def wiresharks(path: Path) -> dict[int, Label]:
    """Give what tshark says of each TCP segment, by frame."""
    found = {}
    for frame, fields in wireshark.told(path).items():
        mask = Label(sum(label for label, name in wireshark.FLAGS.items() if fields[f"tcp.analysis.{name}"]))
        # Wireshark says retransmission of the special kinds too.
        found[frame] = mask & ~Label.RETRANSMISSION if mask & (SENT_AGAIN & ~Label.RETRANSMISSION) else mask
    return found


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_wireshark_says_the_same(path: Path) -> None:
    connections = samples.analysis_of(path).connections
    in_order = connections.segments[connections.order]
    ours = dict(zip(in_order["frame"], labels(tracked(in_order)), strict=True))
    theirs = wiresharks(path)
    differing = {
        (" ".join(words(theirs[frame])), " ".join(words(mask))) for frame, mask in ours.items() if mask != theirs[frame]
    }
    assert differing == DIFFERENCES.get(path.stem, DIFFERENCES.get(path.stem.partition(".")[0], set()))


def test_each_difference_is_of_a_sample() -> None:
    assert set(DIFFERENCES) <= {name for path in samples.CAPTURES for name in (path.stem, path.stem.partition(".")[0])}
