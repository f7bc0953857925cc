"""Time stamps of a shard's connections, as the screens of rules about RFC 7323 ask for them."""

from dataclasses import dataclass

import numpy as np

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.shard import BoolArray, Int64Array, Sent, Shard, changes
from tcpladder.sequence import MODULUS, unwrap

NONE = np.iinfo(np.int64).max


def has_stamp(shard: Shard) -> BoolArray:
    """Mark the segments with a TSval."""
    return shard.is_known("tsval")


def is_syn_ack(shard: Shard) -> BoolArray:
    """Mark the SYN-ACKs."""
    return shard.has(SYN) & shard.has(ACK) & ~shard.has(RST)


def offered(shard: Shard) -> tuple[BoolArray, BoolArray]:
    """Mark the connections of which a SYN of the initiator carries the option, and one of the responder."""
    return shard.once(_offered)


def _offered(shard: Shard) -> tuple[BoolArray, BoolArray]:
    is_offer = shard.has(SYN) & ~shard.has(RST) & shard.once(has_stamp)
    return shard.having(is_offer & shard.from_initiator), shard.having(is_offer & ~shard.from_initiator)


def negotiated(shard: Shard) -> BoolArray:
    """Mark the connections of which some SYN of either endpoint carries the option."""
    by_initiator, by_responder = offered(shard)
    return by_initiator & by_responder


def stamped(shard: Shard) -> Sent:
    """Give the segments with a TSval, without RSTs and what was captured twice."""
    return shard.once(_stamped)


def _stamped(shard: Shard) -> Sent:
    return shard.sent(shard.once(has_stamp) & ~shard.has(RST) & ~shard.is_duplicate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The segments that clocks stamped, as `stamps.samples` chooses them; TSvals of an endpoint do not wrap."""

    sent: Sent
    times: Int64Array
    ticks: Int64Array
    counts: Int64Array  # how many there are, one an endpoint
    spans: Int64Array  # ns from the earliest to the latest, one an endpoint

    def of(self, endpoints: BoolArray) -> "Samples":
        """Leave out the endpoints that are not marked."""
        if endpoints.all():
            return self
        kept = np.repeat(endpoints, self.counts)
        return Samples(
            sent=self.sent.only(kept),
            times=self.times[kept],
            ticks=self.ticks[kept],
            counts=self.counts[endpoints],
            spans=self.spans[endpoints],
        )


def samples(shard: Shard) -> Samples:
    """Give the segments that clocks stamped."""
    return shard.once(_samples)


def _samples(shard: Shard) -> Samples:
    every = stamped(shard)
    sent = every.only(~shard.once(is_syn_ack)[every.rows])
    times = shard.column("time")[sent.rows]
    first = sent.first
    spans = np.maximum.reduceat(times, first) - np.minimum.reduceat(times, first) if len(sent) else first
    return Samples(
        sent=sent,
        times=times,
        ticks=unwrap(shard.column("tsval")[sent.rows], sent.begins),
        counts=np.diff(first, append=len(sent)),
        spans=spans,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoes:
    """The segments with time stamps, of connections that negotiated them."""

    sent: Sent
    values: Int64Array  # TSecr
    lowest: Int64Array  # of the other endpoint's segments with TSecr as their TSval the lowest number; NONE without any


def echoes(shard: Shard) -> Echoes:
    """Give what segments echo."""
    return shard.once(_echoes)


def _echoes(shard: Shard) -> Echoes:
    sent = shard.sent(negotiated(shard)[shard.connection] & (shard.once(has_stamp) | shard.is_known("tsecr")))
    values = shard.column("tsecr")[sent.rows]
    stamps = sent.only(shard.once(has_stamp)[sent.rows])
    keys, lowest = _lowest(_keys(stamps.endpoint, shard.column("tsval")[stamps.rows]), shard, stamps)
    asked = _keys(shard.peer_of(sent), values)
    runs = np.flatnonzero(changes(asked))
    found = np.repeat(_found(keys, lowest, asked[runs]), np.diff(runs, append=len(asked)))
    return Echoes(sent=sent, values=values, lowest=found)


def _keys(endpoint: Int64Array, stamp: Int64Array) -> Int64Array:
    return endpoint * MODULUS + stamp


def _lowest(keys: Int64Array, shard: Shard, sent: Sent) -> tuple[Int64Array, Int64Array]:
    """Give the keys, rising, and for each the lowest number of the segments that have it."""
    if not len(keys):
        return keys, keys
    runs = np.flatnonzero(changes(keys))
    lowest = np.minimum.reduceat(shard.column("seq_relative")[sent.rows], runs)
    order = np.argsort(keys[runs], kind="stable")
    rising = keys[runs][order]
    distinct = np.flatnonzero(changes(rising))
    return rising[distinct], np.minimum.reduceat(lowest[order], distinct)


def _found(keys: Int64Array, values: Int64Array, asked: Int64Array) -> Int64Array:
    """Give the value of each key that is asked for, NONE where there is no such key."""
    if not len(keys):
        return np.full(len(asked), NONE)
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[place] == asked, values[place], NONE)
