"""`tcpladder completion`: scripts that shells accept, and what they complete."""

import shutil
import subprocess

import pytest

from tests.cli.running import environment, tcpladder, tcpladder_apart


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell: str) -> None:
    ran = tcpladder("completion", shell)
    assert ran.code == 0
    assert "_TCPLADDER_COMPLETE" in ran.out


def test_bash_accepts_its_script() -> None:
    bash = shutil.which("bash")
    assert bash is not None
    script = tcpladder("completion", "bash").out
    done = subprocess.run([bash, "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_commands_and_options_are_completed() -> None:
    asked = environment(_TCPLADDER_COMPLETE="bash_complete", COMP_WORDS="tcpladder la", COMP_CWORD="1")
    assert "plain,ladder" in tcpladder_apart(env=asked).out
    asked = environment(_TCPLADDER_COMPLETE="bash_complete", COMP_WORDS="tcpladder ladder --w", COMP_CWORD="2")
    assert "plain,--width" in tcpladder_apart(env=asked).out


def test_another_shell_is_wrong_usage() -> None:
    assert tcpladder("completion", "tcsh").code == 2
