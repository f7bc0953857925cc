"""Who opened: the initiator and the responder of each connection, and how sure that is."""

import enum

import numpy as np
import numpy.typing as npt

from tcpladder.connections.grouping import Grouping
from tcpladder.packets.flags import ACK, RST, SYN

EPHEMERAL_PORTS_FROM = 32768  # Linux' ip_local_port_range; IANA's begins at 49152 (RFC 6335 §6)
WELL_KNOWN_PORTS_TO = 1024

BoolArray = npt.NDArray[np.bool_]
Ports = npt.NDArray[np.uint16]


class RoleBasis(enum.StrEnum):
    """What the roles rest on. The values are stable: they appear in JSON output."""

    SYN = "syn"  # the initiator's SYN was captured
    SYN_ACK = "syn-ack"  # only the responder's SYN-ACK was
    GUESSED = "guessed"  # neither: by port numbers, else by who was seen first


def roles(grouping: Grouping, source_port: Ports, destination_port: Ports) -> tuple[BoolArray, npt.NDArray[np.uint8]]:
    """Tell of each connection whether its lower endpoint is the initiator, and what that rests on.

    The ports are those of each connection's first segment. The basis is a place in RoleBasis.
    """
    first = grouping.offsets[:-1]
    sent_by_server = _is_server_port(source_port, destination_port)
    is_low = grouping.from_low[first] ^ sent_by_server
    basis = np.full(len(first), list(RoleBasis).index(RoleBasis.GUESSED), np.uint8)
    opening = np.flatnonzero((grouping.flags & (SYN | RST)) == SYN)
    has_ack = (grouping.flags[opening] & ACK) != 0
    for place, rows, is_initiators in ((1, opening[has_ack], False), (0, opening[~has_ack], True)):
        numbers, at = np.unique(np.searchsorted(first, rows, side="right") - 1, return_index=True)
        is_low[numbers] = grouping.from_low[rows[at]] == is_initiators
        basis[numbers] = place
    return is_low, basis


def _is_server_port(sender: Ports, receiver: Ports) -> BoolArray:
    """Tell whether the sender's port looks like a service's and the receiver's like an ephemeral one."""
    low_to_high = (sender < EPHEMERAL_PORTS_FROM) & (receiver >= EPHEMERAL_PORTS_FROM)
    is_service: BoolArray = low_to_high | ((sender < WELL_KNOWN_PORTS_TO) & (receiver >= WELL_KNOWN_PORTS_TO))
    return is_service
