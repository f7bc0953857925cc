"""What is said about a capture before anything in it is believed; of a healthy one, nothing."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.connections.table import group
from tcpladder.packets import flags as f
from tcpladder.packets import options as o
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.checksums import BAD, GOOD, LEFT_TO_CARD
from tcpladder.packets.schema import CAPTURED
from tcpladder.tcp.health import HealthNote, health
from tcpladder.tcp.health_tally import HealthKind, backwards, tally
from tcpladder.tcp.tracking import tracked
from tests import samples
from tests.building import Segment, segments, table, without
from tests.generating import any_segments, maimed_lives

LIFE = """
    initiator > responder  SYN mss=1460 wscale=7
    initiator < responder  SYN,ACK mss=1400 wscale=7
    initiator > responder  ACK
    initiator > responder  ACK len=100
    initiator < responder  ACK
    initiator < responder  ACK len=1400
    initiator > responder  ACK
    initiator < responder  ACK len=1400
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    """
INITIATOR, RESPONDER = "192.0.2.10", "198.51.100.20"


def notes_of(rows: pl.DataFrame, addresses: AddressBook) -> tuple[HealthNote, ...]:
    connections = group(rows)
    whole = tally(tracked(connections.segments[connections.order]))
    return health([whole, backwards(connections.segments)], addresses.__getitem__)


def notes(rows: str | list[Segment], changes: dict[str, dict[int, int]] | None = None) -> dict[HealthKind, HealthNote]:
    """Give the notes on a text's segments, some columns of which have other values in some frames."""
    addresses = AddressBook()
    captured = table(segments(rows) if isinstance(rows, str) else rows, addresses)
    for name, values in (changes or {}).items():
        changed = pl.col("frame").replace_strict(values, default=pl.col(name), return_dtype=CAPTURED[name])
        captured = captured.with_columns(changed.alias(name))
    return {note.kind: note for note in notes_of(captured, addresses)}


def one(rows: str | list[Segment], kind: HealthKind, changes: dict[str, dict[int, int]] | None = None) -> HealthNote:
    """Give the only note there is."""
    found = notes(rows, changes)
    assert list(found) == [kind]
    return found[kind]


# Nothing to say


def test_of_a_healthy_capture_nothing_is_said() -> None:
    checked = {"checksum_status": dict.fromkeys(range(1, 13), GOOD), "option_faults": dict.fromkeys(range(1, 13), 0)}
    assert notes(LIFE) == {}
    assert notes(LIFE, checked) == {}


def test_of_an_empty_capture_nothing_is_said() -> None:
    assert notes_of(table([]), AddressBook()) == ()


UNHEALTHY: dict[str, list[HealthKind]] = {}
"""What is to be said of a sample that was recorded to show it."""


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_the_samples_are_healthy(path: Path) -> None:
    analysis = samples.analysis_of(path)
    found = notes_of(analysis.connections.segments, analysis.addresses)
    assert [note.kind for note in found] == UNHEALTHY.get(path.stem, [])


# What the capture lacks


def test_data_that_is_acknowledged_and_was_never_captured() -> None:
    note = one(without(segments(LIFE), 4), HealthKind.SEGMENTS_MISSING)
    assert note == HealthNote(
        kind=HealthKind.SEGMENTS_MISSING,
        sentence="Data is acknowledged in 1 segment that was never captured: segments are missing.",
        count=1,
        frames=(4,),
        connections=(1,),
    )


def test_a_hole_that_is_acknowledged_though_later_data_was_captured() -> None:
    assert one(without(segments(LIFE), 6, 7), HealthKind.SEGMENTS_MISSING).count == 1


def test_a_keep_alive_in_a_connection_joined_late_hides_no_data() -> None:
    assert list(
        notes("""
        initiator > responder  ACK seq=1 ack=1
        initiator < responder  ACK seq=1 ack=2
        """)
    ) == [HealthKind.JOINED_LATE]


def test_the_answer_to_a_syn_by_a_connection_that_was_there_before_hides_no_data() -> None:
    assert (
        notes("""
        initiator > responder  SYN
        initiator < responder  ACK seq=900 ack=70000
        initiator > responder  RST seq=70000
        initiator > responder  SYN seq=0
        """)
        == {}
    )


def test_a_connection_whose_syns_were_not_captured() -> None:
    note = one(segments(LIFE)[3:], HealthKind.JOINED_LATE)
    assert (note.count, note.frames, note.connections) == (1, (1,), (1,))
    assert note.sentence.startswith("The SYNs of 1 connection were not captured")


@pytest.mark.parametrize("flags", ["ACK", "FIN", "FIN,PSH,URG", "-"])
def test_a_lone_segment_may_be_a_probe(flags: str) -> None:
    assert notes(f"initiator > responder  {flags} seq=7 ack=9") == {}
    assert notes(f"initiator > responder  {flags} seq=7 ack=9\ninitiator < responder  RST") == {}


@pytest.mark.parametrize("is_ours", [True, False])
def test_one_direction_of_a_conversation(*, is_ours: bool) -> None:
    rows = [row for row in segments(LIFE) if (row.source[0] == INITIATOR) == is_ours]
    note = one(rows, HealthKind.ONE_DIRECTION)
    assert (note.count, note.connections) == (1, (1,))


def test_who_sends_much_is_answered_even_if_it_acknowledges_nothing_new() -> None:
    much = "\n".join("initiator > responder  ACK ack=9 len=1000" for _ in range(30))
    assert set(notes(much)) == {HealthKind.ONE_DIRECTION, HealthKind.JOINED_LATE}


def test_a_syn_that_nobody_answers_is_no_lack() -> None:
    assert notes("initiator > responder  SYN\ninitiator > responder  SYN +1s\ninitiator > responder  SYN +2s") == {}


def test_options_cut_by_the_snap_length() -> None:
    cut = {"captured_length": {4: 60, 6: 60}, "wire_length": {4: 166, 6: 1466}}
    assert one(LIFE, HealthKind.OPTIONS_CUT, cut).frames == (4, 6)
    assert notes(LIFE, {**cut, "option_faults": {4: 0, 6: 0}}) == {}  # that they are known shows that they are whole


# What the capture shows otherwise


def test_times_that_run_backwards() -> None:
    note = one(LIFE.replace("FIN,ACK", "FIN,ACK -1ms"), HealthKind.TIMES)
    assert note.sentence == "Times run backwards 2 times, first at frame 10; frames are in file order."
    assert (note.count, note.frames) == (2, (10, 11))


def test_times_that_run_backwards_in_one_connection_only_by_another() -> None:
    text = """
        other = 192.0.2.11:50000
        initiator > responder  SYN
        other > responder  SYN +1s
        initiator < responder  SYN,ACK -1ms
        """
    assert one(text, HealthKind.TIMES).sentence.startswith("Times run backwards once, first at frame 3;")


def test_packets_captured_twice() -> None:
    rows = segments(LIFE)
    twice = [copy for row in rows for copy in (row, row)]
    numbered = {"ip_id": {frame: 1 + (frame - 1) // 2 for frame in range(1, 25)}}
    note = one(twice, HealthKind.CAPTURED_TWICE, numbered)
    assert (note.count, note.frames) == (12, (2, 4, 6, 8, 10))


def test_equal_resets_are_no_copies() -> None:
    text = LIFE.rsplit("initiator > responder  FIN", 1)[0] + "initiator > responder RST\n" * 2
    assert notes(text.replace("responder RST\n", "responder RST +10us\n")) == {}


def test_payload_beyond_what_the_receiver_takes_at_once() -> None:
    note = one(LIFE.replace("len=100", "len=1401"), HealthKind.OFFLOADED)
    assert (note.count, note.frames) == (1, (4,))
    assert notes(LIFE.replace("ACK len=1400", "ACK len=1460")) == {}  # the initiator's own MSS is the larger


def test_payload_where_no_mss_is_known() -> None:
    unknown = LIFE.replace("mss=1460", "").replace("mss=1400", "")
    assert notes(unknown.replace("len=100", "len=9000")) == {}
    assert one(unknown.replace("len=100", "len=9001"), HealthKind.OFFLOADED).count == 1


def test_a_tiny_mss_is_not_believed() -> None:
    assert notes(LIFE.replace("mss=1400", "mss=0")) == {}


BAD_FROM_INITIATOR = dict.fromkeys((1, 3, 4, 7, 9, 10, 12), BAD)
FROM_RESPONDER = (2, 5, 6, 8, 11)


def test_checksums_that_one_side_leaves_to_its_network_card() -> None:
    status = BAD_FROM_INITIATOR | dict.fromkeys(FROM_RESPONDER, GOOD)
    note = one(LIFE, HealthKind.CHECKSUMS_OFFLOADED, {"checksum_status": status})
    assert (note.count, note.frames) == (7, (1, 3, 4, 7, 9))
    assert f"in 7 segments from {INITIATOR}:" in note.sentence


def test_checksums_known_to_be_left_to_the_card_are_no_news() -> None:
    status = dict.fromkeys(range(1, 13), LEFT_TO_CARD)
    assert notes(LIFE, {"checksum_status": status}) == {}
    assert list(notes(LIFE, {"checksum_status": status | {4: BAD}})) == [HealthKind.CHECKSUMS_OFFLOADED]


def test_checksums_wrong_in_both_directions() -> None:
    status = BAD_FROM_INITIATOR | dict.fromkeys(FROM_RESPONDER, BAD)
    assert one(LIFE, HealthKind.CHECKSUMS_SPOILT, {"checksum_status": status}).count == 12


def test_a_damaged_segment() -> None:
    status = dict.fromkeys(range(1, 13), GOOD) | {6: BAD}
    note = one(LIFE, HealthKind.CHECKSUMS_WRONG, {"checksum_status": status})
    assert note.frames == (6,)
    assert f"1 segment from {RESPONDER}" in note.sentence


def test_segments_that_the_card_joined_keep_a_checksum_that_is_no_damage() -> None:
    status = dict.fromkeys(range(1, 13), GOOD) | {4: BAD}
    assert list(notes(LIFE.replace("len=100", "len=2800"), {"checksum_status": status})) == [HealthKind.OFFLOADED]


def test_malformed_options() -> None:
    faults = {"option_faults": {3: 0, 4: o.TSOPT_LENGTH, 6: o.OVERRUN | o.TSOPT_LENGTH}}
    note = one(LIFE, HealthKind.OPTIONS_MALFORMED, faults)
    assert note.sentence == (
        "TCP options are malformed in 2 segments: time stamps of a wrong length, "
        "an option that runs past the header's end."
    )


def test_port_0() -> None:
    text = "responder = 198.51.100.20:0\n" + LIFE
    assert one(text, HealthKind.PORT_ZERO).count == 12


def test_reserved_bits() -> None:
    assert one(LIFE, HealthKind.RESERVED_BITS, {"flags": {4: f.ACK | 0x400, 6: f.ACK | f.AE}}).frames == (4,)


# All of it together


def test_what_takes_most_from_what_can_be_said_comes_first() -> None:
    rows = without(segments(LIFE.replace("ACK len=1400", "ACK len=14000", 1)), 4)
    found = notes(rows, {"flags": {3: f.ACK | 0x400}})
    assert list(found) == [HealthKind.SEGMENTS_MISSING, HealthKind.OFFLOADED, HealthKind.RESERVED_BITS]


def test_a_copy_is_counted_nowhere_else() -> None:
    rows = segments(LIFE)
    twice = [*rows[:4], rows[3], *rows[4:]]
    found = notes(twice, {"ip_id": dict.fromkeys((4, 5), 77), "flags": dict.fromkeys((4, 5), f.ACK | 0x400)})
    assert found[HealthKind.RESERVED_BITS].count == 1


@given(any_segments() | maimed_lives(), st.data())
def test_any_segments_give_notes_that_count_right(rows: list[Segment], data: st.DataObject) -> None:
    addresses = AddressBook()
    captured = table(rows, addresses)
    for name in ("checksum_status", "option_faults", "mss", "captured_length", "wire_length"):
        values = data.draw(st.lists(st.none() | st.integers(0, 255), min_size=len(rows), max_size=len(rows)))
        captured = captured.with_columns(pl.Series(name, values, dtype=CAPTURED[name]))
    found = notes_of(captured, addresses)
    for note in found:
        assert note.count >= max(1, len(note.frames))
        assert len(note.frames) == min(note.count, 5)
        assert set(note.frames) <= set(captured["frame"])
        assert set(note.connections) <= set(group(captured).table["connection"])
        assert "{" not in note.sentence


def test_a_source_is_judged_by_all_parts_of_the_capture() -> None:
    one_each = "\n".join(
        f"caller{n} = 192.0.2.10:{40000 + n}\ncaller{n} > responder  SYN\ncaller{n} < responder  SYN,ACK"
        for n in range(3)
    )
    addresses = AddressBook()
    wrong = pl.when(pl.col("source_port") == 443).then(GOOD).otherwise(BAD).cast(CAPTURED["checksum_status"])
    connections = group(table(segments(one_each), addresses).with_columns(checksum_status=wrong))
    parts = [tally(tracked(connections.segments_of(number))) for number in (3, 1, 2)]
    (note,) = health(parts, addresses.__getitem__)
    assert (note.kind, note.count) == (HealthKind.CHECKSUMS_OFFLOADED, 3)
    assert (note.frames, note.connections) == ((1, 3, 5), (1, 2, 3))
    (alone,) = health(parts[:1], addresses.__getitem__)
    assert alone.kind is HealthKind.CHECKSUMS_WRONG


@given(any_segments() | maimed_lives(), st.data())
def test_how_a_capture_is_parted_and_in_which_order_is_all_the_same(rows: list[Segment], data: st.DataObject) -> None:
    addresses = AddressBook()
    status = data.draw(st.lists(st.sampled_from([None, BAD, BAD, GOOD]), min_size=len(rows), max_size=len(rows)))
    captured = table(rows, addresses).with_columns(pl.Series("checksum_status", status, CAPTURED["checksum_status"]))
    connections = group(captured)
    parts = [tally(tracked(connections.segments_of(number + 1))) for number in range(len(connections))]
    shuffled = data.draw(st.permutations([*parts, backwards(connections.segments)]))
    assert health(shuffled, addresses.__getitem__) == notes_of(captured, addresses)
