from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given

from tcpladder.connections.table import group
from tcpladder.tcp.echoes import EchoRange, ts_recent
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.tracking import tracked
from tests.building import Segment, one_connection, table
from tests.generating import any_segments
from tests.samples import CAPTURES, analysis_of

COLUMNS = ("frame", "from_initiator", "time", "flags", "seq_relative", "end_relative", "ack_relative", "tsval", "tsecr")


class Row(NamedTuple):
    frame: int
    from_initiator: bool
    time: int
    flags: int
    seq: int
    end: int
    ack: int | None
    tsval: int | None
    tsecr: int | None


def rows_of(connection: pl.DataFrame) -> list[Row]:
    whole = tracked(connection).filter(~pl.col("is_duplicate"))
    return list(map(Row._make, whole.select(COLUMNS).iter_rows()))


def illegal(rows: list[Row]) -> list[tuple[int, str]]:
    """Give frames that echo a value that was captured, but is too old or too new."""
    found = []
    for endpoint in Endpoint:
        is_initiator = endpoint is Endpoint.INITIATOR
        sent = {row.tsval for row in rows if row.from_initiator != is_initiator}
        for row, legal in zip(rows, ts_recent(rows, endpoint), strict=True):
            if legal is None or row.tsecr is None or row.tsecr not in sent:
                continue
            if legal.is_too_old(row.tsecr):
                found.append((row.frame, "too old"))
            if legal.is_too_new(row.tsecr):
                found.append((row.frame, "too new"))
    return found


def judged(text: str) -> list[tuple[int, str]]:
    return illegal(rows_of(one_connection(text)))


def last_range(text: str, endpoint: Endpoint) -> EchoRange | None:
    return ts_recent(rows_of(one_connection(text)), endpoint)[-1]


HANDSHAKE = """
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
"""


def test_the_handshake_leaves_no_choice():
    assert last_range(HANDSHAKE, Endpoint.INITIATOR) == EchoRange(None, 900, 900)
    assert judged(HANDSHAKE) == []


def test_a_delayed_acknowledgment_echoes_the_earliest_it_covers_or_what_an_unseen_one_left():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=110 tsecr=900
        initiator > responder  ACK len=10 tsval=120 tsecr=900
        initiator < responder  ACK ack=21 tsval=930 tsecr={}
    """
    )
    assert judged(text.format(110)) == judged(text.format(120)) == []


def test_what_an_acknowledgment_covered_is_taken_over_once_the_next_has_been_sent():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=110 tsecr=900
        initiator < responder  ACK ack=11 tsval=930 tsecr=101
        initiator > responder  ACK len=10 tsval=120 tsecr=930
        initiator < responder  ACK ack=21 tsval=940 tsecr={}
    """
    )
    assert judged(text.format(110)) == judged(text.format(120)) == []
    assert judged(text.format(101)) == [(7, "too old")]


def test_a_hole_keeps_the_last_in_sequence():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=110 tsecr=900
        initiator < responder  ACK ack=11 tsval=920 tsecr=110
        initiator > responder  ACK seq=21 len=10 tsval=120 tsecr=900
        initiator < responder  ACK ack=11 tsval=930 tsecr={}
    """
    )
    assert judged(text.format(110)) == []
    assert judged(text.format(120)) == [(7, "too new")]


def test_what_fills_the_hole_is_echoed():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK seq=11 len=10 tsval=110 tsecr=900
        initiator < responder  ACK ack=1 tsval=920 tsecr=101
        initiator > responder  ACK seq=1 len=10 tsval=120 tsecr=900
        initiator < responder  ACK ack=21 tsval=930 tsecr={}
    """
    )
    assert judged(text.format(120)) == []
    assert judged(text.format(100)) == [(7, "too old")]


def test_a_keep_alive_may_be_taken_over_or_not():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=110 tsecr=900
        initiator < responder  ACK tsval=920 tsecr=110
        initiator > responder  ACK seq=10 tsval=500 tsecr=920
        initiator < responder  ACK tsval=930 tsecr={}
    """
    )
    assert judged(text.format(110)) == judged(text.format(500)) == []


def test_what_was_echoed_in_an_earlier_tick_is_not_gone_back_behind():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK tsval=110 tsecr=900
        initiator < responder  ACK len=10 tsval=920 tsecr=110
        initiator < responder  ACK len=10 tsval={} tsecr=101
    """
    )
    assert judged(text.format(921)) == [(6, "too old")]
    assert judged(text.format(920)) == []  # the two may have been sent in the other order


def test_a_segment_that_the_network_overtook_is_not_taken_for_a_step_back():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK tsval=110 tsecr=900
        initiator < responder  ACK seq=11 len=10 tsval=921 tsecr=110
        initiator < responder  ACK seq=1 len=10 tsval=920 tsecr=101
    """
    )
    assert judged(text) == []


def test_an_old_acknowledgment_proves_nothing_of_what_came_since():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=110 tsecr=900
        initiator < responder  ACK ack=11 tsval=920 tsecr=110
        initiator < responder  ACK ack=1 tsval=920 tsecr=101
    """
    )
    assert judged(text) == []


def test_a_segment_with_an_old_stamp_that_is_rejected_changes_nothing():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=50 tsecr=900
        initiator < responder  ACK ack=1 tsval=920 tsecr=101
        initiator > responder  ACK seq=1 len=10 tsval=130 tsecr=900
        initiator < responder  ACK ack=11 tsval=930 tsecr=130
    """
    )
    assert judged(text) == []


def test_nothing_is_said_where_something_acknowledged_was_not_captured():
    text = HANDSHAKE + "initiator < responder  ACK ack=500 tsval=930 tsecr=101"
    assert last_range(text, Endpoint.RESPONDER) is None


def test_nothing_is_said_about_the_other_endpoint_resets_or_segments_without_the_option():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10
        initiator < responder  RST,ACK tsval=0 tsecr=110
    """
    )
    ranges = ts_recent(rows_of(one_connection(text)), Endpoint.RESPONDER)
    assert [legal is not None for legal in ranges] == [False, True, False, False, False]


def test_nothing_is_said_where_the_other_endpoint_opened_with_zero():
    text = """
        initiator > responder  SYN tsval=100 tsecr=0
        initiator < responder  SYN,ACK tsval=0 tsecr=100
        initiator > responder  ACK tsval=101 tsecr=0
    """
    assert ts_recent(rows_of(one_connection(text)), Endpoint.INITIATOR) == [None, None, None]


def test_stamps_wrap():
    text = """
        initiator > responder  SYN tsval=4294967290 tsecr=0
        initiator < responder  SYN,ACK tsval=900 tsecr=4294967290
        initiator > responder  ACK tsval=4294967295 tsecr=900
        initiator > responder  ACK len=10 tsval=5 tsecr=900
        initiator < responder  ACK tsval=930 tsecr=5
        initiator > responder  ACK len=10 tsval=6 tsecr=930
        initiator < responder  ACK tsval=940 tsecr={}
    """
    assert judged(text.format(6)) == judged(text.format(5)) == []
    assert judged(text.format(4294967295)) == [(7, "too old")]


def test_a_segment_captured_hardly_later_may_have_been_there_earlier():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=110 tsecr=900
        initiator < responder  ACK ack=21 tsval=930 tsecr=120
        initiator > responder  ACK len=10 tsval=120 tsecr=900  +{}
    """
    )
    ranges = [ts_recent(rows_of(one_connection(text.format(gap))), Endpoint.RESPONDER)[4] for gap in ("1ms", "5ms")]
    assert ranges == [EchoRange(100, 120, 120), None]


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_what_linux_echoes_is_legal_wherever_it_is_captured_and_whatever_single_segment_is_missing(path):
    connections = analysis_of(path).connections
    for number in connections.table["connection"]:
        whole = connections.segments_of(number)
        rows = rows_of(whole)
        assert illegal(rows) == []
        for left_out in range(min(len(rows), 200)):
            assert illegal(rows[:left_out] + rows[left_out + 1 :]) == []
        if len(whole) > 1:
            assert illegal(rows_of(whole[1:])) == []  # without a SYN numbers are others


def test_what_linux_echoes_in_the_samples_can_mostly_be_judged():
    rows = [row for path in CAPTURES for row in _whole(path)]
    judged_rows = [legal for _, legal in rows if legal is not None]
    assert len(judged_rows) > 500
    assert sum(legal.lowest is not None for legal in judged_rows) > 500


def _whole(path: Path) -> list[tuple[Row, EchoRange | None]]:
    connections = analysis_of(path).connections
    found: list[tuple[Row, EchoRange | None]] = []
    for number in connections.table["connection"]:
        rows = rows_of(connections.segments_of(number))
        for endpoint in Endpoint:
            found += zip(rows, ts_recent(rows, endpoint), strict=True)
    return found


@given(any_segments())
def test_anything_captured_can_be_asked_about(rows: list[Segment]):
    stamped = [
        Segment(
            source=row.source,
            destination=row.destination,
            flags=row.flags,
            seq=row.seq,
            ack=row.ack,
            payload_length=row.payload_length,
            time=row.time,
            more={"tsval": row.seq, "tsecr": row.ack},
        )
        for row in rows
    ]
    connections = group(table(stamped))
    for number in connections.table["connection"]:
        own = rows_of(connections.segments_of(number))
        for endpoint in Endpoint:
            judged_rows = [row for row, legal in zip(own, ts_recent(own, endpoint), strict=True) if legal]
            assert {row.from_initiator for row in judged_rows} <= {endpoint is Endpoint.INITIATOR}
