"""SYNs that a responder in TIME-WAIT accepts for what they are, a new connection; by column.

It is what `rules.teardown.td_timewait_syn` sees most: a client that uses its ports again soon. Whatever is in doubt is
left to an examination.
"""

from dataclasses import dataclass

import numpy as np

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.rulebook.decided import first, is_plain, last, some
from tcpladder.rulebook.lingering import USUAL_TIME_WAIT
from tcpladder.rulebook.shard import RESPONDER_LINGERS, BoolArray, Int64Array, Shard
from tcpladder.sequence import HALF, LAST, distance

LONGEST = 1_000_000_000_000_000
"""In ns: what is so long ago is not reckoned with by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisits:
    """Connections whose responder the one before left in TIME-WAIT, without a second SYN of another number.

    One entry each. `is_newer` marks the SYNs that can be told from old duplicates of that connection, come within the
    usual TIME-WAIT, and are accepted with an ISN that is above the old numbers, or of another host. The others come
    later. `syn`, `answer` and `last`, what the responder sent last before, are rows of the shard; `age` (ns) is the
    time between `last` and the SYN.
    """

    place: Int64Array
    syn: Int64Array
    answer: Int64Array
    last: Int64Array
    age: Int64Array
    is_newer: BoolArray


class _Side:
    """What some connections' segments show, and the rows of one that all of them have to have."""

    def __init__(self, shard: Shard, places: Int64Array) -> None:
        self.shard = shard
        self.rows, self.starts = shard.rows_of(places)
        self.owner = np.repeat(np.arange(len(places)), np.diff(self.starts, append=len(self.rows)))
        self.flags = shard.flags[self.rows]
        self.from_initiator = shard.from_initiator[self.rows]

    def of(self, name: str) -> Int64Array:
        return self.shard.column(name)[self.rows]

    def is_like(self, of: int, flags: int) -> BoolArray:
        """Mark the segments that have, of some flags, just these."""
        like: BoolArray = (self.flags & of) == flags
        return like

    def first(self, marked: BoolArray) -> tuple[BoolArray, Int64Array]:
        """Tell which connections have a marked segment, and give the shard's row of the first."""
        found = first(marked, self.starts)
        return found < len(self.rows), self.rows[np.minimum(found, len(self.rows) - 1)]

    def last(self, marked: BoolArray) -> tuple[BoolArray, Int64Array]:
        found = last(marked, self.starts)
        return found >= 0, self.rows[found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """How far an endpoint had come, as `lingering.Numbers`; one entry a connection."""

    is_known: BoolArray
    nxt: Int64Array
    has_stamp: BoolArray
    tsval: Int64Array
    time: Int64Array


def _numbers(side: _Side, sent: BoolArray) -> _Numbers:
    shard = side.shard
    ordinary = sent & side.is_like(SYN | RST | ACK, ACK)
    end = side.of("end_relative")
    lowest = np.iinfo(np.int64).min
    highest_end = np.maximum.reduceat(np.where(ordinary, end, lowest), side.starts)
    is_known, highest = side.first(ordinary & (end == highest_end[side.owner]))
    has_stamp, newest = side.last(ordinary & shard.is_known("tsval")[side.rows])
    _, latest = side.last(ordinary)
    seq, relative = shard.column("seq"), shard.column("seq_relative")
    return _Numbers(
        is_known=is_known,
        nxt=(seq[highest] + shard.column("end_relative")[highest] - relative[highest]) & LAST,
        has_stamp=has_stamp,
        tsval=shard.column("tsval")[newest],
        time=shard.column("time")[np.where(has_stamp, newest, latest)],
    )


def revisits(shard: Shard, fastest: int) -> Revisits:
    """Give the SYNs for responders in TIME-WAIT; clocks of timestamps tick `fastest` times a second at most."""
    places = np.flatnonzero(_is_simple(shard))
    if not len(places):
        nothing = np.zeros(0, np.int64)
        return Revisits(
            place=nothing, syn=nothing, answer=nothing, last=nothing, age=nothing, is_newer=np.zeros(0, np.bool_)
        )
    now, before = _Side(shard, places), _Side(shard, shard.before[places])
    has_syn, syn = now.first(now.from_initiator & now.is_like(SYN | ACK | RST, SYN))
    has_answer, answer = now.first(~now.from_initiator & (now.rows > syn[now.owner]))
    is_openers = before.from_initiator == shard.is_same_way[places][before.owner]
    has_last, latest = before.last(~is_openers)
    own, other = _numbers(before, is_openers), _numbers(before, ~is_openers)
    time = shard.column("time")
    is_sure = has_syn & has_last & ~shard.segments["is_header_cut"].to_numpy()[syn]
    is_accepted = has_answer & ((shard.flags[answer] & (SYN | ACK | RST)) == SYN | ACK)
    is_opened = some(before.is_like(SYN | ACK | RST, SYN), before.starts)
    is_newer = is_accepted & is_opened & own.is_known & other.is_known & _is_fin_acknowledged(before, is_openers)
    elapsed = time[answer] - other.time
    is_newer &= _is_acceptable(shard, syn, own) & (np.abs(elapsed) < LONGEST)
    is_newer &= ~(
        _is_same_clock(shard, answer, other, elapsed, fastest) & _is_before(shard.column("seq")[answer], other.nxt)
    )
    age = time[syn] - time[latest]
    is_decided = is_sure & (is_newer | (age < 0) | (age >= USUAL_TIME_WAIT))
    return Revisits(
        place=places[is_decided],
        syn=syn[is_decided],
        answer=answer[is_decided],
        last=latest[is_decided],
        age=age[is_decided],
        is_newer=(is_newer & (age >= 0) & (age < USUAL_TIME_WAIT))[is_decided],
    )


def _is_simple(shard: Shard) -> BoolArray:
    """Mark the connections whose responder alone lingers, and each endpoint of which has sent one SYN, or the same."""
    plain = is_plain(shard)
    simple: BoolArray = plain & plain[shard.before] & (shard.lingering == RESPONDER_LINGERS) & ~has_other_syn(shard)
    return simple


def has_other_syn(shard: Shard) -> BoolArray:
    """Mark the connections with two different SYNs of one endpoint."""
    return shard.once(_has_other_syn)


def _has_other_syn(shard: Shard) -> BoolArray:
    syns = shard.sent(shard.has(SYN) & ~shard.has(RST))
    return shard.of(syns.rows[syns.steps(shard.column("seq")[syns.rows]) != 0])


def _is_fin_acknowledged(before: _Side, is_openers: BoolArray) -> BoolArray:
    """Tell where the last FIN of the opener is acknowledged, which proves that the other side was in TIME-WAIT."""
    is_fin = is_openers & before.is_like(FIN | RST | ACK | SYN, FIN | ACK)
    has_fin, fin = before.last(is_fin)
    end = before.shard.column("end_relative")[fin]
    is_ack = ~is_openers & before.is_like(ACK | RST, ACK) & (before.of("ack_relative") == end[before.owner])
    acknowledged: BoolArray = has_fin & some(is_ack, before.starts)
    return acknowledged


def _is_acceptable(shard: Shard, syn: Int64Array, own: _Numbers) -> BoolArray:
    """Tell where a SYN is newer than its sender's last numbers (`lingering.Progress.is_acceptable`)."""
    seq, tsval, has_stamp = shard.column("seq")[syn], shard.column("tsval")[syn], shard.is_known("tsval")[syn]
    by_number = ((seq - own.nxt) & LAST) < HALF
    by_stamp = has_stamp & (~own.has_stamp | _is_before(own.tsval, tsval))
    acceptable: BoolArray = by_number | by_stamp
    return acceptable


def _is_same_clock(shard: Shard, answer: Int64Array, other: _Numbers, elapsed: Int64Array, fastest: int) -> BoolArray:
    has_stamps = other.has_stamp & shard.is_known("tsval")[answer]
    ticks = distance(other.tsval, shard.column("tsval")[answer])
    within = np.clip(elapsed, -LONGEST, LONGEST) * fastest // 1_000_000_000 + fastest
    same: BoolArray = has_stamps & (ticks >= 0) & (ticks <= within)
    return same


def _is_before(a: Int64Array, b: Int64Array) -> BoolArray:
    ahead = (b - a) & LAST
    before: BoolArray = (ahead > 0) & (ahead < HALF)
    return before
