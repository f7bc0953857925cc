"""The reports of one capture among many: on a stage first, then in their places; never over what is to stay."""

import contextlib
import errno
import os
from pathlib import Path, PurePath
from typing import NoReturn

import pytest

from tcpladder.errors import CaptureError
from tcpladder.many.batching import (
    Job,
    check_no_capture,
    check_targets,
    is_up_to_date,
    outside,
    put_in_place,
    stage_in,
    written,
)
from tcpladder.many.gathering import Gathered
from tcpladder.report.asking import Asked
from tcpladder.rulebook.levels import Level
from tcpladder.saving import ExistsError, SavingError
from tests.samples import path_of


def test_reports_are_written_on_the_stage_and_what_is_in_them_is_told(tmp_path: Path) -> None:
    wanted = (("csv", tmp_path / "a.csv"), ("text", tmp_path / "a.txt"))
    job = Job(
        path=path_of("refused.client"), reports=wanted, stage=tmp_path, asked=Asked(), names={"192.0.2.10": "web"}
    )
    found = written(job)
    assert found.levels == {Level.NOTE: 1}
    assert found.found == {("hs-refused", Level.NOTE): 1}
    assert found.incomplete == ()
    csv, text = found.staged
    assert csv.read_text().startswith("connection,")
    assert "web:" in text.read_text()
    assert not (tmp_path / "a.csv").exists()


def test_a_full_disk_is_told_of_the_report_that_was_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _: int) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("tcpladder.saving.whole_file", full)
    job = Job(path=path_of("refused.client"), reports=(("csv", Path("a.csv")),), stage=tmp_path, asked=Asked())
    with pytest.raises(SavingError, match=r"^'a\.csv' can't be written: No space left on device\. Make room"):
        written(job)


def test_the_stage_is_hidden_and_goes_whatever_happens(tmp_path: Path) -> None:
    directory = tmp_path / "made" / "for it"
    with contextlib.suppress(KeyboardInterrupt), stage_in(directory) as stage:
        (stage / "half").write_text("half")
        raise KeyboardInterrupt
    assert stage.parent == directory
    assert stage.name.startswith(".")
    assert list(directory.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(SavingError, match="Nothing can be written into"), stage_in(tmp_path / "file" / "x"):
        pass


def test_reports_are_put_in_place_whole_and_over_others_only_where_that_is_wanted(tmp_path: Path) -> None:
    staged, target = tmp_path / "0", tmp_path / "out" / "deep" / "a.html"
    staged.write_text("new")
    put_in_place([staged], [target], tmp_path / "out", replace=False)
    assert target.read_text() == "new"
    staged.write_text("newer")
    with pytest.raises(ExistsError):
        put_in_place([staged], [target], tmp_path / "out", replace=False)
    put_in_place([staged], [target], tmp_path / "out", replace=True)
    assert target.read_text() == "newer"


def test_no_link_leads_out_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "0").write_text("new")
    with pytest.raises(SavingError, match="outside of"):
        put_in_place([tmp_path / "0"], [tmp_path / "out" / "link" / "a.html"], tmp_path / "out", replace=True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_is_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    one, other = tmp_path / "a.html", tmp_path / "b.html"
    check_targets([one, other], [])
    one.touch()
    other.symlink_to("nowhere")
    with pytest.raises(ExistsError, match=r"a\.html' is there already, and 1 more\. --force replaces them, --update"):
        check_targets([one, other], [])


def test_a_capture_is_never_written_over(tmp_path: Path) -> None:
    capture = tmp_path / "a.pcapng"
    capture.touch()
    (tmp_path / "b.pcapng").hardlink_to(capture)
    check_no_capture([tmp_path / "c.pcapng"], [capture, tmp_path / "absent"])
    with pytest.raises(SavingError, match="is a capture that is to be read"):
        check_no_capture([tmp_path / "b.pcapng"], [capture])


def test_reports_that_are_no_older_than_their_capture_are_up_to_date(tmp_path: Path) -> None:
    capture, report = tmp_path / "a.pcap", tmp_path / "a.html"
    capture.touch()
    assert not is_up_to_date(capture, [report])
    report.touch()
    os.utime(report, ns=(0, capture.stat().st_mtime_ns))
    assert is_up_to_date(capture, [report])
    assert not is_up_to_date(capture, [report, tmp_path / "a.json"])
    os.utime(report, ns=(0, capture.stat().st_mtime_ns - 1))
    assert not is_up_to_date(capture, [report])
    assert not is_up_to_date(tmp_path / "absent", [report])


def test_what_an_earlier_run_has_written_is_no_capture_of_the_next(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    own, earlier = (Gathered(tmp_path / name, PurePath(name)) for name in ("a.pcap", "out/a.pcapng"))
    assert outside(tmp_path / "out", [own, earlier], [tmp_path]) == [own]
    assert outside(tmp_path, [own, earlier], [tmp_path]) == [own, earlier], "the reports go beside the captures"
    assert outside(tmp_path / "out", [earlier], [earlier.path]) == [earlier], "it was named"
    with pytest.raises(CaptureError, match="no captures but those"):
        outside(tmp_path / "out", [earlier], [tmp_path])
