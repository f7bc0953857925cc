"""The two commands of the README put in place what is missing, and only that.

They run here on a machine made of stubs: a PATH with the few tools that every system has, and a Python, a tshark and
package managers that only note how they were called.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
EVERY_SYSTEM_HAS = ["cat", "chmod", "cksum", "cp", "dirname", "env", "grep", "mkdir", "rm", "sh", "sleep", "tail"]

PYTHON = """\
case "$*" in
    "-c import sys; sys.exit"*) exit ${IS_TOO_OLD:-0} ;;
    -S*) echo "a Python" ;;
    "-m venv "*)
        mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"
        echo "#!$3/bin/python" > "$3/bin/pip"
        printf '#!/bin/sh\\necho "opened $*"\\n' > "$3/bin/tcpladder"
        chmod +x "$3/bin/tcpladder"
        ;;
    "-m pip "*"${PIP_FAILS_AT:-nowhere}"*) echo "no network"; exit 1 ;;
esac"""


class Machine:
    """A fresh machine with a clone of the scripts in a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in EVERY_SYSTEM_HAS:
            (self.programs / name).symlink_to(shutil.which(name) or name)
        self.calls = folder / "calls"
        self.clone = folder / "my clone"
        shutil.copytree(CHECKOUT / ".ci", self.clone / ".ci")
        shutil.copy(CHECKOUT / "pyproject.toml", self.clone)
        (self.clone / "tcpladder").mkdir()
        (self.clone / "tcpladder" / "__init__.py").touch()
        self.venv = self.clone / ".venv"
        self.has("id", "echo 0")
        self.has("python3", PYTHON)

    def has(self, name: str, script: str = "") -> None:
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.calls}\n{script}\n')
        program.chmod(0o755)

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.calls.write_text("")
        return subprocess.run(
            ["sh", self.clone / ".ci" / script, *arguments],
            env={"PATH": os.fspath(self.programs), **environment},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def called(self, program: str) -> list[str]:
        return [call for call in self.calls.read_text().splitlines() if call.startswith(f"{program} ")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def machine_with_tshark(machine: Machine) -> Machine:
    machine.has("tshark")
    return machine


def test_try_sets_up_once_and_opens_the_bundled_capture(machine_with_tshark: Machine) -> None:
    machine = machine_with_tshark
    first = machine.run("try")
    assert first.stdout.splitlines()[-1] == f"opened {machine.clone}/sample_captures/showcase.pcap"
    assert any("--editable ." in call for call in machine.called("python3"))

    second = machine.run("try", "my file.pcap", "--utc")
    assert (second.returncode, second.stdout, second.stderr) == (0, "opened my file.pcap --utc\n", "")
    assert not any("-m pip" in call for call in machine.called("python3"))


def test_a_changed_pyproject_is_installed_again_into_the_same_venv(machine_with_tshark: Machine) -> None:
    machine = machine_with_tshark
    machine.run("try")
    with (machine.clone / "pyproject.toml").open("a") as pyproject:
        pyproject.write("# changed\n")
    machine.run("try")
    calls = machine.called("python3")
    assert any("--editable ." in call for call in calls)
    assert not any("-m venv" in call for call in calls)


def test_a_moved_checkout_gets_a_new_venv(machine_with_tshark: Machine) -> None:
    machine = machine_with_tshark
    machine.run("try")
    machine.clone = machine.clone.rename(machine.clone.with_name("moved clone"))
    assert machine.run("try").returncode == 0
    assert f"python3 -m venv {machine.clone}/.venv" in machine.called("python3")


def test_an_interrupted_set_up_starts_afresh(machine_with_tshark: Machine) -> None:
    machine = machine_with_tshark
    machine.run("try")
    (machine.venv / ".set-up-under-way").write_text("a process that is no more")
    (machine.venv / "set-up-for-app").unlink()
    (machine.venv / "half a package").touch()
    assert "half made" in machine.run("try").stdout
    assert not (machine.venv / "half a package").exists()
    assert not (machine.venv / ".set-up-under-way").exists()


def test_the_tests_need_the_dev_group_and_pip_that_knows_groups(machine_with_tshark: Machine) -> None:
    machine = machine_with_tshark
    machine.run("try")
    machine.run("test", "-k", "nothing")
    installs = [call for call in machine.called("python3") if "pip" in call and "install" in call]
    assert [install.split(" install ")[1] for install in installs] == ["pip>=25.1", "--editable . --group dev"]


def test_what_pip_said_is_shown_when_it_fails_and_the_next_run_tries_again(machine_with_tshark: Machine) -> None:
    machine = machine_with_tshark
    failed = machine.run("try", PIP_FAILS_AT="--editable")
    assert failed.returncode == 2
    assert failed.stderr.splitlines()[0] == "no network"
    assert "run this again" in failed.stderr.splitlines()[-1]
    assert machine.run("try").returncode == 0


def test_without_a_python_that_is_new_enough_it_says_so(machine_with_tshark: Machine) -> None:
    refused = machine_with_tshark.run("try", IS_TOO_OLD="1")
    assert refused.returncode == 2
    assert "Python 3.11 or newer is needed" in refused.stderr


def test_without_tshark_and_any_package_manager_it_says_what_to_do(machine: Machine) -> None:
    refused = machine.run("try")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "tshark is missing" in refused.stderr
    assert not machine.called("python3")


@pytest.mark.parametrize(
    ("manager", "installs"),
    [
        ("apt-get", "-o DPkg::Lock::Timeout=120 install -y --no-install-recommends tshark"),
        ("dnf", "install -y wireshark-cli"),
        ("pacman", "-Sy --noconfirm wireshark-cli"),
        ("brew", "install wireshark"),
    ],
)
def test_tshark_comes_from_the_package_manager(machine: Machine, manager: str, installs: str) -> None:
    tshark = machine.programs / "tshark"
    machine.has(
        manager, f'case "$*" in *wireshark* | *tshark*) printf "#!/bin/sh\\n" > {tshark}; chmod +x {tshark} ;; esac'
    )
    assert machine.run("try").returncode == 0
    assert machine.called(manager)[-1] == f"{manager} {installs}"


def test_one_who_is_not_root_installs_through_sudo_and_is_told_when_that_fails(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("apt-get")
    machine.has("sudo", "exit 1")
    refused = machine.run("try")
    assert refused.returncode == 2
    assert not machine.called("apt-get")
    assert any("apt-get -o DPkg::Lock::Timeout=120 install" in call for call in machine.called("sudo"))
    assert "type: apt-get install tshark, as root" in refused.stderr


def test_the_tests_want_chromium_and_go_without_where_it_is_not_to_be_had(machine_with_tshark: Machine) -> None:
    machine = machine_with_tshark
    machine.has("apt-get", "exit 1")
    machine.run("try")
    assert not machine.called("apt-get")
    assert "its test is left out" in machine.run("test", "-k", "nothing").stdout
    assert machine.called("apt-get")[-1].endswith("install -y --no-install-recommends chromium")
    machine.has("chromium")
    machine.run("test", "-k", "nothing")
    assert not machine.called("apt-get")
