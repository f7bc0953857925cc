"""Ports of clients in disguise: each port has another of its kind, and those at which a host answers stay.

Kinds are what a port's number tells of its role (`connections.roles`): well-known ones, those that services have, and
those that clients are given. So who opened is guessed alike where a capture does not show it.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt

from tcpladder.anonymity.keys import Key, drawn

KINDS = (0, 1, 1024, 32768, 65536)
"""Where kinds of ports begin; port 0, which no host uses, is one of its own."""
Ports16 = npt.NDArray[np.uint16]
Hosts = npt.NDArray[np.uint32]
Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Disguises ports: `others` has the one that each has; `served` (rising) the hosts and ports that stay."""

    others: Ports16
    served: Int64Array

    @classmethod
    def made(cls, key: Key, hosts: Hosts, ports: Ports16) -> Self:
        """Make the disguise of a capture, of which these are the hosts that answer, and at which ports."""
        return cls(others=_others(key), served=np.unique(_places(hosts, ports)))

    def of(self, hosts: Hosts, ports: Ports16) -> Ports16:
        """Give what stands for the ports of hosts."""
        stays = self._is_served(hosts, ports)
        found = np.where(stays, ports, self.others[ports])
        walking = np.flatnonzero(~stays & self._is_served(hosts, found))
        while len(walking):  # on, to a port at which the host does not answer: so no two have the same
            found[walking] = self.others[found[walking]]
            walking = walking[self._is_served(hosts[walking], found[walking])]
        return found

    def _is_served(self, hosts: Hosts, ports: Ports16) -> npt.NDArray[np.bool_]:
        places = _places(hosts, ports)
        if not len(self.served):
            return np.zeros(len(places), np.bool_)
        at = np.minimum(np.searchsorted(self.served, places), len(self.served) - 1)
        is_served: npt.NDArray[np.bool_] = self.served[at] == places
        return is_served


def _places(hosts: Hosts, ports: Ports16) -> Int64Array:
    return hosts.astype(np.int64) << 16 | ports


@lru_cache(maxsize=4)
def _others(key: Key) -> Ports16:
    """Shuffle the ports of each kind."""
    drawn_numbers = b"".join(drawn(key, "ports", block.to_bytes(2), 64) for block in range(1 << 13))
    numbers = np.frombuffer(drawn_numbers, "<u8")
    shuffled = np.empty(1 << 16, np.uint16)
    for first, end in pairwise(KINDS):
        shuffled[first:end] = first + np.argsort(numbers[first:end], kind="stable")
    shuffled.setflags(write=False)
    return shuffled
