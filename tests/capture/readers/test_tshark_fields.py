"""Whatever file, link type or tunnel the same traffic comes in, its segments and states are the same."""

import functools
import gzip
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tcpladder.analysis import Analysis
from tcpladder.analysis import analyse as analyse_by
from tcpladder.capture.reader import Confidence
from tcpladder.capture.readers.tshark_fields import READER
from tcpladder.packets.flags import SYN
from tests.capture import reading, wrapping
from tests.capture.reading import (
    DATA,
    OF_THE_FILE,
    OF_WHOLE_FRAMES,
    OPTIONS,
    TRAFFIC,
    notices,
    segments,
    states,
    traffic,
)
from tests.capture.wrapping import LINKS, TUNNELS, Frame, Packet, framed, frames_of, packets_of, pcap, pcapng

analyse = functools.partial(analyse_by, reader=READER.name)
read = functools.partial(reading.read, reader=READER.name)

PACKETS = packets_of(TRAFFIC)
PACKETS6 = [packet for packet in PACKETS if packet.ethertype == wrapping.IPV6]
MICROSECOND = 1000


@functools.cache
def plain() -> Analysis:
    """Give the traffic as it was captured."""
    return analyse(TRAFFIC)


def check_same_traffic(found: Analysis, expected: Analysis | None = None) -> None:
    """Hold two captures of one traffic equal, segment by segment and state by state."""
    expected = expected or plain()
    assert notices(found) == notices(expected)
    assert_frame_equal(traffic(found), traffic(expected))
    assert states(found) == states(expected)


def outer(analysis: Analysis) -> set[tuple[str | None, str | None]]:
    """Give the outermost pairs of addresses, without the direction."""
    table = segments(analysis)
    return {
        (None, None) if here is None else (min(here, there), max(here, there))
        for here, there in zip(table["outer_source"].to_list(), table["outer_destination"].to_list(), strict=True)
    }


def protocols(path: Path) -> set[str]:
    """Ask tshark for the layers of the frames."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-e", "frame.protocols"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_the_traffic_is_what_it_should_be() -> None:
    assert notices(plain()) == []
    table = segments(plain())
    assert len(table) == 40
    assert table["frame"].to_list() == list(range(1, 41))
    assert outer(plain()) == {(None, None)}
    assert len(plain().connections) == 6
    assert table["ip_id"].null_count() == 20
    assert max(table["wire_length"].to_list()) > 3000  # segmentation was left to the device


def test_any_file_is_read_if_nobody_else_will() -> None:
    assert READER.recognises(b"") is Confidence.LAST_RESORT


# Files


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("ticks", [10**6, 10**9])
def test_pcap(order: str, ticks: int, tmp_path: Path) -> None:
    frames = frames_of(TRAFFIC)
    found = read(pcap(frames, order=order, ticks=ticks), tmp_path)
    if ticks == 10**6:
        frames = [Frame(frame.time // MICROSECOND * MICROSECOND, frame.data, frame.wire_length) for frame in frames]
    assert segments(found)["time"].to_list() == [frame.time for frame in frames]
    assert_frame_equal(traffic(found).drop("time"), traffic(plain()).drop("time"))
    assert states(found) == states(plain())


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("resolution", [6, 9, 10, 0x80 | 30])
def test_pcapng(order: str, resolution: int, tmp_path: Path) -> None:
    found = read(pcapng(frames_of(TRAFFIC), order=order, resolution=resolution), tmp_path)
    times = segments(found)["time"].to_list()
    coarseness = {6: MICROSECOND, 9: 1, 10: 1, 0x80 | 30: 1}[resolution]
    assert all(abs(time - packet.time) <= coarseness for time, packet in zip(times, PACKETS, strict=True))
    assert_frame_equal(traffic(found).drop("time"), traffic(plain()).drop("time"))
    assert states(found) == states(plain())


def test_pcapng_of_two_interfaces_and_two_sections(tmp_path: Path) -> None:
    half = [
        wrapping.section(">"),
        wrapping.interface(wrapping.RAW, resolution=6, order=">"),
        wrapping.interface(wrapping.LINUX_SLL2, resolution=9, order=">"),
        *(
            wrapping.enhanced(Frame(packet.time, wrapping.cooked2(packet)), at=1, order=">")
            if number % 2
            else wrapping.enhanced(Frame(packet.time, packet.data), at=0, ticks=10**6, order=">")
            for number, packet in enumerate(PACKETS[:20])
        ),
    ]
    rest = pcapng(framed(PACKETS[20:]))
    found = read(b"".join(half) + rest, tmp_path)
    assert_frame_equal(traffic(found).drop("time"), traffic(plain()).drop("time"))
    assert states(found) == states(plain())


def test_pcapng_simple_packets_have_no_time(tmp_path: Path) -> None:
    blocks = (wrapping.block(3, len(f.data).to_bytes(4, "little") + wrapping.padded(f.data)) for f in framed(PACKETS))
    found = read(wrapping.section() + wrapping.interface() + b"".join(blocks), tmp_path)
    assert segments(found)["time"].to_list() == [0] * 40
    assert_frame_equal(traffic(found).drop("time"), traffic(plain()).drop("time"))


@pytest.mark.parametrize("suffix", ["gz", "zst", "lz4"])
def test_compressed(suffix: str, tmp_path: Path) -> None:
    path = TRAFFIC.with_name(f"{TRAFFIC.name}.{suffix}")
    if suffix == "gz":
        path = tmp_path / path.name
        path.write_bytes(gzip.compress(TRAFFIC.read_bytes()))
    found = analyse(path)
    check_same_traffic(found)
    assert segments(found)["position"].to_list() == segments(plain())["position"].to_list()


@pytest.mark.parametrize("form", ["snoop", "nettl", "ngsniffer", "k12text", "5views"])
def test_files_of_other_programs(form: str, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    subprocess.run(["editcap", "-F", form, str(TRAFFIC), str(path)], capture_output=True, check=True)
    assert_frame_equal(traffic(analyse(path)).drop("time"), traffic(plain()).drop("time"))


# Links and tunnels, with headers written by hand


@pytest.mark.parametrize("name", LINKS)
def test_link(name: str, tmp_path: Path) -> None:
    link_type, link = LINKS[name]
    found = read(pcap(framed(PACKETS, link), link_type=link_type), tmp_path)
    check_same_traffic(found)
    assert outer(found) == {(None, None)}


@pytest.mark.parametrize("name", TUNNELS)
def test_tunnel(name: str, tmp_path: Path) -> None:
    wrap, addresses = TUNNELS[name]
    found = read(pcap(framed(map(wrap, PACKETS))), tmp_path)
    check_same_traffic(found)
    assert outer(found) == {addresses}


@pytest.mark.parametrize("link_name", ["ethernet", "qinq", "cooked2", "raw"])
def test_tunnelled_and_plain_frames_side_by_side(link_name: str, tmp_path: Path) -> None:
    link_type, link = LINKS[link_name]
    wraps: list[Callable[[Packet], Packet]] = [lambda packet: packet, *(wrap for wrap, _ in TUNNELS.values())]
    wrapped = [wraps[number % len(wraps)](packet) for number, packet in enumerate(PACKETS)]
    found = read(pcap(framed(wrapped, link), link_type=link_type), tmp_path)
    check_same_traffic(found)
    assert outer(found) == {(None, None), wrapping.OUTER4, wrapping.OUTER6}


@functools.cache
def plain6() -> Analysis:
    """Analyse the half of the traffic that is IPv6."""
    with tempfile.TemporaryDirectory() as directory:
        return read(pcap(framed(PACKETS6)), Path(directory))


EXTENSIONS = {
    "hop-by-hop": [wrapping.HOP_BY_HOP],
    "destination": [wrapping.DESTINATION_OPTIONS],
    "atomic-fragment": [wrapping.ATOMIC_FRAGMENT],
    "mobile": [wrapping.routing(2, "2001:db8::aaaa")],
    "segment-routing": [wrapping.routing(4, "2001:db8::aaaa", "2001:db8::bbbb")],
    "all": [
        wrapping.HOP_BY_HOP,
        wrapping.DESTINATION_OPTIONS,
        wrapping.routing(2, "2001:db8::aaaa"),
        wrapping.ATOMIC_FRAGMENT,
        wrapping.DESTINATION_OPTIONS,
    ],
}


@pytest.mark.parametrize("name", EXTENSIONS)
def test_ipv6_extension_headers(name: str, tmp_path: Path) -> None:
    found = read(pcap(framed(wrapping.extended(packet, *EXTENSIONS[name]) for packet in PACKETS6)), tmp_path)
    check_same_traffic(found, plain6())


def test_ipv6_extension_headers_in_a_tunnel(tmp_path: Path) -> None:
    extended = (wrapping.extended(packet, *EXTENSIONS["all"]) for packet in PACKETS6)
    check_same_traffic(read(pcap(framed(map(wrapping.vxlan, extended))), tmp_path), plain6())


@pytest.mark.parametrize("size", [16, 1400])
def test_ip_fragments(size: int, tmp_path: Path) -> None:
    cut = {wrapping.IPV4: wrapping.fragments4, wrapping.IPV6: wrapping.fragments6}
    pieces = [piece for packet in PACKETS for piece in cut[packet.ethertype](packet, size)]
    assert len(pieces) > len(PACKETS)
    check_same_traffic(read(pcap(framed(pieces)), tmp_path))


def test_headers_quoted_in_icmp_errors_are_no_segments(tmp_path: Path) -> None:
    mixed = [frame for packet in PACKETS for frame in (packet, wrapping.icmp_quoting(packet))]
    found = read(pcap(framed(mixed)), tmp_path)
    check_same_traffic(found)
    assert segments(found)["frame"].to_list() == list(range(1, 80, 2))
    tunnelled = read(pcap(framed(map(wrapping.gre, mixed))), tmp_path)
    check_same_traffic(tunnelled)


# Recorded by a kernel; tests/data/record.py says how


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_cooked_as_recorded(version: str) -> None:
    ethernet, cooked = (analyse(DATA / f"cooked.{name}.pcap") for name in ("ethernet", version))
    assert len(traffic(ethernet)) == 40
    # Each program's time stamps are its own.
    assert_frame_equal(traffic(cooked).drop("time"), traffic(ethernet).drop("time"))
    assert states(cooked) == states(ethernet)
    spread = segments(cooked)["time"] - segments(ethernet)["time"]
    assert spread.abs().max() < 10**7  # type: ignore[operator]


def test_vxlan_as_recorded() -> None:
    inside, outside = (analyse(DATA / f"vxlan.{name}.pcap") for name in ("inside", "outside"))
    assert notices(outside) == []
    assert outer(outside) == {("192.0.1.10", "192.0.2.10")}
    assert outer(inside) == {(None, None)}
    # Each program's time stamps are its own.
    assert_frame_equal(traffic(outside).drop("time"), traffic(inside).drop("time"))
    assert states(outside) == states(inside)


def test_options_of_ipv6_as_recorded() -> None:
    found = analyse(DATA / "options6.pcap")
    assert "eth:ethertype:ipv6:ipv6.hopopts:tcp" in protocols(DATA / "options6.pcap")
    assert "eth:ethertype:ipv6:ipv6.dstopts:tcp" in protocols(DATA / "options6.pcap")
    assert notices(found) == []
    table = segments(found)
    assert len(table) == 20
    assert set(table["payload_length"]) == {0, 200, 1000}


def test_raw_ip_of_a_tun_device_as_recorded() -> None:
    found = analyse(DATA / "tun.pcap")
    assert protocols(DATA / "tun.pcap") <= {
        f"raw:{kind}:tcp{data}" for kind in ("ip", "ipv6") for data in ("", ":http:data", ":http")
    }
    assert notices(found) == []
    assert len(segments(found)) == 40
    assert set(segments(found)["source"]) == {f"{net}{end}" for net in ("203.0.113.", "2001:db8:e::") for end in "12"}
    assert len(found.connections) == 6


def test_icmp_errors_as_recorded() -> None:
    found = analyse(DATA / "unreachable.pcap")
    asked = segments(found).filter(pl.col("destination").is_in(["203.0.114.9", "2001:db8:dead::9"]))
    assert len(asked) == 2
    assert asked["flags"].to_list() == [2, 2]


@pytest.mark.parametrize(("name", "beyond"), [("giant.4.pcap", 60_000), ("giant.6.pcap", 150_000)])
def test_giant_frames_as_recorded(name: str, beyond: int) -> None:
    found = analyse(DATA / name)
    assert notices(found) == []
    table = segments(found)
    assert table["payload_length"].max() > beyond  # type: ignore[operator]
    assert table["captured_length"].max() == 110
    headers = table["wire_length"] - table["payload_length"]
    assert headers.max() <= 102  # type: ignore[operator] # Ethernet, IPv6, a jumbo option, TCP with options
    sent = table.filter(pl.col("payload_length") > 0, pl.col("source_port") == 8080)
    end = pl.col("seq").cast(pl.Int64) + pl.col("payload_length")
    replies = sent.group_by("destination_port").agg(length=end.max() - pl.col("seq").min())
    assert replies["length"].to_list() == [3_000_000, 3_000_000]
    holes = sent.sort("destination_port", "seq").select(
        (pl.col("seq").shift(-1) > end).over("destination_port").alias("is_hole")
    )
    assert not holes["is_hole"].any()


@pytest.mark.parametrize("wrap", [lambda packet: packet, wrapping.gre], ids=["plain", "gre"])
def test_giant_frames_whose_ip_length_is_zero(wrap: Callable[[Packet], Packet], tmp_path: Path) -> None:
    """Linux writes 0 where a datagram has more than 65535 bytes, and drivers where they fill it in themselves."""
    zeroed = [
        Packet(packet.time, packet.data[:2] + bytes(2) + packet.data[4:])
        if packet.ethertype == wrapping.IPV4
        else Packet(packet.time, packet.data[:4] + bytes(2) + packet.data[6:])
        for packet in PACKETS
    ]
    found = read(pcap(framed(map(wrap, zeroed))), tmp_path)
    assert_frame_equal(traffic(found), traffic(plain()))


# Cut short by the snap length


def test_68_bytes_hold_the_whole_header_of_ipv4_and_cut_that_of_ipv6() -> None:
    found = analyse(DATA / "snap.68.pcap")
    assert notices(found) == ["skipped: 20 TCP frames are left out: the snap length cut their headers short."]
    whole = segments(plain()).filter(pl.col("ip_id").is_not_null())
    same = [name for name in whole.columns if name not in (*OF_THE_FILE, *OF_WHOLE_FRAMES, "time")]
    # A SYN carries more options than those 14 bytes hold, of which half a time stamp is none.
    whole = whole.with_columns(
        pl.when(pl.col("flags") & SYN == 0).then(name).alias(name)
        for name in ("tsval", "tsecr", "wscale", "option_kinds", "option_faults")
    )
    assert_frame_equal(segments(found).select(same), whole.select(same))
    assert set(segments(found)["payload_length"]) == {0, 200, 3000}


def test_54_bytes_hold_the_header_of_ipv4_without_options_and_nothing_of_tcp_over_ipv6() -> None:
    found = analyse(DATA / "snap.54.pcap")
    assert notices(found) == ["skipped: 20 TCP frames are left out: the snap length cut their headers short."]
    whole = segments(plain()).filter(pl.col("ip_id").is_not_null())
    same = [name for name in whole.columns if name not in (*OF_THE_FILE, *OF_WHOLE_FRAMES, *OPTIONS, "time")]
    assert_frame_equal(segments(found).select(same), whole.select(same))
    assert segments(found)["tsval"].null_count() == 20
    # Only a header of 20 bytes is known to have no options: that of the RST.
    assert segments(found).filter(pl.col("header_length") > 20)["option_faults"].null_count() == 19
    assert segments(found).filter(pl.col("header_length") == 20)["option_faults"].to_list() == [0]


def test_no_snap_length_makes_a_segment_say_something_else(tmp_path: Path) -> None:
    lengths = range(14, 120)
    whole = frames_of(TRAFFIC)
    cut = [Frame(frame.time, frame.data[:length], frame.wire_length) for length in lengths for frame in whole]
    table = segments(read(pcap(cut), tmp_path))
    expected = segments(plain()).drop(OF_THE_FILE)[((table["frame"] - 1) % len(whole)).to_list()]
    same = [name for name in expected.columns if name not in (*OPTIONS, *OF_WHOLE_FRAMES)]
    assert_frame_equal(table.select(same), expected.select(same))
    for option in (*OPTIONS, *OF_WHOLE_FRAMES):  # it is read as it is, or not at all
        is_there = table[option] if option == "sack_permitted" else table[option].is_not_null()
        assert not (is_there & table[option].ne_missing(expected[option])).any(), option
    # A header is enough for a segment up to its window: 16 bytes behind Ethernet and IP.
    assert len(table) == 20 * (120 - 50) + 20 * (120 - 70)
