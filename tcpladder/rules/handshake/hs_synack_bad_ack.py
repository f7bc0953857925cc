"""A SYN-ACK acknowledges something that was never sent.

## What it checks
The responder's SYN-ACK acknowledges neither the initiator's SYN nor data that came with it. The finding tells by how
much it is off, and what the initiator did: it should answer with an RST that has that number, and go on waiting.

## Why it matters
The two ends disagree about the initial sequence number. The connection can't be opened, however often the SYN is sent:
something between them answers for the responder, or rewrites numbers in one direction only.

## Example
    initiator > responder  SYN                      !
    initiator < responder  SYN,ACK ack=78           !
    initiator > responder  RST seq=78               !
    initiator > responder  SYN seq=0 +1s
    initiator < responder  SYN,ACK seq=0 ack=78     !
    initiator > responder  RST seq=78               !
    ...  +60s

## Near miss
    # The SYN carried data, and only part of it was taken: RFC 7413.
    initiator > responder  SYN len=100
    initiator < responder  SYN,ACK ack=51
    initiator > responder  ACK seq=51 len=50
    initiator < responder  ACK

## Harmless when
It answers a SYN of the connection before between the same ports, which was still under way: then it is a note. Where
the capture was taken beyond a device that gives connections other sequence numbers, the initiator accepts the SYN-ACK
all the same, and the finding is of low confidence.

## Likely causes
- a stateful firewall or SYN proxy that has lost track
- sequence numbers are rewritten in one direction only, or the two directions take different ways
- one address is served by two devices that do not know of each other
- a SYN-ACK that somebody forged

## What to try next
Capture on both sides of each firewall between the two. Switch the rewriting of sequence numbers off for this traffic.

## References
- RFC 9293 §3.10.7.3 (first check)
- RFC 9293 §3.5 (figure 8: recovery from an old duplicate SYN)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.handshakes import Opening, opening, opening_syns, syn_acks
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.stamps import IS_SYN_ACK, SHOWN, times
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.sequence import MODULUS
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYN-ACKs that answer nothing."""
    syns = opening_syns(subject, Endpoint.INITIATOR)
    if not syns:
        return
    asked = opening(syns)
    answers = [answer for answer in syn_acks(subject, Endpoint.RESPONDER) if answer.row > syns[0].row]
    wrong = [answer for answer in answers if asked.has_wrong_ack(answer) and _finds_it_waiting(answer, asked)]
    if not wrong:
        return
    is_old = _answers_the_connection_before(subject, wrong[0])
    resets = [reset for reset in subject.resets(Endpoint.INITIATOR) if reset.seq == wrong[0].ack]
    is_accepted = not resets and _is_accepted(subject, wrong[0])
    proof = [segment.frame for pair in zip(wrong, resets, strict=False) for segment in pair]
    rest = [segment.frame for segment in wrong[len(resets) :]]
    yield Match(
        frames=(*[*proof, *rest][: SHOWN - 1], syns[0].frame),
        endpoint=Endpoint.RESPONDER,
        level=Level.NOTE if is_old else Level.DEVIATION if is_accepted else None,
        confidence=Confidence.LOW if is_accepted else Confidence.HIGH if resets or is_old else Confidence.MEDIUM,
        message=f"{times(len(wrong), 'SYN-ACK')} acknowledged {wrong[0].ack}, where the SYN in frame {syns[0].frame} "
        f"ends at {syns[0].end}" + _what_follows(len(resets), is_old=is_old, is_accepted=is_accepted),
    )


def _finds_it_waiting(syn_ack: Segment, asked: Opening) -> bool:
    """Whether the initiator had not acknowledged anything yet, and had sent no more than its SYN."""
    return syn_ack.snd_una is None and syn_ack.peer_nxt is not None and syn_ack.peer_nxt <= asked.end


def _answers_the_connection_before(subject: Subject, syn_ack: Segment) -> bool:
    before = subject.previous
    if before is None:
        return False
    old = opening_syns(before, before.same_end(Endpoint.INITIATOR, subject))
    return any((syn.seq_raw + syn.end - syn.seq) % MODULUS == syn_ack.ack_raw for syn in old)


def _is_accepted(subject: Subject, syn_ack: Segment) -> bool:
    own = (segment for segment in subject.after(syn_ack) if segment.sender is Endpoint.INITIATOR)
    return any(segment.ack is not None and segment.ack >= syn_ack.end and not segment.is_rst for segment in own)


def _what_follows(resets: int, *, is_old: bool, is_accepted: bool) -> str:
    if is_old:
        return ": it answers the SYN of the connection before."
    if is_accepted:
        return ", and the initiator accepts it: the capture does not show the numbers that it sees."
    return f"; the initiator answered with {times(resets, 'RST')}." if resets else "."


RULE = Rule(
    id="hs-synack-bad-ack",
    level=Level.VIOLATION,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.10.7.3",),
    manual=__doc__,
    screen=IS_SYN_ACK & ~pl.col("from_initiator") & (pl.col("ack_relative") != 1),
    examine=examine,
)
