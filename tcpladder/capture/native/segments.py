"""From frames to the columns of the segment table, and what is left for tshark."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.capture.native.address_ids import ids_of_ipv4, ids_of_ipv6
from tcpladder.capture.native.checksums import checksums
from tcpladder.capture.native.content import Content
from tcpladder.capture.native.datagrams import CUT, SEGMENT, TCP_HEADER, Datagrams, ipv4, ipv6
from tcpladder.capture.native.frames import Frames, Numbers
from tcpladder.capture.native.links import IPV4, IPV6, ODD, networks
from tcpladder.capture.native.options import MOST, no_options, read_into
from tcpladder.packets import schema
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.options import NO_OPERATION, SACK_PERMITTED_LENGTH, TSOPT

AT_ONCE = 1 << 14  # frames, so that their columns stay in the processor's cache
MANY_NULLS = 1 << 17  # rows; the columns of nulls are made in such lengths

Columns = dict[str, npt.NDArray[Any]]

TCP_FIELDS = np.dtype(
    {
        "names": [
            "source", "destination", "seq", "ack", "flags", "window", "checksum", "urgent", "usual", "tsval", "tsecr",
        ],
        "formats": [">u2", ">u2", ">u4", ">u4", ">u2", ">u2", ">u2", ">u2", ">u4", ">u4", ">u4"],
        "offsets": [0, 2, 4, 8, 12, 14, 16, 18, 20, 24, 28],
        "itemsize": 32,
    }
)  # fmt: skip
USUAL, USUAL_LENGTH = 0x0101080A, 32  # two of No-Operation and time stamps: what nearly all segments carry
USUAL_KINDS = 1 << NO_OPERATION | 1 << TSOPT
_FLAGS = 0x0FFF

# Where a column is null, by the mask that says where it is not.
_MASKS = {
    "ip_id": "has_id",
    "tsval": "has_stamps",
    "tsecr": "has_stamps",
    "mss": "has_mss",
    "wscale": "has_wscale",
    "sack_count": "has_count",
    "sack_left": "has_left",
    "sack_right": "has_right",
    "option_kinds": "has_options",
    "option_faults": "has_options",
    "checksum_status": "is_checked",
    "payload_sum": "has_sum",
}
_NEVER = ("outer_source", "outer_destination")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What some frames hold: segments, frames for tshark, and how many TCP headers the snap length cut.

    `last` is the last frame that holds TCP.
    """

    segments: pl.DataFrame
    odd: Frames
    cut: int
    last: int | None


class SegmentReader:
    """Reads frames into segments, with the ids of one AddressBook."""

    def __init__(self, book: AddressBook) -> None:
        self._ids4 = ids_of_ipv4(book)
        self._ids6 = ids_of_ipv6(book)

    def read(self, content: Content, frames: Frames) -> Part:
        """Read all of them, part by part."""
        parts: list[Columns] = []
        odd: list[Numbers] = []
        cut = 0
        last: int | None = None
        for begin in range(0, len(frames), AT_ONCE):
            part = frames.chosen(slice(begin, begin + AT_ONCE))
            kinds, columns = self._columns(content, part)
            parts += columns
            odd.append(begin + np.flatnonzero(kinds == ODD))
            is_tcp = (kinds == CUT) | (kinds == SEGMENT)
            cut += int(np.count_nonzero(kinds == CUT))
            if is_tcp.any():
                last = int(part.numbers[is_tcp][-1])
        rows = np.concatenate([np.empty(0, np.int64), *odd])
        return Part(segments=_table(parts), odd=frames.chosen(rows), cut=cut, last=last)

    def _columns(self, content: Content, frames: Frames) -> tuple[npt.NDArray[np.uint8], list[Columns]]:
        kinds, places = networks(content, frames)
        found = []
        for version, read in ((IPV4, ipv4), (IPV6, ipv6)):
            rows = np.flatnonzero(kinds == version)
            if not len(rows):
                continue
            inside = frames if len(rows) == len(frames) else frames.chosen(rows)
            before = places[rows] - inside.starts
            datagrams = read(content, places[rows], inside.captured - before, inside.wire - before)
            is_segment = datagrams.kinds == SEGMENT
            if not is_segment.all():
                chosen = np.flatnonzero(is_segment)
                segments, inside = datagrams.chosen(chosen), inside.chosen(chosen)
            else:
                segments = datagrams
            kinds[rows] = datagrams.kinds
            if len(inside):
                is_good, columns = self._segments(content, inside, segments, version)
                if not is_good.all():
                    bad = rows[is_segment][~is_good]
                    kinds[bad] = ODD
                    columns = {name: column[is_good] for name, column in columns.items()}
                found.append(columns)
        kinds[frames.captured > frames.wire] = ODD
        return kinds, [_in_order(found)] if len(found) > 1 else found

    def _segments(
        self, content: Content, frames: Frames, datagrams: Datagrams, version: int
    ) -> tuple[npt.NDArray[np.bool_], Columns]:
        """Read TCP headers (RFC 9293 §3.1); tell which of them are what a header must be."""
        head = content.rows(datagrams.starts, TCP_FIELDS.itemsize).view(TCP_FIELDS)
        offset_and_flags = head["flags"].astype(np.uint16)
        header_length = (offset_and_flags >> 12).astype(np.int64) * 4
        is_good = (
            (header_length >= TCP_HEADER) & (header_length <= datagrams.lengths) & (frames.captured <= frames.wire)
        )
        header_length[~is_good] = TCP_HEADER
        columns: Columns = {
            "frame": frames.numbers.astype(np.uint32),
            "time": frames.times,
            "source_port": head["source"].astype(np.uint16),
            "destination_port": head["destination"].astype(np.uint16),
            "flags": offset_and_flags & _FLAGS,
            "seq": head["seq"].astype(np.uint32),
            "ack": head["ack"].astype(np.uint32),
            "payload_length": (datagrams.lengths - header_length).astype(np.uint32),
            "window": head["window"].astype(np.uint16),
            "ip_id": datagrams.ids,
            "has_id": np.broadcast_to(version == IPV4, len(frames)),
            "ttl": datagrams.ttls,
            "captured_length": frames.captured.astype(np.uint32),
            "wire_length": frames.wire.astype(np.uint32),
            "header_length": header_length.astype(np.uint8),
            "position": frames.positions,
        }
        ids = (self._ids4 if version == IPV4 else self._ids6).of(
            np.concatenate([datagrams.sources, datagrams.destinations], axis=1)
        )
        columns["source"], columns["destination"] = ids[: len(frames)], ids[len(frames) :]
        option_sums, is_strange = _add_options(columns, content, head, datagrams, header_length)
        columns |= checksums(content, head, datagrams, header_length, option_sums)
        return is_good & ~is_strange, columns


def _add_options(
    columns: Columns,
    content: Content,
    head: npt.NDArray[np.void],
    datagrams: Datagrams,
    header_length: Numbers,
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Add the columns of the options.

    Give numbers congruent to the sums of their words (packets.checksums), and which of them only tshark can tell.
    """
    there = np.minimum(datagrams.captured, header_length)
    is_usual = (head["usual"] == USUAL) & (header_length == USUAL_LENGTH) & (there == USUAL_LENGTH)
    options = no_options(len(head))
    options.has_stamps[:] = is_usual
    options.tsval[:] = head["tsval"]
    options.tsecr[:] = head["tsecr"]
    options.kinds[is_usual] = USUAL_KINDS
    sums = options.tsval.astype(np.int64) + options.tsecr + USUAL
    sums[~is_usual] = 0
    has_options = there == header_length
    has_options |= header_length == TCP_HEADER
    rare = np.flatnonzero(~is_usual & (there > TCP_HEADER))
    if len(rare):
        lengths, captured = header_length[rare] - TCP_HEADER, there[rare] - TCP_HEADER
        bytes_of = content.rows(datagrams.starts[rare] + TCP_HEADER, MOST).view(np.uint8).reshape(-1, MOST)
        bytes_of = np.where(np.arange(MOST) < captured[:, None], bytes_of, 0).astype(np.uint8)
        read_into(options, rare, bytes_of, lengths, captured)
        sums[rare] = bytes_of.view(">u2").sum(axis=1, dtype=np.int64)
        options.sack_permitted[has_options & (options.faults & SACK_PERMITTED_LENGTH != 0)] = False
    columns |= {
        "option_kinds": options.kinds,
        "option_faults": options.faults,
        "has_options": has_options,
        "tsval": options.tsval,
        "tsecr": options.tsecr,
        "has_stamps": options.has_stamps,
        "mss": options.mss,
        "has_mss": options.has_mss,
        "wscale": options.wscale,
        "has_wscale": options.has_wscale,
        "sack_permitted": options.sack_permitted,
        "sack_count": options.sack_count,
        "sack_left": options.sack_left,
        "sack_right": options.sack_right,
        "has_left": options.has_left,
        "has_right": options.has_right,
        "has_count": options.has_left & has_options,
    }
    return sums, options.is_strange


def _in_order(parts: list[Columns]) -> Columns:
    """Put the columns of IPv4 and of IPv6 together, in frame order."""
    together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(together["frame"], kind="stable")
    return {name: column[order] for name, column in together.items()}


def _table(parts: list[Columns]) -> pl.DataFrame:
    """Give the segment table of all parts."""
    rows = sum(len(part["frame"]) for part in parts)
    if not rows:
        return schema.empty_segments()
    masks = {name: np.concatenate([part[name] for part in parts]) for name in dict.fromkeys(_MASKS.values())}
    return pl.DataFrame(list(_series(parts, masks, rows)))


def _series(parts: list[Columns], masks: Columns, rows: int) -> Iterator[pl.Series]:
    for name, kind in schema.CAPTURED.items():
        mask = masks.get(_MASKS.get(name, ""))
        if name in _NEVER or (mask is not None and not mask.any()):
            yield _nulls(kind, -(-rows // MANY_NULLS) * MANY_NULLS).head(rows).alias(name)
            continue
        column = pl.Series(name, np.concatenate([part[name] for part in parts]), dtype=kind)
        yield column if mask is None or mask.all() else column.set(pl.Series(~mask), None)


@lru_cache(maxsize=64)
def _nulls(kind: pl.DataType, rows: int) -> pl.Series:
    """Give a column of nulls, of which all tables have parts: it takes no memory, however many they are."""
    return pl.Series([None], dtype=kind).new_from_index(0, rows).rechunk()
