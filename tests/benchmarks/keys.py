"""How long a key takes to be seen: `python -m tests.benchmarks.keys [CAPTURE]`.

Runs the app in a terminal of its own on a capture of a million packets, which is made (Linux, as root) where none is
named, types keys on each screen, and waits after each until the app has painted and rests. Two figures a key, in
milliseconds: `processor` is what all of the app's threads worked for it, and on a machine with nothing else to do the
key is seen that much later; `wall` is the time to the last byte painted, with up to 16 ms until the screen's next
painting, and with whatever other programs took. Judge by `processor` while others use the machine.
"""

import argparse
import os
import pty
import select
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.captures import multiply, record

CONNECTIONS, PACKETS = 10_000, 1_000_000
SIZES = ((80, 24), (160, 48))
WISHED_MS = 50
RESTS_S, POLL_S = 0.06, 0.005  # a paint that is due comes within 16 ms
OPENING_S, LONGEST_S = 120.0, 20.0
CODES = {
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "enter": "\r",
    "tab": "\t",
    "space": " ",
    "escape": "\x1b",
    "ctrl+u": "\x15",
}
FILTER = "host:10.0.0.1 -port:9001"
SCREENS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "list",
        "g",
        (
            ("move", "j " * 40),
            ("page", "pagedown " * 30 + "pageup " * 10),
            ("jump to either end", "G g " * 20),
            ("next finding", "] " * 40),
            ("sort", "> " * 20 + "< " * 20),
            ("invert the order", "I " * 20),
            ("select", "space j " * 20),
            ("filter, each letter", f"/ {' '.join(FILTER.replace(' ', '␣'))}"),
        ),
    ),
    (
        "ladder",
        "escape escape g enter",
        (
            ("move", "j k " * 20),
            ("page", "pagedown pageup " * 20),
            ("jump to either end", "G g " * 20),
            ("next finding", "g ] G [ " * 10),
            ("next change of state", "g } } G { { " * 5),
            ("fold, and all", "z Z " * 20),
            ("time format", "t " * 40),
            ("colours", "c " * 20),
            ("next connection", "J " * 20 + "K " * 20),
        ),
    ),
    # Where it is wide the explanation is there from the start, and `d` hides it.
    ("ladder after d", "d", (("move", "j k " * 20), ("page", "pagedown pageup " * 20))),
    ("packet", "d g j enter", (("move", "down up " * 20), ("next packet", "J J K K " * 5))),
    (
        "follow",
        "q J J f",
        (
            ("move", "j k " * 20),
            ("page", "pagedown pageup " * 20),
            ("jump to either end", "G g " * 20),
            ("bytes", "r " * 20),
            ("sides", "d " * 21),
        ),
    ),
    (
        "graphs",
        "q T",
        (
            ("step", "right left " * 20),
            ("zoom", "+ + + - - - " * 7),
            ("pan", "+ + + > > > < < < - - - " * 4),
            ("other graph", "tab " * 20),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Took:
    """What a key took, in seconds."""

    wall: float
    processor: float


class Terminal:
    """A terminal in which the app runs."""

    def __init__(self, process: int, descriptor: int) -> None:
        self._process = process
        self._descriptor = descriptor
        self._clock = ~process << 3 | 2  # clock_getcpuclockid(3) of another process, on Linux

    def type(self, key: str) -> Took:
        """Type a key, and wait until the app rests."""
        before, begin = time.clock_gettime(self._clock), time.perf_counter()
        os.write(self._descriptor, CODES.get(key, key).replace("␣", " ").encode())
        last = self.rest(LONGEST_S)
        return Took(max(last - begin, 0), time.clock_gettime(self._clock) - before)

    def rest(self, longest: float, quiet: float = RESTS_S) -> float:
        """Wait until the app has slept and painted nothing for a moment; give when it painted last."""
        begin = last = busy = time.perf_counter()
        while (now := time.perf_counter()) - busy < quiet:
            if now - begin > longest:
                raise TimeoutError(f"the app did not come to rest within {longest:.0f} s")
            if select.select([self._descriptor], [], [], POLL_S)[0]:
                self._take()
                last = busy = time.perf_counter()
            elif self._is_working():
                busy = time.perf_counter()
        return last

    def _take(self) -> None:
        if b"\x1b[?2026$p" in os.read(self._descriptor, 1 << 16):  # is each painting shown at once?
            os.write(self._descriptor, b"\x1b[?2026;2$y")

    def _is_working(self) -> bool:
        states = [
            task.read_text().rpartition(")")[2].split()[0]
            for task in Path(f"/proc/{self._process}/task").glob("*/stat")
        ]
        return not set(states) <= {"S"}


@contextmanager
def opened(path: Path, size: tuple[int, int]) -> Iterator[Terminal]:
    """Run the app on a capture, from when all is read and judged."""
    process, descriptor = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS=str(size[0]), LINES=str(size[1]))
        os.execv(sys.executable, [sys.executable, "-m", "tcpladder", str(path)])  # noqa: S606 - the benchmark's own
    terminal = Terminal(process, descriptor)
    try:
        terminal.rest(OPENING_S, quiet=3)
        yield terminal
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(descriptor)


def measure(path: Path, size: tuple[int, int]) -> None:
    """Print what each kind of key takes on each screen."""
    with opened(path, size) as terminal:
        for screen, before, kinds in SCREENS:
            for key in before.split():
                terminal.type(key)
            for kind, keys in kinds:
                tell(f"{screen}: {kind}", [terminal.type(key) for key in keys.split()], size)


def tell(what: str, took: list[Took], size: tuple[int, int]) -> None:
    """Print a line of figures, marked where it is slower than one wishes."""
    wall, processor = (
        "".join(f"{1000 * percentile(values, share):8.1f}" for share in (0.5, 0.95, 0.99))
        for values in ([each.wall for each in took], [each.processor for each in took])
    )
    is_slow = 1000 * percentile([each.processor for each in took], 0.95) > WISHED_MS
    print(
        f"{size[0]:>4}×{size[1]:<3} {what:<38}{len(took):>4}{processor}  {wall}{'  slow' if is_slow else ''}",
        flush=True,
    )


def percentile(values: list[float], share: float) -> float:
    """Give the value that a share of all does not exceed."""
    ranked = sorted(values)
    return ranked[min(int(len(ranked) * share), len(ranked) - 1)]


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("capture", nargs="?", type=Path, help="a capture of a million packets")
    chosen = parser.parse_args()
    print(f"{'ms a key':48}{'n':>4}{'processor: p50, p95, p99':>26}{'wall: p50, p95, p99':>26}")
    with tempfile.TemporaryDirectory() as directory:
        path = chosen.capture
        if path is None:
            recorded, path = Path(directory) / "recorded.pcap", Path(directory) / "million.pcap"
            record(recorded, CONNECTIONS)
            multiply(recorded, path, PACKETS)
        for size in SIZES:
            measure(path, size)


if __name__ == "__main__":
    main()
