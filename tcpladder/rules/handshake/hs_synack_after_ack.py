"""The SYN-ACK is sent again although the initiator had already acknowledged it.

## What it checks
A SYN-ACK is repeated long enough after the ACK of the first one that this ACK should have arrived: the initiator is
ESTABLISHED, the responder still SYN-RECEIVED. It is sure when the responder repeats its SYN-ACK more than once, or
does so after payload of the initiator was captured, which acknowledges it as well.

## Why it matters
An acceptable ACK moves SYN-RECEIVED to ESTABLISHED; no clause lets an endpoint ignore it. The initiator believes in a
connection that the responder's application has never been given, and its first request goes unanswered.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK                     !
    initiator > responder  PSH,ACK len=100
    initiator < responder  SYN,ACK seq=0 ack=1     +1s  !
    initiator > responder  ACK seq=101 ack=1
    initiator < responder  SYN,ACK seq=0 ack=1     +2s  !
    initiator > responder  ACK seq=101 ack=1

## Near miss
    # The SYN-ACK answers a repeated SYN, which crossed the first one on the way.
    initiator > responder  SYN
    initiator > responder  SYN seq=0  +1s
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  SYN,ACK seq=0
    initiator > responder  ACK

## Harmless when
The capture was taken at the initiator and the ACK was lost on the way: then it happens once. A listener with
TCP_DEFER_ACCEPT ignores the bare ACK and takes the first payload.

## Likely causes
- the listener's accept queue was full when the ACK came
- TCP_DEFER_ACCEPT
- a firewall drops the ACK, or the path loses in one direction

## What to try next
`ss -ltn` at the responder: the queue is full when Recv-Q exceeds Send-Q. `nstat -az TcpExtListenOverflows`. Raise the
backlog and somaxconn, or find out why the application does not accept.

## References
- RFC 9293 §3.10.7.4 (fifth step, SYN-RECEIVED)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.rule import Category, Confidence, Level, Match, Rule, all_of, any_of
from tcpladder.rulebook.subject import MS, Segment, Subject, first
from tcpladder.tcp.states import Endpoint

CROSSING = 50 * MS
ANSWERS_SYN_WITHIN = 50 * MS


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYN-ACKs that were sent again after their ACK."""
    repeated = [syn for syn in subject.syns(Endpoint.RESPONDER) if syn.is_syn_ack][1:]
    acks = [
        segment
        for segment in subject.by(Endpoint.INITIATOR)
        if segment.ack == 1 and not segment.is_syn_ack and not segment.is_rst
    ]
    if not repeated or not acks:
        return
    ignored = [syn for syn in repeated if _should_know(subject, acks[0], syn) and not _answers_a_syn(subject, syn)]
    if not ignored:
        return
    is_sure = len(ignored) > 1 or any(_should_know(subject, ack, ignored[0]) for ack in acks if ack.payload_length)
    times = "once" if len(ignored) == 1 else f"{len(ignored)} times"
    yield Match(
        frames=(ignored[0].frame, acks[0].frame, *(syn.frame for syn in ignored[1:])),
        endpoint=Endpoint.RESPONDER,
        confidence=Confidence.HIGH if is_sure else Confidence.LOW,
        level=Level.DEVIATION if is_sure else Level.NOTE,
        message=f"The responder repeated its SYN-ACK {times} after the initiator's ACK in frame {acks[0].frame}: "
        + ("it ignores that ACK." if is_sure else "it ignores that ACK, or the ACK was lost."),
    )


def _should_know(subject: Subject, ack: Segment, syn_ack: Segment) -> bool:
    return syn_ack.time - ack.time > subject.time_to_and_back(Endpoint.RESPONDER) + CROSSING


def _answers_a_syn(subject: Subject, syn_ack: Segment) -> bool:
    syns = (segment for segment in subject.by(Endpoint.INITIATOR) if segment.is_syn)
    wait = subject.time_to_and_back(Endpoint.RESPONDER) + ANSWERS_SYN_WITHIN
    return first(syn for syn in syns if 0 <= syn_ack.time - syn.time <= wait) is not None


RULE = Rule(
    id="hs-synack-after-ack",
    level=Level.DEVIATION,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.10.7.4",),
    manual=__doc__,
    screen=all_of(SYN, ACK) & ~any_of(RST) & (pl.col("snd_nxt") >= 1),
    examine=examine,
)
