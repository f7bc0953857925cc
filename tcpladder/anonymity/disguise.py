"""What everything that tells who was talking is replaced by: one mapping for all that is written of a capture."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tcpladder.anonymity.addresses import Addresses, packed_address
from tcpladder.anonymity.keys import Key
from tcpladder.anonymity.ports import Hosts, Ports, Ports16


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """The disguise of a capture. `hosts` has the ids of its addresses, by their bytes."""

    addresses: Addresses
    ports: Ports
    hosts: dict[bytes, int]

    def port(self, host: bytes, port: int) -> int:
        """Give what stands for a port of a host, whose address is given as it was."""
        number = np.array([port], np.uint16)
        if host not in self.hosts:
            return int(self.ports.others[port])
        return int(self.ports.of(np.array([self.hosts[host]], np.uint32), number)[0])


def disguise_of(addresses: Iterable[str], answering: Hosts, ports: Ports16, key: Key) -> Disguise:
    """Make the disguise of a capture.

    `addresses` are its addresses in order of their ids. Of the hosts that are `answering`, by their ids, the ports at
    which they do so stay.
    """
    packed = ((packed_address(address), number) for number, address in enumerate(addresses))
    return Disguise(
        addresses=Addresses(key),
        ports=Ports.made(key, answering, ports),
        hosts={address: number for address, number in packed if address is not None},
    )
