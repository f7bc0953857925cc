"""The file is where the platform has such files, or where the environment says; it is written whole or not at all."""

import os
from pathlib import Path

import pytest

from tcpladder.settings.place import put, settings_file


def test_the_environment_may_name_the_file(tmp_path: Path):
    assert settings_file({"TCPLADDER_CONFIG": str(tmp_path / "mine")}) == tmp_path / "mine"
    assert settings_file({}).name == "settings.toml"
    assert settings_file({}).parent.name == "tcpladder"


def test_a_file_is_put_in_the_place_of_the_old_one_and_keeps_who_may_read_it(tmp_path: Path):
    path = tmp_path / "new" / "settings.toml"
    put(path, "one")
    path.chmod(0o640)
    put(path, "two")
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [other.name for other in path.parent.iterdir()] == ["settings.toml"]


def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "real").write_text("one")
    (tmp_path / "link").symlink_to("real")
    put(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "two"


def test_a_new_file_takes_no_other_s_place(tmp_path: Path):
    path = tmp_path / "settings.toml"
    put(path, "one", is_new=True)
    with pytest.raises(FileExistsError):
        put(path, "two", is_new=True)
    assert path.read_text() == "one"
    assert os.listdir(tmp_path) == ["settings.toml"]  # noqa: PTH208 - hidden ones too


def test_what_can_t_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "settings.toml"
    path.write_text("one")
    monkeypatch.setattr(Path, "replace", _refuse)
    with pytest.raises(OSError, match="full"):
        put(path, "two")
    assert [other.name for other in tmp_path.iterdir()] == ["settings.toml"]
    assert path.read_text() == "one"


def _refuse(*_: object) -> None:
    raise OSError(28, "full")
