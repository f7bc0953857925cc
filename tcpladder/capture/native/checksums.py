"""TCP's checksums (packets.checksums) of many segments at once, of those that are wholly there."""

import numpy as np
import numpy.typing as npt

from tcpladder.capture.native.content import Content
from tcpladder.capture.native.datagrams import TCP, Datagrams
from tcpladder.capture.native.frames import Numbers
from tcpladder.capture.native.sums import sums
from tcpladder.packets.checksums import BAD, GOOD, LEFT_TO_CARD, MODULUS

_WORDS = ("source", "destination", "seq", "ack", "flags", "window", "checksum", "urgent")


def checksums(
    content: Content,
    head: npt.NDArray[np.void],
    datagrams: Datagrams,
    header_length: Numbers,
    option_sums: Numbers,
) -> dict[str, npt.NDArray[np.generic]]:
    """Give the columns checksum_status and payload_sum, and the masks that say where they are not null.

    `head` has the fixed headers' fields, `option_sums` is congruent to the sums of the options' words.
    """
    rows = len(head)
    status, payload_sums = np.zeros(rows, np.uint8), np.zeros(rows, np.uint16)
    is_whole = datagrams.captured >= datagrams.lengths
    has_sum = np.zeros(rows, np.bool_)
    whole = np.flatnonzero(is_whole)
    if len(whole):
        lengths = datagrams.lengths[whole]
        without_length = _address_sums(datagrams.sources, whole) + _address_sums(datagrams.destinations, whole) + TCP
        pseudo_header = without_length + lengths
        fields = head if len(whole) == rows else head[whole]
        checksum = fields["checksum"].astype(np.int64)
        header = option_sums[whole].copy()
        for name in _WORDS:
            header += fields[name]
        payload = np.zeros(len(whole), np.int64)
        loaded = np.flatnonzero(lengths > header_length[whole])
        if len(loaded):
            begin = header_length[whole][loaded]
            payload[loaded] = sums(content, datagrams.starts[whole][loaded] + begin, lengths[loaded] - begin)
        is_good = (pseudo_header + header + payload) % MODULUS == 0
        # Where the card also cuts a datagram into segments, their length is left to it too.
        reduced = checksum % MODULUS
        is_left = (reduced == pseudo_header % MODULUS) | (reduced == without_length % MODULUS)
        status[whole] = np.where(is_left, LEFT_TO_CARD, np.where(is_good, GOOD, BAD))
        is_plainly_good = is_good & ~is_left
        has_sum[whole] = is_plainly_good
        payload_sums[whole] = np.where(is_plainly_good, payload, 0)
    return {"checksum_status": status, "is_checked": is_whole, "payload_sum": payload_sums, "has_sum": has_sum}


def _address_sums(addresses: npt.NDArray[np.uint64], rows: Numbers) -> Numbers:
    """Sum the words of addresses: a number of 64 bits is congruent to the sum of its halves."""
    total = np.zeros(len(rows), np.int64)
    for part in addresses[:, rows]:
        total += (part % np.uint64(MODULUS)).astype(np.int64)
    return total
