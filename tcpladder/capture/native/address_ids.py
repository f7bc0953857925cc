"""Ids of addresses (packets.addresses), many at once: a hash table of NumPy arrays before the AddressBook."""

import socket
import struct
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tcpladder.packets.addresses import AddressBook

Key = npt.NDArray[np.uint64]
"""Shape (parts, rows): an IPv4 address is one number, an IPv6 address two."""

FIRST_SIZE = 1 << 12
EMPTY = 0xFFFFFFFF  # no id: so many addresses do not fit into memory
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))  # odd numbers that scatter even neighbours


class AddressIds:
    """The ids of the addresses of one family; open addressing, each key in the first free slot from its own on."""

    def __init__(self, book: AddressBook, text: Callable[[list[int]], str], parts: int) -> None:
        self._book = book
        self._text = text
        self._count = 0
        self._keys = np.zeros((parts, FIRST_SIZE), np.uint64)
        self._ids = np.full(FIRST_SIZE, EMPTY, np.uint32)

    def of(self, key: Key) -> npt.NDArray[np.uint32]:
        """Give the id of each address, entering those that are new in the order in which they come."""
        ids = self._found(key)
        unknown = np.flatnonzero(ids == EMPTY)
        if len(unknown):
            new = key[:, unknown]
            _, first = np.unique(new, axis=1, return_index=True)
            first.sort()
            self._enter(new[:, first])
            ids[unknown] = self._found(new)
        return ids

    def _found(self, key: Key) -> npt.NDArray[np.uint32]:
        slots = self._slots(key)
        ids = self._ids[slots]
        others = np.flatnonzero((self._keys[:, slots] != key).any(axis=0) & (ids != EMPTY))
        while len(others):
            slots[others] = (slots[others] + 1) % len(self._ids)
            ids[others] = self._ids[slots[others]]
            is_other = (self._keys[:, slots[others]] != key[:, others]).any(axis=0)
            others = others[is_other & (ids[others] != EMPTY)]
        return ids

    def _enter(self, key: Key) -> None:
        """Enter addresses that are new, each once."""
        texts = [self._text(parts) for parts in key.T.tolist()]
        known = self._book.ids_of(texts)
        self._count += len(texts)
        while self._count * 2 > len(self._ids):
            self._grow()
        self._put(key, np.array([known[text] for text in texts], np.uint32))

    def _grow(self) -> None:
        is_used = self._ids != EMPTY
        keys, ids = self._keys[:, is_used], self._ids[is_used]
        size = 4 * len(self._ids)
        self._keys = np.zeros((len(keys), size), np.uint64)
        self._ids = np.full(size, EMPTY, np.uint32)
        self._put(keys, ids)

    def _put(self, key: Key, ids: npt.NDArray[np.uint32]) -> None:
        slots = self._slots(key)
        left = np.arange(len(ids))
        while len(left):
            free = left[self._ids[slots[left]] == EMPTY]
            self._keys[:, slots[free]] = key[:, free]
            self._ids[slots[free]] = ids[free]  # where several want one slot, the last has it
            left = left[self._ids[slots[left]] != ids[left]]
            slots[left] = (slots[left] + 1) % len(self._ids)

    def _slots(self, key: Key) -> npt.NDArray[np.int64]:
        mixed = key[0] * _MIX[0]
        for part, factor in zip(key[1:], _MIX[1:], strict=False):
            mixed ^= part * factor
        bits = len(self._ids).bit_length() - 1
        slots: npt.NDArray[np.int64] = (mixed >> np.uint64(64 - bits)).astype(np.int64)
        return slots


def ids_of_ipv4(book: AddressBook) -> AddressIds:
    """Give ids of IPv4 addresses, which are written with dots."""
    return AddressIds(book, lambda parts: socket.inet_ntoa(struct.pack(">I", *parts)), 1)


def ids_of_ipv6(book: AddressBook) -> AddressIds:
    """Give ids of IPv6 addresses, which are written as tshark writes them."""
    return AddressIds(book, lambda parts: socket.inet_ntop(socket.AF_INET6, struct.pack(">QQ", *parts)), 2)
