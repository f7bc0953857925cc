"""Finds the sample captures, and analyses each no more than once in a test run."""

import functools
import json
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from tcpladder.analysis import Analysis, analyse
from tcpladder.connections.table import group
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import CAPTURED

DIRECTORY = Path(__file__).parent.parent / "sample_captures"
CAPTURES = sorted(DIRECTORY.glob("*.pcap*"))
KERNEL_TRUTHS = sorted(DIRECTORY.glob("*.kernel.json"))
OF_ADDRESSES = ("source", "destination", "outer_source", "outer_destination")


@functools.cache
def analysis_of(path: Path) -> Analysis:
    """Give the analysis of a capture."""
    return analyse(path)


@functools.cache
def sample(name: str) -> Analysis:
    """Give the analysis of the sample capture of this name, such as `lost-fin.client`."""
    return analysis_of(path_of(name))


def together(paths: Iterable[Path]) -> Analysis:
    """Put captures one behind the other, each between hosts of its own: they are judged in far less time than alone.

    Their times are shifted so that all of them end together, as each is judged by where its capture ends.
    """
    parts: list[pl.DataFrame] = []
    texts: list[str] = []
    end = 0
    for number, path in enumerate(paths):
        analysis = analysis_of(path)
        segments = analysis.connections.segments
        frames = int(parts[-1]["frame"][-1]) if parts else 0
        last = segments.select(pl.col("time").max()).item()
        end = end or last
        shifted = [
            (pl.col(name) + by).cast(pl.UInt32)
            for name, by in [("frame", frames), *product(OF_ADDRESSES, [len(texts)])]
        ]
        parts.append(segments.select(*CAPTURED).with_columns(*shifted, time=pl.col("time") + (end - last)))
        for host, text in enumerate(analysis.addresses.texts()):
            texts.append(f"2001:db8:{number:x}::{host:x}" if ":" in text else f"198.18.{number}.{host}")
    return Analysis(path=Path("all"), addresses=AddressBook.of(texts), connections=group(pl.concat(parts)), notices=())


def path_of(name: str) -> Path:
    """Find the sample capture of this name, whatever its file format."""
    return next(path for path in CAPTURES if path.stem == name)


@functools.cache
def kernel_truth(path: Path) -> dict[str, Any]:
    """Read what the kernels did while a sample was recorded; sample_captures/README.md describes it."""
    truth: dict[str, Any] = json.loads(path.read_text())
    return truth
