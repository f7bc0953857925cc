"""The wire: a userspace forwarder of Ethernet frames that delays, loses and reorders as a policy says."""

from __future__ import annotations

import heapq
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .namespaces import TO_CLIENT, TO_SERVER, Network, entered

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_WAY_DELAY = 0.005

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
MAX_FRAME = 65536
PATIENCE = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """What a policy may decide on."""

    from_client: bool
    flags: int
    payload_length: int


Policy = Callable[[Segment], float | None]
"""Says how many seconds beyond the one-way delay a segment is held back; None loses it."""


def parse_segment(frame: bytes, *, from_client: bool) -> Segment | None:
    """Read what a policy needs from an Ethernet frame; None if it holds no TCP. IPv6 extension headers are not read."""
    kind, header = struct.unpack_from("!H", frame, 12)[0], 14
    if kind == ETH_P_IP and frame[header + 9] == socket.IPPROTO_TCP:
        end = header + struct.unpack_from("!H", frame, header + 2)[0]
        tcp = header + (frame[header] & 0x0F) * 4
    elif kind == ETH_P_IPV6 and frame[header + 6] == socket.IPPROTO_TCP:
        tcp = header + 40
        end = tcp + struct.unpack_from("!H", frame, header + 4)[0]
    else:
        return None
    payload = tcp + (frame[tcp + 12] >> 4) * 4
    return Segment(from_client=from_client, flags=frame[tcp + 13], payload_length=end - payload)


class Forwarder:
    """Carries frames between the two cables in a thread of its own until it is stopped."""

    def __init__(self, wire: str, policy: Policy) -> None:
        """Open both cable ends in the namespace `wire`; nothing is carried before `start`."""
        with entered(wire):
            self._client_end, self._server_end = _open_cable(TO_CLIENT), _open_cable(TO_SERVER)
        self._policy = policy
        self._under_way: list[tuple[float, int, socket.socket, bytes]] = []
        self._count = 0
        self._last_arrival = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="forwarder", daemon=True)

    def start(self) -> None:
        """Begin to carry frames."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and close both cable ends; frames still under way are lost."""
        self._stopping.set()
        self._thread.join()
        self._client_end.close()
        self._server_end.close()

    def wait_until_quiet(self, seconds: float) -> None:
        """Return when no TCP segment has come in for so long."""
        while (rest := self._last_arrival + seconds - time.monotonic()) > 0:
            time.sleep(rest)

    def _carry(self) -> None:
        with suppress(PermissionError):  # without it the delay is only less even
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        cables = (self._client_end, self._server_end)
        while not self._stopping.is_set():
            wait = self._under_way[0][0] - time.monotonic() if self._under_way else PATIENCE
            ready, _, _ = select.select(cables, (), (), min(max(wait, 0.0), PATIENCE))
            for cable in ready:
                self._take(cable)
            while self._under_way and self._under_way[0][0] <= time.monotonic():
                _, _, cable, frame = heapq.heappop(self._under_way)
                cable.send(frame)

    def _take(self, cable: socket.socket) -> None:
        arrival = time.monotonic()
        frame, (_, _, kind, *_) = cable.recvfrom(MAX_FRAME)
        if kind == socket.PACKET_OUTGOING:
            return
        from_client = cable is self._client_end
        held_back: float | None = 0.0
        if segment := parse_segment(frame, from_client=from_client):
            self._last_arrival = arrival
            held_back = self._policy(segment)
        if held_back is not None:
            self._count += 1
            onward = self._server_end if from_client else self._client_end
            # The count keeps frames of the same instant in order and the heap from comparing sockets.
            heapq.heappush(self._under_way, (arrival + ONE_WAY_DELAY + held_back, self._count, onward, frame))


def _open_cable(interface: str) -> socket.socket:
    cable = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    cable.bind((interface, 0))
    return cable


@contextmanager
def forwarding(net: Network, policy: Policy) -> Iterator[Forwarder]:
    """Join both hosts for as long as the block lasts."""
    forwarder = Forwarder(net.forwarder, policy)
    forwarder.start()
    try:
        yield forwarder
    finally:
        forwarder.stop()
