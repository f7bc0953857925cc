"""Single records read from where they are; tests/capture/test_payloads.py compares what they hold with tshark's."""

import threading
from pathlib import Path

import polars as pl
import pytest

from tcpladder.analysis import analyse
from tcpladder.capture.native import payloads
from tcpladder.capture.native.payloads import read_at_positions
from tcpladder.capture.tshark_job import CancelledError
from tests.capture import wrapping
from tests.capture.reading import TRAFFIC

NEVER = threading.Event()
HELLO = [wrapping.segment(payload=b"hello %d" % number, seq=number * 100) for number in range(40)]


def wanted_of(path: Path) -> pl.DataFrame:
    return analyse(path).connections.segments.with_row_index("row").filter(pl.col("payload_length") > 0)


@pytest.mark.parametrize("name", ["ethernet", "vlan", "qinq", "cooked", "cooked2", "null", "loop", "raw"])
def test_every_link(name: str, tmp_path: Path) -> None:
    link, wrap = wrapping.LINKS[name]
    path = tmp_path / "capture"
    path.write_bytes(wrapping.pcap(wrapping.framed(HELLO, wrap), link_type=link))
    assert dict(read_at_positions(path, wanted_of(path), NEVER)) == {row: b"hello %d" % row for row in range(40)}


def test_a_few_of_many_records_in_several_lots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "AT_ONCE", 300)
    path = tmp_path / "capture"
    path.write_bytes(wrapping.pcap(wrapping.framed(HELLO)))
    every_third = wanted_of(path).gather_every(3)
    assert list(read_at_positions(path, every_third, NEVER)) == [(row, b"hello %d" % row) for row in range(0, 40, 3)]


def test_interfaces_of_several_links(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    blocks = [wrapping.section(), wrapping.interface(wrapping.RAW), wrapping.interface(wrapping.LINUX_SLL2)]
    for number, packet in enumerate(HELLO):
        data = wrapping.cooked2(packet) if number % 2 else packet.data
        blocks.append(wrapping.enhanced(wrapping.Frame(number, data), at=number % 2, comment="!" * (number % 5)))
    path.write_bytes(b"".join(blocks))
    assert dict(read_at_positions(path, wanted_of(path), NEVER)) == {row: b"hello %d" % row for row in range(40)}


def test_a_segment_that_is_not_there_is_not_given(tmp_path: Path) -> None:
    wanted = wanted_of(TRAFFIC)
    for column in ("seq", "source_port", "payload_length", "captured_length", "position"):
        other = wanted.with_columns(pl.col(column) + 1)
        assert list(read_at_positions(TRAFFIC, other, NEVER)) == []
    no_capture = tmp_path / "text"
    no_capture.write_bytes(b"x" * 1000)
    assert list(read_at_positions(no_capture, wanted, NEVER)) == []
    unknown = wanted.with_columns(position=pl.lit(None, pl.Int64))
    assert list(read_at_positions(TRAFFIC, unknown, NEVER)) == []


def test_cancelled() -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(CancelledError):
        list(read_at_positions(TRAFFIC, wanted_of(TRAFFIC), cancelled))
