"""Segments into connections: a 4-tuple and an incarnation of it (RFC 9293 §3.4.1 calls it so).

A new SYN starts a new incarnation when the old one has ended, was never answered, or when the segments that follow
prove that the SYN was accepted. A SYN that repeats the ISN is a retransmission. A stray SYN that the peer refuses,
by a challenge ACK (RFC 9293 §3.10.7.4, fourth step) or by silence, stays in the connection that it disturbed:
Wireshark opens a new stream for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.sequence import MODULUS

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]
Flags = npt.NDArray[np.uint16]
Endpoints = npt.NDArray[np.uint64]

BLOCK = 1 << 20
"""So many rows are gone through at once, so that what is made on the way is small beside the table."""


@dataclass(frozen=True, slots=True)
class TupleRows:
    """The segments of one 4-tuple in frame order; `from_low` tells which of the two endpoints sent each."""

    flags: Int64Array
    seq: Int64Array
    ack: Int64Array
    payload_length: Int64Array
    from_low: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which rows of a segment table belong together, n rows in k connections.

    `order` (shape (n,)) lists the rows connection by connection, these by their first rows, in frame order within;
    `offsets` (shape (k + 1,)) tells where in it each connection begins, and at last n. `flags` and `from_low` (which of
    the two endpoints sent it) are of the rows in that order.
    """

    order: Int64Array
    offsets: Int64Array
    flags: Flags
    from_low: BoolArray


def connections_of(segments: pl.DataFrame) -> Grouping:
    """Group the rows of a table of captured segments."""
    if segments.is_empty():
        nothing = np.empty(0, np.int64)
        return Grouping(
            order=nothing, offsets=np.zeros(1, np.int64), flags=np.empty(0, np.uint16), from_low=np.empty(0, np.bool_)
        )
    low, high = (_endpoints(segments, end) for end in ("source", "destination"))
    from_low = low <= high
    low, high = np.minimum(low, high), np.maximum(low, high, out=high)
    order, begins = _by_tuple(low, high)
    del low, high  # they are as large as all that follows
    from_low = from_low[order]
    flags = column(segments, "flags")[order]
    starts = np.flatnonzero(begins)
    seq = column(segments, "seq")
    several = _with_several_openings(flags, from_low, seq, order, starts)
    if len(several):
        ack, payload_length = column(segments, "ack"), column(segments, "payload_length")
        bounds = np.append(starts, len(order))
        for start, end in zip(bounds[several].tolist(), bounds[several + 1].tolist(), strict=True):
            rows = order[start:end]
            tuple_rows = TupleRows(
                flags[start:end].astype(np.int64),
                seq[rows].astype(np.int64),
                ack[rows].astype(np.int64),
                payload_length[rows].astype(np.int64),
                from_low[start:end],
            )
            begins[np.array(incarnation_starts(tuple_rows)) + start] = True
        del ack, payload_length
    del seq
    places, offsets = _by_first_row(order, np.flatnonzero(begins))
    return Grouping(order=order[places], offsets=offsets, flags=flags[places], from_low=from_low[places])


def column(table: pl.DataFrame, name: str) -> npt.NDArray[Any]:
    """Give a column without nulls as one array: its memory is free again after it, while polars would keep it."""
    chunks = [chunk.to_numpy() for chunk in table[name].get_chunks()]
    return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)


def _endpoints(segments: pl.DataFrame, end: str) -> Endpoints:
    """Give addresses and ports of one end as one number each."""
    endpoints: Endpoints = column(segments, end).astype(np.uint64)
    endpoints <<= np.uint64(16)
    endpoints |= column(segments, f"{end}_port")
    return endpoints


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, BLOCK):
        yield slice(start, min(start + BLOCK, count))


def _by_tuple(low: Endpoints, high: Endpoints) -> tuple[Int64Array, BoolArray]:
    """Sort rows by their pair of endpoints, and mark where in that order a pair's rows begin.

    What is sorted are numbers made of a hash of the pair and the row, which takes far less time than sorting by pairs.
    Should two pairs have one hash, they are sorted by pairs.
    """
    row_bits = np.uint64(len(low).bit_length())
    keys = low * _ODD_1
    for block in _blocks(len(keys)):
        part = keys[block]
        part ^= high[block] * _ODD_2
        part ^= part >> np.uint64(29)
        part *= _ODD_3
        part >>= row_bits
        part <<= row_bits
        part |= np.arange(block.start, block.stop, dtype=np.uint64)
    keys.sort()
    has_new_hash = np.ones(len(keys), np.bool_)
    for block in _blocks(len(keys) - 1):
        after = slice(block.start + 1, block.stop + 1)
        has_new_hash[after] = (keys[after] ^ keys[block]) >> row_bits != 0
    keys &= (np.uint64(1) << row_bits) - np.uint64(1)
    order = keys.view(np.int64)
    begins = _changes(order, low, high)
    if np.array_equal(begins, has_new_hash):
        return order, begins
    order = np.lexsort((high, low))
    return order, _changes(order, low, high)


_ODD_1, _ODD_2, _ODD_3 = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))


def _changes(order: Int64Array, low: Endpoints, high: Endpoints) -> BoolArray:
    """Mark where in an order of rows another pair begins."""
    changes = np.ones(len(order), np.bool_)
    for block in _blocks(len(order) - 1):
        before, after = order[block], slice(block.start + 1, block.stop + 1)
        changes[after] = (low[order[after]] != low[before]) | (high[order[after]] != high[before])
    return changes


def _by_first_row(order: Int64Array, starts: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Rearrange runs of `order` by their first rows: give the places in `order`, and where each run begins in these."""
    lengths = np.diff(np.append(starts, len(order)))
    ranked = np.argsort(order[starts], kind="stable")
    offsets = np.append(0, np.cumsum(lengths[ranked]))
    shifts = starts[ranked] - offsets[:-1]
    places = np.repeat(shifts, lengths[ranked])
    for block in _blocks(len(places)):
        places[block] += np.arange(block.start, block.stop)
    return places, offsets


def _with_several_openings(
    flags: Flags, from_low: BoolArray, raw_seq: npt.NDArray[np.uint32], order: Int64Array, starts: Int64Array
) -> Int64Array:
    """List the 4-tuples, by their place, of which some SYN is neither the first row nor a plain repetition of it.

    A SYN-ACK in answer to the first row is usual; a second one with another ISN may open a one-sided incarnation.
    """
    opening = np.flatnonzero((flags & (SYN | RST)) == SYN)
    number = np.searchsorted(starts, opening, side="right") - 1
    first = starts[number]
    isn, first_seq = raw_seq[order[opening]], raw_seq[order[first]]
    is_peers = from_low[opening] != from_low[first]
    is_answer = ((flags[opening] & ACK) != 0) & is_peers
    is_repeated = (isn == first_seq) & ~is_peers & ((flags[first] & (SYN | RST)) == SYN)
    is_unusual = ~is_repeated & ~is_answer & (opening != first)
    answered, at = np.unique(number[is_answer], return_index=True)
    first_answer = np.zeros(len(starts), raw_seq.dtype)
    first_answer[answered] = isn[is_answer][at]
    is_second_isn = is_answer & (isn != first_answer[number])
    wanted = number[is_unusual | is_second_isn]  # they ascend
    different: Int64Array = wanted[np.diff(wanted, prepend=-1) != 0]
    return different


class _Incarnation:
    """What has been seen since an incarnation's first row, of either endpoint (key: `from_low`)."""

    def __init__(self) -> None:
        self.isn: dict[bool, int] = {}
        self.fins: set[bool] = set()
        self.was_reset = False

    def has_ended(self) -> bool:
        return self.was_reset or len(self.fins) == 2


def incarnation_starts(rows: TupleRows) -> list[int]:
    """Give the rows of one 4-tuple at which an incarnation begins; the first is always row 0."""
    starts = [0]
    current = _Incarnation()
    for at in np.flatnonzero(rows.flags & (SYN | FIN | RST)).tolist():
        flags, seq, sender = int(rows.flags[at]), int(rows.seq[at]), bool(rows.from_low[at])
        if flags & SYN and not flags & RST and current.isn.get(sender) != seq:
            opens_new = _synack_opens_new if flags & ACK else _syn_opens_new
            if at > starts[-1] and opens_new(rows, current, starts[-1], at):
                starts.append(at)
                current = _Incarnation()
                current.isn[sender] = seq
            else:
                current.isn.setdefault(sender, seq)
        if flags & FIN:
            current.fins.add(sender)
        if flags & RST:
            current.was_reset = True
    return starts


def _syn_opens_new(rows: TupleRows, current: _Incarnation, start: int, at: int) -> bool:
    sender = bool(rows.from_low[at])
    next_seq = (int(rows.seq[at]) + 1) % MODULUS
    earlier = slice(start, at)
    own = rows.from_low[earlier] == sender
    has_spoken, peer_has_spoken = bool(own.any()), not own.all()
    if sender not in current.isn:
        if not has_spoken and (not sender) in current.isn and not current.has_ended():
            return False  # simultaneous open, RFC 9293 §3.5 figure 7
        if _is_late_captured(rows, earlier, own, next_seq):
            return False
    never_answered = sender in current.isn and not peer_has_spoken
    has_made_room = never_answered or (current.has_ended() and not _was_challenged(rows, at, next_seq))
    return has_made_room or _was_accepted(rows, at, next_seq)


def _is_late_captured(rows: TupleRows, earlier: slice, own: BoolArray, next_seq: int) -> bool:
    """Tell whether the SYN belongs before rows that were captured ahead of it."""
    continues = own & (rows.seq[earlier] == next_seq)
    acknowledged = ~own & (rows.ack[earlier] == next_seq) & ((rows.flags[earlier] & ACK) != 0)
    return bool((continues | acknowledged).any())


def _was_challenged(rows: TupleRows, at: int, next_seq: int) -> bool:
    """Tell whether the peer answers with an ACK of something else: its TIME-WAIT is still there, and refuses."""
    answers = np.flatnonzero(rows.from_low[at + 1 :] != rows.from_low[at]) + at + 1
    if not len(answers):
        return False
    first = answers[0]
    covered = (rows.ack[first] - next_seq) % MODULUS <= rows.payload_length[at]
    return bool((rows.flags[first] & (SYN | RST | ACK)) == ACK and not covered)


def _was_accepted(rows: TupleRows, at: int, next_seq: int) -> bool:
    """Tell whether a SYN-ACK acknowledges this SYN, or its sender goes on right after it, before the next SYN."""
    sender = rows.from_low[at]
    later = slice(at + 1, len(rows.flags))
    flags, own = rows.flags[later], rows.from_low[later] == sender
    is_other_syn = own & ((flags & (SYN | ACK)) == SYN) & (rows.seq[later] != rows.seq[at])
    within = np.arange(len(flags)) < (int(is_other_syn.argmax()) if is_other_syn.any() else len(flags))
    # Data in the SYN may be acknowledged with it: RFC 7413.
    covered = (rows.ack[later] - next_seq) % MODULUS <= rows.payload_length[at]
    accepted = ~own & ((flags & (SYN | ACK)) == (SYN | ACK)) & covered
    continued = own & ((flags & (SYN | RST | ACK)) == ACK) & (rows.seq[later] == next_seq)
    return bool((within & (accepted | continued)).any())


def _synack_opens_new(rows: TupleRows, current: _Incarnation, start: int, at: int) -> bool:
    """Tell it where the SYN before was not captured.

    With one direction only, a SYN-ACK with another ISN after a FIN is all that shows of an opening. With both, one that
    acknowledges no SYN of this incarnation, after its initiator has closed, answers a later SYN.
    """
    sender = bool(rows.from_low[at])
    if bool((rows.from_low[start:at] == sender).all()):
        return sender in current.fins
    isn = current.isn.get(not sender)
    return (not sender) in current.fins and isn is not None and int(rows.ack[at]) != (isn + 1) % MODULUS
