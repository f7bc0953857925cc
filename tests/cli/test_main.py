"""The console command: what stands for what, and that nothing but sentences and exit codes come out of it."""

import subprocess
import sys

import click
import pytest

from tcpladder import __version__
from tcpladder.cli import main
from tcpladder.errors import DEBUG_VARIABLE, TsharkError
from tests.cli.running import ROOT, SHOWCASE, tcpladder

HEAVY = {"textual", "pyshark", "lxml", "polars", "numpy", "rich"}


def loaded(code: str) -> set[str]:
    """Give the modules that a fresh interpreter has loaded after some code."""
    program = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


def test_help_loads_nothing_heavy() -> None:
    assert loaded("import tcpladder") & HEAVY == set()
    assert loaded("from tcpladder.cli.main import run\nassert run(['--help']) == 0") & HEAVY == set()


def test_the_first_screen_waits_for_nothing_that_judges_or_that_other_screens_need() -> None:
    modules = loaded("import tcpladder.tui.app")
    later = (
        "rules.",
        "rulebook.judging",
        "judges",
        "tcp.timeline",
        "ladder.rungs",
        "tui.screens.ladder",
        "report.text",
    )
    assert not [module for module in modules for name in later if module.startswith(f"tcpladder.{name}")]
    assert "tcpladder.tui.screens.connections" in modules


def test_help_lists_every_command() -> None:
    ran = tcpladder("--help")
    assert ran.code == 0
    for command in ("open", "list", "ladder", "completion"):
        assert f"\n  {command} " in ran.out


def test_the_version_is_the_package_s() -> None:
    assert __version__ in tcpladder("--version").out


def test_a_file_alone_is_opened_in_the_app() -> None:
    ran = tcpladder(SHOWCASE)
    assert ran.code == 2
    assert "The app needs a terminal" in ran.err


def test_wrong_usage_is_told_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["ladder"]) == 2
    assert "Missing argument" in capsys.readouterr().err


def test_an_error_of_ours_is_a_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command("broken")
    def broken() -> None:
        raise KeyError("\x1b[31mwhat")

    monkeypatch.setitem(main.tcpladder.commands, "broken", broken)
    assert main.run(["broken"]) == main.INTERNAL_ERROR
    told = capsys.readouterr().err
    assert "an error in tcpladder itself: KeyError" in told
    assert "Traceback" not in told
    assert "\x1b" not in told


def test_that_variable_shows_where(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    @click.command("broken")
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(main.tcpladder.commands, "broken", broken)
    monkeypatch.setenv(DEBUG_VARIABLE, "1")
    main.run(["broken"])
    assert "Traceback" in capsys.readouterr().err


def test_a_known_error_has_its_own_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command("failing")
    def failing() -> None:
        raise TsharkError("tshark is ill.", "Call a doctor.")

    monkeypatch.setitem(main.tcpladder.commands, "failing", failing)
    assert main.run(["failing"]) == 2
    assert capsys.readouterr().err == "tcpladder: tshark is ill. Call a doctor.\n"
