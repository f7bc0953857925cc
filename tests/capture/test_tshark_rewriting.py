"""A capture that tshark writes anew: as it comes, and never waited for in vain."""

import math
import threading
from pathlib import Path

import pytest

from tcpladder.capture import tshark_rewriting
from tcpladder.capture.blocks import blocks_of
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_job import CancelledError, Job
from tcpladder.capture.tshark_rewriting import rewritten
from tcpladder.errors import TsharkError
from tests.cli.running import script
from tests.samples import path_of

SAMPLE = path_of("refused.client")


def job(tshark: str | Path, cancelled: threading.Event | None = None) -> Job:
    return Job(str(tshark), math.inf, cancelled or threading.Event())


@pytest.mark.parametrize(("last", "frames"), [(None, 2), (1, 1)])
def test_it_is_pcapng_up_to_the_last_frame_wanted(last: int | None, frames: int) -> None:
    with rewritten(SAMPLE, job(find_tshark().path), last) as stream:
        assert [block.frame is not None for block in blocks_of(stream)].count(True) == frames


def test_a_tshark_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tshark_rewriting, "STUCK_S", 0.1)
    with (
        rewritten(SAMPLE, job(script(tmp_path / "tshark", "exec sleep 60"))) as stream,
        pytest.raises(TsharkError, match="tshark hangs"),
    ):
        stream.read(1)


def test_nobody_waits_who_does_not_want_it_any_more(tmp_path: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with (
        rewritten(SAMPLE, job(script(tmp_path / "tshark", "exec sleep 60"), cancelled)) as stream,
        pytest.raises(CancelledError),
    ):
        stream.read(1)


def test_a_tshark_that_does_not_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(TsharkError, match="could not be run"), rewritten(SAMPLE, job(tmp_path / "none")):
        pytest.fail("there is none")
