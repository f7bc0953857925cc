"""Errors that a user sees: a sentence, a hint, an exit code, and nothing that a terminal would obey."""

from pathlib import Path

import pytest

from tcpladder.errors import CaptureError, TcpladderError, TsharkError, UsageError, quoted


@pytest.mark.parametrize("kind", [TcpladderError, CaptureError, TsharkError, UsageError])
def test_every_error_has_a_sentence_a_hint_and_exit_code_2(kind: type[TcpladderError]) -> None:
    error = kind("The file is empty.", "Take the capture again.")
    assert (error.sentence, error.hint) == ("The file is empty.", "Take the capture again.")
    assert str(error) == "The file is empty. Take the capture again."
    assert error.exit_code == 2
    assert isinstance(error, TcpladderError)


def test_an_error_without_a_hint_is_its_sentence() -> None:
    assert str(CaptureError("The file is empty.")) == "The file is empty."


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a.pcap", "'a.pcap'"),
        (Path("directory/with space.pcap"), "'directory/with space.pcap'"),
        ("evil\x1b[2J\n.pcap", r"'evil\x1b[2J\n.pcap'"),
        (Path("-w x"), "'-w x'"),
        ("undecodable \udcff.pcap", r"'undecodable \udcff.pcap'"),
    ],
)
def test_a_path_in_a_sentence_is_quoted_and_harmless(path: Path | str, shown: str) -> None:
    assert quoted(path) == shown
