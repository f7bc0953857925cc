"""The sum of a payload, as far as a good checksum tells it (RFC 9293 §3.1), held against the payload's own bytes."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.packets.checksums import BAD, GOOD, LEFT_TO_CARD, MODULUS
from tests.capture.reading import read, segments
from tests.capture.wrapping import (
    IPV6,
    TCP,
    Packet,
    checksum,
    fragments4,
    framed,
    gre,
    ip4,
    ip6,
    pcap,
    segment,
    vxlan,
)

OPTIONS = [b"", b"\x01\x01\x08\x0a" + bytes(range(8)), b"\x02\x04\x05\xb4\x01\x03\x03\x07", b"\x05\x02\x08\x03\x00\x00"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a datagram with a right checksum is made of."""

    payload: bytes = b""
    options: bytes = b""
    flags: int = 0x10
    seq: int = 1
    ports: tuple[int, int] = (1025, 80)
    urgent_pointer: int = 0
    is_v6: bool = False


def with_checksum(packet: Packet, number: int | None = None) -> Packet:
    """Write the right checksum into a datagram without extensions, or another one."""
    start = 40 if packet.ethertype == IPV6 else 20
    addresses = packet.data[8:40] if packet.ethertype == IPV6 else packet.data[12:20]
    tcp = packet.data[start : start + 16] + bytes(2) + packet.data[start + 18 :]
    pseudo_header = addresses + len(tcp).to_bytes(4) + TCP.to_bytes(4)
    right = checksum((pseudo_header + tcp).ljust(len(pseudo_header + tcp) + len(tcp) % 2, b"\0"))
    written = (right if number is None else number).to_bytes(2)
    return Packet(packet.time, packet.data[: start + 16] + written + packet.data[start + 18 :])


def partial(packet: Packet, *, has_length: bool) -> Packet:
    """Write what an operating system leaves for the network card to complete: the pseudo header's sum."""
    length = len(packet.data) - 20 if has_length else 0
    return with_checksum(packet, ~checksum(packet.data[12:20] + length.to_bytes(4) + TCP.to_bytes(4)) & 0xFFFF)


def datagram(content: Content) -> Packet:
    plain = segment(
        payload=content.payload,
        options=content.options,
        flags=content.flags,
        seq=content.seq,
        ports=content.ports,
    )
    tcp = plain.data[20:38] + content.urgent_pointer.to_bytes(2) + plain.data[40:]
    return with_checksum(ip6(plain, TCP, tcp) if content.is_v6 else ip4(plain, TCP, tcp))


def sum_of(payload: bytes) -> int:
    return int.from_bytes(payload.ljust(len(payload) + len(payload) % 2, b"\0")) % MODULUS


def found(*packets: Packet) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as directory:
        return segments(read(pcap(framed(packets)), Path(directory))).sort("frame")


contents = st.builds(
    Content,
    payload=st.binary(max_size=60) | st.sampled_from([b"\xff" * 8, bytes(8), b"\xff\xff", b"x" * 1460]),
    options=st.sampled_from(OPTIONS) | st.binary(max_size=40),
    flags=st.integers(0, 0xFFF),
    seq=st.integers(0, 2**32 - 1),
    ports=st.tuples(st.integers(0, 2**16 - 1), st.integers(20_000, 2**16 - 1)),
    urgent_pointer=st.integers(0, 2**16 - 1),
    is_v6=st.booleans(),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(contents, min_size=20, max_size=40))
def test_the_sum_is_that_of_the_payload_whatever_the_header_says(drawn: list[Content]) -> None:
    table = found(*map(datagram, drawn))
    assert len(table) == len(drawn)
    for content, row in zip(drawn, table.iter_rows(named=True), strict=True):
        if row["checksum_status"] == LEFT_TO_CARD:  # one in 65 535 has the pseudo header's sum by chance
            continue
        assert row["checksum_status"] == GOOD
        assert row["payload_sum"] == sum_of(content.payload), content


def test_equal_payloads_have_equal_sums_and_others_do_not() -> None:
    first = Content(payload=b"what was sent first", options=OPTIONS[1])
    again = replace(first, options=b"\x01\x01\x08\x0a" + b"\x77" * 8, flags=0x18, urgent_pointer=9)
    other = replace(first, payload=b"what was sent later")
    sums = found(*map(datagram, (first, again, other)))["payload_sum"].to_list()
    assert sums[0] == sums[1] != sums[2]


def test_both_zeros_are_one() -> None:
    sums = found(*(datagram(Content(payload=payload)) for payload in (b"", bytes(4), b"\xff" * 4, b"\xff\xfe\x00\x01")))
    assert sums["payload_sum"].to_list() == [0, 0, 0, 0]


def test_a_bad_checksum_tells_no_sum_and_costs_nothing_else() -> None:
    good = datagram(Content(payload=b"payload"))
    table = found(good, with_checksum(good, 0x1234), with_checksum(good, 0))
    assert table["checksum_status"].to_list() == [GOOD, BAD, BAD]
    assert table["payload_sum"].is_null().to_list() == [False, True, True]
    assert table.drop("frame", "position", "checksum_status", "payload_sum").unique().height == 1


def test_a_checksum_that_the_network_card_is_to_complete_is_not_bad() -> None:
    packet = datagram(Content(payload=b"payload"))
    table = found(partial(packet, has_length=True), partial(packet, has_length=False))
    assert table["checksum_status"].to_list() == [LEFT_TO_CARD, LEFT_TO_CARD]
    assert table["payload_sum"].to_list() == [None, None]


def test_no_sum_of_what_the_snap_length_cut() -> None:
    frame = framed([datagram(Content(payload=bytes(100)))])[0]
    with tempfile.TemporaryDirectory() as directory:
        table = segments(read(pcap([frame._replace(data=frame.data[:70], wire_length=154)]), Path(directory)))
    assert table.select("checksum_status", "payload_sum", "payload_length").rows() == [(None, None, 100)]


def test_in_tunnels_and_in_fragments() -> None:
    packet = datagram(Content(payload=b"payload" * 50))
    table = found(gre(packet), vxlan(packet), *fragments4(packet, 64))
    assert table["payload_sum"].to_list() == [sum_of(b"payload" * 50)] * 3
