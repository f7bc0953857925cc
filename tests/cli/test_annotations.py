"""What users wrote about a capture is in every report of it, and what is wrong with their file is told."""

import json
import shutil
from pathlib import Path

import pytest

from tcpladder.annotations.document import Place, Subject
from tcpladder.annotations.sidecar import beside, load
from tests.cli.running import SHOWCASE, tcpladder


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
