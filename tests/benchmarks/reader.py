"""Our readers beside the bare tshark: `python -m tests.benchmarks.reader [CAPTURE] [--packets N ...]`.

All read the same fields of the same file, in turns; what is compared is wall time. The bare tshark writes
into /dev/null. Without a CAPTURE one is recorded of real connections on the loopback interface of a network namespace
(Linux, as root).
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tcpladder.capture.opening import read_capture
from tcpladder.capture.reader import ReadRequest
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_columns import DISPLAY_FILTER, FIELDS, PREFERENCES
from tcpladder.packets.addresses import AddressBook
from tests.benchmarks.captures import record

RUNS = 5
PACKETS = (10_000, 400_000)
REQUIRED = 0.8  # of the bare tshark's speed
CONNECTIONS = 13_000


def bare_command(path: Path) -> list[str]:
    """Give the tshark command that prints what our reader asks for."""
    command = [find_tshark().path, "-n", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
    for field in FIELDS.values():
        command += ["-e", field]
    command += ["-Y", DISPLAY_FILTER]
    for name, value in PREFERENCES.items():
        command += ["-o", f"{name}:{value}"]
    return [*command, "-r", str(path)]


def timed_bare(path: Path) -> tuple[float, float]:
    """Give wall and CPU seconds of the bare tshark."""
    return timed_process(bare_command(path))


def timed_process(command: list[str]) -> tuple[float, float]:
    """Give wall and CPU seconds of a process."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def timed_reader(path: Path, reader: str = "tshark") -> tuple[float, float, int]:
    """Give wall seconds, the CPU seconds of this process, and the segments that a reader of ours gave."""
    start, busy = time.perf_counter(), time.process_time()
    batches = read_capture(ReadRequest(path=path, addresses=AddressBook(), reader=reader))
    segments = sum(len(batch.segments) for batch in batches)
    return time.perf_counter() - start, time.process_time() - busy, segments


def compare(path: Path) -> None:
    """Print a table of both, and whether the reader is fast enough."""
    timed_reader(path)
    timed_reader(path, "native")
    timed_bare(path)
    rows = []
    for _ in range(RUNS):
        bare_wall, bare_cpu = timed_bare(path)
        wall, cpu, segments = timed_reader(path)
        whole_wall, _ = timed_process([sys.executable, "-m", "tcpladder", "list", "--json", str(path)])
        native_wall, native_cpu, _ = timed_reader(path, "native")
        rows.append((bare_wall, bare_cpu, wall, cpu, native_wall, native_cpu, whole_wall, bare_wall / wall, segments))
    bare_wall, bare_cpu, wall, cpu, native_wall, native_cpu, whole_wall, ratio, segments = (
        statistics.median(column) for column in zip(*rows, strict=True)
    )
    print(f"{segments:.0f} segments, median of {RUNS} pairs")
    print(
        f"  bare tshark -T fields   {bare_wall:7.2f} s   {segments / bare_wall:9.0f} packets/s   CPU {bare_cpu:.2f} s"
    )
    print(
        f"  our reader of tshark    {wall:7.2f} s   {segments / wall:9.0f} packets/s   CPU {cpu:.2f} s beside tshark's"
    )
    print(
        f"  our native reader       {native_wall:7.2f} s   {segments / native_wall:9.0f} packets/s   "
        f"CPU {native_cpu:.2f} s, {bare_wall / native_wall:.1f} times the bare tshark's speed"
    )
    print(f"  tcpladder list --json   {whole_wall:7.2f} s   {segments / whole_wall:9.0f} packets/s   whole process")
    verdict = "is" if ratio >= REQUIRED else "is NOT"
    print(
        f"  the reader of tshark has {ratio:.2f} of the bare tshark's speed, "
        f"which {verdict} the {REQUIRED} it must have"
    )


def main() -> None:
    """Compare on a capture's first N packets, for each N."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", nargs="?", type=Path)
    parser.add_argument("--packets", type=int, nargs="+", default=PACKETS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        whole = asked.capture or Path(directory) / "loopback.pcap"
        if asked.capture is None:
            record(whole, CONNECTIONS)
        for packets in asked.packets:
            beginning = Path(directory) / f"{packets}.pcap"
            subprocess.run(["editcap", "-F", "pcap", "-r", whole, beginning, f"1-{packets}"], check=True)
            compare(beginning)


if __name__ == "__main__":
    main()
