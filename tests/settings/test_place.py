"""The file is where the platform has such files, or where the environment says; a first one is written there."""

from pathlib import Path

import pytest

from tcpladder.settings.place import settings_file, write_first


def test_the_environment_may_name_the_file(tmp_path: Path):
    assert settings_file({"TCPLADDER_CONFIG": str(tmp_path / "mine")}) == tmp_path / "mine"
    assert settings_file({}).name == "settings.toml"
    assert settings_file({}).parent.name == "tcpladder"


def test_a_first_file_takes_no_other_s_place(tmp_path: Path):
    path = tmp_path / "new" / "settings.toml"
    write_first(path, "one")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_first(path, "two")
    assert path.read_text() == "one"
    assert [other.name for other in path.parent.iterdir()] == ["settings.toml"]


def test_a_file_is_no_directory(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        write_first(tmp_path / "file" / "settings.toml", "one")
