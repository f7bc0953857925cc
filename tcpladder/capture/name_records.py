"""Names that a pcapng file itself gives to addresses, in its Name Resolution Blocks.

(draft-ietf-opsawg-pcapng section 4.5.) Writers put them before the packets; those behind are not looked for.
"""

import ipaddress
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tcpladder.capture.native.pcapng import LEAST_BLOCK, MAGIC_NUMBER, OLD_PACKET, ORDERS, PACKET, SIMPLE_PACKET
from tcpladder.capture.native.source import Source
from tcpladder.settings.hosts_file import hosts, hosts_file
from tcpladder.settings.names import Address, Names, fit_name

LOOKED_AT = 1 << 20  # bytes from the beginning of a file
NAMES, END, IPV4, IPV6 = 4, 0, 1, 2  # the block, and the kinds of its records
PACKETS = (OLD_PACKET, SIMPLE_PACKET, PACKET)


def names_known(given: Mapping[str, str], paths: Iterable[Path], *, is_resolving: bool) -> Names:
    """Give the names that settings have, and where wanted those that are found here and in captures."""
    names = Names(given)
    if is_resolving:
        names.learn(local_names(paths))
    return names


def local_names(paths: Iterable[Path]) -> dict[Address, str]:
    """Give the names that this machine's hosts file has, and those that captures have for other addresses."""
    found = hosts(hosts_file())
    for path in paths:
        found = recorded_names(path) | found
    return found


def recorded_names(path: Path) -> dict[Address, str]:
    """Give the first name of each address that a file names before its first packet; none where it can't be read."""
    room = bytearray(LOOKED_AT)
    try:
        with Source(path) as source:
            size = source.read_into(memoryview(room))
    except OSError:
        return {}
    return names_in(bytes(room[:size]))


def names_in(content: bytes) -> dict[Address, str]:
    """Take the names from how a file begins; what is not whole, or no pcapng, has none."""
    found: dict[Address, str] = {}
    order = ORDERS.get(content[8:12]) if content.startswith(MAGIC_NUMBER) else None
    at = 0
    while order is not None and at + LEAST_BLOCK <= len(content):
        kind, total = struct.unpack_from(f"{order}II", content, at)
        if kind in PACKETS or total < LEAST_BLOCK or at + total > len(content):
            break
        if kind == NAMES:
            for address, name in _records(content[at + 8 : at + total - 4], order):
                if name:
                    found.setdefault(address, name)
        at += total
    return found


def _records(body: bytes, order: str) -> Iterator[tuple[Address, str]]:
    at = 0
    while at + 4 <= len(body):
        kind, length = struct.unpack_from(f"{order}HH", body, at)
        value = body[at + 4 : at + 4 + length]
        if kind == END or len(value) < length:
            return
        size = {IPV4: 4, IPV6: 16}.get(kind)
        if size is not None and length > size:
            name = value[size:].partition(b"\0")[0]
            yield ipaddress.ip_address(value[:size]), fit_name(name.decode(errors="replace"))
        at += 4 + length + -length % 4
