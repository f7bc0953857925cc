"""`tcpladder config` prints what is in force as a file, writes a first file, and says what is wrong by its line."""

from pathlib import Path

import pytest

from tests.cli.running import environment, tcpladder, tcpladder_apart


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "settings.toml"


def test_it_prints_each_setting_and_where_it_comes_from(path: Path):
    path.parent.mkdir()
    path.write_text('theme = "light"\nrecent_files = -1\n[keys]\nlist.opn = "x"\nlist.down = "e"\n')
    ran = tcpladder_apart("config", "--tshark", "/x", env=environment(TCPLADDER_CONFIG=str(path), NO_COLOR="1"))
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert f'theme = "light"  # {path}:1' in lines
    assert "color = false  # environment NO_COLOR" in lines
    assert 'path = "/x"  # option --tshark' in lines
    assert "recent_files = 20  # default" in lines
    assert f'"list.down" = "e"  # {path}:5' in lines
    assert ran.sentences == [
        f"tcpladder: {path}:2: recent_files has to be a whole number from 0 to 100; it is -1.",
        f"tcpladder: {path}:4: There is no action 'list.opn'. Did you mean list.open?",
    ]


def test_a_first_file_is_written_once(path: Path):
    assert tcpladder("config", "--path", "--config", path).out == f"{path}\n"
    assert not path.exists()
    assert tcpladder("config", "--init", "--config", path).out == f"{path}\n"
    written = path.read_text()
    assert '# theme = "dark"' in written
    again = tcpladder("config", "--init", "--config", path)
    assert again.code == 2
    assert again.sentences == [f"tcpladder: There is a file '{path}' already. It stays as it is."]
    assert path.read_text() == written


def test_where_none_can_be_written_one_sentence_says_so(tmp_path: Path):
    (tmp_path / "file").touch()
    ran = tcpladder("config", "--init", "--config", tmp_path / "file" / "settings.toml")
    assert ran.code == 2
    assert len(ran.sentences) == 1
    assert "can't be written" in ran.err
