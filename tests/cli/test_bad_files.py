"""Files that can't be read, or not wholly: one sentence says what is wrong, and what was read is still printed."""

import gzip
import json
import os
import shutil
import unicodedata
from pathlib import Path

import pytest

from tcpladder.cli.main import run
from tests.cli.running import SAMPLES, SHOWCASE, Ran, tcpladder, tcpladder_apart

CONNECTIONS = 24
ONE = SAMPLES / "graceful-close-by-client.client.pcap"
FILE_HEADER = 24
NOBODY = 65534


def listed(ran: Ran) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def assert_refused(ran: Ran, *words: str) -> None:
    """Nothing could be read: exit code 2, nothing printed, one sentence with these words."""
    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.sentences) == 1
    assert ran.err.startswith("tcpladder: ")
    for word in words:
        assert word in ran.err


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert_refused(tcpladder_apart("list", "gone.pcap", cwd=tmp_path), "There is no file 'gone.pcap'", "Check the name")


def test_a_directory(tmp_path: Path) -> None:
    assert_refused(tcpladder("list", tmp_path), "is a directory", "Name a capture file")


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert_refused(tcpladder("list", "pipe", cwd=tmp_path), "is not a regular file")


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.pcap").touch()
    assert_refused(tcpladder("list", "empty.pcap", cwd=tmp_path), "is empty")


def test_a_file_that_may_not_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capture = tmp_path / "secret.pcap"
    shutil.copy(ONE, capture)
    assert run(["list", str(capture)]) == 0
    capture.chmod(0)
    for directory in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        directory.chmod(0o755)
    capsys.readouterr()
    me = os.geteuid()
    if me == 0:  # root may read everything
        os.seteuid(NOBODY)
    try:
        code = run(["list", str(capture)])
    finally:
        os.seteuid(me)
    told = capsys.readouterr()
    assert_refused(Ran(code=code, out=told.out, err=told.err), "No permission to read", "secret.pcap")


def test_a_file_that_is_no_capture(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a capture\n" * 100)
    assert_refused(tcpladder("list", "notes.txt", cwd=tmp_path), "'notes.txt' is not a capture file", "pcap")


def test_garbage_after_the_header(tmp_path: Path) -> None:
    (tmp_path / "bad.pcap").write_bytes(ONE.read_bytes()[:FILE_HEADER] + b"\xa5" * 4000)
    assert_refused(tcpladder("list", "bad.pcap", cwd=tmp_path), "'bad.pcap' is damaged")


def test_a_file_cut_off_in_a_packet_is_shown_up_to_there(tmp_path: Path) -> None:
    (tmp_path / "cut.pcap").write_bytes(SHOWCASE.read_bytes()[:5000])
    ran = tcpladder("list", "cut.pcap", "--json", cwd=tmp_path)
    assert ran.code == 0
    assert 0 < len(listed(ran)) < CONNECTIONS
    assert "cut off in the middle of a packet" in ran.err
    assert len(ran.sentences) == 1


def test_a_compressed_file_cut_off_is_shown_up_to_there(tmp_path: Path) -> None:
    compressed = gzip.compress(SHOWCASE.read_bytes())
    (tmp_path / "cut.pcap.gz").write_bytes(compressed[: len(compressed) // 2])
    ran = tcpladder("list", "cut.pcap.gz", "--json", cwd=tmp_path)
    assert ran.code == 0
    assert 0 < len(listed(ran)) < CONNECTIONS
    assert "What was read, up to frame" in ran.err


def test_damage_in_the_middle_leaves_what_came_before(tmp_path: Path) -> None:
    content = bytearray(SHOWCASE.read_bytes())
    content[6000:] = b"\xff" * (len(content) - 6000)
    (tmp_path / "damaged.pcap").write_bytes(content)
    ran = tcpladder("list", "damaged.pcap", "--json", cwd=tmp_path)
    assert ran.code == 0
    assert listed(ran)
    assert "is damaged. What was read, up to frame" in ran.err


def test_a_capture_without_tcp(tmp_path: Path) -> None:
    (tmp_path / "quiet.pcap").write_bytes(ONE.read_bytes()[:FILE_HEADER])
    ran = tcpladder("list", "quiet.pcap", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, "")
    assert "holds no TCP segments" in ran.err


@pytest.mark.parametrize(
    "name",
    [
        b"-w",
        b"--help.pcap",
        b"-",
        b"two words.pcap",
        b"a'b\"c`d$e.pcap",
        b"line\nbreak.pcap",
        b"[red]markup[;].pcap",
        b"[bold",
        b"\x1b]0;title\x07\x1b[31m.pcap",
        b"not\xffutf\xfe8.pcap",
        "bidi\u202egnp.pcap".encode(),
    ],
)
def test_any_file_name_is_a_file_name(name: bytes, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(ONE.read_bytes()[:-10])
    ran = tcpladder("list", name, "--json", cwd=tmp_path)
    assert ran.code == 0
    assert len(listed(ran)) == 1
    # Cut off, so that the sentence about it names the file.
    assert len(ran.sentences) == 1
    assert not [letter for letter in ran.err if unicodedata.category(letter).startswith("C") and letter != "\n"]


def test_an_option_that_does_not_exist_is_no_file(tmp_path: Path) -> None:
    assert_refused(tcpladder("list", "--jsn", cwd=tmp_path), "no option and no file '--jsn'")


def test_a_connection_that_does_not_exist() -> None:
    assert_refused(tcpladder("ladder", ONE, "2"), "has no connection 2", "numbered 1 to 1")


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999"])
def test_a_number_that_is_no_connection(number: str) -> None:
    ran = tcpladder("ladder", ONE, number)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_a_width_that_no_ladder_fits_in() -> None:
    assert_refused(tcpladder("ladder", ONE, "1", "--width", "40"), "does not fit into 40 columns", "60")
