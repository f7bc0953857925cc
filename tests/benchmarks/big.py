"""A million packets, and ten: tcpladder beside its peers, in one run: `python -m tests.benchmarks.big [--runs N]`.

Makes the captures (Linux, as root), runs every program on them as a whole process, in turns, and prints a table: wall
and processor seconds are medians, memory is the highest peak. Peers that are not installed are left out.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.captures import multiply, record
from tests.benchmarks.terminal import seconds_until

CONNECTIONS = 10_000  # recorded; copied until there are enough packets
MILLION = 1_071_316
TEN_MILLION = 10 * MILLION
FIRST_ADDRESS = b"10.0.0.1"
READING = """
import sys
from pathlib import Path
from tcpladder.capture.opening import read_capture
from tcpladder.capture.reader import ReadRequest
from tcpladder.packets.addresses import AddressBook
import time
request = ReadRequest(path=Path(sys.argv[1]), addresses=AddressBook(), reader="native")
start = time.perf_counter()
segments = sum(len(batch.segments) for batch in read_capture(request))
print(segments / (time.perf_counter() - start))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run of a program took: seconds, and the peak of its memory in bytes; `told` is what it printed last."""

    wall: float
    processor: float
    peak: int
    told: str = ""


def run(command: Sequence[str | Path], *, is_told: bool = False) -> Run:
    """Run a program to its end. What it prints is thrown away, unless `is_told`."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output if is_told else subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        if process.returncode is None:
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{command[0]} ended with status {process.returncode}")
        output.seek(0)
        told = output.read().decode() if is_told else ""
    return Run(wall=wall, processor=usage.ru_utime + usage.ru_stime, peak=usage.ru_maxrss * 1024, told=told)


def programs(capture: Path) -> Iterator[tuple[str, list[str | Path]]]:
    """Give what is compared: what each is called, and its command."""
    fields = [
        part
        for field in ("frame.number", "ip.src", "tcp.srcport", "tcp.seq_raw", "tcp.flags")
        for part in ("-e", field)
    ]
    peers: dict[str, list[str | Path]] = {
        "tcptrace -n": ["tcptrace", "-n", capture],
        "tcptrace -n -l": ["tcptrace", "-n", "-l", capture],
        "tshark -q -z conv,tcp": ["tshark", "-q", "-z", "conv,tcp", "-r", capture],
        "tshark -T fields": ["tshark", "-n", "-T", "fields", *fields, "-r", capture],
    }
    yield from ((name, command) for name, command in peers.items() if shutil.which(str(command[0])))
    yield "tcpladder list --json", [sys.executable, "-m", "tcpladder", "list", "--json", capture]


def median(runs: Sequence[Run], of: Callable[[Run], float]) -> float:
    """Give the median of a figure."""
    return statistics.median(map(of, runs))


def row(name: str, packets: int, runs: Sequence[Run]) -> str:
    """Write a line of the table."""
    wall, processor = median(runs, lambda run: run.wall), median(runs, lambda run: run.processor)
    peak = max(run.peak for run in runs)
    cells = (name, f"{wall:.2f} s", f"{processor:.2f} s", f"{packets / wall:,.0f}", f"{peak / 1e6:,.0f} MB")
    return f"| {' | '.join(cells)} | {peak / packets:.0f} |"


def compare(capture: Path, packets: int, runs: int) -> dict[str, list[Run]]:
    """Run all programs in turns, and print the table."""
    commands = dict(programs(capture))
    done: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            done[name].append(run(command))
    print(f"\n{packets:,} packets, {capture.stat().st_size / 1e6:,.0f} MB, median of {runs} runs\n")
    print("| work | wall | processor | packets/s | peak | bytes a packet |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, finished in done.items():
        print(row(name, packets, finished))
    return done


def main() -> None:
    """Make the captures, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as directory:
        recorded, million, ten = (Path(directory) / name for name in ("recorded.pcap", "1.pcap", "10.pcap"))
        record(recorded, CONNECTIONS)
        packets, more = multiply(recorded, million, MILLION), multiply(recorded, ten, TEN_MILLION)
        done = compare(million, packets, runs)
        ours = done["tcpladder list --json"]
        reading = statistics.median(
            float(run([sys.executable, "-c", READING, million], is_told=True).told) for _ in range(runs)
        )
        print(f"\nnative reader alone: {reading:,.0f} packets/s")
        tenfold = run([sys.executable, "-m", "tcpladder", "list", "--json", ten])
        times = tenfold.wall / median(ours, lambda run: run.wall)
        each = tenfold.peak / more
        print(f"{more:,} packets: {tenfold.wall:.1f} s, {times:.1f} times as long; {each:.0f} bytes a packet")
        bare = statistics.median(run([sys.executable, "-c", ""]).wall for _ in range(runs))
        app = [sys.executable, "-m", "tcpladder", str(ten)]
        first = statistics.median(seconds_until(app, FIRST_ADDRESS) for _ in range(runs))
        print(
            f"first connections of {more:,} packets on the screen: {first - bare:.2f} s after Python's own {bare:.2f} s"
        )
        help_ = statistics.median(run([sys.executable, "-m", "tcpladder", "--help"]).wall for _ in range(runs))
        print(f"tcpladder --help: {help_:.2f} s")


if __name__ == "__main__":
    main()
