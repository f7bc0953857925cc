import polars as pl
import pytest
from hypothesis import given
from polars.testing import assert_frame_equal

from tcpladder.connections.table import group
from tcpladder.packets.schema import CAPTURED
from tcpladder.tcp.timestamps import MEASURES, measures
from tcpladder.tcp.tracking import tracked
from tests.building import Segment, captured, one_connection, segments, table, without
from tests.generating import any_segments, maimed_lives
from tests.samples import sample

MS = 1_000_000
HANDSHAKE = """
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100  +30ms
    initiator > responder  ACK tsval=131 tsecr=900  +1ms
"""


def measured(rows: str | list[Segment]) -> dict[str, object]:
    [row] = measures(tracked(one_connection(rows))).iter_rows(named=True)
    return row


def test_stamps_are_negotiated_when_both_syns_have_them():
    assert measured(HANDSHAKE)["has_timestamps"] is True
    assert (
        measured(HANDSHAKE.replace("tsval=100 tsecr=0", "").replace("tsecr=100", "tsecr=0"))["has_timestamps"] is False
    )
    assert measured(HANDSHAKE.replace("tsval=900 tsecr=100", ""))["has_timestamps"] is False


def test_whether_stamps_are_negotiated_is_unknown_without_both_syns_or_their_options():
    assert measured(without(segments(HANDSHAKE), 1))["has_timestamps"] is None
    assert measured(without(segments(HANDSHAKE), 2))["has_timestamps"] is None
    cut = one_connection(HANDSHAKE).with_columns(
        tsval=pl.lit(None, CAPTURED["tsval"]),
        captured_length=pl.lit(54, CAPTURED["captured_length"]),
        wire_length=pl.lit(66, CAPTURED["wire_length"]),
    )
    assert measures(tracked(cut))["has_timestamps"].to_list() == [None]


def test_one_syn_without_the_option_is_enough_to_know_that_they_are_not():
    rows = without(segments(HANDSHAKE.replace("tsval=900 tsecr=100", "")), 1)
    assert measured(rows)["has_timestamps"] is False


def test_a_syn_repeated_without_the_option_leaves_it_open():
    text = "initiator > responder  SYN\n" + HANDSHAKE
    assert measured(text)["has_timestamps"] is None


def test_the_handshake_measures_both_ways():
    found = measured(HANDSHAKE)
    assert found["handshake_rtt_responder_ns"] == 30 * MS
    assert found["handshake_rtt_initiator_ns"] == 1 * MS


def test_a_repeated_syn_leaves_its_half_unmeasured_unless_the_echo_names_one():
    silent = """
        initiator > responder  SYN
        initiator > responder  SYN  +1s
        initiator < responder  SYN,ACK  +30ms
        initiator > responder  ACK  +1ms
    """
    assert measured(silent)["handshake_rtt_responder_ns"] is None
    assert measured(silent)["handshake_rtt_initiator_ns"] == 1 * MS
    named = """
        initiator > responder  SYN tsval=100 tsecr=0
        initiator > responder  SYN tsval=1100 tsecr=0  +1s
        initiator < responder  SYN,ACK tsval=900 tsecr={}  +30ms
    """
    assert measured(named.format(1100))["handshake_rtt_responder_ns"] == 30 * MS
    assert measured(named.format(100))["handshake_rtt_responder_ns"] == 1030 * MS


def test_round_trips_are_measured_each_way_and_added():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=140 tsecr=900
        initiator < responder  ACK tsval=950 tsecr=140  +40ms
        initiator < responder  ACK len=10 tsval=960 tsecr=140
        initiator > responder  ACK tsval=180 tsecr=960  +3ms
    """
    )
    found = measured(text)
    assert found["timestamp_rtt_responder_min_ns"] == found["ack_rtt_responder_min_ns"] == 30 * MS
    assert found["timestamp_rtt_responder_median_ns"] == 35 * MS
    assert found["timestamp_rtt_initiator_min_ns"] == 1 * MS
    assert found["timestamp_rtt_initiator_median_ns"] == 2 * MS
    assert found["timestamp_rtt_min_ns"] == found["ack_rtt_min_ns"] == 31 * MS
    assert found["timestamp_rtt_median_ns"] == found["ack_rtt_median_ns"] == 37 * MS


def test_a_way_that_was_not_measured_leaves_the_sum_open():
    text = "initiator > responder  SYN\n initiator < responder  SYN,ACK  +30ms"
    found = measured(text)
    assert found["ack_rtt_responder_min_ns"] == 30 * MS
    assert found["ack_rtt_min_ns"] is None


def test_what_was_sent_again_before_it_was_acknowledged_measures_nothing_without_stamps():
    """Karn's rule (RFC 6298 §3)."""
    text = """
        initiator > responder  ACK len=10
        initiator > responder  ACK seq=1 len=10  +1s
        initiator < responder  ACK  +40ms
    """
    assert measured(text.replace("ACK len", "ACK seq=1 len"))["ack_rtt_responder_min_ns"] is None


def test_stamps_tell_which_of_two_transmissions_is_answered():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=140 tsecr=900
        initiator > responder  ACK seq=1 len=10 tsval=1140 tsecr=900  +1s
        initiator < responder  ACK tsval=1950 tsecr={}  +40ms
    """
    )
    spurious = measured(text.format(140))
    assert spurious["timestamp_rtt_responder_median_ns"] == (30 + 1040) * MS // 2
    assert spurious["ack_rtt_responder_median_ns"] == 30 * MS
    assert measured(text.format(1140))["timestamp_rtt_responder_median_ns"] == 30 * MS


def test_a_segment_acknowledged_together_with_others_counts_until_then():
    text = """
        initiator > responder  SYN
        initiator < responder  SYN,ACK  +30ms
        initiator > responder  ACK
        initiator > responder  ACK len=10
        initiator > responder  ACK len=10
        initiator < responder  ACK  +40ms
    """
    assert measured(text)["ack_rtt_responder_median_ns"] == 40 * MS  # of 30, 50 and 40


def test_what_was_acknowledged_before_it_was_captured_measures_nothing():
    text = """
        initiator < responder  ACK ack=11 seq=1
        initiator > responder  ACK seq=1 len=10 ack=1
    """
    assert measured(text)["ack_rtt_responder_min_ns"] is None


def clocked(*, hz: int = 1000, way: str = ">", first: int = 1000, last: str = "") -> str:
    steps = range(40)
    data = [f"initiator {way} responder  ACK len=1 tsval={first + at * hz // 4} tsecr=0  +250ms" for at in steps]
    return HANDSHAKE + "\n".join([*data, last])


def test_each_endpoint_has_a_clock():
    found = measured(clocked())
    assert found["initiator_clock_hz"] == 1000
    assert found["responder_clock_hz"] is None
    assert measured(clocked(hz=100))["initiator_clock_hz"] == 100
    assert measured(clocked(hz=100, way="<"))["responder_clock_hz"] == 100


def test_resets_and_syn_acks_do_not_disturb_the_clock():
    assert measured(clocked(last="initiator > responder  RST tsval=0 tsecr=900"))["initiator_clock_hz"] == 1000
    assert measured(clocked(way="<", first=2_000_000_000))["responder_clock_hz"] == 1000


def test_stamps_that_were_not_negotiated_are_no_clock():
    assert measured(clocked().replace("tsval=900 tsecr=100", ""))["initiator_clock_hz"] is None


@pytest.mark.parametrize("place", ["client", "server"])
def test_a_sample_has_the_round_trip_time_that_it_was_recorded_with(place):
    connections = sample(f"graceful-close-by-client.{place}").connections
    found = measures(tracked(connections.segments[connections.order])).row(0, named=True)
    near, far = ("initiator", "responder") if place == "client" else ("responder", "initiator")
    assert found["has_timestamps"] is True
    for name in ("timestamp_rtt_min_ns", "timestamp_rtt_median_ns", "ack_rtt_min_ns", "ack_rtt_median_ns"):
        assert 10 * MS < found[name] < 12 * MS
    assert found[f"handshake_rtt_{near}_ns"] < MS
    assert 10 * MS < found[f"handshake_rtt_{far}_ns"] < 12 * MS


@given(any_segments() | maimed_lives())
def test_anything_captured_is_measured_one_row_a_connection(rows):
    connections = group(table(rows))
    found = measures(tracked(connections.segments[connections.order]))
    assert found.schema == MEASURES
    assert found["connection"].to_list() == connections.table["connection"].to_list()
    times = found.select(pl.col("^.*_ns$"))
    assert all((column.drop_nulls() >= 0).all() for column in times)


def test_nothing_captured_measures_nothing():
    found = measures(tracked(one_connection(HANDSHAKE)).clear())
    assert (found.schema, found.rows()) == (MEASURES, [])


@given(any_segments() | maimed_lives())
def test_a_connection_measures_the_same_alone(rows):
    connections = group(table(rows))
    whole = measures(tracked(connections.segments[connections.order]))
    alone = [measures(tracked(connections.segments_of(number + 1))) for number in range(len(connections))]
    assert_frame_equal(pl.concat([whole.clear(), *alone]), whole)


def test_times_may_be_as_far_apart_as_can_be():
    text = """
        initiator > responder  ACK len=10
        other = 192.0.2.11:50000
        other > responder  ACK len=10
        other < responder  ACK  +5ms
        initiator < responder  ACK  +7000000000s
    """
    connections = group(captured(text))
    found = measures(tracked(connections.segments[connections.order]))
    assert found["ack_rtt_responder_min_ns"].to_list() == [7 * 10**18 + 15 * MS, 5 * MS]
