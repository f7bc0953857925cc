"""Who lingers in TIME-WAIT, and the SYNs that come for connections between the same addresses and ports.

An endpoint that closed first keeps the connection in TIME-WAIT for 2 MSL (RFC 9293 §3.6.1). Stacks keep it for 30 to
240 seconds, most for 60.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.closing import closing
from tcpladder.rulebook.shard import INITIATOR_LINGERS, RESPONDER_LINGERS, BoolArray, Int64Array, Shard, UInt8Array
from tcpladder.rulebook.subject import SECOND, Segment, Subject, first
from tcpladder.sequence import MODULUS, is_before
from tcpladder.tcp.states import Endpoint, State
from tcpladder.tcp.timeline import StateArray

TWICE_MSL = 240 * SECOND  # RFC 9293 §3.4.2
USUAL_TIME_WAIT = 60 * SECOND
SHORT_TIME_WAIT = 30 * SECOND  # hardly any host keeps TIME-WAIT for less


def lingering(connections: pl.DataFrame, before: Int64Array, last_states: tuple[StateArray, StateArray]) -> UInt8Array:
    """Tell which ends the connection before left in TIME-WAIT, as `Shard.lingering` has it.

    `connections` has the ends of connections (`connections.table.CONNECTIONS`), `before` the row of the one before each
    between the same addresses and ports, -1 without one, `last_states` the initiators' and the responders' states
    (`tcp.timeline.Histories.last_states`).
    """
    by_initiator, by_responder = ((before >= 0) & (states == State.TIME_WAIT)[before] for states in last_states)
    is_same_way = same_way(connections, before)
    own = np.where(is_same_way, by_initiator, by_responder)
    other = np.where(is_same_way, by_responder, by_initiator)
    return np.where(own, INITIATOR_LINGERS, 0).astype(np.uint8) | np.where(other, RESPONDER_LINGERS, 0).astype(np.uint8)


def same_way(connections: pl.DataFrame, before: Int64Array) -> BoolArray:
    """Tell which connections have the initiator of the one before, given as for `lingering`."""
    address, port = connections["initiator"].to_numpy(), connections["initiator_port"].to_numpy()
    is_same: BoolArray = (before >= 0) & (address == address[before]) & (port == port[before])
    return is_same


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How far an endpoint had come: raw SND.NXT and last TSval, with the time (ns) at which the latter was sent."""

    nxt: int
    tsval: int | None
    time: int
    ttl: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a SYN's numbers lie to those of the connection before; `by_stamp` is None where one has no timestamp."""

    by_number: bool
    by_stamp: bool | None
    is_first_stamp: bool = False  # the SYN has a timestamp, and the connection before had none

    @property
    def is_acceptable(self) -> bool:
        """Whether an endpoint in TIME-WAIT can tell it from an old duplicate (RFC 6191 §2), in one way or the other."""
        return self.by_number or bool(self.by_stamp) or self.is_first_stamp


def lingers(subject: Subject, endpoint: Endpoint) -> bool:
    """Tell whether an endpoint was left in TIME-WAIT, as its own acknowledgment of the other FIN proves."""
    other = closing(subject, endpoint.peer)
    return subject.last_state(endpoint) is State.TIME_WAIT and other is not None and other.ack is not None


def lingers_before(shard: Shard, end: int) -> BoolArray:
    """Mark connections with a SYN before which a connection left an end in TIME-WAIT, as `Shard.lingering` tells it."""
    is_left: BoolArray = (shard.lingering & np.uint8(end)) != 0
    return is_left & shard.having(shard.has(SYN) & ~shard.has(ACK | RST))


def has_opening(subject: Subject) -> bool:
    """Tell whether a SYN without ACK was captured of a connection."""
    return any(segment.is_syn for end in Endpoint for segment in subject.syns(end))


def last_numbers(subject: Subject, endpoint: Endpoint, before: Segment | None = None) -> Numbers | None:
    """Give how far an endpoint had come in a connection, up to before a segment; None where it sent nothing."""
    sent = [s for s in subject.by(endpoint) if s.is_ordinary and (before is None or s.row < before.row)]
    if not sent:
        return None
    highest = max(sent, key=lambda segment: segment.end)
    stamped = [segment for segment in sent if segment.tsval is not None]
    newest = stamped[-1] if stamped else sent[-1]
    return Numbers(
        nxt=(highest.seq_raw + highest.end - highest.seq) % MODULUS,
        tsval=newest.tsval,
        time=newest.time,
        ttl=sent[-1].ttl,
    )


def progress(syn: Segment, last: Numbers) -> Progress:
    """Compare a SYN with what its sender had sent in the connection before."""
    has_stamps = syn.tsval is not None and last.tsval is not None
    return Progress(
        by_number=syn.seq_raw == last.nxt or is_before(last.nxt, syn.seq_raw),
        by_stamp=is_before(last.tsval or 0, syn.tsval or 0) if has_stamps else None,
        is_first_stamp=syn.tsval is not None and last.tsval is None,
    )


def opening_syn(subject: Subject) -> Segment | None:
    """Give the SYN that opened a connection."""
    return first(segment for segment in subject.syns(Endpoint.INITIATOR) if segment.is_syn)
