"""Reports of a million packets: time, and how much memory they take beyond `tcpladder list --json`.

Makes the capture (Linux, as root): `python -m tests.benchmarks.reports [--capture FILE] [--runs N]`. Each report is a
whole process that reads, judges and writes; wall and processor seconds are medians, memory is the highest peak.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from tests.benchmarks.big import CONNECTIONS, MILLION, Run, run
from tests.benchmarks.captures import multiply, record

REPORTS = (
    ("csv", "--table", "connections"),
    ("csv", "--table", "segments"),
    ("csv", "--table", "findings"),
    ("parquet", "--table", "segments"),
    ("json",),
    ("json", "--ladders", "all"),
    ("sarif",),
)
"""What is written: the format, and options."""


@contextmanager
def capture_of(given: Path | None, directory: Path) -> Iterator[Path]:
    """Give a capture of a million packets, or the one that was given."""
    if given is None:
        recorded, given = directory / "recorded.pcap", directory / "1.pcap"
        record(recorded, CONNECTIONS)
        multiply(recorded, given, MILLION)
    yield given


def command(form: str, options: tuple[str, ...], capture: Path, out: Path) -> list[str | Path]:
    """Give the command that writes a report."""
    return [sys.executable, "-m", "tcpladder", "report", capture, "-o", out, "--format", form, "--force", *options]


def row(name: str, runs: list[Run], packets: int, least: int, written: int) -> str:
    """Write a line of the table."""
    wall, processor = (
        statistics.median(figures) for figures in zip(*((r.wall, r.processor) for r in runs), strict=True)
    )
    peak = max(each.peak for each in runs)
    cells = (name, f"{wall:.1f} s", f"{processor:.1f} s", f"{written / 1e6:,.0f} MB", f"{peak / packets:.0f}")
    return f"| {' | '.join(cells)} | {(peak - least) / packets:+.0f} |"


def main() -> None:
    """Make the capture, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--capture", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as directory,
        capture_of(chosen.capture, Path(directory)) as capture,
    ):
        out = Path(directory) / "report"
        counted = command("csv", ("--table", "connections"), capture, out)
        run(counted)
        packets = int(pl.read_csv(out)["segments"].sum())
        listing = [run([sys.executable, "-m", "tcpladder", "list", "--json", capture]) for _ in range(chosen.runs)]
        least = max(each.peak for each in listing)
        print(f"\n{packets:,} packets, median of {chosen.runs} runs\n")
        print("| report | wall | processor | written | bytes a packet | beyond the list |")
        print("| --- | --- | --- | --- | --- | --- |")
        print(row("list --json", listing, packets, least, 0))
        for form, *options in REPORTS:
            runs = [run(command(form, tuple(options), capture, out)) for _ in range(chosen.runs)]
            print(row(" ".join([form, *options]), runs, packets, least, out.stat().st_size))


if __name__ == "__main__":
    main()
