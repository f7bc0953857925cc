"""The payload of single segments, each read from where the segment table says that its record is."""

import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.capture.native.content import Content
from tcpladder.capture.native.datagrams import SEGMENT, Datagrams, ipv4, ipv6
from tcpladder.capture.native.frames import CaptureFile, Numbers
from tcpladder.capture.native.links import IPV4, IPV6, networks
from tcpladder.capture.native.pcap import RECORD_HEADER, PcapFile, pcap_file
from tcpladder.capture.native.pcapng import BLOCK_HEADER, LARGEST_KEPT, LEAST_BLOCK, PcapngFile, pcapng_file
from tcpladder.capture.native.reading import FIRST_READ
from tcpladder.capture.native.segments import TCP_FIELDS
from tcpladder.capture.native.source import GZIP, ZSTD, Source
from tcpladder.capture.tshark_job import CancelledError
from tcpladder.errors import CaptureError, quoted
from tcpladder.printable import printable

AT_ONCE = 2 << 20  # bytes of records that are looked into together
READ_AHEAD = 1 << 14  # more would be read in vain where a connection's records lie far apart

_CHECKED = ("source_port", "destination_port", "seq", "ack", "payload_length", "header_length")


def read_at_positions(path: Path, wanted: pl.DataFrame, cancelled: threading.Event) -> Iterator[tuple[int, bytes]]:
    """Give (row, payload as far as it was captured) of the wanted segments that can be read natively.

    `wanted` has `row` and the columns of `packets.schema.CAPTURED`, in frame order. What is not exactly the segment
    that it should be is not given. Raises CancelledError; CaptureError when the file can't be read any more.
    """
    wanted = wanted.filter(pl.col("position").is_not_null() & pl.col("header_length").is_not_null())
    if wanted.is_empty():
        return
    try:
        with _opened(path) as records:
            file = _file(records.head())
            if file is None:
                return
            for first, lot in _lots(records, file, wanted, cancelled):
                yield from _payloads(file, lot, wanted[first : first + len(lot)])
    except OSError as error:
        reason = printable(error.strerror or str(error))
        raise CaptureError(f"{quoted(path)} can't be read: {reason}.", "Was it moved meanwhile?") from error


def _file(head: bytes) -> CaptureFile | None:
    """Give the file that begins so, with the interfaces that its beginning tells of."""
    content = Content(len(head))
    content.buffer[: len(head)] = head
    content.size = len(head)
    pcap = pcap_file(content)
    if pcap:
        return pcap
    pcapng = pcapng_file(content)
    if pcapng:
        pcapng.stretch(content, 0, 1)
    return pcapng


class _Records(Protocol):
    """A capture's bytes, from places that ascend."""

    def __enter__(self) -> "_Records":
        """Hold the file open."""

    def __exit__(self, *_exception: object) -> None:
        """Close it."""

    def head(self) -> bytes:
        """Give the beginning of the capture."""

    def at(self, place: int, size: int) -> bytes:
        """Give so many bytes from a place on, fewer where the file ends."""


class _Plain:
    """The file as it is."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb", buffering=READ_AHEAD)

    def __enter__(self) -> "_Plain":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stream.close()

    def head(self) -> bytes:
        return self._stream.read(FIRST_READ)

    def at(self, place: int, size: int) -> bytes:
        self._stream.seek(place)
        return self._stream.read(size)


class _Decompressed:
    """A compressed file, of which everything up to the last place has to be decompressed."""

    def __init__(self, path: Path) -> None:
        self._source = Source(path)
        self._held = b""
        self._base = 0  # the place of what is held

    def __enter__(self) -> "_Decompressed":
        return self

    def __exit__(self, *exception: object) -> None:
        self._source.__exit__(*exception)

    def head(self) -> bytes:
        self._hold(FIRST_READ)
        return self._held

    def at(self, place: int, size: int) -> bytes:
        while place >= self._base + len(self._held):
            if not self._go_on():
                return b""
        if place < self._base:
            return b""
        start = place - self._base
        if start + size > len(self._held):
            self._held, self._base, start = self._held[start:], place, 0
            self._hold(size)
        return self._held[start : start + size]

    def _hold(self, size: int) -> None:
        more = bytearray(max(size - len(self._held), FIRST_READ))
        count = self._source.read_into(memoryview(more))
        self._held += bytes(more[:count])

    def _go_on(self) -> bool:
        self._base, self._held = self._base + len(self._held), b""
        self._hold(FIRST_READ)
        return bool(self._held)


def _opened(path: Path) -> _Records:
    with path.open("rb") as stream:
        magic = stream.read(len(ZSTD))
    return _Decompressed(path) if magic.startswith((GZIP, ZSTD)) else _Plain(path)


def _lots(
    records: _Records, file: CaptureFile, wanted: pl.DataFrame, cancelled: threading.Event
) -> Iterator[tuple[int, list[bytes]]]:
    """Give the records of the wanted segments, several at once, and with which of them they begin."""
    read = _pcap_record if isinstance(file, PcapFile) else _pcapng_block
    places, lengths = wanted["position"].to_list(), wanted["captured_length"].to_list()
    order = file.records.order if isinstance(file, PcapFile | PcapngFile) else "<"
    lot: list[bytes] = []
    size = first = 0
    for at, (place, captured) in enumerate(zip(places, lengths, strict=True)):
        if cancelled.is_set():
            raise CancelledError
        record = read(records, place, captured, order)
        lot.append(record)
        size += len(record)
        if size >= AT_ONCE:
            yield first, lot
            lot, size, first = [], 0, at + 1
    if lot:
        yield first, lot


def _pcap_record(records: _Records, place: int, captured: int, order: str) -> bytes:
    """Read a record; nothing where its header says another length than the segment table."""
    record = records.at(place, RECORD_HEADER + captured)
    if len(record) < RECORD_HEADER + captured:
        return b""
    return record if struct.unpack_from(f"{order}I", record, 8)[0] == captured else b""


def _pcapng_block(records: _Records, place: int, captured: int, order: str) -> bytes:
    head = records.at(place, BLOCK_HEADER)
    if len(head) < BLOCK_HEADER:
        return b""
    (total,) = struct.unpack_from(f"{order}I", head, 4)
    if not max(LEAST_BLOCK, captured) <= total <= LARGEST_KEPT or total % 4:
        return b""
    block = records.at(place, total)
    return block if len(block) == total and block[-4:] == head[4:] else b""


def _payloads(file: CaptureFile, lot: list[bytes], wanted: pl.DataFrame) -> Iterator[tuple[int, bytes]]:
    """Look into records that are put side by side, as if they were a file's."""
    there = np.flatnonzero([bool(record) for record in lot])
    records = b"".join(lot)
    content = Content(len(records))
    content.buffer[: len(records)] = records
    content.size = len(records)
    frames = file.stretch(content, 0, 0).frames
    if len(frames) > len(there):  # a record holds what looks like several
        return
    frames = frames.chosen(frames.captured <= frames.wire)
    kinds, places = networks(content, frames)
    rows = there[frames.numbers]
    for version, read in ((IPV4, ipv4), (IPV6, ipv6)):
        chosen = np.flatnonzero(kinds == version)
        if not len(chosen):
            continue
        inside = frames.chosen(chosen)
        before = places[chosen] - inside.starts
        datagrams = read(content, places[chosen], inside.captured - before, inside.wire - before)
        is_same, headers = _compared(content, datagrams, wanted[rows[chosen]])
        starts = datagrams.starts + headers
        lengths = np.clip(datagrams.captured - headers, 0, None)
        chosen_rows = wanted["row"].to_numpy()[rows[chosen]]
        for at in np.flatnonzero(is_same).tolist():
            start = int(starts[at])
            yield int(chosen_rows[at]), bytes(content.buffer[start : start + int(lengths[at])])


def _compared(content: Content, datagrams: Datagrams, wanted: pl.DataFrame) -> tuple[npt.NDArray[np.bool_], Numbers]:
    """Tell which datagrams hold the wanted segments, and how long their TCP headers are."""
    head = content.rows(datagrams.starts, TCP_FIELDS.itemsize).view(TCP_FIELDS)
    headers = (head["flags"].astype(np.int64) >> 12) * 4
    found = {
        "source_port": head["source"],
        "destination_port": head["destination"],
        "seq": head["seq"],
        "ack": head["ack"],
        "payload_length": datagrams.lengths - headers,
        "header_length": headers,
    }
    is_same = datagrams.kinds == SEGMENT
    for name in _CHECKED:
        is_same &= found[name] == wanted[name].to_numpy()
    return is_same, headers
