"""Finds the sample captures, and analyses each no more than once in a test run."""

import functools
import json
from pathlib import Path
from typing import Any

from tcpladder.analysis import Analysis, analyse

DIRECTORY = Path(__file__).parent.parent / "sample_captures"
CAPTURES = sorted(DIRECTORY.glob("*.pcap*"))
KERNEL_TRUTHS = sorted(DIRECTORY.glob("*.kernel.json"))


@functools.cache
def analysis_of(path: Path) -> Analysis:
    """Give the analysis of a capture."""
    return analyse(path)


@functools.cache
def sample(name: str) -> Analysis:
    """Give the analysis of the sample capture of this name, such as `lost-fin.client`."""
    return analysis_of(path_of(name))


def path_of(name: str) -> Path:
    """Find the sample capture of this name, whatever its file format."""
    return next(path for path in CAPTURES if path.stem == name)


@functools.cache
def kernel_truth(path: Path) -> dict[str, Any]:
    """Read what the kernels did while a sample was recorded; sample_captures/README.md describes it."""
    truth: dict[str, Any] = json.loads(path.read_text())
    return truth
