"""Two hosts and the wire between them: network namespaces joined by a third one, in which the forwarder sits."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERFACE = "eth0"
TO_CLIENT, TO_SERVER = "toclient", "toserver"

CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
ETHTOOL_SET = {"gro": 0x2C, "gso": 0x24, "tso": 0x1F, "scatter-gather": 0x19, "checksum": 0x17}

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """One end of the wire; addresses and MAC come from the ranges kept for documentation (RFC 5737, 3849, 7042)."""

    name: str
    namespace: str
    mac: str
    ipv4: str
    ipv6: str

    def address(self, family: socket.AddressFamily) -> str:
        """The host's only address of that family."""
        return self.ipv6 if family == socket.AF_INET6 else self.ipv4


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """Both hosts and the name of the namespace that holds the far ends of their cables."""

    client: Host
    server: Host
    forwarder: str


@contextmanager
def network() -> Iterator[Network]:
    """Make both hosts and their cables, without offloads and without ARP; everything is gone when the block is left."""
    prefix = f"ladder{os.getpid()}"
    net = Network(
        client=Host(
            name="client",
            namespace=f"{prefix}-client",
            mac="00:00:5e:00:53:10",
            ipv4="192.0.2.10",
            ipv6="2001:db8::10",
        ),
        server=Host(
            name="server",
            namespace=f"{prefix}-server",
            mac="00:00:5e:00:53:20",
            ipv4="198.51.100.20",
            ipv6="2001:db8::20",
        ),
        forwarder=f"{prefix}-wire",
    )
    with ExitStack() as stack:
        for namespace in (net.client.namespace, net.server.namespace, net.forwarder):
            ip("netns", "add", namespace)
            stack.callback(ip, "netns", "delete", namespace)
        _plug_in(net.client, net.server, net.forwarder, TO_CLIENT)
        _plug_in(net.server, net.client, net.forwarder, TO_SERVER)
        yield net


def _plug_in(host: Host, neighbour: Host, wire: str, far_end: str) -> None:
    namespace = host.namespace
    cable = ("type", "veth", "peer", "name", far_end, "netns", wire)
    ip("link", "add", INTERFACE, "netns", namespace, "address", host.mac, *cable)
    set_sysctl(namespace, "net/ipv6/conf/eth0/accept_ra", "0")
    for name, interface in ((namespace, INTERFACE), (wire, far_end)):
        with entered(name):
            _turn_off_offloads(interface)
        ip("-n", name, "link", "set", interface, "up")
    ip("-n", namespace, "address", "add", f"{host.ipv4}/24", "dev", INTERFACE)
    ip("-n", namespace, "address", "add", f"{host.ipv6}/64", "dev", INTERFACE, "nodad")
    # The wire is one Ethernet segment: what is not in the own subnet is on the link all the same.
    ip("-n", namespace, "route", "add", "default", "dev", INTERFACE)
    for address in (neighbour.ipv4, neighbour.ipv6):
        ip("-n", namespace, "neighbour", "add", address, "lladdr", neighbour.mac, "dev", INTERFACE, "nud", "permanent")


def ip(*arguments: str) -> None:
    """Run iproute2's `ip`; raises CalledProcessError, whose stderr has been shown."""
    subprocess.run(["ip", *arguments], check=True)


@contextmanager
def entered(namespace: str) -> Iterator[None]:
    """Move the calling thread into a namespace and back; a socket opened or a process started there stays there."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        away = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
        try:
            _set_namespace(away)
        finally:
            os.close(away)
        try:
            yield
        finally:
            _set_namespace(home)
    finally:
        os.close(home)


def _set_namespace(descriptor: int) -> None:
    # os.setns came with Python 3.12.
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns failed")


def set_sysctl(namespace: str, name: str, value: str) -> None:
    """Write a setting of one namespace, e.g. `net/ipv4/tcp_synack_retries`; one this kernel lacks is passed over."""
    setting = Path("/proc/sys") / name
    with entered(namespace):
        if setting.exists():
            setting.write_text(value)


def _turn_off_offloads(interface: str) -> None:
    """What `ethtool -K` does: only then does the wire carry segments of wire size with the checksums filled in."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in ETHTOOL_SET.values():
            value = ctypes.create_string_buffer(struct.pack("=II", command, 0))
            request = struct.pack("16sP", interface.encode(), ctypes.addressof(value)).ljust(40, b"\0")
            fcntl.ioctl(control, SIOCETHTOOL, request)
