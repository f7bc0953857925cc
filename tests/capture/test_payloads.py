"""The payload of chosen segments: both ways of reading it give the same, and nothing else is ever given."""

import gzip
import threading
from pathlib import Path

import polars as pl
import pytest

from tcpladder.analysis import analyse
from tcpladder.capture.native.payloads import read_at_positions
from tcpladder.capture.payloads import LIMIT, Payloads, PayloadSource
from tcpladder.capture.tshark_payloads import payloads_by_tshark
from tcpladder.errors import CaptureError, TsharkError
from tests.capture import wrapping
from tests.capture.reading import DATA, TRAFFIC
from tests.samples import CAPTURES, path_of

NEVER = threading.Event()
RECORDED = ["cooked.v2.pcap", "giant.4.pcap", "snap.68.pcap", "snap.whole.pcap.lz4", "tun.pcap", "vxlan.outside.pcap"]


def rows_of(path: Path) -> pl.DataFrame:
    segments = analyse(path).connections.segments
    return segments.with_row_index("row").filter((pl.col("payload_length") > 0) & (pl.col("flags") & 4 == 0))


def both_ways(path: Path) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Read the payload of all segments of a capture natively, and by tshark."""
    wanted = rows_of(path)
    natively = dict(read_at_positions(path, wanted, NEVER))
    return natively, dict(payloads_by_tshark(path, "tshark", wanted, NEVER)) if len(wanted) else {}


def all_of(path: Path, limit: int = LIMIT) -> Payloads:
    found = PayloadSource(path, limit=limit).payloads_of(analyse(path).connections.segments)
    assert found is not None
    return found


PLAIN = [all_of(TRAFFIC).of(row) for row in range(40)]


def test_both_ways_give_the_same_of_all_samples(tmp_path: Path) -> None:
    """All in one file, so that tshark needs to be started once."""
    path = tmp_path / "all.pcap"
    samples = [sample for sample in CAPTURES if sample.suffix == ".pcap"]
    path.write_bytes(wrapping.pcap([frame for sample in samples for frame in wrapping.frames_of(sample)]))
    natively, by_tshark = both_ways(path)
    assert natively == by_tshark
    assert len(natively) > 900


@pytest.mark.parametrize("name", RECORDED)
def test_both_ways_give_the_same(name: str) -> None:
    natively, by_tshark = both_ways(DATA / name)
    assert by_tshark
    assert natively == ({} if name in ("snap.whole.pcap.lz4", "vxlan.outside.pcap") else by_tshark)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng(order: str, tmp_path: Path) -> None:
    path = tmp_path / "capture.pcapng"
    path.write_bytes(wrapping.pcapng(wrapping.frames_of(TRAFFIC), order=order))
    assert [found.of(row) for found in (all_of(path),) for row in range(found.rows)] == PLAIN != []


def test_what_the_native_reader_hands_over_is_read_by_tshark(tmp_path: Path) -> None:
    """Fragments among whole packets: each segment has its payload, whoever read it."""
    packets = wrapping.packets_of(TRAFFIC)
    cut = {wrapping.IPV4: wrapping.fragments4, wrapping.IPV6: wrapping.fragments6}
    pieces = [piece for packet in packets for piece in cut[packet.ethertype](packet, 600)]
    path = tmp_path / "capture"
    path.write_bytes(wrapping.pcap(wrapping.framed([*packets, *pieces])))
    found = all_of(path)
    rows = rows_of(path)["row"].to_list()
    half = len(rows) // 2
    assert [found.of(row) for row in rows[:half]] == [found.of(row) for row in rows[half:]]
    assert None not in {found.of(row) for row in rows}
    assert found.trouble == ""


def test_the_snap_length_and_padding_are_no_payload(tmp_path: Path) -> None:
    whole = all_of(TRAFFIC)
    longest = max((whole.of(row) or b"" for row in range(whole.rows)), key=len)
    frames = wrapping.frames_of(TRAFFIC)
    path = tmp_path / "capture"
    path.write_bytes(wrapping.pcap([wrapping.Frame(frame.time, frame.data[:90], len(frame.data)) for frame in frames]))
    cut = all_of(path)
    for row in range(cut.rows):
        payload = whole.of(row) or b""
        assert payload.startswith(cut.of(row) or b"")
    assert 0 < len(max((cut.of(row) or b"" for row in range(cut.rows)), key=len)) < len(longest)
    path.write_bytes(wrapping.pcap([wrapping.Frame(frame.time, frame.data + b"pad", None) for frame in frames]))
    padded = all_of(path)
    assert [padded.of(row) for row in range(padded.rows)] == [whole.of(row) for row in range(whole.rows)]


def test_a_compressed_file_is_read_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "capture.gz"
    path.write_bytes(gzip.compress(TRAFFIC.read_bytes()))
    wanted = rows_of(path)
    assert dict(read_at_positions(path, wanted, NEVER)) == dict(read_at_positions(TRAFFIC, wanted, NEVER)) != {}


def test_no_more_than_there_is_room_for() -> None:
    whole = all_of(path_of("slow-transfer.client"))
    found = all_of(path_of("slow-transfer.client"), limit=1_000)
    assert 0 < len(found.data) <= 1_000 < len(whole.data)
    assert found.rows == len(found.lengths) < whole.rows
    assert [found.of(row) for row in range(found.rows)] == [whole.of(row) for row in range(found.rows)]


def test_a_file_that_was_changed_gives_nothing_false(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    frames = wrapping.frames_of(TRAFFIC)
    path.write_bytes(wrapping.pcap(frames))
    segments = analyse(path).connections.segments
    path.write_bytes(wrapping.pcap(frames[::-1]))
    found = PayloadSource(path).payloads_of(segments)
    assert found is not None
    assert found.data == b""
    path.write_bytes(b"no capture at all")
    with pytest.raises(TsharkError):
        PayloadSource(path).payloads_of(segments)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    segments = analyse(TRAFFIC).connections.segments
    with pytest.raises(CaptureError, match="can't be read: No such file"):
        PayloadSource(tmp_path / "gone").payloads_of(segments)


def test_without_tshark_what_can_be_read_is_read(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    packets = wrapping.packets_of(TRAFFIC)
    tunnelled = [wrapping.vxlan(packet) if number % 8 < 4 else packet for number, packet in enumerate(packets)]
    path.write_bytes(wrapping.pcap(wrapping.framed(tunnelled)))
    segments = analyse(path).connections.segments
    found = PayloadSource(path, tshark="no-tshark-at-all").payloads_of(segments)
    assert found is not None
    assert "no-tshark-at-all" in found.trouble
    assert found.data
    only = segments.filter(pl.col("outer_source").is_not_null())
    with pytest.raises(TsharkError):
        PayloadSource(path, tshark="no-tshark-at-all").payloads_of(only)


def test_cancelled() -> None:
    cancelled = threading.Event()
    cancelled.set()
    assert PayloadSource(TRAFFIC).payloads_of(analyse(TRAFFIC).connections.segments, cancelled) is None
