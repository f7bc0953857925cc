"""The options that say what is in a report, as commands get them."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tcpladder.cli.reporting import asking_options
from tcpladder.errors import UsageError
from tcpladder.report.asking import Asked
from tcpladder.report.model import Contents, Ladders, Table


def asked_by(*arguments: str) -> Asked:
    got: list[Asked] = []

    @click.command()
    @asking_options
    def command(*, asked: Asked) -> None:
        got.append(asked)

    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    if result.exception:
        raise result.exception
    return got[0]


def test_without_options_all_is_asked_for() -> None:
    assert asked_by() == Asked()


def test_each_option_has_its_effect() -> None:
    options = ("--table", "segments", "--ladders", "none", "--no-notes", "--fold", "--ascii")
    assert asked_by(*options).contents == Contents(
        table=Table.SEGMENTS, ladders=Ladders.NONE, has_notes=False, is_folded=True, is_ascii=True
    )
    asked = asked_by("--only", "deviating", "--only", "hs-refused", "--filter", "port:80")
    assert (asked.only, asked.filter_line) == (("deviating", "hs-refused"), "port:80")


def test_a_disguise_has_the_key_that_is_given_or_one_that_nobody_has(tmp_path: Path) -> None:
    assert asked_by("--anonymise").key not in (None, asked_by("--anonymize").key)
    assert asked_by("--anonymise", "--key", "some words").key == asked_by("--anonymise", "--key", "some words").key
    for wrong in (("--key", "x"), ("--anonymise", "--key", str(tmp_path / "absent"))):
        with pytest.raises(UsageError):
            asked_by(*wrong)
