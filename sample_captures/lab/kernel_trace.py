"""What the kernel says of its sockets: every state change, from the tracepoint `sock:inet_sock_set_state`."""

from __future__ import annotations

import os
import re
import socket
import struct
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TRACEFS = Path("/sys/kernel/tracing")
EVENT = "events/sock/inet_sock_set_state"

STATES = {
    1: "ESTABLISHED",
    2: "SYN_SENT",
    3: "SYN_RCVD",
    4: "FIN_WAIT_1",
    5: "FIN_WAIT_2",
    6: "TIME_WAIT",
    7: "CLOSED",
    8: "CLOSE_WAIT",
    9: "LAST_ACK",
    10: "LISTEN",
    11: "CLOSING",
    12: "SYN_RCVD",
}
"""The kernel's numbers (include/net/tcp_states.h) and RFC 9293's names; 12 is a SYN-RCVD without a full socket."""


class Endpoint(NamedTuple):
    """One end of a connection, as the socket has it."""

    address: str
    port: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """One socket's change of state; `time_ns` is realtime, the clock of the captures."""

    time_ns: int
    socket: int
    local: Endpoint
    remote: Endpoint
    old: str
    new: str


@contextmanager
def tracing() -> Iterator[Path]:
    """Open a trace instance of our own, so that nobody else's tracing is touched; yields its directory."""
    instance = TRACEFS / "instances" / f"ladder{os.getpid()}"
    instance.mkdir()
    try:
        (instance / "trace_clock").write_text("mono")
        (instance / EVENT / "enable").write_text("1")
        yield instance
    finally:
        (instance / "tracing_on").write_text("0")
        instance.rmdir()


def read_transitions(instance: Path, addresses: Mapping[str, str]) -> list[Transition]:
    """Read, and so use up, what the instance holds on sockets that have one of these local addresses, in order of time.

    The kernel also reports states that stay as they are (`close` after `shutdown`); those are no transitions.

    The tracepoint shows a socket before it has its port (CLOSE→SYN_SENT) or its peer (LISTEN→SYN_RECV), so each life
    of a socket, told apart by the kernel's pointer to it, takes both from its latest event.
    """
    offset = _realtime_minus_monotonic()
    fields = _field_places(instance)
    read = [
        _transition(when + offset, record, fields)
        for ring in sorted((instance / "per_cpu").glob("cpu*/trace_pipe_raw"))
        for page in _pages(ring)
        for when, record in _records(page)
        if _number(record, fields["protocol"]) == socket.IPPROTO_TCP
    ]
    ordered = sorted(
        (event for event in read if event.local.address in addresses and event.old != event.new),
        key=lambda event: event.time_ns,
    )
    return _with_final_tuples(ordered)


def _with_final_tuples(events: list[Transition]) -> list[Transition]:
    finals: dict[int, Transition] = {}
    completed: list[Transition] = []
    for event in reversed(events):
        final = finals.get(event.socket)
        if final is None or event.new == "CLOSED":
            final = finals[event.socket] = event
        completed.append(replace(event, local=final.local, remote=final.remote))
    return completed[::-1]


def _realtime_minus_monotonic() -> int:
    def bracket() -> tuple[int, int]:
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        now = time.clock_gettime_ns(time.CLOCK_REALTIME)
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        return after - before, now - (before + after) // 2

    return min(bracket() for _ in range(50))[1]


def _field_places(instance: Path) -> dict[str, slice]:
    description = (instance / EVENT / "format").read_text()
    places = re.findall(r"field:.*?(\w+)(?:\[\d+\])?;\s+offset:(\d+);\s+size:(\d+);", description)
    return {name: slice(int(offset), int(offset) + int(size)) for name, offset, size in places}


def _pages(ring: Path) -> Iterator[bytes]:
    descriptor = os.open(ring, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with suppress(BlockingIOError):
            while page := os.read(descriptor, os.sysconf("SC_PAGE_SIZE")):
                yield page
    finally:
        os.close(descriptor)


def _records(page: bytes) -> Iterator[tuple[int, bytes]]:
    """Take a ring buffer's page apart (linux/ring_buffer.h): 5 bits of kind or length, 27 bits of time delta."""
    when, commit = struct.unpack_from("=QQ", page)
    if commit & 0x8000_0000:
        raise RuntimeError("the trace buffer overflowed: transitions were lost")
    place, end = 16, 16 + (commit & 0xF_FFFF)
    while place + 4 <= end:
        head, argument = struct.unpack_from("=II", page.ljust(end + 4, b"\0"), place)
        kind, delta = head & 0x1F, head >> 5
        place += 4
        if kind == 29:  # padding
            if not delta:
                return
            when += delta
            place += argument
        elif kind == 30:  # a delta too long for 27 bits
            when += delta + (argument << 27)
            place += 4
        elif kind == 31:  # an absolute time
            when = (when >> 59 << 59) | (delta + (argument << 27))
            place += 4
        else:
            when += delta
            length = kind * 4 or argument
            start = place if kind else place + 4
            place += length
            yield when, page[start:place]


def _transition(time_ns: int, record: bytes, fields: Mapping[str, slice]) -> Transition:
    family = _number(record, fields["family"])
    version = "_v6" if family == socket.AF_INET6 else ""

    def endpoint(address: str, port: str) -> Endpoint:
        return Endpoint(socket.inet_ntop(family, record[fields[address + version]]), _number(record, fields[port]))

    return Transition(
        time_ns=time_ns,
        socket=_number(record, fields["skaddr"]),
        local=endpoint("saddr", "sport"),
        remote=endpoint("daddr", "dport"),
        old=STATES[_number(record, fields["oldstate"])],
        new=STATES[_number(record, fields["newstate"])],
    )


def _number(record: bytes, place: slice) -> int:
    return int.from_bytes(record[place], "little")
