"""Reports are written wholly or not at all, and never over a capture."""

import io
import shutil
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from tcpladder.analysis import analyse
from tcpladder.errors import UsageError
from tcpladder.report.format import Covers, Format, format_named
from tcpladder.report.model import Report, whole_report
from tcpladder.report.writing import beginning, check, told, write_into, write_report
from tcpladder.saving import ExistsError, SavingError
from tests.samples import path_of, sample

REPORT = whole_report(sample("refused.client"))
TEXT = format_named("text")


def test_a_report_is_written_and_told(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    write_report(REPORT, TEXT, path)
    assert path.read_text().startswith("TCP connections of refused.client.pcap")
    assert told(REPORT, path).endswith(f"has {len(REPORT)} connection and {len(REPORT.findings)} finding.")


def test_what_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old")
    with pytest.raises(ExistsError):
        write_report(REPORT, TEXT, path)
    assert path.read_text() == "old"
    write_report(REPORT, TEXT, path, replace=True)
    assert path.read_text() != "old"


def test_the_capture_is_never_written_over(tmp_path: Path) -> None:
    capture, link = tmp_path / "capture.pcap", tmp_path / "link.txt"
    shutil.copy(path_of("refused.client"), capture)
    link.symlink_to(capture)
    before = capture.read_bytes()
    report = whole_report(analyse(capture))
    for path in (capture, link):
        with pytest.raises(SavingError, match="is the capture itself"):
            write_report(report, TEXT, path, replace=True)
    assert capture.read_bytes() == before


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(28, "No space left on device"), ValueError("ours")])
def test_half_a_report_is_none(failure: BaseException, tmp_path: Path) -> None:
    def half(_: Report, out: BinaryIO) -> None:
        out.write(b"half")
        raise failure

    broken = Format(name="broken", title="", suffixes=(".x",), media_type="", write=half)
    with pytest.raises(SavingError if isinstance(failure, OSError) else type(failure)):
        write_report(REPORT, broken, tmp_path / "report.x")
    assert list(tmp_path.iterdir()) == []


def test_a_format_of_one_connection_takes_no_more() -> None:
    one = Format(
        name="one",
        title="one connection's picture",
        suffixes=(".x",),
        media_type="",
        write=TEXT.write,
        covers=Covers.ONE_CONNECTION,
    )
    check(REPORT, one)
    several = Report(analysis=sample("showcase"), numbers=np.array([1, 2]), scope="two")
    with pytest.raises(UsageError, match="shows one connection, and there are 2"):
        check(several, one)


@pytest.mark.parametrize("name", ["text", "csv", "parquet", "pcapng"])
def test_writing_can_be_ended_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    told: list[int] = []

    def goes_on(size: int) -> bool:
        told.append(size)
        return False

    assert not write_report(REPORT, format_named(name), tmp_path / "out", goes_on=goes_on)
    assert told == sorted(told)
    assert list(tmp_path.iterdir()) == []
    assert write_report(REPORT, format_named(name), tmp_path / "out", goes_on=lambda _: True)


def test_a_report_goes_into_an_open_file_as_well(tmp_path: Path) -> None:
    write_report(REPORT, TEXT, tmp_path / "out")
    out = io.BytesIO()
    assert write_into(REPORT, TEXT, out, lambda _: True)
    assert out.getvalue() == (tmp_path / "out").read_bytes()
    assert not write_into(REPORT, TEXT, io.BytesIO(), lambda _: False)


def test_the_beginning_is_that_of_the_file(tmp_path: Path) -> None:
    write_report(REPORT, TEXT, tmp_path / "out")
    whole = (tmp_path / "out").read_bytes()
    head = beginning(REPORT, TEXT, 100)
    assert 100 <= len(head) < len(whole)
    assert whole.startswith(head)
    assert beginning(REPORT, TEXT, len(whole) + 1) == whole
    assert len(beginning(REPORT, TEXT, 100, lambda: False)) < 100
