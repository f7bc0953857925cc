"""What the tracepoint hides: sockets in SYN-RCVD, TIME-WAIT and orphaned FIN-WAIT-2, by asking sock_diag often."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from .kernel_trace import STATES, Endpoint
from .namespaces import Host, entered

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERVAL = 0.003

NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY = 4, 20
NLM_F_REQUEST, NLM_F_DUMP = 0x001, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
ALL_STATES = 0x1FFF
HIDDEN = {"SYN_RCVD", "FIN_WAIT_2", "TIME_WAIT"}


class Ownerless(NamedTuple):
    """A connection that no process holds a socket of, in one state."""

    state: str
    host: str
    local: Endpoint
    remote: Endpoint


@dataclass(slots=True)
class Sighting:
    """What polls showed without a break, and when the first and the last of them did, in nanoseconds of realtime."""

    what: Ownerless
    first_ns: int
    last_ns: int


class SocketPoll:
    """Polls both hosts in a thread of its own and remembers every connection without a process that it met."""

    def __init__(self, hosts: tuple[Host, ...], family: socket.AddressFamily) -> None:
        """Open one netlink socket a host; a netlink socket keeps to the namespace it was opened in."""
        self.seen: list[Sighting] = []
        self._family = family
        self._channels = {host.name: _open_channel(host) for host in hosts}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._poll, name="socket poll", daemon=True)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after one last look."""
        self._stopping.set()
        self._thread.join()
        for channel in self._channels.values():
            channel.close()

    def _poll(self) -> None:
        stopping = False
        before: dict[Ownerless, Sighting] = {}
        while not stopping:
            stopping = self._stopping.wait(INTERVAL)
            before = {what: self._sighting(what, when, before) for what, when in self._look()}

    def _look(self) -> Iterator[tuple[Ownerless, int]]:
        for host, channel in self._channels.items():
            when = time.time_ns()
            for state, local, remote in _sockets_without_owner(channel, self._family):
                yield Ownerless(state, host, local, remote), when

    def _sighting(self, what: Ownerless, when: int, before: dict[Ownerless, Sighting]) -> Sighting:
        sighting = before.get(what)
        if sighting is None:
            sighting = Sighting(what, when, when)
            self.seen.append(sighting)
        sighting.last_ns = when
        return sighting


def _open_channel(host: Host) -> socket.socket:
    with entered(host.namespace):
        return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)


def _sockets_without_owner(
    channel: socket.socket, family: socket.AddressFamily
) -> Iterator[tuple[str, Endpoint, Endpoint]]:
    """Dump a namespace's TCP sockets of one family (linux/inet_diag.h) that no process holds: their inode is 0."""
    wanted = struct.pack("=BBBBI48x", family, socket.IPPROTO_TCP, 0, 0, ALL_STATES)
    head = struct.pack("=IHHII", 16 + len(wanted), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 0, 0)
    channel.send(head + wanted)
    size = 16 if family == socket.AF_INET6 else 4
    while True:
        answer, place = channel.recv(1 << 16), 0
        while place < len(answer):
            length, kind = struct.unpack_from("=IH", answer, place)
            if kind == NLMSG_DONE:
                return
            if kind == NLMSG_ERROR:
                raise RuntimeError("sock_diag refused to list the sockets")
            message = answer[place + 16 : place + length]
            place += (length + 3) & ~3
            state = STATES[message[1]]
            local_port, remote_port = struct.unpack_from("!HH", message, 4)
            inode = struct.unpack_from("=I", message, 68)[0]
            if state in HIDDEN and not inode:
                local = socket.inet_ntop(family, message[8 : 8 + size])
                remote = socket.inet_ntop(family, message[24 : 24 + size])
                yield state, Endpoint(local, local_port), Endpoint(remote, remote_port)


@contextmanager
def polling(hosts: tuple[Host, ...], family: socket.AddressFamily) -> Iterator[SocketPoll]:
    """Poll for as long as the block lasts; read `seen` afterwards."""
    poll = SocketPoll(hosts, family)
    poll.start()
    try:
        yield poll
    finally:
        poll.stop()
