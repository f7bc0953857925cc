"""Finding tshark: the one that is named, else the one on the PATH; and what is wrong with it, in one sentence."""

import os
import shutil
from pathlib import Path

import pytest

from tcpladder.capture import tshark_binary
from tcpladder.capture.tshark_binary import find_mergecap, find_tshark
from tcpladder.errors import TsharkError
from tests.capture.stand_ins import footprint, has_ended, stand_in


def test_the_one_on_the_path_is_found() -> None:
    found = find_tshark()
    assert found.path == shutil.which("tshark")
    assert found.version >= tshark_binary.OLDEST_VERSION


def test_the_one_that_is_named_comes_first(tmp_path: Path) -> None:
    named = stand_in(tmp_path, "exit 0", version="TShark (Wireshark) 4.6.1.")
    found = find_tshark(named)
    assert (found.path, found.version) == (named, (4, 6, 1))


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("TShark (Wireshark) 3.6.0 (Git v3.6.0)", (3, 6, 0)),
        ("TShark (Wireshark) 4.0", (4, 0)),
        ("TShark 10.2.33rc0-7-gabcdef", (10, 2, 33)),
    ],
)
def test_versions_are_read(version: str, expected: tuple[int, ...], tmp_path: Path) -> None:
    assert find_tshark(stand_in(tmp_path, "exit 0", version=version)).version == expected


def test_none_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tshark_binary, "MACOS_BUNDLE", str(tmp_path / "no bundle"))
    with pytest.raises(TsharkError, match="was not found"):
        find_tshark()


def test_the_bundle_of_macos_is_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = stand_in(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(tshark_binary, "MACOS_BUNDLE", bundle)
    # The stand-in is a script of the shell, which is named by its path: it needs no PATH.
    assert find_tshark().path == bundle


@pytest.mark.parametrize("version", ["TShark (Wireshark) 3.4.16", "TShark (Wireshark) 2.6.20", "TShark 1.12.1"])
def test_one_that_is_too_old(version: str, tmp_path: Path) -> None:
    with pytest.raises(TsharkError, match=r"needs 3\.6 or newer"):
        find_tshark(stand_in(tmp_path, "exit 0", version=version))


def test_one_that_says_nothing_of_a_version(tmp_path: Path) -> None:
    with pytest.raises(TsharkError, match="does not say which version"):
        find_tshark(stand_in(tmp_path, "exit 0", version="hello"))


@pytest.mark.parametrize(
    "body", ["echo 'ls (GNU coreutils) 9.1'", "exit 3", "kill -9 $$", "head -c 5000000 /dev/urandom"]
)
def test_what_is_no_tshark(body: str, tmp_path: Path) -> None:
    path = tmp_path / "tshark"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    with pytest.raises(TsharkError, match="does not say which version"):
        find_tshark(str(path))


def test_what_can_not_be_run_is_named_harmlessly(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31mtshark"
    path.write_bytes(b"\x7fELF" + bytes(100))
    path.chmod(0o755)
    with pytest.raises(TsharkError, match=r"x1b\[31mtshark' could not be run: Exec format error\."):
        find_tshark(str(path))


def test_one_that_may_not_be_run(tmp_path: Path) -> None:
    path = Path(stand_in(tmp_path, "exit 0"))
    path.chmod(0o644)
    with pytest.raises(TsharkError, match="There is no program"):
        find_tshark(str(path))


def test_one_that_does_not_answer_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = tmp_path / "tshark"
    silent.write_text("#!/bin/sh\nsleep 600\n")
    silent.chmod(0o755)
    monkeypatch.setattr(tshark_binary, "VERSION_TIMEOUT_S", 0.2)
    with pytest.raises(TsharkError, match="did not answer"):
        find_tshark(str(silent))


def test_nor_do_its_children_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = footprint()
    silent = tmp_path / "tshark"
    silent.write_text('#!/bin/sh\nsleep 600 & echo $! > "$0.pid"; wait\n')
    silent.chmod(0o755)
    monkeypatch.setattr(tshark_binary, "VERSION_TIMEOUT_S", 0.5)
    with pytest.raises(TsharkError, match="did not answer"):
        find_tshark(str(silent))
    assert has_ended(int(Path(f"{silent}.pid").read_text()))
    assert footprint() == before


def test_an_upgrade_is_seen(tmp_path: Path) -> None:
    path = stand_in(tmp_path, "exit 0", version="TShark (Wireshark) 4.0.1.")
    assert find_tshark(path).version == (4, 0, 1)
    stand_in(tmp_path, "exit 0", version="TShark (Wireshark) 4.2.0.")
    os.utime(path, ns=(0, 1))
    assert find_tshark(path).version == (4, 2, 0)


def test_mergecap_is_looked_for_beside_tshark_then_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = stand_in(tmp_path, "exit 0")
    assert find_mergecap(named) == shutil.which("mergecap")
    beside = Path(named).with_name("mergecap")
    shutil.copy(named, beside)
    assert find_mergecap(named) == str(beside)
    beside.unlink()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(TsharkError, match=r"mergecap.* was not found\. It comes with tshark"):
        find_mergecap(named)
