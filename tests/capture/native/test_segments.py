"""From frames to the segment table: what is a segment, what is counted, and what is left to tshark."""

import polars as pl

from tcpladder.capture.native import segments as module
from tcpladder.capture.native.segments import Part, SegmentReader
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import CAPTURED
from tests.capture import wrapping
from tests.capture.native.contents import frames_in
from tests.capture.reading import TRAFFIC
from tests.capture.wrapping import TCP, Packet, fragments4, frames_of, gre, icmp_quoting, ip6, segment

FOUR = segment(payload=b"abc", options=b"\x02\x04\x05\xb4")
SIX = ip6(FOUR, TCP, FOUR.data[20:])


def read(contents: list[bytes], wire: list[int] | None = None) -> Part:
    return SegmentReader(AddressBook()).read(*frames_in(contents, 101, wire))


def test_columns_are_those_of_the_schema() -> None:
    part = read([FOUR.data, SIX.data])
    assert part.segments.schema == pl.Schema(CAPTURED)
    assert part.segments["frame"].to_list() == [1, 2]
    assert part.segments["ip_id"].to_list() == [7, None]
    assert part.segments["payload_length"].to_list() == [3, 3]
    assert part.segments["mss"].to_list() == [1460, 1460]
    assert part.segments["tsval"].to_list() == [None, None]
    assert part.segments["source"].to_list() == [0, 2]
    assert (len(part.odd), part.cut, part.last) == (0, 0, 2)


def test_what_is_no_segment_is_passed_over_or_left_to_tshark() -> None:
    packets = [icmp_quoting(FOUR), FOUR, gre(FOUR), *fragments4(FOUR, 16), segment(data_offset=4), SIX]
    part = read([packet.data for packet in packets])
    assert part.segments["frame"].to_list() == [2, 7]
    assert part.odd.numbers.tolist() == [3, 4, 5, 6]
    assert part.last == 7


def test_headers_that_the_snap_length_cut_are_counted() -> None:
    part = read([FOUR.data, FOUR.data[:30], SIX.data[:50]], [47, 47, 67])
    assert (len(part.segments), part.cut, part.last) == (1, 2, 3)


def test_a_header_longer_than_its_datagram_is_left_to_tshark() -> None:
    assert read([segment(data_offset=15).data, FOUR.data]).odd.numbers.tolist() == [1]


def test_frames_that_captured_more_than_there_was_are_left_to_tshark() -> None:
    part = read([FOUR.data, FOUR.data], [40, 47])
    assert (part.odd.numbers.tolist(), part.segments["frame"].to_list()) == ([1], [2])


def test_nothing_at_all() -> None:
    part = read([])
    assert (len(part.segments), len(part.odd), part.last) == (0, 0, None)
    assert part.segments.schema == pl.Schema(CAPTURED)
    assert read([icmp_quoting(FOUR).data]).segments.schema == pl.Schema(CAPTURED)


def test_parts_make_no_difference(monkeypatch) -> None:
    frames = [*frames_of(TRAFFIC), wrapping.Frame(0, wrapping.ethernet(gre(FOUR)))]
    found = []
    for at_once in (7, 1 << 14):
        monkeypatch.setattr(module, "AT_ONCE", at_once)
        content, columns = frames_in([frame.data for frame in frames], 1, [frame.wire_length or 90 for frame in frames])
        part = SegmentReader(AddressBook()).read(content, columns)
        assert part.odd.numbers.tolist() == [41]
        found.append(part.segments)
    assert found[0].equals(found[1])


def test_addresses_of_both_families_are_told_apart() -> None:
    mapped = ip6(Packet(1, b""), TCP, FOUR.data[20:], ("::192.0.2.1", "::ffff:192.0.2.2"))
    book = AddressBook()
    SegmentReader(book).read(*frames_in([FOUR.data, mapped.data], 101))
    assert book.texts() == ["192.0.2.1", "192.0.2.2", "::192.0.2.1", "::ffff:192.0.2.2"]
