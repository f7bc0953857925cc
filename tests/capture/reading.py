"""What a capture says about TCP, in a form in which the same traffic compares equal however it was captured."""

from pathlib import Path
from typing import Any

import polars as pl

from tcpladder.analysis import Analysis, analyse
from tcpladder.capture.reader import AUTO
from tcpladder.packets import schema

DATA = Path(__file__).parents[1] / "data"
TRAFFIC = DATA / "snap.whole.pcap"  # 40 frames of Ethernet, half of them IPv4 and half IPv6

# What the way of capturing changes, and the traffic does not.
OF_THE_FILE = ("frame", "captured_length", "wire_length", "position")
ADDRESSES = ("source", "destination", "outer_source", "outer_destination")
OPTIONS = (
    "tsval",
    "tsecr",
    "mss",
    "wscale",
    "sack_permitted",
    "sack_count",
    "sack_left",
    "sack_right",
    "option_kinds",
    "option_faults",
)
OF_WHOLE_FRAMES = ("checksum_status", "payload_sum")


def segments(analysis: Analysis) -> pl.DataFrame:
    """Give the segments in file order, with addresses as text in place of ids."""
    texts = pl.Series(analysis.addresses.texts(), dtype=pl.String)
    table = analysis.connections.segments.select(*schema.CAPTURED)
    return table.with_columns(texts.gather(table[name]).alias(name) for name in ADDRESSES)


def traffic(analysis: Analysis) -> pl.DataFrame:
    """Give what the segments say whatever file they come from; without tunnels around them."""
    return segments(analysis).drop(*OF_THE_FILE, "outer_source", "outer_destination")


def states(analysis: Analysis) -> list[dict[str, list[Any]]]:
    """Give each connection's states, segment by segment."""
    timelines = (analysis.timeline(number) for number in range(1, len(analysis.connections) + 1))
    return [{"states": line.states.tolist(), "bases": line.bases.tolist()} for line in timelines]


def notices(analysis: Analysis) -> list[str]:
    """Give what is said about the file."""
    return [f"{notice.kind}: {notice.sentence}" for notice in analysis.notices]


def read(content: bytes, directory: Path, name: str = "capture", reader: str = AUTO) -> Analysis:
    """Analyse a capture that is given as bytes."""
    path = directory / name
    path.write_bytes(content)
    return analyse(path, reader=reader)
