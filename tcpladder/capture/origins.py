"""Which of several captures a frame of the merged one came from, and its number there.

mergecap gives every capture interfaces of its own, in the order in which they were named, and keeps the order of their
frames.
"""

import collections
import sys
from collections.abc import Iterator
from pathlib import Path

from tcpladder.capture.blocks import PCAP_HEADER, Block, blocks_of
from tcpladder.capture.native.pcapng import INTERFACE, PACKET
from tcpladder.errors import quoted


class Origins:
    """Counts the frames of each interface while a merged capture's blocks go by."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        """Know which interfaces belong to which file; where one does not say how many it has, nothing is known."""
        self._owners: list[Path] = []
        for file in files:
            count = _interfaces(file)
            if not count:
                self._owners = []
                break
            self._owners += [file] * count
        self._found: dict[int, tuple[Path, int]] = {}

    def watched(self, blocks: Iterator[Block], chosen: frozenset[int]) -> Iterator[Block]:
        """Pass blocks on, and take note of where the chosen frames came from."""
        if not self._owners:
            yield from blocks
            return
        counts: collections.Counter[Path] = collections.Counter()
        number = 0
        for block in blocks:
            if block.kind == PACKET:
                number += 1
                interface = int.from_bytes(block.data[8:12], sys.byteorder)
                if interface < len(self._owners):
                    owner = self._owners[interface]
                    counts[owner] += 1
                    if number in chosen:
                        self._found[number] = owner, counts[owner]
            yield block

    def words(self, frame: int) -> str:
        """Say where a frame came from; nothing where that is not known."""
        if frame not in self._found:
            return ""
        file, number = self._found[frame]
        return f"From {quoted(file.name)}, frame {number} there"


def _interfaces(file: Path) -> int:
    """Count the interfaces that a capture has before its first frame; 0 where that can't be told."""
    with file.open("rb") as stream:
        count = 0
        for block in blocks_of(stream):
            if block.frame:
                return count
            count += block.kind in (INTERFACE, PCAP_HEADER)  # a pcap file has one
        return count
