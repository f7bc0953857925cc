"""A file is written wholly or not at all."""

from pathlib import Path

import pytest

from tcpladder.saving import ExistsError, SavingError, check_target, save


def test_a_file_is_written(tmp_path: Path) -> None:
    save(tmp_path / "new", b"\0\xff")
    assert (tmp_path / "new").read_bytes() == b"\0\xff"
    assert list(tmp_path.iterdir()) == [tmp_path / "new"]


def test_what_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_bytes(b"old")
    with pytest.raises(ExistsError, match="there' is there already"):
        save(path, b"new")
    assert path.read_bytes() == b"old"
    save(path, b"new", replace=True)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (".", "is a directory"),
        ("none/file", "can't be written: No such file or directory"),
        ("a" * 300, "can't be written: File name too long"),
        ("/dev/null", "is no regular file"),
    ],
)
def test_what_can_not_be_written_is_told_in_a_sentence(name: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SavingError, match=sentence):
        save(tmp_path / name, b"x", replace=True)
    with pytest.raises(SavingError, match=sentence):
        check_target(tmp_path / name, replace=True)
    assert list(tmp_path.iterdir()) == []


def test_what_can_be_written_is_told_beforehand(tmp_path: Path) -> None:
    path = tmp_path / "there"
    check_target(path)
    assert not path.exists()
    path.write_bytes(b"old")
    with pytest.raises(ExistsError):
        check_target(path)
    check_target(path, replace=True)
    with pytest.raises(SavingError, match="is the capture itself"):
        check_target(path, replace=True, sources=[path])


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "there"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(SavingError, match="No space left on device"):
        save(path, b"new", replace=True)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
