"""How endpoints close: each one's FIN, its repetitions and its acknowledgment; and screens for what comes after."""

from dataclasses import dataclass

import numpy as np

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.rulebook.rule import all_of, any_of
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Segment, Subject, first
from tcpladder.tcp.states import Endpoint

SHOWN = 10
"""How many frames of one kind a finding names."""

SAME_CONNECTION = 65_536
"""Sequence numbers: what lies no further behind a FIN belongs to its connection.

Where the SYN of a port used again was not captured, two connections look like one. Linux opens the second one 65 537
beyond the first (RFC 6191 §2 asks for a higher number), and any other ISN is seldom so near (RFC 6528 §3).
"""

IS_FIN = all_of(FIN, ACK) & ~any_of(SYN, RST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An endpoint's FIN: the first one captured, what was captured of it again, and its first acknowledgment.

    Where FINs came at several places, it is the first that was acknowledged, else the first of all.
    """

    fin: Segment
    repeats: tuple[Segment, ...]  # at the same place; with which data they are sent again does not matter
    ack: Segment | None  # by the other side, of the FIN and nothing beyond; RSTs aside

    @property
    def position(self) -> int:
        """The sequence number of the FIN itself, relative."""
        return self.fin.fin_position


def proper_fins(subject: Subject, endpoint: Endpoint) -> list[Segment]:
    """Give an endpoint's FINs as a synchronized endpoint sends them: with ACK, without SYN."""
    return [fin for fin in subject.fins(endpoint) if fin.flags & (ACK | SYN) == ACK]


def closing(subject: Subject, endpoint: Endpoint) -> Closing | None:
    """Give an endpoint's FIN, or None where none was captured."""
    return subject.once(_closings)[endpoint]


def _closings(subject: Subject) -> tuple[Closing | None, Closing | None]:
    return _closing(subject, Endpoint.INITIATOR), _closing(subject, Endpoint.RESPONDER)


def _closing(subject: Subject, endpoint: Endpoint) -> Closing | None:
    fins = proper_fins(subject, endpoint)
    if not fins:
        return None
    answers = [s for s in subject.by(endpoint.peer) if not s.is_rst]
    acked = {s.ack for s in answers}
    fin = first(fin for fin in fins if fin.end in acked) or fins[0]
    return Closing(
        fin=fin,
        repeats=tuple(other for other in fins if other.row > fin.row and other.end == fin.end),
        ack=first(s for s in answers if s.ack == fin.end),
    )


def fins(shard: Shard) -> BoolArray:
    """Mark the FINs as synchronized endpoints send them."""
    is_fin: BoolArray = (shard.flags & (FIN | ACK | SYN | RST)) == FIN | ACK
    return is_fin


def goes_on(shard: Shard, ends: BoolArray, others: BoolArray, *, same_sender: bool) -> BoolArray:
    """Mark connections with one of `others` after the first of `ends` of the same sender, or else of the other side.

    Both mark segments.
    """
    first, last = shard.first_of(ends), shard.last_of(others)
    pairs = zip(first, last if same_sender else last[::-1], strict=True)
    found: BoolArray = np.logical_or(*(after > end for end, after in pairs))
    return found
