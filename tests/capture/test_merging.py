"""Several captures as one: by time, each once, as far as they are whole, and with nothing left behind."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tcpladder.analysis import analyse
from tcpladder.capture import merging
from tcpladder.capture.merging import as_one
from tcpladder.capture.reader import NoticeKind
from tcpladder.errors import CaptureError, TsharkError
from tests.cli.running import environment
from tests.samples import path_of, sample

SHOWCASE = path_of("showcase")
HEADER, RECORD = 24, 16


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, Path]:
    """Three captures of what showcase.pcap has, as `tcpdump -C` writes them; temporary files have a folder beside."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    content, at = SHOWCASE.read_bytes(), HEADER
    records: list[bytes] = []
    while at < len(content):
        following = at + RECORD + int.from_bytes(content[at + 8 : at + 12], "little")
        records.append(content[at:following])
        at = following
    third = len(records) // 3
    found = tmp_path / "a.pcap", tmp_path / "it's b.pcap", tmp_path / "-c.pcap"
    for path, begin in zip(found, (0, third, 2 * third), strict=True):
        end = len(records) if path is found[-1] else begin + third
        path.write_bytes(content[:HEADER] + b"".join(records[begin:end]))
    return found


def left(parts: tuple[Path, ...]) -> list[Path]:
    return list((parts[0].parent / "temporary").iterdir())


def test_they_are_what_they_were_before_they_were_split_in_whichever_order(parts: tuple[Path, ...]) -> None:
    with as_one(parts[::-1]) as captures:
        assert captures.is_merged
        assert captures.name == "'-c.pcap + 2 more'"
        merged = analyse(captures)
        assert left(parts) == [captures.path.parent]
    assert left(parts) == []
    whole = sample("showcase")
    assert merged.connections.table.equals(whole.connections.table)
    assert merged.connections.segments["frame"].equals(whole.connections.segments["frame"])
    assert merged.named == parts[::-1]
    assert merged.notices == ()


def test_merging_twice_gives_the_same_bytes(parts: tuple[Path, ...]) -> None:
    contents = []
    for _ in range(2):
        with as_one(parts) as captures:
            contents.append(captures.path.read_bytes())
    assert contents[0] == contents[1]


def test_one_is_read_where_it_is(parts: tuple[Path, ...]) -> None:
    with as_one((SHOWCASE,)) as captures:
        assert (captures.path, captures.files, captures.notices) == (SHOWCASE, (SHOWCASE,), ())
        assert not captures.is_merged


def test_one_named_twice_is_taken_once(parts: tuple[Path, ...]) -> None:
    again = parts[0].parent / "again.pcap"
    again.symlink_to(parts[0])
    with as_one((parts[0], again)) as captures:
        assert captures.path == parts[0]
        [notice] = captures.notices
        assert notice.kind is NoticeKind.MERGED
        assert "again.pcap' was named more than once" in notice.sentence


def test_what_is_no_capture_is_left_out_and_what_is_cut_is_taken_as_far_as_it_is_whole(
    parts: tuple[Path, ...], tmp_path: Path
) -> None:
    empty, text = tmp_path / "empty.pcap", tmp_path / "notes.txt"
    empty.touch()
    text.write_text("no capture\n" * 9)
    parts[1].write_bytes(parts[1].read_bytes()[:-7])
    with as_one((*parts, empty, text)) as captures:
        merged = analyse(captures)
        assert len(list(captures.path.parent.iterdir())) == 1  # what was whole of the one that is cut is merged
    assert len(merged.connections.segments) == len(sample("showcase").connections.segments) - 1
    assert merged.is_incomplete
    told = [notice.sentence for notice in merged.notices]
    assert f"'{empty}' is empty, and left out." in told
    assert f"'{text}' is left out: it is not a capture that mergecap can read." in told
    assert f"'{parts[1]}' can't be read to its end; what is whole before that is merged." in told
    assert merged.named == parts


def test_where_one_is_left_it_is_read_where_it_is(parts: tuple[Path, ...], tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no capture\n" * 9)
    with as_one((text, parts[0])) as captures:
        assert captures.path == parts[0]
        assert len(captures.notices) == 1


def test_where_none_can_be_read_it_is_an_error(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(f"no capture {name}\n" * 9)
    with as_one((tmp_path / "a", tmp_path / "b")) as captures, pytest.raises(CaptureError, match="b' is not a capture"):
        analyse(captures)
    for name in "ab":
        (tmp_path / name).write_text("")
    with pytest.raises(CaptureError, match="a' is empty"), as_one((tmp_path / "a", tmp_path / "b")):
        pass


def test_one_that_is_not_there_is_an_error(parts: tuple[Path, ...], tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="There is no file"), as_one((*parts, tmp_path / "gone")):
        pass


def test_without_room_it_is_said_before_anything_is_written(
    parts: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "GROWTH", 1e15)
    told = r"takes about \d+\.\d GB, and '.*temporary' has .* left. .*TMPDIR"
    with pytest.raises(CaptureError, match=told), as_one(parts):
        pass
    assert left(parts) == []


def test_what_takes_a_while_is_told(parts: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "WORTH_TELLING", 1)
    said: list[str] = []
    with as_one(parts, say=said.append):
        pass
    assert said == ["merging 3 captures, which takes about 1 MB of disk ..."]


def test_a_mergecap_that_fails_is_told(
    parts: tuple[Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = tmp_path / "mergecap"
    failing.write_text("#!/bin/sh\nprintf 'out of\\033[31m luck\\n.' >&2\nexit 3\n")
    failing.chmod(0o755)
    monkeypatch.setattr(merging, "find_mergecap", lambda _: str(failing))
    with pytest.raises(TsharkError, match=r"can't be merged: out of\\x1b\[31m luck"), as_one(parts):
        pass
    failing.write_text("not a program")
    with pytest.raises(TsharkError, match="could not be run"), as_one(parts):
        pass
    assert left(parts) == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_nothing_behind(parts: tuple[Path, ...], number: signal.Signals) -> None:
    waiting = (
        "import sys, time; from pathlib import Path; from tcpladder.capture.merging import as_one\n"
        "with as_one(tuple(map(Path, sys.argv[1:]))): print('merged', flush=True); time.sleep(60)"
    )
    folder = parts[0].parent / "temporary"
    with subprocess.Popen(
        [sys.executable, "-c", waiting, *parts],
        env=environment(TMPDIR=str(folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"merged\n"
        assert len(left(parts)) == 1
        process.send_signal(number)
        process.wait(30)
    assert left(parts) == []


def test_a_name_that_is_too_long_for_another_word_is_cut(parts: tuple[Path, ...]) -> None:
    long = parts[0].with_name("x" * 250)
    shutil.copy(parts[0], long)
    with as_one((long, parts[1])) as captures:
        assert captures.path.name == f"{'x' * 120} + 1 more"
