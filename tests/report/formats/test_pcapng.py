"""Annotated captures: the same packets again, and what is said of them."""

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tcpladder.analysis import Analysis, analyse
from tcpladder.annotations.document import Annotation
from tcpladder.capture.blocks import blocks_of, options_of
from tcpladder.capture.unchanged import see
from tcpladder.errors import CaptureError, TsharkError
from tcpladder.report.formats.pcapng import write
from tcpladder.report.model import Report, whole_report
from tests.annotating import annotations
from tests.capture.reading import ADDRESSES
from tests.capture.wrapping import fragments4, framed, packets_of, pcap, segment
from tests.samples import path_of, sample


def copied(report: Report, path: Path) -> Path:
    with path.open("wb") as out:
        write(report, out)
    return path


def captured(analysis: Analysis) -> pl.DataFrame:
    """Give the segments with addresses as text, and without their places in the file."""
    texts = pl.Series(analysis.addresses.texts(), dtype=pl.String)
    segments = analysis.connections.segments
    return segments.with_columns(texts.gather(segments[name]).alias(name) for name in ADDRESSES).drop("position")


def comments(path: Path) -> list[list[str]]:
    """Give the comments of each packet."""
    frames = (block for block in blocks_of(io.BytesIO(path.read_bytes())) if block.frame is not None)
    return [[value.decode() for code, value in options_of(frame) if code == 1] for frame in frames]


@pytest.mark.parametrize("name", ["showcase", "http-keepalive.server"])
def test_a_copy_that_is_opened_again_is_judged_alike(name: str, tmp_path: Path) -> None:
    analysis = sample(name)
    again = analyse(copied(whole_report(analysis), tmp_path / "copy.pcapng"))
    assert again.judgement.findings == analysis.judgement.findings
    assert again.judgement.verdicts.equals(analysis.judgement.verdicts)
    numbers = range(1, len(analysis.connections) + 1)
    assert [again.states_of(number) for number in numbers] == [analysis.states_of(number) for number in numbers]


def test_only_the_chosen_connections_are_there_and_say_which_packets_they_were(tmp_path: Path) -> None:
    analysis = sample("showcase")
    written = annotations(packets={15: Annotation(mark="b", note="here")}, connections={12: Annotation(note="slow")})
    report = Report(analysis=analysis, numbers=np.array([2, 4]), scope="some", annotations=written)
    copy = copied(report, tmp_path / "copy.pcapng")
    again = analyse(copy)
    own = captured(analysis).filter(pl.col("connection").is_in([2, 4]))
    ignored = ("frame", "connection")
    assert_frame_equal(captured(again).drop(ignored), own.drop(ignored))
    first, fourth = comments(copy)[0], comments(copy)[3]
    assert first == [
        "no.12 of showcase.pcap",
        "state: initiator CLOSED -> SYN-SENT (sent SYN)",
        "user's note of the connection: slow",
    ]
    assert fourth == ["no.15 of showcase.pcap", "user's mark: b", "user's note: here"]


def test_a_copy_of_a_copy_says_nothing_twice(tmp_path: Path) -> None:
    first = copied(whole_report(sample("showcase")), tmp_path / "first.pcapng")
    second = copied(whole_report(analyse(first)), tmp_path / "second.pcapng")
    assert second.read_bytes() == first.read_bytes()


def test_wireshark_shows_what_is_said(tmp_path: Path) -> None:
    copy = copied(whole_report(sample("showcase")), tmp_path / "copy.pcapng")
    wanted = 'frame.comment contains "rst-abortive-close"'
    fields = ["-T", "fields", "-e", "frame.number", "-E", "aggregator=|", "-e", "frame.comment"]
    shown = subprocess.run(["tshark", "-r", copy, "-Y", wanted, *fields], capture_output=True, text=True, check=True)
    frame, _, told = shown.stdout.splitlines()[0].partition("\t")
    assert told.split("|") == comments(copy)[int(frame) - 1]
    assert "state: initiator ESTABLISHED -> CLOSED (sent RST)" in told


def test_a_segment_that_came_in_fragments_is_whole_in_the_copy(tmp_path: Path) -> None:
    first, *others = packets_of(path_of("graceful-close-by-client.client"))
    big = next(packet for packet in others if len(packet.data) > 60 + 32)
    file = tmp_path / "fragments.pcap"
    file.write_bytes(pcap(framed([segment(ports=(9, 9)), *fragments4(big, 32), first])))
    analysis = analyse(file)
    [number] = analysis.connections.numbers_of(np.array([len(fragments4(big, 32)) + 1]))
    report = Report(analysis=analysis, numbers=np.array([number]), scope="one")
    again = analyse(copied(report, tmp_path / "copy.pcapng"))
    ignored = ("frame", "connection")
    assert_frame_equal(
        captured(again).drop(ignored), captured(analysis).filter(pl.col("connection") == number).drop(ignored)
    )


def test_what_only_tshark_can_read_is_read_by_the_one_that_is_named(tmp_path: Path) -> None:
    """A file compressed by lz4 as it could be: nobody but tshark knows, so that the one that is named is asked."""
    analysis = replace(sample("refused.client"), path=tmp_path / "a.lz4")
    analysis.path.write_bytes(b"\x04\x22\x4d\x18 anything")
    with pytest.raises(TsharkError, match="There is no program 'no-such-tshark'"):
        copied(replace(whole_report(analysis), tshark="no-such-tshark"), tmp_path / "copy.pcapng")


def test_a_capture_that_is_gone_or_another_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "own.pcap"
    path.write_bytes(path_of("lost-fin.client").read_bytes())
    report = whole_report(analyse(path))
    opened = replace(report, seen=see(path))
    path.write_bytes(path_of("showcase").read_bytes())  # all frame numbers are there, and mean others
    with pytest.raises(CaptureError, match=r"'own\.pcap' is another file than the one that was opened\."):
        write(opened, io.BytesIO())
    path.unlink()
    with pytest.raises(CaptureError, match=r"own\.pcap' can't be read any more: No such file or directory\."):
        write(report, io.BytesIO())
