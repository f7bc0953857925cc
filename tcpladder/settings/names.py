"""Names that users gave to addresses, to addresses with a port, and to networks."""

import functools
import ipaddress
from collections.abc import Callable, Mapping

from tcpladder.errors import quoted
from tcpladder.printable import printable
from tcpladder.settings.reading import Problem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HIGHEST_PORT = 65535
CACHED = 65_536  # names that were looked up


class Names:
    """Looks up names: that of an address with its port first, then the address', then that of the smallest network."""

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
        self._looked_up = functools.lru_cache(CACHED)(self._look_up)

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

    def of(self, address: str, port: int) -> str:
        """Give the name of an endpoint; "" where it has none."""
        return self._looked_up(address, port) if self._ends or self._networks else ""

    def _look_up(self, address: str, port: int) -> str:
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return ""
        name = self._ends.get((known, port)) or self._ends.get((known, None))
        return name or next((name for network, name in self._networks if known in network), "")


NO_NAMES = Names({})
