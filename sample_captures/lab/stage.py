"""What a scenario plays on: both hosts' sockets, and the few moves that many scenarios share."""

from __future__ import annotations

import ctypes
import socket
import struct
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from .frames import RST
from .namespaces import entered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .namespaces import Host, Network

PAUSE = 0.1
"""Longer than a delayed acknowledgment (40 ms) and a round trip: what belongs together is on the wire by then."""

PATIENCE = 20
TCP_REPAIR, SO_ATTACH_FILTER = 19, 26
REQUEST = b"GET / HTTP/1.1\r\nHost: www.example.net\r\n\r\n"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nHello\n"


@dataclass(kw_only=True)
class Stage:
    """Where a scenario plays; what it opens through the stage is closed when the stage is left, at the latest."""

    net: Network
    family: socket.AddressFamily
    port: int
    _opened: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Give the stage itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every socket that is still open."""
        self._opened.close()

    def open(self, host: Host) -> socket.socket:
        """Open a TCP socket on a host."""
        with entered(host.namespace):
            opened = self._opened.enter_context(socket.socket(self.family, socket.SOCK_STREAM))
        opened.settimeout(PATIENCE)
        return opened

    def bound(self, host: Host, port: int) -> socket.socket:
        """Open a TCP socket that has its port already, even if that port was in use a moment ago."""
        opened = self.open(host)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host.address(self.family), port))
        return opened

    def listener(self, backlog: int = 5) -> socket.socket:
        """Open the server's listening socket."""
        listening = self.bound(self.net.server, self.port)
        listening.listen(backlog)
        return listening

    @property
    def service(self) -> tuple[str, int]:
        """Where clients connect to."""
        return self.net.server.address(self.family), self.port

    def connection(self) -> tuple[socket.socket, socket.socket]:
        """Open a connection and stop listening; returns the client's and the server's socket."""
        with self.listener() as listening:
            client = self.open(self.net.client)
            client.connect(self.service)
            return client, self.accepted(listening)

    def accepted(self, listening: socket.socket) -> socket.socket:
        """Take the next connection from a listener."""
        server, _ = listening.accept()
        self._opened.enter_context(server)
        server.settimeout(PATIENCE)
        return server


def exchange(client: socket.socket, server: socket.socket) -> None:
    """Send a request and its reply, and let the last acknowledgment through."""
    client.sendall(REQUEST)
    server.recv(len(REQUEST))
    server.sendall(REPLY)
    client.recv(len(REPLY))
    time.sleep(PAUSE)


def await_end(reader: socket.socket) -> None:
    """Read until the other side has closed."""
    while reader.recv(1 << 16):
        pass


def reset_on_close(aborting: socket.socket) -> None:
    """Make `close` abort the connection instead of closing it: SO_LINGER with no time."""
    aborting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def forget(holding: socket.socket) -> None:
    """Close a socket without a word on the wire, as a host that crashes (TCP_REPAIR, include/uapi/linux/tcp.h)."""
    holding.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    holding.close()


def ignore_bare_resets(receiver: socket.socket) -> None:
    """Let a socket drop each RST without ACK, after tcpdump has seen it, by a filter on the TCP header's flags."""
    load_flags, is_reset, drop, keep = (0x30, 0, 0, 13), (0x15, 0, 1, RST), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFF_FFFF)
    program = b"".join(struct.pack("=HBBI", *instruction) for instruction in (load_flags, is_reset, drop, keep))
    instructions = ctypes.create_string_buffer(program)
    head = struct.pack("HP", len(program) // 8, ctypes.addressof(instructions))
    receiver.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, head)


@contextmanager
def process_with(held: socket.socket) -> Iterator[subprocess.Popen[bytes]]:
    """Give a socket to a process of its own, the only one to hold it then, which is killed when the block is left."""
    process = subprocess.Popen(["sleep", "60"], pass_fds=(held.fileno(),))
    held.close()
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def close_in_turn(first: socket.socket, second: socket.socket) -> None:
    """Close one end and, a moment after its FIN has come, the other one, so that FIN and ACK stay apart."""
    first.close()
    await_end(second)
    time.sleep(PAUSE)
    second.close()
