"""Records the captures in this directory: the same traffic, seen at several places or in several ways at once.

`python -m tests.data.record` (Linux, as root, with tcpdump, zstd and lz4) makes three network namespaces, a client and
a server with a router between them, and takes them away again. Every group of files shows one and the same traffic:

- `cooked.*`: loopback inside one namespace, seen as Ethernet on `lo`, and as Linux cooked v1 and v2 on `any`;
- `vxlan.*`: seen inside a VXLAN tunnel, and outside of it;
- `snap.*`: whole frames, and frames cut after 68 bytes, and after 54 with microseconds; the whole ones also compressed;
- `options6.pcap`: TCP over IPv6 with hop-by-hop and destination options, as a socket may ask for;
- `tun.pcap`: raw IP on a TUN device;
- `giant.*`: segmentation left to the device: frames larger than any wire carries, with IPv4 and with IPv6 ("BIG TCP",
  more than 65535 bytes, the IP length then is 0 or in a jumbo option), cut after 110 bytes;
- `unreachable.pcap`: ICMP and ICMPv6 errors of the router, which quote the TCP header they are about.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sample_captures.lab.namespaces import entered, ip, set_sysctl
from sample_captures.lab.stage import reset_on_close

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
CLIENT, ROUTER, SERVER = (f"tcpladder{os.getpid()}-{name}" for name in ("client", "router", "server"))
SETTLED_S = 1.5
PORT, CLOSED_PORT = 8080, 8081
REQUEST, REPLY = b"?" * 200, b"!" * 3000
TUNSETIFF, IFF_TUN_NO_PI = 0x400454CA, 0x1001
OPTIONS_HEADER = bytes([0, 0]) + b"\1\4\0\0\0\0"  # next header and length, then one PadN (RFC 8200 §4.2)
V4, V6 = socket.AF_INET, socket.AF_INET6


def main() -> None:
    """Record every group."""
    with namespaces():
        record_cooked()
        record_snapped()
        record_options6()
        record_vxlan()
        record_tun()
        record_unreachable()
        record_giants()
    for command in (["zstd", "-q", "-f"], ["lz4", "-q", "-f", "-k", "-m"]):
        subprocess.run([*command, str(HERE / "snap.whole.pcap")], check=True)


@contextmanager
def namespaces() -> Iterator[None]:
    """Make client, router and server; all is gone when the block is left."""
    with ExitStack() as stack:
        for name in (CLIENT, ROUTER, SERVER):
            ip("netns", "add", name)
            stack.callback(ip, "netns", "delete", name)
            ip("-n", name, "link", "set", "lo", "up")
        for number, host in ((1, CLIENT), (2, SERVER)):
            far = f"eth{number}"
            ip("link", "add", "eth0", "netns", host, "type", "veth", "peer", "name", far, "netns", ROUTER)
            for name, device, last in ((host, "eth0", 10), (ROUTER, far, 1)):
                set_sysctl(name, f"net/ipv6/conf/{device}/accept_dad", "0")
                ip("-n", name, "link", "set", device, "up")
                ip("-n", name, "address", "add", f"192.0.{number}.{last}/24", "dev", device)
                ip("-n", name, "address", "add", f"2001:db8:{number}::{last}/64", "dev", device, "nodad")
            ip("-n", host, "route", "add", "default", "via", f"192.0.{number}.1")
            ip("-n", host, "-6", "route", "add", "default", "via", f"2001:db8:{number}::1")
        set_sysctl(ROUTER, "net/ipv4/ip_forward", "1")
        set_sysctl(ROUTER, "net/ipv6/conf/all/forwarding", "1")
        yield


@contextmanager
def capturing(namespace: str, device: str, name: str, *options: str) -> Iterator[None]:
    """Record what passes a device in a namespace into a file beside this one."""
    command = ["tcpdump", "-i", device, "-w", str(HERE / name), "-U", "-n", "-B", "16384", "-Z", "root", *options]
    process = subprocess.Popen(["ip", "netns", "exec", namespace, *command], stderr=subprocess.PIPE, text=True)
    try:
        if not any("listening on" in line for line in process.stderr or ()):
            raise RuntimeError(f"tcpdump did not start for {name}")
        yield
        time.sleep(SETTLED_S)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


def opened(namespace: str, family: socket.AddressFamily) -> socket.socket:
    with entered(namespace):
        made = socket.socket(family, socket.SOCK_STREAM)
    made.settimeout(10)
    if family == V6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made


def talk(client: str, server: str, address: str, *, size: int = len(REPLY), with_options: bool = False) -> None:
    """A request and its reply with an orderly close, a refused connection, and one that is reset."""
    family = V6 if ":" in address else V4
    with opened(server, family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if with_options:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, OPTIONS_HEADER)
        listening.bind((address, PORT))
        listening.listen()
        for is_reset in (False, True):
            with opened(client, family) as asking:
                if with_options:
                    asking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, OPTIONS_HEADER)
                asking.connect((address, PORT))
                answering, _ = listening.accept()
                with answering:
                    asking.sendall(REQUEST)
                    answering.recv(len(REQUEST))
                    sending = threading.Thread(target=answering.sendall, args=(b"!" * size,))
                    sending.start()
                    left = size
                    while left:
                        left -= len(asking.recv(left))
                    sending.join()
                    time.sleep(0.1)
                    if is_reset:
                        reset_on_close(asking)
                    asking.close()
                    with suppress(ConnectionResetError):
                        answering.recv(1)
    with opened(client, family) as refused, suppress(ConnectionRefusedError):
        refused.connect((address, CLOSED_PORT))


def record_cooked() -> None:
    """One namespace talks to itself; three programs listen."""
    options = ("-s", "140", "--time-stamp-precision=nano", "tcp")
    with (
        capturing(CLIENT, "lo", "cooked.ethernet.pcap", *options),
        capturing(CLIENT, "any", "cooked.v1.pcap", "-y", "LINUX_SLL", *options),
        capturing(CLIENT, "any", "cooked.v2.pcap", "-y", "LINUX_SLL2", *options),
    ):
        talk(CLIENT, CLIENT, "127.0.0.1")
        talk(CLIENT, CLIENT, "::1")


def record_snapped() -> None:
    """The same frames whole and cut short."""
    with (
        capturing(CLIENT, "eth0", "snap.whole.pcap", "--time-stamp-precision=nano", "tcp"),
        capturing(CLIENT, "eth0", "snap.68.pcap", "-s", "68", "--time-stamp-precision=nano", "tcp"),
        capturing(CLIENT, "eth0", "snap.54.pcap", "-s", "54", "tcp"),
    ):
        talk(CLIENT, SERVER, "192.0.2.10")
        talk(CLIENT, SERVER, "2001:db8:2::10")


def record_options6() -> None:
    """Sticky options (RFC 3542 §4) put extension headers between the IPv6 and the TCP header."""
    with capturing(CLIENT, "eth0", "options6.pcap", "ip6 and not icmp6"):
        talk(CLIENT, SERVER, "2001:db8:2::10", size=1000, with_options=True)


def record_vxlan() -> None:
    """A tunnel through the router; its packets are larger than the way, so that some of them are fragmented."""
    for name, near, far, last in ((CLIENT, "192.0.1.10", "192.0.2.10", 1), (SERVER, "192.0.2.10", "192.0.1.10", 2)):
        tunnel = ("type", "vxlan", "id", "42", "local", near, "remote", far, "dstport", "4789")
        ip("-n", name, "link", "add", "vx0", *tunnel)
        set_sysctl(name, "net/ipv6/conf/vx0/accept_dad", "0")
        ip("-n", name, "link", "set", "vx0", "up")
        ip("-n", name, "address", "add", f"198.51.100.{last}/24", "dev", "vx0")
        ip("-n", name, "address", "add", f"2001:db8:f::{last}/64", "dev", "vx0", "nodad")
    with (
        capturing(CLIENT, "eth0", "vxlan.outside.pcap", "ip host 192.0.2.10 and ip proto 17"),
        capturing(CLIENT, "vx0", "vxlan.inside.pcap"),
    ):
        talk(CLIENT, SERVER, "198.51.100.2", size=1420)
        talk(CLIENT, SERVER, "2001:db8:f::2", size=1420)


def record_tun() -> None:
    """Two TUN devices, with this program as the wire between them."""
    with ExitStack() as stack:
        ends = []
        for name, last in ((CLIENT, 1), (SERVER, 2)):
            with entered(name):
                end = os.open("/dev/net/tun", os.O_RDWR)
            stack.callback(os.close, end)
            with entered(name):
                fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN_NO_PI))
            ip("-n", name, "link", "set", "tun0", "up")
            ip("-n", name, "address", "add", f"203.0.113.{last}/24", "dev", "tun0")
            ip("-n", name, "address", "add", f"2001:db8:e::{last}/64", "dev", "tun0", "nodad")
            ends.append(end)
        over = threading.Event()
        relaying = threading.Thread(target=relay, args=(*ends, over))
        relaying.start()
        stack.callback(relaying.join)
        stack.callback(over.set)
        with capturing(CLIENT, "tun0", "tun.pcap", "tcp"):
            talk(CLIENT, SERVER, "203.0.113.2", size=500)
            talk(CLIENT, SERVER, "2001:db8:e::2", size=500)


def relay(one: int, other: int, over: threading.Event) -> None:
    while not over.is_set():
        for end in select.select([one, other], [], [], 0.1)[0]:
            os.write(other if end == one else one, os.read(end, 1 << 16))


def record_unreachable() -> None:
    """The router knows no way to these addresses, and says so to whoever sends a SYN there."""
    with capturing(CLIENT, "eth0", "unreachable.pcap", "tcp or icmp or (icmp6 and ip6[40] < 128)"):
        for family, address in ((V4, "203.0.114.9"), (V6, "2001:db8:dead::9")):
            with opened(CLIENT, family) as lost:
                lost.settimeout(0.5)
                with suppress(OSError):
                    lost.connect((address, PORT))
        talk(CLIENT, SERVER, "192.0.2.10")


def record_giants() -> None:
    """Loopback may carry segments beyond 64 KiB."""
    for kind in ("gso_max_size", "gro_max_size"):
        ip("-n", CLIENT, "link", "set", "dev", "lo", kind, "180000")
    ip("-n", CLIENT, "link", "set", "dev", "lo", "mtu", "1500")
    for name, address in (("giant.4.pcap", "127.0.0.1"), ("giant.6.pcap", "::1")):
        with capturing(CLIENT, "lo", name, "-s", "110"):
            talk(CLIENT, CLIENT, address, size=3_000_000)


if __name__ == "__main__":
    main()
