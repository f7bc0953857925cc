"""A segment is older than what its receiver has proven to hold, and has to be dropped.

## What it checks
Timestamps were negotiated, and a segment with something that its receiver has not acknowledged yet carries a TSval that
is less than what the receiver had already echoed. The receiver's next segments tell what it did with it.

## Why it matters
Protection against wrapped sequence numbers (PAWS): the receiver drops such a segment, whatever it carries, and answers
with an ACK. The data has to be sent again with a newer timestamp.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=5000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=5000
    initiator < responder  PSH,ACK len=10 tsval=5001 tsecr=101
    initiator > responder  ACK tsval=102 tsecr=5001          !
    initiator < responder  PSH,ACK len=10 tsval=4000 tsecr=102  !
    initiator > responder  ACK ack=11 tsval=103 tsecr=5001   !
    initiator < responder  PSH,ACK len=10 seq=11 tsval=5300 tsecr=103 +300ms
    initiator > responder  ACK tsval=500 tsecr=5300

## Near miss
    # The old segment brings nothing that was not acknowledged: a late original after its retransmission.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=5000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=5000
    initiator < responder  PSH,ACK len=10 tsval=5250 tsecr=101 +250ms
    initiator > responder  ACK tsval=352 tsecr=5250
    initiator < responder  PSH,ACK len=10 seq=1 tsval=5002 tsecr=101
    initiator > responder  ACK tsval=353 tsecr=5250
    ... +60s

## Harmless when
It happens once, to a segment that was under way for long while a retransmission went past it.

## Likely causes
- a load balancer or address translation mixes the clocks of two hosts on one connection
- the sender's clock went back: a virtual machine was moved, or a proxy failed over
- segments overtake each other by more than a tick of a fast clock

## What to try next
`nstat -az TcpExtPAWSEstab` at a Linux receiver counts such drops. Compare TTL and IP ID of the old segment with others
of its sender.

## References
- RFC 7323 §5.3 (R1)
- RFC 7323 §5.2
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import has_stamp, negotiated
from tcpladder.rulebook.stamps import SHOWN, TAG, after_handshake, is_negotiated, times
from tcpladder.rulebook.subject import MS, Segment, Subject
from tcpladder.sequence import HALF, MODULUS, distance
from tcpladder.tcp.states import Endpoint

ANSWERS_WITHIN = 50 * MS


@dataclass(frozen=True, slots=True)
class _Old:
    """A segment that has to be dropped, the one that proves what its receiver holds, and the receiver's answer."""

    segment: Segment
    proof: Segment
    answer: Segment | None = None
    is_accepted: bool = False


def examine(subject: Subject) -> Iterator[Match]:
    """Find segments older than what their receiver has echoed."""
    if not is_negotiated(subject):
        return
    later = after_handshake(subject)
    for endpoint in Endpoint:
        found = [_answered(subject, old) for old in _old(endpoint, later)]
        if not found:
            continue
        told = next((old for old in found if old.answer), found[0])
        answer = () if told.answer is None else (told.answer.frame,)
        others = tuple(old.segment.frame for old in found if old is not told)
        held = f"the {endpoint.peer.name.lower()} had echoed {told.proof.tsecr} in frame {told.proof.frame}"
        more = f" {times(len(others), 'more such segment')}." if others else ""
        yield Match(
            frames=(told.segment.frame, told.proof.frame, *answer, *others[:SHOWN]),
            endpoint=endpoint,
            confidence=Confidence.HIGH if told.answer else Confidence.LOW,
            tags=(TAG,),
            message=f"The segment in frame {told.segment.frame} carries TSval {told.segment.tsval}, and {held}: "
            f"{_outcome(told)}.{more}",
        )


def _outcome(old: _Old) -> str:
    if old.answer is None:
        return "it has to be dropped"
    if old.is_accepted:
        return f"it had to be dropped, and frame {old.answer.frame} accepts it"
    return f"it is dropped, as frame {old.answer.frame} shows, which still asks for {old.answer.ack}"


def _old(endpoint: Endpoint, later: list[Segment]) -> Iterator[_Old]:
    proof: Segment | None = None
    for segment in later:
        if segment.sender is endpoint.peer:
            proof = segment if segment.tsecr else proof
        elif proof is not None and _is_wanted(segment) and distance(proof.tsecr or 0, segment.tsval or 0) < 0:
            yield _Old(segment, proof)


def _is_wanted(segment: Segment) -> bool:
    brings_something = segment.end > segment.seq and segment.end > (segment.snd_una or 0)
    return brings_something and segment.tsval is not None and not segment.is_keep_alive


def _answered(subject: Subject, old: _Old) -> _Old:
    """Find what the receiver sent next, if soon enough to be an answer."""
    segment = old.segment
    until = segment.time + 2 * subject.time_to_and_back(segment.sender.peer) + ANSWERS_WITHIN
    for answer in subject.after(segment):
        if answer.time > until:
            break
        if answer.sender is segment.sender:
            if answer.seq < segment.end and answer.end > segment.seq:
                break  # sent again: what is acknowledged now may be this one
        elif answer.ack is not None and answer.ack >= segment.end and not answer.is_rst:
            return _Old(segment, old.proof, answer, is_accepted=True)
        elif answer.is_pure_ack and answer.ack == segment.snd_una == segment.seq:
            return _Old(segment, old.proof, answer)
    return old


def screen(shard: Shard) -> BoolArray:
    """Mark connections in which a segment that occupies numbers is older than the other side's last echo."""
    echoes = ~shard.has(SYN | RST) & ~shard.is_duplicate & (shard.column("tsecr") > 0)
    occupies = ~shard.has(SYN | RST) & (shard.column("segment_length") > 0) & shard.once(has_stamp)
    rows = np.arange(len(echoes))
    found = np.zeros(len(shard), np.bool_)
    for sender in (shard.from_initiator, ~shard.from_initiator):
        asked = np.flatnonzero(occupies & sender)
        held = np.maximum.accumulate(np.where(echoes & ~sender, rows, -1))[asked]
        is_known = held >= shard.offsets[shard.connection[asked]]
        age = shard.column("tsval")[asked] - shard.column("tsecr")[held]
        found |= shard.of(asked[is_known & (age % MODULUS >= HALF)])
    return negotiated(shard) & found


RULE = Rule(
    id="ts-paws-drop",
    level=Level.NOTE,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §5.3",),
    manual=__doc__,
    screen=screen,
    examine=examine,
    silent_without=Missing.BEGINNING,
)
