"""Which captures are meant: files as they are named, directories by content, patterns that no shell has expanded."""

import gzip
import os
import shutil
from pathlib import Path, PurePath

import pytest

from tcpladder.errors import CaptureError
from tcpladder.many.gathering import gathered, is_capture
from tests.samples import path_of

DATA = Path(__file__).parents[1] / "data"
PCAP, PCAPNG = path_of("refused.client"), path_of("http-keepalive.server")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a directory with captures, and with what is none."""
    for place in ("b/one.pcap", "a/one.pcap", "a/deep/er/no-ending", "a/.hidden/x.pcap", ".x.pcap"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PCAP, path)
    shutil.copy(PCAPNG, tmp_path / "a" / "two.dat")
    (tmp_path / "a" / "packed.log").write_bytes(gzip.compress(PCAP.read_bytes()))
    shutil.copy(DATA / "snap.whole.pcap.zst", tmp_path / "a" / "packed.zst")
    (tmp_path / "a" / "log.gz").write_bytes(gzip.compress(b"nothing that was captured"))
    (tmp_path / "a" / "broken.gz").write_bytes(gzip.compress(PCAP.read_bytes())[:12])
    (tmp_path / "a" / "notes.pcap.txt").write_text("nothing")
    (tmp_path / "a" / "empty.pcap").touch()
    os.mkfifo(tmp_path / "a" / "pipe.pcap")
    (tmp_path / "a" / "gone.pcap").symlink_to("nowhere")
    return tmp_path


def places(*names: Path) -> list[PurePath]:
    return [each.place for each in gathered(names)]


def test_a_directory_stands_for_the_captures_in_it_and_below(tree: Path) -> None:
    expected = ["a/one.pcap", "a/packed.log", "a/packed.zst", "a/two.dat", "a/deep/er/no-ending", "b/one.pcap"]
    assert places(tree) == [PurePath(place) for place in expected]
    assert [each.path for each in gathered([tree])] == [tree / place for place in expected]


def test_a_file_that_is_named_is_meant_whatever_it_is(tree: Path) -> None:
    assert places(tree / "a" / "notes.pcap.txt", tree / "absent.pcap") == [
        PurePath("notes.pcap.txt"),
        PurePath("absent.pcap"),
    ]


def test_each_file_is_meant_once_however_it_is_named(tree: Path) -> None:
    (tree / "b" / "again.pcap").hardlink_to(tree / "a" / "one.pcap")
    assert places(tree / "a" / "one.pcap", tree / "a" / ".." / "a" / "one.pcap", tree / "b") == [
        PurePath("one.pcap"),
        PurePath("one.pcap"),
    ]


def test_a_pattern_in_quotes(tree: Path) -> None:
    assert places(tree / "*" / "one.*") == [PurePath("one.pcap"), PurePath("one.pcap")]
    assert places(tree / "a" / "**" / "no-end*") == [PurePath("no-ending")]
    assert places(tree / "[b]") == [PurePath("one.pcap")], "a directory that matches"
    shutil.copy(PCAP, tree / "[b].pcap")
    assert places(tree / "[b].pcap") == [PurePath("[b].pcap")], "a file of that very name"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("*.nothing", "No file matches '.*nothing'"), ("bare", "There is no capture in the directory")],
)
def test_nothing_is_no_success(tree: Path, name: str, sentence: str) -> None:
    (tree / "bare").mkdir()
    with pytest.raises(CaptureError, match=sentence):
        gathered([tree / name])


def test_a_directory_that_cannot_be_read_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("deep"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CaptureError, match=r"The directory '.*deep' can't be read: Permission denied"):
        gathered([tree])


def test_captures_that_only_tshark_reads(tmp_path: Path) -> None:
    for name, content in {"a": b"snoop\0\0\0\0\0\0\2", "b.pcap.lz4": b"\x04\x22\x4d\x18...."}.items():
        (tmp_path / name).write_bytes(content)
        assert is_capture(tmp_path / name)
    (tmp_path / "b.lz4").write_bytes(b"\x04\x22\x4d\x18....")
    assert not is_capture(tmp_path / "b.lz4")
