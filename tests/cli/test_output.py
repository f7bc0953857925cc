"""When nobody takes the output any more, what is still to be written goes nowhere."""

import os
import sys
import tempfile

import pytest

from tcpladder.cli.output import give_up_output


def test_what_is_still_to_be_written_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryFile("w+") as file:
        monkeypatch.setattr(sys, "stdout", file)
        file.write("before")
        file.flush()
        kept = os.dup(file.fileno())
        give_up_output()
        file.write("after")
        file.flush()
        assert os.fstat(kept).st_size == len("before")
        os.close(kept)
