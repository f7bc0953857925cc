"""`--filter` keeps connections, by tokens or by a display filter; a wrong one is told before anything is read."""

import json
from pathlib import Path

import pytest

from tests.cli.running import SHOWCASE, tcpladder, tcpladder_apart

REFUSED = "class:refused"


@pytest.mark.parametrize(
    ("line", "numbers"),
    [(REFUSED, [9]), ("port:8080 -level:none", [14]), ("= tcp.flags.reset == 1", [7, 8, 9, 14]), ("port:1", [])],
)
def test_only_connections_that_are_kept_are_listed(line: str, numbers: list[int]) -> None:
    objects = tcpladder("list", "--json", "--filter", line, SHOWCASE)
    assert (objects.code, objects.err) == (0, "")
    assert [json.loads(text)["connection"] for text in objects.out.splitlines()] == numbers
    lines = tcpladder("list", f"--filter={line}", SHOWCASE).out.splitlines()
    assert [int(text.strip("■▲● ").split()[0]) for text in lines[1:]] == numbers


def test_connections_are_found_by_the_names_of_their_ends(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[names]\n"198.51.100.20:5000" = "feed"\n')
    objects = tcpladder("list", "--config", settings, "--json", "--filter", "host:feed", SHOWCASE)
    assert [json.loads(text)["connection"] for text in objects.out.splitlines()] == [6]


def test_only_findings_about_connections_that_are_kept_are_printed() -> None:
    lines = tcpladder("findings", "--filter", REFUSED, SHOWCASE).out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  #")] == ["#9"]
    objects = tcpladder("findings", "--json", "--filter", "class:refused OR connection:16", SHOWCASE)
    found = [json.loads(line) for line in objects.out.splitlines()]
    assert {finding["connection"] for finding in found} == {9, 16, None}
    assert all(finding["connection"] or 16 in finding["connections"] for finding in found)
    none = tcpladder("findings", "--filter", "connection:1", SHOWCASE)
    assert none.out == "No findings in 1 connections.\n"


@pytest.mark.parametrize("command", ["list", "findings"])
def test_what_is_no_filter_is_said_before_the_file_is_read(command: str) -> None:
    ran = tcpladder(command, "--filter", "port:80 prot:443", "no-such-file.pcap")
    assert ran.code == 2
    assert ran.sentences == [
        "tcpladder: The filter 'port:80 prot:443' is not understood at character 9: "
        "There is no token 'prot': perhaps port?"
    ]


def test_what_is_no_display_filter_is_said_in_tsharks_words() -> None:
    ran = tcpladder("list", "--filter", "= tcp foo", SHOWCASE)
    assert ran.code == 2
    assert ran.sentences == [
        "tcpladder: The display filter 'tcp foo' is not understood: \"foo\" was unexpected in this context."
    ]


def test_hostile_text_is_shown_harmless() -> None:
    ran = tcpladder_apart("list", "--filter", "class:\x1b[2J", SHOWCASE)
    assert ran.code == 2
    assert "\x1b" not in ran.err
