"""`import tcpladder`: captures, connections and data frames, by the example of its page and one by one."""

import asyncio
import re
import threading
from pathlib import Path

import polars as pl
import pytest

import tcpladder
from tcpladder.cli.main import run
from tcpladder.report.frames import connection_frame, finding_frame
from tcpladder.report.segment_frames import segment_frame
from tcpladder.report.state_frames import state_frame
from tests.cli.running import ROOT
from tests.samples import path_of, sample

PAGE = ROOT / "docs" / "library.md"


@pytest.fixture(autouse=True)
def no_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody written anything about the samples."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def capture() -> tcpladder.Capture:
    return tcpladder.Capture(sample("showcase"))


def test_the_example_of_the_page_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    found: dict[str, object] = {}
    exec(example, found)  # noqa: S102 - it is ours, and this is what it is there for
    told = capsys.readouterr().out
    assert told.startswith("<Capture sample_captures/showcase.pcap: 24 connections>\n")
    assert "192.0.2.10:40854 was refused by 198.51.100.20:8081\n" in told
    assert "14 hs-synack-after-ack (108, 107, 115) The responder sent its SYN-ACK again" in told
    assert "SYN seq 0 mss 1460" in told
    assert "91 RESPONDER CLOSED CLOSED ()\n" in told
    for name in ("worst", "waited", "grave", "again", "lingering"):
        frame = found[name]
        assert isinstance(frame, pl.DataFrame)
        assert not frame.is_empty(), name


def test_the_page_names_all_that_a_capture_and_a_connection_offer() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind in (tcpladder.Capture, tcpladder.Connection):
        missing = [name for name in vars(kind) if not name.startswith("_") and not re.search(rf"\b{name}\b", page)]
        assert [name for name in missing if name != "capture"] == []


def test_every_public_name_is_where_it_is_said_to_be() -> None:
    assert sorted(tcpladder.__all__) == sorted(tcpladder._HOMES)
    for name in tcpladder.__all__:
        assert getattr(tcpladder, name).__name__ == name
    assert [name for name in dir(tcpladder) if not name.startswith("__")] == sorted(tcpladder.__all__)
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        tcpladder.close  # type: ignore[attr-defined] # noqa: B018


def test_it_tells_type_checkers_that_it_has_types() -> None:
    assert (ROOT / "tcpladder" / "py.typed").is_file()


def test_a_capture_is_a_sequence_of_its_connections(capture: tcpladder.Capture) -> None:
    assert len(capture) == 24
    assert [connection.number for connection in capture] == list(range(1, 25))
    assert repr(capture[14]) == ("<Connection 14: 192.0.2.10:41000 > 198.51.100.20:8080, abort-data-lost, 2 findings>")
    for number in (0, 25, -1):
        with pytest.raises(tcpladder.UsageError, match=f"has no connection {number}"):
            capture[number]


def test_a_connection_says_what_the_analysis_says(capture: tcpladder.Capture) -> None:
    analysis = capture.analysis
    connection = capture[8]
    assert connection.initiator == ("192.0.2.10", 40748)
    assert connection.ending is tcpladder.Ending.RST_REPLY_TO_FIN
    assert [list(path) for path in connection.states] == [list(path) for path in analysis.states_of(8)]
    assert connection.findings == analysis.judgement.findings_of(8)
    assert connection.timeline.changes == analysis.timeline(8).changes
    assert [rung.frame for rung in connection] == connection.segments["frame"].to_list() == [85, 86, 87, 88, 89]
    assert len(connection) == 5
    assert connection.facts == capture.connections.row(7, named=True)
    assert not connection.annotation


def test_frames_are_those_that_are_written_into_files(capture: tcpladder.Capture) -> None:
    analysis = capture.analysis
    assert capture.connections.equals(connection_frame(analysis))
    assert capture.segments.equals(segment_frame(analysis))
    assert capture.findings.equals(finding_frame(analysis))
    assert capture.states.equals(state_frame(analysis))
    (part,) = capture.segment_parts("class:refused OR class:handshake-timeout")
    assert part.equals(capture.segments.filter(pl.col("connection").is_in([9, 10])))


def test_an_address_is_written_as_everywhere() -> None:
    assert str(tcpladder.HostPort("2001:db8::1", 443)) == "[2001:db8::1]:443"


def test_what_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(tcpladder.CaptureError, match="There is no file"):
        tcpladder.open(tmp_path / "absent.pcap")
    assert issubclass(tcpladder.CaptureError, tcpladder.TcpladderError)


def test_a_notebook_has_an_event_loop_and_tshark_is_read_all_the_same() -> None:
    async def cell() -> list[int]:
        capture = tcpladder.open(path_of("showcase"), reader="tshark")
        assert len(capture) == 24
        return [connection.number for connection in capture.matching("= tcp.flags.reset == 1")]

    assert asyncio.run(cell()) == [7, 8, 9, 14]


def test_several_captures_are_one_and_threads_may_read_them(tmp_path: Path) -> None:
    found: list[tcpladder.Capture] = []
    paths = [path_of("refused.client"), path_of("lost-fin.client")]
    thread = threading.Thread(target=lambda: found.append(tcpladder.open(*paths)))
    thread.start()
    thread.join()
    (capture,) = found
    assert capture.files == tuple(paths)
    assert len(capture) == sum(len(sample(path.stem).connections) for path in paths)
    with pytest.raises(tcpladder.UsageError, match="needs one file"):
        capture.matching("= tcp")
    with pytest.raises(tcpladder.UsageError, match="An annotated capture needs one file"):
        capture.write(tmp_path / "all.pcapng")
    assert list(tmp_path.iterdir()) == []


def test_reports_are_written_as_the_command_writes_them(capture: tcpladder.Capture, tmp_path: Path) -> None:
    path = capture.write(tmp_path / "a.csv", only=["deviating"], line="port:8080")
    assert path.read_text().splitlines()[1].startswith("14,192.0.2.10,41000,")
    assert run(["report", str(path_of("showcase")), "-o", str(tmp_path / "b.csv"), "--connection", "14"]) == 0
    assert path.read_bytes() == (tmp_path / "b.csv").read_bytes()
    with pytest.raises(tcpladder.TcpladderError, match="is there already") as told:
        capture.write(path)
    assert "replace=True" in str(told.value)
    assert "connection 14 of 24" in capture.write(tmp_path / "c.mmd", connections=[14]).read_text()
    assert len(capture.write(path, replace=True).read_text().splitlines()) == 25
    with pytest.raises(tcpladder.UsageError, match="There is no format"):
        capture.write(tmp_path / "c", format="nothing")
