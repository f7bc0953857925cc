"""What users wrote about a capture is in every report of it, and what is wrong with their file is told."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tcpladder.annotations.document import Place, Subject
from tcpladder.annotations.sidecar import beside, load
from tcpladder.capture.pcapng_copy import copy_frames
from tcpladder.capture.recorded_comments import recorded_comments
from tests.cli.running import SHOWCASE, tcpladder
from tests.samples import path_of


@pytest.fixture
def capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "a.pcap"
    shutil.copy(SHOWCASE, path)
    annotations = load(path, tmp_path / "elsewhere")
    annotations.set_note(Place(Subject.CONNECTION, 90), "nobody listens\nthere")
    annotations.set_mark(Place(Subject.PACKET, 91), "r")
    annotations.save()
    return path


def test_they_are_in_text(capture: Path) -> None:
    listed = tcpladder("list", capture).out.splitlines()
    assert listed[9].endswith('"nobody listens there"; no.91 [r]')
    assert listed[0].split()[-1] == "note"
    assert not listed[8].endswith(" ")
    drawn = tcpladder("ladder", capture, "9").out.splitlines()
    assert drawn[2].startswith('" ')
    assert '"nobody listens the…' in drawn[2]
    assert drawn[4].startswith("●r")
    assert drawn[-3:] == ["", 'connection  "nobody listens there"', "no.91  [r]"]
    assert tcpladder("findings", capture).out.splitlines()[-2:] == ['  #9  "nobody listens there"', "  #9 no.91  [r]"]


def test_they_are_in_json(capture: Path) -> None:
    listed = [json.loads(line) for line in tcpladder("list", capture, "--json").out.splitlines()]
    assert listed[8]["note"] == "nobody listens\nthere"
    assert listed[8]["packets"] == [{"frame": 91, "mark": "r"}]
    assert not {"mark", "note", "packets"}.intersection(listed[7])
    first, second = (json.loads(line) for line in tcpladder("ladder", capture, "9", "--json").out.splitlines())
    assert "mark" not in first
    assert second["mark"] == "r"
    assert "note" not in second


def test_a_damaged_file_is_told_in_one_line_and_the_report_goes_on(capture: Path) -> None:
    beside(capture).write_text("{")
    ran = tcpladder("list", capture)
    assert ran.code == 0
    assert ran.err.splitlines() == ["tcpladder: 'a.pcap.tcpladder.json' is left as it is: it is damaged"]
    assert len(ran.out.splitlines()) == 25


def test_what_the_capture_says_itself_stands_beside(capture: Path) -> None:
    copy = capture.with_name("copy.pcapng")
    with copy.open("wb") as out:
        copy_frames(path_of("refused.client"), np.array([1, 2]), out, [(1, ["knock\x1b[2J", "knock"]), (2, ["who?"])])
    annotations = load(copy)
    annotations.set_mark(Place(Subject.PACKET, 2), "r")
    annotations.save()
    of_json = json.loads(tcpladder("list", copy, "--json").out)
    assert of_json["packets"] == [
        {"frame": 1, "comment": "knock\x1b[2J\nknock"}, {"frame": 2, "mark": "r", "comment": "who?"},
    ]  # fmt: skip
    drawn = tcpladder("ladder", copy, "1").out.splitlines()
    assert drawn[-2:] == [r'no.1  capture: "knock\x1b[2J knock"', 'no.2  [r] capture: "who?"']
    annotated = capture.with_name("annotated.pcapng")
    assert tcpladder("report", copy, "-o", annotated).code == 0
    told = recorded_comments(annotated).by_frame[2].splitlines()
    assert [told[0], told[-1]] == ["who?", "user's mark: r"]


def test_filters_find_what_is_written(capture: Path) -> None:
    listed = tcpladder("list", capture, "--filter", "noted marked:r").out.splitlines()
    assert [line.split()[0] for line in listed[1:]] == ["●"]
    assert listed[1].endswith('"nobody listens there"; no.91 [r]')
    assert tcpladder("list", capture, "--filter", "note:somebody").out == ""
    beside(capture).write_text("{")
    assert len(tcpladder("list", capture, "--filter", "!noted").err.splitlines()) == 1
