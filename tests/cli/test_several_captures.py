"""Several captures on the command line are one."""

import shutil
from pathlib import Path

from tests.cli.running import SAMPLES, tcpladder

ONE, OTHER = SAMPLES / "refused.client.pcap", SAMPLES / "ipv6.client.pcap"


def test_they_are_listed_together_by_time(tmp_path: Path) -> None:
    shutil.copy(ONE, tmp_path / "a b.pcap")
    ran = tcpladder("list", OTHER, "a b.pcap", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 3
    assert "has no connection 9" in tcpladder("ladder", OTHER, ONE, "9").err
    assert "2/2" in tcpladder("ladder", ONE, OTHER, "2").out.splitlines()[0]
    assert "hs-refused" in tcpladder("findings", ONE, OTHER).out


def test_one_that_is_named_twice_is_told(tmp_path: Path) -> None:
    ran = tcpladder("list", ONE, ONE)
    assert ran.code == 0
    assert ran.sentences == [f"tcpladder: '{ONE}' was named more than once, and is taken once."]


def test_a_mistyped_option_is_no_capture() -> None:
    ran = tcpladder("list", ONE, "--jsno")
    assert ran.code == 2
    assert ran.err == "tcpladder: There is no option and no file '--jsno'. See tcpladder list --help.\n"
