"""Builds segment tables from a text that reads like a ladder, so that a test shows what was captured.

    initiator > responder  SYN mss=1460
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100  +2s
    # a comment
    initiator < responder  ACK ack=101

A line is one captured segment. `<` means that the right one sent it. After the flags (`-` for none):

* `seq=` and `ack=` are relative to the sender's and the receiver's ISN. Left out, `seq` is where the sender goes on,
  and `ack` is all that the other has sent in the lines above.
* `len=` payload bytes, `sum=` their sum, `win=`, `ttl=`, `ip_id=`; the options `mss=`, `wscale=`, `tsval=`, `tsecr=`,
  `sackok`, and `sack=11:21` for a SACK block, relative to the receiver's ISN; the masks `kinds=` and `faults=` of all
  options.
* `isn=` gives the sender another ISN from this line on: for a port used again.
* `!` at the end marks a line, for tests that say which segments they mean.
* `+20ms` is the time since the line above, 10 ms where nothing is said. It may be negative. Units: ns, us, ms, s.
* A line `... +60s` means that the capture went on for so long after the line above.

Any other names, and the two above, may be given an endpoint and an ISN in lines of their own:

    client = 192.0.2.10:40000 isn=4294967295
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.connections.table import Connections, group
from tcpladder.ladder.rungs import Ladder, ladder_of
from tcpladder.packets import flags as f
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import CAPTURED
from tcpladder.sequence import MODULUS
from tcpladder.tcp.timeline import Timeline

START = 1_700_000_000_000_000_000
"""When the first segment is captured, in ns."""

FLAGS = {name: getattr(f, name) for name in ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE")}
UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
GAP = 10 * UNITS["ms"]
OPTIONS = {"win": "window", "mss": "mss", "wscale": "wscale", "tsval": "tsval", "tsecr": "tsecr", "ttl": "ttl"}
OPTIONS |= {"kinds": "option_kinds", "faults": "option_faults", "sum": "payload_sum", "check": "checksum_status"}
KEYS = {"seq", "ack", "len", "isn", "ip_id", "sack", "sackok", "-", *OPTIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One row of a segment table; numbers are raw, `source` and `destination` are (address, port)."""

    source: tuple[str, int]
    destination: tuple[str, int]
    flags: int
    seq: int = 0
    ack: int = 0
    payload_length: int = 0
    time: int = START
    more: Mapping[str, int | bool] = field(default_factory=dict)  # other columns of schema.CAPTURED


@dataclass(slots=True)
class _End:
    """What the builder remembers of an endpoint: its ISN, and how far it has sent."""

    address: str
    port: int
    isn: int
    sent: int = 0  # relative

    def raw(self, relative: int) -> int:
        return (self.isn + relative) % MODULUS


def segments(text: str) -> list[Segment]:
    """Read the lines described above."""
    ends = {
        "initiator": _End("192.0.2.10", 40000, 1000),
        "responder": _End("198.51.100.20", 443, 5000),
    }
    found: list[Segment] = []
    time = START - GAP
    for raw_line in text.splitlines():
        line = raw_line.partition("#")[0].strip()
        if not line:
            continue
        words = line.rstrip("! ").split()
        if words[0] == "...":
            time += _nanoseconds(words[1])
            continue
        if words[1] == "=":
            ends[words[0]] = _declared(words[2:])
            continue
        gaps = [word for word in words[3:] if _is_gap(word)]
        time += _nanoseconds(gaps[0]) if gaps else GAP
        sender, receiver = (ends[words[at]] for at in ((0, 2) if words[1] == ">" else (2, 0)))
        said = [word for word in words[3:] if word not in gaps]
        found.append(_segment(sender, receiver, said, time))
    return found


def _is_gap(word: str) -> bool:
    return word[0] in "+-" and word.strip("-+") != ""


def _declared(words: list[str]) -> _End:
    address, _, port = words[0].rpartition(":")
    isn = next((int(word.removeprefix("isn=")) for word in words[1:]), 1000)
    return _End(address.strip("[]"), int(port), isn)


def _nanoseconds(gap: str) -> int:
    unit = next(unit for unit in UNITS if gap.endswith(unit))
    return round(float(gap.removesuffix(unit)) * UNITS[unit])


def _segment(sender: _End, receiver: _End, words: list[str], time: int) -> Segment:
    flags = sum(FLAGS[name] for word in words if word[0].isupper() for name in word.split(","))
    keys = dict(word.split("=") for word in words if "=" in word)
    if unknown := [word for word in words if word.partition("=")[0] not in KEYS and not word[0].isupper()]:
        raise ValueError(f"{unknown}: not one of {KEYS}")
    if "isn" in keys:
        sender.isn, sender.sent = int(keys["isn"]), 0
    length = int(keys.get("len", 0))
    seq = int(keys.get("seq", 0 if flags & f.SYN else sender.sent))
    ack = receiver.raw(int(keys.get("ack", receiver.sent))) if flags & f.ACK or "ack" in keys else 0
    if not flags & f.RST:
        sender.sent = max(sender.sent, seq + length + bool(flags & f.SYN) + bool(flags & f.FIN))
    more: dict[str, int | bool] = {column: int(keys[key]) for key, column in OPTIONS.items() if key in keys}
    if "ip_id" in keys:
        more["ip_id"] = int(keys["ip_id"])
    if "sackok" in words:
        more["sack_permitted"] = True
    if "sack" in keys:
        left, right = (receiver.raw(int(edge)) for edge in keys["sack"].split(":"))
        more |= {"sack_count": 1, "sack_left": left, "sack_right": right}
    return Segment(
        source=(sender.address, sender.port),
        destination=(receiver.address, receiver.port),
        flags=flags,
        seq=sender.raw(seq),
        ack=ack,
        payload_length=length,
        time=time,
        more=more,
    )


def table(rows: Iterable[Segment], addresses: AddressBook | None = None) -> pl.DataFrame:
    """Put segments into a table of `schema.CAPTURED` columns, in the order given, numbered from frame 1."""
    rows = list(rows)
    book = AddressBook() if addresses is None else addresses
    ids = book.ids_of(address for row in rows for address, _ in (row.source, row.destination))
    records = [
        {
            "frame": frame,
            "time": row.time,
            "source": ids[row.source[0]],
            "destination": ids[row.destination[0]],
            "source_port": row.source[1],
            "destination_port": row.destination[1],
            "flags": row.flags,
            "seq": row.seq,
            "ack": row.ack,
            "payload_length": row.payload_length,
            "window": 64240,
            "ttl": 64,
            **row.more,
        }
        for frame, row in enumerate(rows, start=1)
    ]
    return pl.DataFrame([{name: record.get(name) for name in CAPTURED} for record in records], schema=CAPTURED)


def captured(text: str) -> pl.DataFrame:
    """Give the segment table of a text."""
    return table(segments(text))


def grouped(text: str) -> Connections:
    """Give the connections of a text."""
    return group(captured(text))


def marked(text: str) -> set[int]:
    """Give the frame numbers of the lines that end in `!`."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    captured_lines = [line for line in lines if line and line.split()[1] in "<>"]
    return {frame for frame, line in enumerate(captured_lines, start=1) if line.endswith("!")}


def end_of(text: str) -> int | None:
    """Give the time at which the capture of a text ended, in ns; None where nothing was captured."""
    found = segments(text)
    if not found:
        return None
    last = found[-1].time
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return last + (_nanoseconds(lines[-1][1]) if lines[-1][0] == "..." else 0)


def one_connection(rows: str | Iterable[Segment]) -> pl.DataFrame:
    """Give the segments of a text that is one connection, with GROUPED columns."""
    connections = group(table(segments(rows) if isinstance(rows, str) else rows))
    if len(connections) != 1:
        raise AssertionError(f"{len(connections)} connections where one was meant")
    return connections.segments_of(1)


def analysed(rows: str | Iterable[Segment]) -> Analysis:
    """Give the analysis of a text, as if it had been read from a file."""
    addresses = AddressBook()
    connections = group(table(segments(rows) if isinstance(rows, str) else rows, addresses))
    return Analysis(
        path=Path("text.pcap"),
        addresses=addresses,
        connections=connections,
        notices=(),
        capture_end=end_of(rows) if isinstance(rows, str) else None,
    )


def ladder(text: str) -> Ladder:
    """Give the ladder of a text's first connection."""
    return ladder_of(analysed(text), 1)


def timeline_of(text: str) -> Timeline:
    """Give the timeline of a text's first connection."""
    return analysed(text).timeline(1)


def without(rows: list[Segment], *frames: int) -> list[Segment]:
    """Leave out the segments with these frame numbers, as a capture does that missed them."""
    return [row for frame, row in enumerate(rows, start=1) if frame not in frames]


def swapped(rows: list[Segment]) -> list[Segment]:
    """Give the same segments with source and destination exchanged: the other side's opening."""
    return [replace(row, source=row.destination, destination=row.source) for row in rows]
