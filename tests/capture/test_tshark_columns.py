"""tshark's text as columns: exact times, and damage that costs no more than the frame it is in."""

import random
import struct
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tcpladder.capture.tshark_columns import FIELDS, listing, segments_of, whole
from tcpladder.packets import options as o
from tcpladder.packets import schema
from tcpladder.packets.addresses import AddressBook
from tests.capture.reading import OF_THE_FILE, TRAFFIC, notices, read, segments
from tests.capture.wrapping import Frame, Packet, ethernet, framed, frames_of, pcap, segment

FRAME = {
    "frame": "7",
    "time": "1700000000.123456789",
    "position": "40",
    "captured_length": "66",
    "wire_length": "66",
    "protocols": "eth:ethertype:ip:tcp",
    "ip_source": "192.0.2.1",
    "ip_destination": "192.0.2.2",
    "ip_id": "0x0a0b",
    "ip_ttl": "64",
    "source_port": "1025",
    "destination_port": "80",
    "seq": "4294967295",
    "ack": "5",
    "payload_length": "10",
    "flags": "0x0018",
    "window": "512",
    "header_length": "20",
    "checksum": "0x1234",
    "checksum_status": "2",
    "urgent_pointer": "0",
}


def line(**changes: str) -> bytes:
    """Write a line as tshark does for a plain frame, with other values for some fields."""
    return "\t".join({**FRAME, **changes}.get(name, "") for name in FIELDS).encode() + b"\n"


def read_lines(content: bytes, addresses: AddressBook) -> pl.DataFrame:
    """Read lines of tshark's into segments."""
    return segments_of(listing(content), addresses)


def row(content: bytes) -> dict[str, object]:
    """Read one line."""
    table = read_lines(content, AddressBook())
    assert table.schema == pl.Schema(schema.CAPTURED)
    return table.row(0, named=True)


def test_a_plain_segment() -> None:
    assert row(line()) == {
        **dict.fromkeys(schema.CAPTURED),
        "frame": 7,
        "time": 1_700_000_000_123_456_789,
        "source": 0,
        "destination": 1,
        "source_port": 1025,
        "destination_port": 80,
        "flags": 0x18,
        "seq": 0xFFFFFFFF,
        "ack": 5,
        "payload_length": 10,
        "window": 512,
        "ip_id": 0x0A0B,
        "ttl": 64,
        "header_length": 20,
        "option_kinds": 0,
        "option_faults": 0,
        "sack_permitted": False,
        "captured_length": 66,
        "wire_length": 66,
        "position": 40,
    }


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0.000000001", 1),
        ("1.5", 1_500_000_000),
        ("1700000000.000000", 1_700_000_000_000_000_000),
        ("4294967295.999999999", 4_294_967_295_999_999_999),
        ("-0.5", -500_000_000),
        ("-1.000000001", -1_000_000_001),
        ("7", 7_000_000_000),
        ("", 0),  # a simple packet block of pcapng has no time
        ("2023-11-14T22:13:20Z", 0),
    ],
)
def test_times_are_exact(text: str, nanoseconds: int) -> None:
    assert row(line(time=text))["time"] == nanoseconds


@pytest.mark.parametrize(("text", "verdict"), [("0", 0), ("1", 1), ("2", None), ("3", None), ("", None), ("2,1", 1)])
def test_only_a_checksum_that_was_looked_at_has_a_verdict(text: str, verdict: int | None) -> None:
    assert row(line(checksum_status=text))["checksum_status"] == verdict


def test_the_newest_sack_block_comes_first() -> None:
    found = row(line(sack_left="100,300", sack_right="200,400"))
    assert (found["sack_count"], found["sack_left"], found["sack_right"]) == (2, 100, 200)


def test_the_innermost_header_counts() -> None:
    addresses = AddressBook()
    content = line(
        protocols="eth:ethertype:ip:udp:vxlan:eth:ethertype:ipv6:tcp",
        ip_source="203.0.113.1",
        ip_destination="203.0.113.2",
        ip_ttl="9",
        ipv6_source="2001:db8::1",
        ipv6_destination="2001:db8::2",
        ipv6_ttl="60",
    )
    found = read_lines(content, addresses).row(0, named=True)
    assert [addresses[found[name]] for name in ("source", "destination")] == ["2001:db8::1", "2001:db8::2"]
    assert [addresses[found[f"outer_{name}"]] for name in ("source", "destination")] == ["203.0.113.1", "203.0.113.2"]
    assert (found["ip_id"], found["ttl"]) == (None, 60)


def test_ipv6_that_is_called_ip_in_a_tunnel() -> None:
    """tshark 4.6 does so for GTP."""
    addresses = AddressBook()
    content = line(
        protocols="eth:ethertype:ip:udp:gtp:ip:tcp",
        ipv6_source="2001:db8::1",
        ipv6_destination="2001:db8::2",
        ipv6_ttl="60",
    )
    found = read_lines(content, addresses).row(0, named=True)
    assert [addresses[found[name]] for name in ("source", "destination")] == ["2001:db8::1", "2001:db8::2"]
    assert [addresses[found[f"outer_{name}"]] for name in ("source", "destination")] == ["192.0.2.1", "192.0.2.2"]
    assert (found["ip_id"], found["ttl"]) == (None, 60)


@pytest.mark.parametrize("name", ["source_port", "seq", "ack", "flags", "payload_length", "ip_source"])
def test_without_an_essential_field_it_is_no_segment(name: str) -> None:
    content = line() + line(**{name: ""}) + line(**{name: "what?"}) * (name != "ip_source") + line()
    assert len(whole(read_lines(content, AddressBook()))) == 2


@given(st.lists(st.one_of(st.binary(max_size=200).map(lambda junk: junk + b"\n"), st.just(line())), min_size=1))
def test_any_bytes_are_read_without_an_error(lines: list[bytes]) -> None:
    found = read_lines(b"".join(lines), AddressBook())
    assert found.schema == pl.Schema(schema.CAPTURED)


FIELD_TEXT = st.text(st.sampled_from("0123456789.,:x-abef \x1b\"'"), max_size=30)


@given(st.lists(st.dictionaries(st.sampled_from(list(FIELDS)), FIELD_TEXT), min_size=1))
def test_any_field_is_read_without_an_error(changes: list[dict[str, str]]) -> None:
    found = read_lines(b"".join(line(**change) for change in changes), AddressBook())
    assert len(found) == len(changes)


def test_several_addresses_without_a_stack_of_protocols_are_no_segment() -> None:
    content = line(protocols="", ip_source="1.1.1.1,2.2.2.2", ip_destination="3.3.3.3,4.4.4.4")
    assert whole(read_lines(content, AddressBook())).is_empty()
    assert len(whole(read_lines(content + line(), AddressBook()))) == 1


def test_bytes_that_are_no_utf_8_do_not_raise() -> None:
    assert len(read_lines(line() + line().replace(b"192.0.2.1", b"\xff\xfe") + line(), AddressBook())) == 3


# Damaged frames, as tshark dissects them

DAMAGED = {
    "data-offset-0": segment(data_offset=0),
    "data-offset-4": segment(data_offset=4),
    "data-offset-15-past-the-end": segment(data_offset=15),
    "no-ports": segment(cut=3),
    "no-flags": segment(cut=12),
    "half-a-header": segment(cut=19),
    "option-length-0": segment(options=b"\x08\x00\x00\x00"),
    "option-length-1": segment(options=b"\x02\x01\x00\x00"),
    "option-past-the-end": segment(options=b"\x08\x0a\x00\x00"),
    "option-without-length": segment(options=b"\x01\x01\x01\x08"),
    "mss-of-5-bytes": segment(options=b"\x02\x05\x05\xb4\xff", flags=2),
    "wscale-of-2-bytes": segment(options=b"\x03\x02", flags=2),
    "wscale-15": segment(options=b"\x03\x03\x0f", flags=2),
    "wscale-255": segment(options=b"\x03\x03\xff", flags=2),
    "sack-of-9-bytes": segment(options=b"\x05\x09" + bytes(7)),
    "sack-of-2-bytes": segment(options=b"\x05\x02"),
    "time-stamps-of-9-bytes": segment(options=b"\x08\x09" + bytes(7)),
    "two-time-stamps": segment(options=b"\x08\x0a" + struct.pack(">II", 1, 2) + b"\x08\x0a" + struct.pack(">II", 3, 4)),
    "two-mss": segment(options=b"\x02\x04\x05\xb4\x02\x04\x02\x00", flags=2),
    "sack-permitted-of-3-bytes": segment(options=b"\x04\x03\x00", flags=2),
    "unknown-option": segment(options=b"\xfd\x08abcdef"),
    "experiment-with-length-2": segment(options=b"\xfe\x02"),
    "ip-length-too-short": segment(payload=b"x" * 100, total_length=30),
    "ip-length-1": segment(total_length=1),
    "ip-length-too-long": segment(payload=b"x" * 10, total_length=2000),
    "all-flags": segment(flags=0xFFF),
    "no-flag": segment(flags=0),
    "port-0": segment(ports=(0, 0)),
    "syn-with-fin": segment(flags=3),
    "data-in-a-rst": segment(flags=4, payload=b"why"),
    "urgent-payload": segment(payload=bytes(range(256)), flags=0x38),
}
NOT_TO_BE_READ = {name for name in DAMAGED if name.startswith(("data-offset", "no-ports", "no-flags"))}

FAULTS = {
    "option-length-0": (24, o.TSOPT_LENGTH | o.OVERRUN),
    "option-length-1": (24, o.MSS_LENGTH | o.OVERRUN),
    "option-past-the-end": (24, o.OVERRUN),
    "option-without-length": (24, o.OVERRUN),
    "mss-of-5-bytes": (28, o.MSS_LENGTH),
    "wscale-of-2-bytes": (24, o.WSCALE_LENGTH),
    "wscale-15": (24, 0),
    "sack-of-9-bytes": (32, o.SACK_LENGTH),
    "sack-of-2-bytes": (24, o.SACK_LENGTH),
    "sack-permitted-of-3-bytes": (24, o.SACK_PERMITTED_LENGTH),
    "time-stamps-of-9-bytes": (32, o.TSOPT_LENGTH),
    "two-time-stamps": (40, o.TSOPT_TWICE),
    "two-mss": (28, o.TWICE),
    "unknown-option": (28, 0),
    "experiment-with-length-2": (24, 0),
    "syn-with-fin": (20, 0),
}


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, list[str]]:
    """Read a capture of all damaged frames, each between two good ones; give the segments and the notices."""
    packets = [packet for bad in DAMAGED.values() for packet in (segment(seq=1000), bad)]
    analysis = read(pcap(framed(packets)), tmp_path_factory.mktemp("damaged"))
    return segments(analysis), notices(analysis)


def test_damaged_frames_cost_themselves_at_most(damaged: tuple[pl.DataFrame, list[str]]) -> None:
    table, _ = damaged
    good = table.filter(pl.col("frame") % 2 == 1)
    assert good["frame"].to_list() == list(range(1, 2 * len(DAMAGED), 2))
    assert len(good.drop(OF_THE_FILE).unique()) == 1


def test_frames_without_a_usable_header_are_counted(damaged: tuple[pl.DataFrame, list[str]]) -> None:
    table, said = damaged
    missing = {name for number, name in enumerate(DAMAGED) if 2 * number + 2 not in table["frame"]}
    assert missing >= NOT_TO_BE_READ
    # Of a datagram with a length of 1 tshark does not say that it is TCP.
    assert said == [f"skipped: {len(missing) - 1} TCP frames are left out: their headers are malformed."]


def test_what_is_left_of_damaged_options(damaged: tuple[pl.DataFrame, list[str]]) -> None:
    table, _ = damaged

    def found(name: str) -> dict[str, object]:
        return table.row(by_predicate=pl.col("frame") == 2 * list(DAMAGED).index(name) + 2, named=True)

    assert found("wscale-255")["wscale"] == 255
    assert found("wscale-15")["wscale"] == 15
    assert (found("two-time-stamps")["tsval"], found("two-time-stamps")["tsecr"]) == (3, 4)
    assert found("two-mss")["mss"] == 512
    assert found("sack-permitted-of-3-bytes")["sack_permitted"] is False
    for name, (length, faults) in FAULTS.items():
        assert (found(name)["header_length"], found(name)["option_faults"]) == (length, faults), name
    for name in ("option-length-0", "option-length-1", "option-past-the-end", "option-without-length"):
        for option in ("tsval", "tsecr", "mss", "wscale", "sack_left"):
            assert found(name)[option] is None, (name, option)
    assert found("all-flags")["flags"] == 0xFFF
    assert found("no-flag")["flags"] == 0
    assert found("syn-with-fin")["flags"] == 3
    assert (found("data-in-a-rst")["flags"], found("data-in-a-rst")["payload_length"]) == (4, 3)
    assert (found("port-0")["source_port"], found("port-0")["destination_port"]) == (0, 0)
    assert found("urgent-payload")["payload_length"] == 256


@pytest.mark.parametrize("seed", range(3))
def test_bytes_changed_at_random_cost_their_frame_at_most(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    frames = []
    for number in range(40):
        for frame in frames_of(TRAFFIC):
            data = bytearray(frame.data)
            for _ in range(number % 2 * chance.randrange(1, 20)):
                data[chance.randrange(min(len(data), 120))] = chance.randrange(256)
            frames.append(Frame(frame.time, bytes(data), frame.wire_length))
    table = segments(read(pcap(frames), tmp_path))
    unchanged = table.filter((pl.col("frame") - 1) // 40 % 2 == 0).drop(OF_THE_FILE)
    expected = segments(read(TRAFFIC.read_bytes(), tmp_path)).drop(OF_THE_FILE)
    assert_frame_equal(unchanged, pl.concat([expected] * 20))


def test_times_that_run_backwards_keep_the_order_of_the_file(tmp_path: Path) -> None:
    times = [5, 3, 4, 4, 1]
    frames = [Frame(time * 10**9, ethernet(segment(seq=100 + at))) for at, time in enumerate(times)]
    analysis = read(pcap(frames), tmp_path)
    assert segments(analysis)["time"].to_list() == [time * 10**9 for time in times]
    assert segments(analysis)["seq"].to_list() == [100, 101, 102, 103, 104]
    told = [note.sentence for note in analysis.judgement.health]
    assert "Times run backwards 2 times, first at frame 2; frames are in file order." in told


def test_nanoseconds_are_exact(tmp_path: Path) -> None:
    times = [1_700_000_000_000_000_001, 1_700_000_000_999_999_999, 4_294_967_295_123_456_789, 7]
    packets = [Packet(time, segment().data) for time in times]
    assert segments(read(pcap(framed(packets)), tmp_path))["time"].to_list() == times
