"""Filters and commands for others: what they find is what tcpladder shows."""

import shlex
import subprocess
from pathlib import Path

import pytest

from tcpladder.analysis import Analysis
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.report.wireshark import (
    connection_filter,
    endpoints_text,
    frame_filter,
    shell_word,
    tcpladder_command,
    tshark_command,
)
from tests.samples import path_of, sample


def found(analysis: Analysis, display_filter: str) -> list[int]:
    """Give the frames that tshark finds."""
    tshark = str(find_tshark(None).path)
    command = [tshark, "-n", "-r", str(analysis.path), "-Y", display_filter, "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(line) for line in done.stdout.split()]


@pytest.mark.parametrize(("name", "connection"), [("showcase", 3), ("ipv6.client", 1), ("port-reuse.client", 1)])
def test_wireshark_finds_the_same_packets(name: str, connection: int) -> None:
    analysis = sample(name)
    frames = analysis.segments_of(connection)["frame"].to_list()
    assert found(analysis, connection_filter(analysis, connection)) == frames


def test_endpoints_used_again_one_connection_between_the_others() -> None:
    analysis = sample("port-reuse.client")
    assert len(analysis.connections) > 1
    told = {connection_filter(analysis, number) for number in range(1, len(analysis.connections) + 1)}
    assert len(told) == len(analysis.connections)
    assert all("frame.number" in one for one in told)


def test_words_for_people_and_for_shells() -> None:
    showcase = sample("showcase")
    assert " → " in endpoints_text(showcase, 1)
    assert frame_filter(12) == "frame.number == 12"
    command = tshark_command(Path("/a b/it's.pcap"), "tcp.port == 80")
    assert shlex.split(command) == ["tshark", "-r", "/a b/it's.pcap", "-Y", "tcp.port == 80"]


@pytest.mark.parametrize(
    "name", ["plain.pcap", "it's", "a\nb", "\x1b[31m", "\u202eevil", "x\udcff", "$(reboot)", "'\\\n"]
)
def test_a_shell_takes_a_hostile_name_for_what_it_is(name: str) -> None:
    word = shell_word(name)
    assert word.isascii() or word.isprintable()
    assert not set(word) & {"\n", "\x1b", "\u202e"}
    done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)
    assert done.stdout == name.encode(errors="surrogateescape")


def test_commands_name_every_capture_and_find_the_same_frames_in_them() -> None:
    showcase = sample("showcase")
    files = (showcase.path, path_of("refused.client"))
    command = tshark_command(files, "frame.number <= 2 && tcp") + " -n -T fields -e frame.number"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "2"]
    assert shlex.split(tcpladder_command(files, 7)) == ["tcpladder", "ladder", *map(str, files), "7"]
