"""The wire: a userspace forwarder of Ethernet frames that delays, loses, reorders and forges as a policy says."""

from __future__ import annotations

import heapq
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from .frames import Segment, parse_segment
from .namespaces import TO_CLIENT, TO_SERVER, Network, entered

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_WAY_DELAY = 0.005

ETH_P_ALL = 0x0003
MAX_FRAME = 65536
PATIENCE = 0.05


class Onward(NamedTuple):
    """A frame that a middlebox sends on or makes up, held back for so many seconds beyond the one-way delay."""

    frame: bytes
    to_client: bool
    held_back: float = 0.0


Verdict = float | tuple[Onward, ...] | None
"""How many seconds beyond the one-way delay a segment is held back, or what goes on in its place; None loses it."""

Policy = Callable[[Segment], Verdict]


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
        verdict: Verdict = 0.0
        if segment := parse_segment(frame, from_client=from_client):
            self._last_arrival = arrival
            verdict = self._policy(segment)
        if verdict is None:
            return
        if not isinstance(verdict, tuple):
            verdict = (Onward(frame, to_client=not from_client, held_back=verdict),)
        for onward in verdict:
            self._count += 1
            cable = self._client_end if onward.to_client else self._server_end
            # The count keeps frames of the same instant in order and the heap from comparing sockets.
            due = arrival + ONE_WAY_DELAY + onward.held_back
            heapq.heappush(self._under_way, (due, self._count, cable, onward.frame))


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
