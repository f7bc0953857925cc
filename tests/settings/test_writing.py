"""A setting is written into a file without touching what else stands there; the first file names every setting."""

from pathlib import Path

import pytest

from tcpladder.settings.in_force import settings_in_force
from tcpladder.settings.reading import read_settings
from tcpladder.settings.table import Settings, rows
from tcpladder.settings.writing import default_file, listing, with_top_setting


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'version = 1\ntheme = "light"\n'),
        ("# mine\nversion = 1\n\n[keys]\n", '# mine\nversion = 1\ntheme = "light"\n\n[keys]\n'),
        ("theme = 'dark' # why\nascii = true\n", 'theme = "light"\nascii = true\n'),
        ("[keys]\ntheme = 3\n", 'theme = "light"\n[keys]\ntheme = 3\n'),
        ("theme = [\n1,\n]\nx\n", 'theme = "light"\nx\n'),
        ("broken =\n[names", 'broken =\ntheme = "light"\n[names'),
    ],
)
def test_all_other_lines_stay(before: str, after: str):
    assert with_top_setting(before, "theme", "light") == after


def test_the_first_file_names_every_setting_and_changes_none(tmp_path: Path):
    path = tmp_path / "settings.toml"
    path.write_text(default_file())
    file = read_settings(path)
    assert not file.values
    assert not file.problems
    assert all(row.key.rpartition(".")[2] in default_file() for row in rows())


def test_what_is_in_force_is_listed_as_a_file_that_has_the_same_effect(tmp_path: Path):
    path, other = tmp_path / "settings.toml", tmp_path / "listed.toml"
    path.write_text(
        'theme = "light"\ntshark.preferences = ["a:b"]\n[keys]\nladder.back = "b"\n[names]\n"fe80::1" = "é"\n'
    )
    in_force = settings_in_force(environment={"NO_COLOR": "1"}, wanted=path)
    other.write_text("\n".join(listing(in_force)))
    listed = settings_in_force(environment={}, wanted=other)
    assert listed.problems == ()
    assert listed.settings == in_force.settings != Settings()
    assert f'theme = "light"  # {path}:1' in other.read_text()
