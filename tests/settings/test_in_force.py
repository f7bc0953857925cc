"""The command line goes before the environment, that before the file, that before the default; each is known."""

from pathlib import Path

import pytest

from tcpladder.settings.in_force import InForce, settings_in_force
from tcpladder.settings.table import Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "light"\n[tshark]\npath = "/of/the/file"\n[keys]\nladder.back = "b"\n')
    return path


def gathered(path: Path, environment: dict[str, str] | None = None, **options: object) -> InForce:
    return settings_in_force(environment=environment or {}, wanted=path, options={"tshark.path": options.get("tshark")})


def test_without_any_the_defaults_hold(tmp_path: Path):
    found = settings_in_force(environment={"TCPLADDER_CONFIG": str(tmp_path / "none")})
    assert found.settings == Settings()
    assert found.origin("theme") == "default"
    assert [problem.sentence for problem in found.problems] == ["There is no such file."]


def test_each_goes_before_the_next(path: Path):
    assert gathered(path).settings.tshark == "/of/the/file"
    environment = {"TCPLADDER_TSHARK": "/of/the/environment"}
    assert gathered(path, environment).settings.tshark == "/of/the/environment"
    assert gathered(path, environment, tshark="/of/the/line").settings.tshark == "/of/the/line"


def test_it_is_known_where_each_comes_from(path: Path):
    found = gathered(path, {"NO_COLOR": "1"}, tshark="/of/the/line")
    assert found.origin("theme") == f"{path}:1"
    assert found.origin("keys.ladder.back") == f"{path}:5"
    assert found.origin("color") == "environment NO_COLOR"
    assert found.origin("tshark.path") == "option --tshark"
    assert found.origin("recent_files") == "default"


@pytest.mark.parametrize(("value", "has_colour"), [("", True), ("0", False), ("1", False)])
def test_no_color_forbids_colours_whatever_it_says(path: Path, value: str, *, has_colour: bool):
    assert gathered(path, {"NO_COLOR": value}).settings.has_colour is has_colour


def test_a_variable_that_is_unfit_is_told_and_passed_over(path: Path):
    found = gathered(path, {"TCPLADDER_THEME": "a\x1b"})
    assert found.settings.theme == "light"
    assert [str(problem) for problem in found.problems] == ["TCPLADDER_THEME: It has a control character in it."]


def test_who_uses_an_entry_can_name_its_line(path: Path):
    problem = gathered(path).problem("keys.ladder.back", "There is no such key.")
    assert str(problem) == f"{path}:5: There is no such key."
