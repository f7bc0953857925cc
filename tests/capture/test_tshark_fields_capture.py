"""A reading through tshark ends when it is told to, says how tshark ended, and leaves nothing behind."""

import asyncio
import gc
import itertools
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tcpladder.analysis import progressive
from tcpladder.capture import tshark_fields_capture
from tcpladder.capture.opening import read_capture
from tcpladder.capture.reader import Batch, ReadRequest
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.errors import CaptureError, TcpladderError, TsharkError
from tcpladder.packets.addresses import AddressBook
from tests.capture.reading import TRAFFIC
from tests.capture.stand_ins import footprint, has_ended, stand_in
from tests.interrupting import children, interrupted_at
from tests.samples import path_of

LONGER = path_of("showcase")
SOON_S = 0.5
HANGS = 'echo $$ > "$0.pid"; exec sleep 600'
"""A tshark that says nothing, in a process whose number it has written down."""


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    """Read once before anything is measured: polars opens what it keeps, and the real tshark's version is known."""
    read_all()


def reading(path: Path = TRAFFIC, tshark: str | None = None) -> Iterator[Batch]:
    return read_capture(ReadRequest(path=path, addresses=AddressBook(), tshark=tshark, reader="tshark"))


def read_all(path: Path = TRAFFIC, tshark: str | None = None) -> int:
    """Read to the end and give the number of segments."""
    return sum(len(batch.segments) for batch in reading(path, tshark))


def started(tshark: str) -> int:
    """Wait until a stand-in has written its process number, and give it."""
    deadline = time.monotonic() + 20
    note = Path(f"{tshark}.pid")
    while time.monotonic() < deadline:
        if note.exists() and note.read_text().endswith("\n"):
            return int(note.read_text())
        time.sleep(0.01)
    raise AssertionError("the stand-in did not start")


# What is left behind


def leave_early(_: Path) -> None:
    batches = reading(LONGER)
    next(batches)
    batches.close()  # type: ignore[attr-defined]


def forget(_: Path) -> None:
    batches = reading(LONGER)
    next(batches)
    del batches
    gc.collect()


def never_begin(_: Path) -> None:
    reading(LONGER).close()  # type: ignore[attr-defined]


def fail(directory: Path) -> None:
    (directory / "junk").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(CaptureError):
        read_all(directory / "junk")


def cut_off(directory: Path) -> None:
    (directory / "cut").write_bytes(TRAFFIC.read_bytes()[:-50])
    assert read_all(directory / "cut") == 39


def no_tcp(directory: Path) -> None:
    (directory / "quiet").write_bytes(TRAFFIC.read_bytes()[:24])
    assert read_all(directory / "quiet") == 0


def be_killed(directory: Path) -> None:
    tshark = stand_in(directory, 'real "$@" 2>/dev/null | head -n 7; kill -9 $$')
    assert read_all(tshark=tshark) == 7


def hang_up(directory: Path) -> None:
    """Close its output and stay."""
    tshark = stand_in(directory, 'real "$@" 2>/dev/null; exec >&- 2>&-; exec sleep 600')
    assert read_all(tshark=tshark) == 40


def fail_to_start(directory: Path) -> None:
    tshark = stand_in(directory, "")
    find_tshark(tshark)
    Path(tshark).write_text("#!/nowhere/interpreter\n")
    with pytest.raises((TcpladderError, OSError)):
        read_all(tshark=tshark)


def raise_in_the_middle(_: Path) -> None:
    def consume() -> None:
        for batch in reading(LONGER):
            raise ValueError(len(batch.segments))

    with pytest.raises(ValueError):  # noqa: PT011 - its text is a number
        consume()


WAYS: list[Callable[[Path], object]] = [
    lambda _: read_all(),
    leave_early,
    forget,
    never_begin,
    fail,
    cut_off,
    no_tcp,
    be_killed,
    hang_up,
    fail_to_start,
    raise_in_the_middle,
]
WAY_NAMES = ["read to the end", *(getattr(way, "__name__", "").replace("_", " ") for way in WAYS[1:])]


@pytest.mark.parametrize("way", WAYS, ids=WAY_NAMES)
def test_nothing_is_left_behind(way: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tshark_fields_capture, "EXIT_GRACE_S", 0.2)
    before = footprint()
    way(tmp_path)
    assert footprint() == before


@pytest.mark.parametrize("way", WAYS[:5], ids=WAY_NAMES[:5])
def test_nor_by_a_thread(way: Callable[[Path], object], tmp_path: Path) -> None:
    before = footprint()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            way(tmp_path)
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert failures == []
    assert footprint() == before


def test_ten_readings_at_once_in_threads() -> None:
    before = footprint()
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(read_all())) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [40] * 10
    assert footprint() == before


# asyncio around it


def watched() -> tuple[object, object]:
    """Give the process-wide policy and child watcher, without making them come into being."""
    policy = getattr(asyncio.events, "_event_loop_policy", None)
    return policy, getattr(policy, "_watcher", None)


def test_asyncio_is_left_as_it_was() -> None:
    before = watched()
    assert read_all() == 40
    assert watched() == before


def test_it_reads_in_a_thread_beside_a_running_loop_that_has_children_of_its_own() -> None:
    async def child() -> int:
        process = await asyncio.create_subprocess_exec("sh", "-c", "exit 7")
        return await process.wait()

    async def main() -> tuple[int, list[int], int]:
        before = await child()
        during = asyncio.get_running_loop().create_task(asyncio.to_thread(read_all))
        statuses = [await child() for _ in range(5)]
        return before, statuses, await during

    assert asyncio.run(main()) == (7, [7] * 5, 40)
    assert asyncio.run(child()) == 7


def test_a_loop_runs_children_after_a_reading_on_the_main_thread() -> None:
    assert read_all() == 40

    async def child() -> int:
        process = await asyncio.create_subprocess_exec("sh", "-c", "exit 7")
        return await process.wait()

    assert asyncio.run(child()) == 7


# Stopping


def test_a_silent_tshark_is_left_within_half_a_second(tmp_path: Path) -> None:
    before = footprint()
    tshark = stand_in(tmp_path, HANGS)
    batches = reading(tshark=tshark)
    assert next(batches).segments.is_empty()
    process = started(tshark)
    begun = time.monotonic()
    batches.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < SOON_S
    assert has_ended(process)
    assert footprint() == before


def test_who_asks_is_asked_at_least_every_half_second_while_tshark_is_silent(tmp_path: Path) -> None:
    tshark = stand_in(tmp_path, HANGS)
    asked: list[float] = []

    def is_stopped() -> bool:
        asked.append(time.monotonic())
        return len(asked) == 4

    *_, last = progressive(TRAFFIC, tshark=tshark, reader="tshark", is_stopped=is_stopped)
    assert last.is_final
    assert last.analysis is not None
    assert last.analysis.is_incomplete
    assert time.monotonic() - asked[-1] < SOON_S
    assert max(later - earlier for earlier, later in itertools.pairwise(asked)) < SOON_S
    assert has_ended(started(tshark))


def test_children_of_a_wrapper_script_end_with_it(tmp_path: Path) -> None:
    tshark = stand_in(tmp_path, 'sleep 600 & echo $! > "$0.pid"; wait')
    batches = reading(tshark=tshark)
    next(batches)
    process = started(tshark)
    batches.close()  # type: ignore[attr-defined]
    assert has_ended(process)


# How tshark ended


def last_words(tshark: str) -> list[str]:
    return [notice.sentence for batch in reading(tshark=tshark) for notice in batch.notices]


def test_a_tshark_that_neither_writes_nor_works_is_said_to_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tshark_fields_capture, "STUCK_S", 1.5)
    tshark = stand_in(tmp_path, 'real "$@" 2>/dev/null | head -n 9; ' + HANGS)
    (sentence,) = last_words(tshark)
    assert sentence.startswith(f"tshark hangs while it reads '{TRAFFIC}'")
    assert sentence.endswith("What was read, up to frame 9, is shown.")
    assert has_ended(started(tshark))


def test_a_tshark_that_hangs_from_the_start_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tshark_fields_capture, "STUCK_S", 0.5)
    with pytest.raises(TsharkError, match="hangs"):
        read_all(tshark=stand_in(tmp_path, HANGS))


def test_a_tshark_that_works_in_silence_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tshark_fields_capture, "STUCK_S", 0.4)
    monkeypatch.setattr(tshark_fields_capture, "WORK_S", 0.01)
    works = "i=0; while [ $i -lt 500000 ]; do i=$((i + 1)); done"
    assert read_all(tshark=stand_in(tmp_path, f'{works}; {works}; real "$@" 2>/dev/null')) == 40


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("kill -9 $$", "tshark was ended by signal 9"),
        ("kill -TERM $$", "tshark was ended by signal 15"),
        ("echo 'no more \033[1mmemory' >&2; exit 3", r"tshark ended with status 3 while it read .*: no more \\x1b\[1m"),
        ("exit 3", "it gave no reason"),
        ("printf '41\\t1.5\\t'; exit 3", "up to frame 40"),
    ],
)
def test_its_end_is_told_and_what_it_gave_is_kept(body: str, sentence: str, tmp_path: Path) -> None:
    tshark = stand_in(tmp_path, f'real "$@" 2>/dev/null; {body}')
    assert read_all(tshark=tshark) == 40
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(last_words(tshark)[0])


@pytest.mark.parametrize("body", ["kill -9 $$", "echo 'out of luck' >&2; exit 3"])
def test_an_end_before_the_first_frame_is_an_error(body: str, tmp_path: Path) -> None:
    with pytest.raises(TsharkError, match=r"signal 9|out of luck"):
        read_all(tshark=stand_in(tmp_path, body))


def test_what_a_plugin_prints_is_no_segment(tmp_path: Path) -> None:
    tshark = stand_in(tmp_path, 'echo "hello from a plugin"; real "$@" 2>/dev/null; printf "bye\\n\\n"')
    assert read_all(tshark=tshark) == 40


def test_much_on_standard_error_does_not_block(tmp_path: Path) -> None:
    noise = "i=0; while [ $i -lt 3000 ]; do echo 'warning: something is odd, again and again' >&2; i=$((i + 1)); done"
    tshark = stand_in(tmp_path, f'{noise}; real "$@"')
    assert read_all(tshark=tshark) == 40


def test_output_in_small_pieces_is_put_together(tmp_path: Path) -> None:
    tshark = stand_in(tmp_path, 'real "$@" 2>/dev/null | dd bs=7 2>/dev/null')
    assert read_all(tshark=tshark) == 40


def test_an_interrupt_while_tshark_is_started_leaves_no_process(tmp_path: Path) -> None:
    """Ctrl-C before every fifth line of Python's own that starts a tshark which hangs."""
    tshark = stand_in(tmp_path, HANGS)
    find_tshark(tshark)

    def read() -> None:
        batches = reading(tshark=tshark)
        try:
            next(batches)
        finally:
            batches.close()  # type: ignore[attr-defined]

    points = itertools.count(step=5)
    for point in points:
        if not interrupted_at(point, (subprocess,), read):
            break
        assert children() == [], point
    assert point > 100
