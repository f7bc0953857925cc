"""The processor time of a process group, from /proc and from ps."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tcpladder.capture import processor_time

WAYS = [
    processor_time.seconds_used,
    pytest.param(
        processor_time._from_ps, marks=pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps here")
    ),
]
WORK = "import sys, time\nwhile time.process_time() < 1.2: pass\nprint('done', flush=True)\nsys.stdin.read()"


@pytest.fixture(scope="module")
def worker() -> Iterator[int]:
    """Give the group of a process that has worked for 1.2 s and rests now."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"done\n"
    yield process.pid
    process.communicate()


@pytest.mark.parametrize("ask", WAYS)
def test_a_group_that_worked(ask: Callable[[int], float | None], worker: int) -> None:
    used = ask(worker)
    assert used is not None
    assert 1.0 <= used <= 2.5
    assert ask(worker) == used  # it rests


@pytest.mark.parametrize("ask", WAYS)
def test_a_group_that_does_not_exist(ask: Callable[[int], float | None]) -> None:
    assert ask(2**22 + 1) == 0


def test_nothing_is_known_without_ps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert processor_time._from_ps(1) is None


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:00:07", 7), ("01:02:03", 3723), ("2-00:00:01", 172_801), ("0:01.25", 1.25)]
)
def test_the_forms_of_ps(text: str, seconds: float) -> None:
    assert processor_time._seconds(text) == seconds
