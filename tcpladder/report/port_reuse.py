"""Connections that a host opens between the same addresses and ports as the one before, and whether it may so soon.

An end that closed first keeps the connection in TIME-WAIT for 2 MSL, 240 s (RFC 9293 §3.4.2). A SYN in that time is
legal with a newer timestamp (RFC 6191 §2), and may be accepted with a higher sequence number (RFC 9293 §3.6.1).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.roles import RoleBasis
from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.rulebook.lingering import TWICE_MSL, same_way
from tcpladder.sequence import HALF, LAST
from tcpladder.tcp.states import State

if TYPE_CHECKING:
    from tcpladder.connections.table import Connections
    from tcpladder.rulebook.judging import Judgement

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]

MOST_BYTES = 1 << 30
"""What an end sent beyond that may have gone once round the sequence numbers: no number is compared with it."""
UNKNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """Connections that their initiator opened where it had one before; one entry each.

    `place` counts connections from 0, `gap` (ns) is from the end of the one before to this one's beginning.
    `is_waiting` marks those that came within 2 MSL while an end had the one before in TIME-WAIT. Only of these it is
    told `by_timestamp`, `by_number` and `by_neither` whether the SYN can be told from an old one; where the capture
    does not show it, all three are false.
    """

    place: Int64Array
    gap: Int64Array
    is_waiting: BoolArray
    by_timestamp: BoolArray
    by_number: BoolArray
    by_neither: BoolArray


def reuse(judgement: "Judgement") -> Reuse:
    """Find connections that came to be between the same addresses and ports as one before, by the same side's SYN."""
    connections, before = judgement.capture.connections, judgement.capture.before - 1
    table = connections.table
    start, end = table["start"].to_numpy(), table["end"].to_numpy()
    is_opened = (table["role_basis"] == RoleBasis.SYN.value).to_numpy()
    place = np.flatnonzero(is_opened & same_way(table, before))
    # Where time runs backwards nothing is told of it.
    place = place[start[place] >= end[before[place]]]
    gap = start[place] - end[before[place]]
    has_waiting = np.logical_or(*(states == State.TIME_WAIT for states in judgement.histories.last_states()))
    is_waiting = has_waiting[before[place]] & (gap < TWICE_MSL)
    compared = [np.zeros(len(place), np.bool_) for _ in range(3)]
    if is_waiting.any():
        chosen = np.flatnonzero(is_waiting)
        for mask, told in zip(compared, _compared(connections, place[chosen], before[place[chosen]]), strict=True):
            mask[chosen] = told
    by_timestamp, by_number, by_neither = compared
    return Reuse(
        place=place,
        gap=gap,
        is_waiting=is_waiting,
        by_timestamp=by_timestamp,
        by_number=by_number,
        by_neither=by_neither,
    )


def _compared(connections: "Connections", place: Int64Array, last: Int64Array) -> tuple[BoolArray, ...]:
    """Tell of SYNs whether their timestamp is newer, their number higher than what was sent before, or neither."""
    seq, stamp, is_whole = _opening(connections, place)
    nxt, tsval, is_comparable = _furthest(connections, last)
    is_comparable &= is_whole
    is_number_known = is_comparable & (connections.table["initiator_bytes"].to_numpy()[last] < MOST_BYTES)
    is_higher: BoolArray = is_number_known & (((seq - nxt) & LAST) < HALF)
    has_stamp, had_stamp = stamp != UNKNOWN, tsval != UNKNOWN
    is_newer = (((stamp - tsval) & LAST) < HALF) & (stamp != tsval)
    # RFC 6191 §2: newer than the last, or the first where there was none before.
    is_stamped: BoolArray = is_comparable & has_stamp & (~had_stamp | is_newer)
    return is_stamped, is_higher, is_number_known & ~is_stamped & ~is_higher


def _opening(connections: "Connections", place: Int64Array) -> tuple[Int64Array, Int64Array, BoolArray]:
    """Give number and TSval of the first SYN of each connection, and whether its options were captured."""
    rows, owner = _segments(connections, place)
    flags = connections.segments["flags"].gather(rows).to_numpy()
    from_initiator = connections.segments["from_initiator"].gather(rows).to_numpy()
    syns = np.flatnonzero(from_initiator & ((flags & (SYN | ACK | RST)) == SYN))
    found, at = np.unique(owner[syns], return_index=True)
    chosen = rows[syns[at]]
    taken = connections.segments.select("seq", "tsval", "option_kinds")[chosen]
    seq, stamp = np.zeros(len(place), np.int64), np.full(len(place), UNKNOWN)
    is_whole = np.zeros(len(place), np.bool_)
    seq[found] = taken["seq"].cast(pl.Int64).to_numpy()
    stamp[found] = taken["tsval"].cast(pl.Int64).fill_null(UNKNOWN).to_numpy()
    is_whole[found] = _has_options(taken)
    return seq, stamp, is_whole


def _furthest(connections: "Connections", place: Int64Array) -> tuple[Int64Array, Int64Array, BoolArray]:
    """Give how far the initiators of connections had come: SND.NXT, the last TSval, and whether both are known."""
    rows, owner = _segments(connections, place)
    taken = connections.segments.select("flags", "from_initiator", "seq", "payload_length", "tsval", "option_kinds")[
        rows
    ]
    flags = taken["flags"].cast(pl.Int64).to_numpy()
    is_meant = taken["from_initiator"].to_numpy() & ((flags & RST) == 0)
    owner, taken, flags = owner[is_meant], taken.filter(pl.Series(is_meant)), flags[is_meant]
    seq = taken["seq"].cast(pl.Int64).to_numpy()
    end = seq + taken["payload_length"].cast(pl.Int64).to_numpy() + ((flags & SYN) != 0) + ((flags & FIN) != 0)
    first, base = np.zeros(len(place), np.int64), np.zeros(len(place), np.bool_)
    found, at = np.unique(owner, return_index=True)
    first[found], base[found] = seq[at], True
    base[owner[~_has_options(taken)]] = False
    ahead = ((end - first[owner] + HALF) & LAST) - HALF  # from the first, which may have come late
    highest = np.zeros(len(place), np.int64)
    np.maximum.at(highest, owner, ahead)
    stamped = np.flatnonzero(taken["tsval"].is_not_null().to_numpy())
    tsval = np.full(len(place), UNKNOWN)
    tsval[owner[stamped]] = taken["tsval"].cast(pl.Int64).to_numpy()[stamped]  # of several the last stays
    return (first + highest) & LAST, tsval, base


def _has_options(segments: pl.DataFrame) -> BoolArray:
    """Tell which segments' options were captured: of the others it is not known whether they have a timestamp."""
    found: BoolArray = (segments["option_kinds"].is_not_null() | segments["tsval"].is_not_null()).to_numpy()
    return found


def _segments(connections: "Connections", place: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Give the rows of connections' segments, and for each which of the connections it belongs to."""
    counts = np.diff(connections.offsets)[place]
    rows = connections.order[connections.places_of(place + 1)].astype(np.int64)
    return rows, np.repeat(np.arange(len(place)), counts)
