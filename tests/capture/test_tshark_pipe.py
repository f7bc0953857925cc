"""A tshark that is handed frames through a pipe, lot by lot."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tcpladder.capture import tshark_pipe
from tcpladder.capture.tshark_pipe import HandedFrame, TsharkPipe
from tcpladder.errors import TsharkError
from tests.capture.stand_ins import REAL, footprint, stand_in
from tests.capture.wrapping import ethernet, gre, segment

FRAME = HandedFrame(1, 97, ethernet(gre(segment(payload=b"abc"))))
OTHER = HandedFrame(1, 60, bytes(60))


def told(reading: Generator[None, None, bytes]) -> list[list[bytes]]:
    """Wait for the lines, and give their fields."""
    while True:
        try:
            next(reading)
        except StopIteration as stop:
            lines: bytes = stop.value
            return [line.split(b"\t") for line in lines.splitlines()]


def test_each_lot_is_told_at_once_and_frames_go_on_counting() -> None:
    with TsharkPipe(REAL) as pipe:
        for _ in range(4):
            first = pipe.sent
            lines = told(pipe.read([FRAME, OTHER, FRAME]))
            assert [int(fields[0]) - first for fields in lines] == [1, 3]
            assert {(fields[3], fields[4]) for fields in lines} == {(str(len(FRAME.data)).encode(), b"97")}


def test_a_lot_larger_than_any_pipe() -> None:
    with TsharkPipe(REAL) as pipe:
        assert len(told(pipe.read([FRAME] * 20_000))) == 20_000
        assert len(told(pipe.read([FRAME]))) == 1


def test_link_types_side_by_side() -> None:
    raw = HandedFrame(101, 83, FRAME.data[14:])
    with TsharkPipe(REAL) as pipe:
        assert len(told(pipe.read([FRAME, raw]))) == 2
        assert len(told(pipe.read([HandedFrame(113, 99, bytes(14) + FRAME.data[12:]), raw]))) == 2


def test_a_lot_without_tcp() -> None:
    with TsharkPipe(REAL) as pipe:
        assert told(pipe.read([OTHER])) == []
        assert told(pipe.read([])) == []


def test_nothing_is_left_behind_even_in_the_middle() -> None:
    before = footprint()
    pipe = TsharkPipe(REAL)
    next(pipe.read([FRAME] * 50_000))
    pipe.close()
    pipe.close()
    assert footprint() == before


def test_one_that_ends_is_told_with_its_last_words(tmp_path: Path) -> None:
    ends = stand_in(tmp_path, "printf 'out of \\033[1mmemory\\n' >&2; exit 3")
    with TsharkPipe(ends) as pipe, pytest.raises(TsharkError, match=r"ended while it read .*out of \\x1b\[1mmemory"):
        told(pipe.read([FRAME]))


def test_one_that_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tshark_pipe, "STUCK_S", 0.5)
    with TsharkPipe(stand_in(tmp_path, "exec sleep 600")) as pipe, pytest.raises(TsharkError, match="hangs"):
        told(pipe.read([FRAME] * 20_000))


def test_one_that_can_not_be_started() -> None:
    before = footprint()
    with pytest.raises(TsharkError, match="could not be run"):
        TsharkPipe("/no/such/tshark")
    assert footprint() == before
