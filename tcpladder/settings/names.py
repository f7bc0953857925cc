"""Names of addresses, of addresses with a port, and of networks: those that users gave, and those found elsewhere."""

import functools
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tcpladder.errors import quoted
from tcpladder.printable import printable
from tcpladder.settings.reading import Problem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HIGHEST_PORT = 65535
CACHED = 65_536  # names that were looked up
LONGEST_NAME = 253  # characters, as in DNS (RFC 1035 section 2.3.4)


def fit_name(text: str) -> str:
    """Give a name from a file, a capture or the network as it may be shown; "" where it is none.

    None is what looks like an address, and so could pass for another one, and what nothing would be seen of.
    """
    name = printable(text.strip().removesuffix("."))
    if not name or len(name) > LONGEST_NAME or set(name) <= set("0123456789.") or ":" in name:
        return ""
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Addresses of an IP version from `first` to `last`, at one port or (None) at any, and their name."""

    version: int
    first: int
    last: int
    port: int | None
    name: str


class Names:
    """Looks up names: that of an address with its port first, then the address', then that of the smallest network.

    What users named has their name; all else may have one that was learnt. While they are not `is_shown`, `of` gives
    none, and addresses stand everywhere.
    """

    def __init__(self, wanted: Mapping[str, str], say: Callable[[str, str], Problem] | None = None) -> None:
        """Take the names that are fit; `problems` has the others, made by `say` of a setting's key and a sentence."""
        self._ends: dict[tuple[Address, int | None], str] = {}
        self._networks: list[tuple[Network, str]] = []
        self.problems: list[Problem] = []
        for written, name in wanted.items():
            try:
                self._take(written.strip(), printable(name.strip()))
            except ValueError:
                if say is not None:
                    sentence = f"{quoted(written)} is no address, address with a port, or network."
                    self.problems.append(say(f"names.{written}", sentence))
        self._networks.sort(key=lambda one: one[0].prefixlen, reverse=True)
        self._learnt: dict[Address, str] = {}
        self._every: tuple[Named, ...] | None = None
        self._looked_up = functools.lru_cache(CACHED)(self._look_up)
        self.is_shown = True

    def _take(self, written: str, name: str) -> None:
        if "/" in written:
            self._networks.append((ipaddress.ip_network(written, strict=False), name))
            return
        address, port = written, ""
        if written.startswith("["):
            address, _, port = written[1:].partition("]:")
            address = address.removesuffix("]")
        elif written.count(":") == 1:
            address, _, port = written.partition(":")
        if port and not (port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT):
            raise ValueError(port)
        self._ends[ipaddress.ip_address(address), int(port) if port else None] = name

    def __bool__(self) -> bool:
        return bool(self._ends or self._networks or self._learnt)

    def learn(self, found: Mapping[Address, str]) -> None:
        """Take names that were found elsewhere, which come after those that are there; an empty one is none."""
        self._learnt = {address: name for address, name in found.items() if name} | self._learnt
        self._looked_up.cache_clear()
        self._every = None

    def of(self, address: str, port: int) -> str:
        """Give the name of an endpoint; "" where it has none, or where addresses are wanted."""
        return self._looked_up(address, port) if self.is_shown and self else ""

    def host(self, address: str, port: int) -> str:
        """Give the name that an endpoint has by itself, and so may stand for it: none is that of its network alone."""
        return self._looked_up(address, port, is_network=False) if self.is_shown and self else ""

    @property
    def every(self) -> tuple[Named, ...]:
        """All names, shown or not, and what has them."""
        if self._every is None:
            self._every = tuple(self._all())
        return self._every

    def _all(self) -> Iterator[Named]:
        for (address, port), name in self._ends.items():
            yield Named(version=address.version, first=int(address), last=int(address), port=port, name=name)
        for address, name in self._learnt.items():
            yield Named(version=address.version, first=int(address), last=int(address), port=None, name=name)
        for network, name in self._networks:
            first, last = int(network.network_address), int(network.broadcast_address)
            yield Named(version=network.version, first=first, last=last, port=None, name=name)

    def _look_up(self, address: str, port: int, *, is_network: bool = True) -> str:
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return ""
        name = self._ends.get((known, port)) or self._ends.get((known, None))
        if is_network:
            name = name or next((name for network, name in self._networks if known in network), "")
        return name or self._learnt.get(known, "")


NO_NAMES = Names({})
