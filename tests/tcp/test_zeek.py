import polars as pl
import pytest
from hypothesis import given

from tcpladder.connections.table import group
from tcpladder.packets.schema import CAPTURED, GROUPED
from tcpladder.tcp.tracking import tracked
from tcpladder.tcp.zeek import ZEEK, spoilt_sources, zeek
from tcpladder.tcp.zeek_gaps import gap_counts
from tests.building import Segment, one_connection, segments, swapped, table, without
from tests.generating import any_segments, maimed_lives
from tests.samples import sample

HANDSHAKE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""
EXCHANGE = """
    initiator > responder  ACK len=10
    initiator < responder  ACK
    initiator < responder  ACK len=20
    initiator > responder  ACK
"""

STATES = {"S0", "S1", "S2", "S3", "SF", "SH", "SHR", "REJ", "RSTO", "RSTR", "RSTOS0", "RSTRH", "OTH"}

# conn_state, history, and what was captured.
LIVES = [
    ("S0", "S", "initiator > responder  SYN"),
    ("S0", "S", "initiator > responder  SYN\n initiator > responder  SYN +1s"),
    ("S1", "ShA", HANDSHAKE),
    ("S1", "Sh", "initiator > responder  SYN\n initiator < responder  SYN,ACK"),
    ("S1", "ShADad", HANDSHAKE + EXCHANGE),
    (
        "SF",
        "ShADadFf",
        HANDSHAKE
        + EXCHANGE
        + """
        initiator > responder  FIN,ACK
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        """,
    ),
    ("S2", "ShAFa", HANDSHAKE + "initiator > responder  FIN,ACK\n initiator < responder  ACK"),
    ("S3", "ShAf", HANDSHAKE + "initiator < responder  FIN,ACK\n initiator > responder  ACK"),
    ("SH", "SF", "initiator > responder  SYN\n initiator > responder  FIN,ACK seq=1"),
    ("SHR", "^hf", "initiator < responder  SYN,ACK\n initiator < responder  FIN,ACK seq=1"),
    ("REJ", "Sr", "initiator > responder  SYN\n initiator < responder  RST,ACK seq=0 ack=1"),
    ("REJ", "ShRr", "initiator > responder  SYN\n initiator < responder  SYN,ACK\n"
     "initiator > responder  RST seq=1\n initiator < responder  RST seq=1"),
    ("RSTO", "ShADaR", HANDSHAKE + "initiator > responder  ACK len=10\n initiator < responder  ACK\n"
     "initiator > responder  RST,ACK"),
    ("RSTR", "ShADr", HANDSHAKE + "initiator > responder  ACK len=10\n initiator < responder  RST,ACK"),
    ("RSTOS0", "SR", "initiator > responder  SYN\n initiator > responder  RST seq=1"),
    ("RSTRH", "^hr", "initiator < responder  SYN,ACK\n initiator < responder  RST seq=1"),
    ("OTH", "DadA", EXCHANGE),
    ("OTH", "R", "initiator > responder  RST seq=1"),
]  # fmt: skip


def of(rows: str | list[Segment]) -> tuple[str, str]:
    [(_, conn_state, history)] = zeek(tracked(one_connection(rows))).iter_rows()
    return conn_state, history


@pytest.mark.parametrize(("conn_state", "history", "text"), LIVES, ids=lambda value: str(value)[:12].strip())
def test_a_life_has_zeeks_state_and_history(conn_state, history, text):
    assert of(text) == (conn_state, history)


def test_all_of_zeeks_states_can_be_reached():
    assert {conn_state for conn_state, _, _ in LIVES} == STATES


def test_a_reset_after_both_fins_leaves_a_connection_closed_normally():
    text = (
        HANDSHAKE + "initiator > responder  FIN,ACK\n initiator < responder  FIN,ACK\n initiator > responder  RST seq=2"
    )
    assert of(text) == ("SF", "ShAFfR")


def test_a_reset_after_the_own_fin_alone_counts():
    text = HANDSHAKE + "initiator > responder  FIN,ACK\n initiator > responder  RST seq=2"
    assert of(text) == ("RSTO", "ShAFR")


def test_a_fin_in_answer_to_fin_and_reset_makes_it_a_close_after_all():
    text = HANDSHAKE + (
        "initiator > responder  FIN,ACK\n initiator > responder  RST seq=2\n initiator < responder  FIN,ACK ack=2"
    )
    assert of(text) == ("SF", "ShAFRf")


def test_both_syns_of_a_simultaneous_open_count_but_not_the_syn_acks_with_the_same_numbers():
    text = """
        initiator > responder  SYN
        initiator < responder  SYN
        initiator > responder  SYN,ACK seq=0 ack=1
        initiator < responder  SYN,ACK seq=0 ack=1
    """
    assert of(text) == ("S1", "Ss")


def test_a_syn_ack_captured_before_the_syn_is_told_by_the_sign_of_turning():
    rows = segments(HANDSHAKE)
    assert of([rows[1], rows[0], rows[2]]) == ("S1", "^hSA")


def test_a_missing_syn_does_not_keep_a_connection_from_being_established():
    assert of(without(segments(HANDSHAKE + EXCHANGE), 1)) == ("S1", "^hADad")


def test_an_acknowledgment_before_the_syn_ack_does_not_make_the_connection_partial():
    text = """
        initiator > responder  SYN
        initiator < responder  ACK seq=500 ack=77
        initiator < responder  SYN,ACK seq=0 ack=1
    """
    assert of(text) == ("S1", "Sah")


def test_a_second_fin_and_reset_count_where_they_are_elsewhere():
    fins = HANDSHAKE + "initiator > responder  FIN,ACK\n initiator > responder  FIN,ACK seq={}"
    assert of(fins.format(1))[1] == "ShAF"
    assert of(fins.format(9))[1] == "ShAFF"
    resets = HANDSHAKE + "initiator < responder  RST seq=1\n initiator < responder  RST seq={}"
    assert of(resets.format(1))[1] == "ShAr"
    assert of(resets.format(2))[1] == "ShArr"


def test_a_fin_merged_with_payload_sent_again_is_the_same_fin():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10
        initiator > responder  FIN,ACK
        initiator > responder  FIN,ACK seq=1 len=10
    """
    )
    assert of(text)[1] == "ShADFT"


def test_payload_sent_again_counts_at_the_first_tenth_and_hundredth_time():
    text = HANDSHAKE + "initiator > responder  ACK seq=1 len=10\n"
    again = "initiator > responder  ACK seq=1 len=10\n"
    assert [of(text + again * times)[1] for times in (0, 1, 9, 10, 99, 100)] == [
        "ShAD",
        "ShADT",
        "ShADT",
        "ShADTT",
        "ShADTT",
        "ShADTTT",
    ]


def test_zero_windows_count_until_the_peer_has_closed():
    stuck = HANDSHAKE + "initiator > responder  ACK len=10\n initiator < responder  ACK win=0\n"
    assert of(stuck)[1] == "ShADaw"
    closed = HANDSHAKE + "initiator > responder  FIN,ACK\n initiator < responder  ACK win=0\n"
    assert of(closed)[1] == "ShAFa"


def test_bytes_acknowledged_but_not_captured_are_a_gap_of_their_sender():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10
        initiator > responder  ACK len=10
        initiator > responder  ACK len=10
        initiator < responder  ACK ack=31
    """
    )
    assert of(text)[1] == "ShADa"
    assert of(without(segments(text), 5))[1] == "ShADaG"
    assert of(without(segments(text), 6))[1] == "ShADaG"


def test_a_hole_that_is_filled_before_it_is_acknowledged_is_no_gap():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK seq=11 len=10
        initiator < responder  ACK ack=1
        initiator > responder  ACK seq=1 len=10
        initiator < responder  ACK ack=21
    """
    )
    assert of(text)[1] == "ShADaT"  # what fills a hole is older than the newest payload: Zeek takes it for sent again


def test_every_hole_below_an_acknowledgment_counts():
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK seq=11 len=10
        initiator > responder  ACK seq=31 len=10
        initiator < responder  ACK ack=51
    """
    )
    assert gap_counts(tracked(one_connection(text))).tolist() == [0, 0, 0, 0, 0, 3]


def test_the_place_of_a_fin_is_no_gap():
    text = HANDSHAKE + "initiator > responder  FIN,ACK len=10\n initiator < responder  ACK"
    assert of(text)[1] == "ShAFa"


def test_payload_that_the_snap_length_cut_is_a_gap():
    text = HANDSHAKE + "initiator > responder  ACK len=1000\n initiator < responder  ACK"
    cut = tracked(one_connection(text)).with_columns(
        captured_length=pl.lit(96, CAPTURED["captured_length"]),
        wire_length=(pl.col("payload_length") + 54).cast(CAPTURED["wire_length"]),
    )
    assert zeek(cut)["history"].to_list() == ["ShADaG"]


def test_nothing_of_a_segment_with_a_bad_checksum_counts_but_that():
    rows = one_connection(HANDSHAKE + "initiator > responder  FIN,ACK")
    bad = pl.when(pl.col("frame") == 4).then(0).otherwise(1).cast(CAPTURED["checksum_status"])
    assert zeek(tracked(rows.with_columns(checksum_status=bad))).row(0)[1:] == ("S1", "ShAC")


def test_bad_checksums_of_a_sender_that_has_hardly_a_good_one_are_passed_over():
    rows = one_connection(HANDSHAKE + EXCHANGE)
    spoilt = pl.lit(0).cast(CAPTURED["checksum_status"])
    assert zeek(tracked(rows.with_columns(checksum_status=spoilt))).row(0)[1:] == ("S1", "ShADad")


def test_the_first_segment_without_any_flag_counts_after_a_syn_ack():
    rows = segments(HANDSHAKE)[1:2] + segments("initiator > responder  - seq=1\n initiator > responder  ACK seq=1")
    assert of(rows) == ("OTH", "^hA")


def test_what_counts_is_counted_on_through_all_that_comes_between():
    text = HANDSHAKE + "initiator > responder  ACK seq=1 len=10\n"
    again = "initiator > responder  ACK seq=1 len=10\n initiator < responder  ACK ack=11 win=0\n"
    assert of(text + again * 10 + "initiator < responder  FIN,ACK\n" + again * 90)[1] == "ShADTawTwfTw"


def test_a_capture_in_parts_is_told_which_checksums_were_spoilt_in_the_whole():
    rows = one_connection(HANDSHAKE + "initiator > responder  FIN,ACK")
    bad = pl.when(pl.col("frame") == 4).then(0).otherwise(1).cast(CAPTURED["checksum_status"])
    part = tracked(rows.with_columns(checksum_status=bad))
    assert zeek(part, spoilt=part["source"].unique().to_numpy())["history"].to_list() == ["ShAF"]
    assert zeek(part, spoilt=spoilt_sources(part.clear()))["history"].to_list() == ["ShAC"]


def test_the_originator_is_the_initiator_whoever_has_the_lower_address():
    rows = segments(HANDSHAKE + EXCHANGE)
    assert of(rows) == of(swapped(rows))


def test_there_is_one_row_a_connection_in_order_even_where_no_header_is_whole():
    rows = tracked(one_connection(HANDSHAKE))
    assert zeek(rows.with_columns(is_header_cut=True)).rows() == [(1, "OTH", "")]
    assert zeek(rows.clear()).rows() == []
    assert zeek(rows.clear()).schema == ZEEK


@pytest.mark.parametrize(
    ("name", "conn_state", "history"),
    [
        ("graceful-close-by-client.client", "SF", "ShADadFf"),
        ("graceful-close-by-server.client", "SF", "ShADadfF"),
        ("refused.client", "REJ", "Sr"),
        ("silent-port.client", "S0", "S"),
        ("simultaneous-open.client", "SF", "SsAaDdFf"),
    ],
)
def test_samples_have_the_state_and_history_that_zeek_gives(name, conn_state, history):
    connections = sample(name).connections
    found = zeek(tracked(connections.segments[connections.order])).row(0)[1:]
    assert found == (conn_state, history)


@given(any_segments() | maimed_lives())
def test_anything_captured_has_a_state(rows):
    connections = group(table(rows))
    found = zeek(tracked(connections.segments[connections.order]))
    assert found["connection"].to_list() == connections.table["connection"].to_list()
    assert set(found["conn_state"]) <= STATES
    assert all(len(history) < 60 for history in found["history"])


@given(maimed_lives())
def test_a_history_is_the_same_whether_or_not_other_connections_are_judged_with_it(rows):
    connections = group(table(rows))
    ordered = connections.segments[connections.order]
    twice = pl.concat(
        [ordered, ordered.with_columns((pl.col("connection") + len(connections)).cast(GROUPED["connection"]))]
    )
    alone, together = zeek(tracked(ordered)), zeek(tracked(twice))
    assert together["history"].to_list() == alone["history"].to_list() * 2
    assert together["conn_state"].to_list() == alone["conn_state"].to_list() * 2
