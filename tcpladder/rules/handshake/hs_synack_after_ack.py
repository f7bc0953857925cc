"""The SYN-ACK is sent again although the initiator had already acknowledged it.

## What it checks
A SYN-ACK is repeated long enough after the ACK of the first one that this ACK should have arrived: the initiator is
ESTABLISHED, the responder still SYN-RECEIVED. It is sure when the responder repeats its SYN-ACK more than once, or
repeats it after payload of the initiator, which acknowledges it as well, and never goes on. Once alone is a note.

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
The ACK was lost on the way from the capture to the responder: then it happens once. A listener with TCP_DEFER_ACCEPT
ignores the bare ACK and takes the first payload.

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

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.handshakes import opening_syns, syn_acks
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.stamps import IS_SYN_ACK, SHOWN
from tcpladder.rulebook.subject import ASSUMED_RTT, MS, Segment, Subject
from tcpladder.tcp.states import Endpoint

MARGIN = 50 * MS


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYN-ACKs that were sent again after their ACK."""
    answers = syn_acks(subject, Endpoint.RESPONDER)
    acks = [segment for segment in subject.by(Endpoint.INITIATOR) if _is_ack_of_syn(segment)]
    if len(answers) < 2 or not acks:
        return
    syns = opening_syns(subject, Endpoint.INITIATOR)
    patience = _patience(syns, answers[0])
    prompts = sorted(syn.time for syn in syns)
    ignored = [
        answer
        for answer in answers[1:]
        if answer.ack == answers[0].ack
        and answer.snd_nxt == answers[0].end  # it has not gone on
        and answer.time - acks[0].time > patience
        and bisect_left(prompts, answer.time - patience) == bisect_right(prompts, answer.time)  # it answers no SYN
    ]
    if not ignored:
        return
    ignores_payload = any(ack.payload_length and ignored[-1].time - ack.time > patience for ack in acks)
    is_sure = len(ignored) > 1 or (ignores_payload and not _goes_on(subject))
    sureness = Confidence.HIGH if len(ignored) > 1 and ignores_payload else Confidence.MEDIUM
    yield Match(
        frames=(ignored[0].frame, acks[0].frame, *(answer.frame for answer in ignored[1 : SHOWN - 1])),
        endpoint=Endpoint.RESPONDER,
        confidence=sureness if is_sure else Confidence.LOW,
        level=Level.DEVIATION if is_sure else Level.NOTE,
        message=f"The responder sent its SYN-ACK again {_count(ignored)} after the initiator's ACK in frame "
        f"{acks[0].frame}: it {_what(is_sure=is_sure, ignores_payload=ignores_payload)}.",
    )


def _count(repeated: list[Segment]) -> str:
    return "once" if len(repeated) == 1 else f"{len(repeated)} times"


def _what(*, is_sure: bool, ignores_payload: bool) -> str:
    if not is_sure:
        return "ignores that ACK, or the ACK was lost"
    return "ignores that ACK, and the payload after it" if ignores_payload else "ignores that ACK"


def _goes_on(subject: Subject) -> bool:
    """Whether the responder sends more than its SYN-ACK, or acknowledges more than the SYN."""
    sent = subject.by(Endpoint.RESPONDER)
    return any(not segment.is_rst and (segment.end > 1 or (segment.ack or 0) > 1) for segment in sent)


def _is_ack_of_syn(segment: Segment) -> bool:
    return segment.ack == 1 and not segment.is_syn_ack and not segment.is_rst


def _patience(syns: list[Segment], answer: Segment) -> int:
    """Give the time in ns after which an ACK has surely arrived: the longest that the first SYN-ACK can have taken."""
    measured = answer.time - syns[0].time if syns else 0
    return max(measured, ASSUMED_RTT) + MARGIN


RULE = Rule(
    id="hs-synack-after-ack",
    level=Level.DEVIATION,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.10.7.4",),
    manual=__doc__,
    screen=IS_SYN_ACK & ~pl.col("from_initiator") & (pl.col("snd_nxt") >= 1),
    examine=examine,
)
