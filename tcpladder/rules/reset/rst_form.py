"""An RST that answers a segment has not the form that its answers have.

## What it checks
Where an endpoint certainly holds no connection, its RST answers a segment: a SYN to a closed port; a SYN-ACK that
acknowledges something never sent; or a segment after it had reset the connection itself. What has no ACK is to be
answered by RST,ACK with sequence number 0 that acknowledges it, what has one by a bare RST at the number it
acknowledges. An RST,ACK by which a live endpoint aborts is no answer and is not meant. Payload in an RST is allowed,
and noted.

## Why it matters
In SYN-SENT an RST only counts if it acknowledges the SYN: one of the wrong form is ignored, and the connection attempt
runs into its time limit. Later only the sequence number decides, and the form is harmless; then it tells one stack from
another, for example a load balancer from the server behind it.

## Example
    initiator > responder  SYN            !
    initiator < responder  RST seq=0 win=0  !

## Near miss
    # An abort is no answer: it acknowledges what it had received.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator < responder  RST,ACK

## Harmless when
The number is right and only the ACK flag should not be there: the receiver does not look at it.

## Likely causes
- a firewall, load balancer or intrusion prevention system that writes RSTs itself
- an embedded stack

## What to try next
Compare TTL, IP ID and window of the RSTs of this address: do they come from one machine?

## References
- RFC 9293 §3.5.2
- RFC 9293 §3.10.7.1
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, RST
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.lone_resets import lone_resets
from tcpladder.rulebook.reset_screens import repeats_reset, resets_opening
from tcpladder.rulebook.resets import Reason, Reset, resets
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.rulebook.wording import capitalised, often
from tcpladder.tcp.states import Endpoint

SHOWN = 4


class _Fault(NamedTuple):
    """What is wrong with an RST's form. `words` follow "the RST"."""

    level: Level
    words: str
    asked: Segment | None


def examine(subject: Subject) -> Iterator[Match]:
    """Find the RSTs of each endpoint that have a wrong form, by what is wrong."""
    for endpoint in Endpoint:
        found: dict[str, list[tuple[Reset, _Fault]]] = {}
        obeyed: Reset | None = None
        for reset in resets(subject):
            if reset.sender is not endpoint:
                continue
            fault = _fault(subject, reset, obeyed)
            if fault is not None:
                found.setdefault(fault.words, []).append((reset, fault))
            if obeyed is None and reset.fit.is_effective and not reset.is_while_opening:
                obeyed = reset
        yield from (_match(cases) for cases in found.values())


def _match(cases: list[tuple[Reset, _Fault]]) -> Match:
    reset, fault = cases[0]
    repeated = f" ({often(len(cases))})" if len(cases) > 1 else ""
    answering = f", in answer to frame {fault.asked.frame}," if fault.asked else ""
    asked = (fault.asked.frame,) if fault.asked else ()
    return Match(
        frames=(reset.segment.frame, *asked, *(other.segment.frame for other, _ in cases[1:SHOWN])),
        endpoint=reset.sender,
        level=fault.level,
        confidence=Confidence.MEDIUM if reset.earlier_resets else Confidence.HIGH,
        message=f"{capitalised(reset.sender)}'s RST{answering} {fault.words}{repeated}.",
    )


def _fault(subject: Subject, reset: Reset, obeyed: Reset | None) -> _Fault | None:
    segment = reset.segment
    if segment.payload_length:
        return _Fault(Level.NOTE, "carries payload, which some devices use to give a reason", None)
    if reset.reason is Reason.CLOSED_PORT:
        return _in_answer_to_syn(subject, reset)
    asked = reset.answers or reset.prompt
    if reset.reason is Reason.WRONG_ACK and asked is not None:
        if segment.seq_raw != asked.ack_raw:
            return _Fault(Level.DEVIATION, "has not the number which that acknowledges: it has to be ignored", asked)
        return _Fault(Level.DEVIATION, "has ACK, where it should be bare", asked) if segment.has_ack else None
    answers = reset.answers
    is_late = answers is not None and obeyed is not None and answers.row > obeyed.segment.row
    if is_late and answers is not None and segment.has_ack and answers.has_ack:
        return _Fault(Level.DEVIATION, "has ACK, where it should be bare: the connection was reset before", answers)
    return None


def _in_answer_to_syn(subject: Subject, reset: Reset) -> _Fault | None:
    segment, syn = reset.segment, reset.answers or reset.prompt
    if syn is None or subject.once(_is_accepted) or subject.previous is not None:
        return None  # it may belong to the connection before
    if not segment.has_ack:
        return _Fault(Level.DEVIATION, "has no ACK: it has to be ignored", syn)
    if not segment.fits:
        return _Fault(Level.DEVIATION, "acknowledges something else: it has to be ignored", syn)
    return _Fault(Level.NOTE, "has a sequence number other than 0", syn) if segment.seq_raw else None


def _is_accepted(subject: Subject) -> bool:
    return any(segment.is_syn_ack for segment in subject.segments)


def screen(shard: Shard) -> BoolArray:
    """Mark connections with an RST that carries payload, refuses what opens the connection, or is not the only one."""
    has_payload = shard.some(any_of(RST) & (pl.col("payload_length") > 0))
    return has_payload | repeats_reset(shard) | (resets_opening(shard) & ~_refuses_properly(shard))


def _refuses_properly(shard: Shard) -> BoolArray:
    """Mark connections with an RST that has the form of what answers their SYN, or declines a proper SYN-ACK."""
    resets = lone_resets(shard)
    is_proper = resets.is_refusal & resets.is_effective & shard.has(ACK)[resets.row]
    proper = np.zeros(len(shard), np.bool_)
    is_proper &= shard.column("seq")[resets.row] == 0
    proper[resets.place[is_proper | resets.is_decline]] = True
    return proper


RULE = Rule(
    id="rst-form",
    level=Level.DEVIATION,
    category=Category.RESET,
    sources=("RFC 9293 §3.5.2", "RFC 9293 §3.10.7.1"),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
