"""A SYN comes for an endpoint in TIME-WAIT.

## What it checks
An endpoint closed first and is in TIME-WAIT, for less than a minute. The other side opens a connection between the
same ports. Its SYN can be told from an old duplicate if its sequence number or its timestamp is higher than the last
one of the connection before. Then the SYN should be accepted, with an ISN above the old numbers: that is a note, and
a deviation where the SYN is refused or ignored. Else the SYN should not be accepted: a violation where it is. A new
ISN below the old numbers is a violation too, where timestamps prove that the same host answers.

## Why it matters
A busy client comes back to a port while the server still holds it in TIME-WAIT. What the server does then decides
between a connection at once, a second's delay, and old data in a new connection. Linux answers a SYN that it does not
accept with an ACK of the old connection; the RST that this provokes ends TIME-WAIT, and the SYN's repetition
succeeds.

## Example
    initiator > responder  SYN isn=1000 tsval=1000 tsecr=0
    initiator < responder  SYN,ACK isn=5000 tsval=7000 tsecr=1000
    initiator > responder  ACK tsval=1010 tsecr=7000
    initiator < responder  FIN,ACK tsval=7100 tsecr=1010
    initiator > responder  FIN,ACK tsval=1110 tsecr=7100
    initiator < responder  ACK tsval=7110 tsecr=1110         !
    initiator > responder  SYN isn=90000 tsval=3200 tsecr=0  +2s  !
    initiator < responder  ACK seq=2 ack=4294878298 tsval=9200 tsecr=1110  !
    initiator > responder  RST seq=4294878298  !

## Near miss
    # TIME-WAIT is over.
    initiator > responder  SYN isn=1000
    initiator < responder  SYN,ACK isn=50000
    initiator > responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator > responder  SYN isn=500  +90s
    initiator < responder  SYN,ACK isn=100
    initiator > responder  ACK

## Harmless when
The connection is accepted, or the SYN was an old duplicate indeed.

## Likely causes
- a source NAT that uses ports again quickly, for hosts with clocks of their own
- random timestamp offsets
- a firewall that gives sequence numbers of its own, so that a SYN is newer on one side of it only
- a client with a fixed source port

## What to try next
Give the NAT more ports or addresses. Let clients, not servers, close first.

## References
- RFC 6191 §2
- RFC 9293 §3.6.1
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tcpladder.rulebook.decided import Decided, Matches
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.lingering import (
    SHORT_TIME_WAIT,
    USUAL_TIME_WAIT,
    Numbers,
    Progress,
    has_opening,
    last_numbers,
    lingers,
    lingers_before,
    opening_syn,
    progress,
)
from tcpladder.rulebook.revisits import has_other_syn, revisits
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import RESPONDER_LINGERS, BoolArray, Shard
from tcpladder.rulebook.subject import SECOND, Segment, Subject, first
from tcpladder.rulebook.wording import name, seconds
from tcpladder.sequence import distance, is_before
from tcpladder.tcp.states import Endpoint, State

FASTEST = 1100  # ticks a second (RFC 7323 §5.4 allows 1000)
ACCEPTED = "is accepted"
ACCEPTED_TAGS = ("port-reused", "tw-reuse")
LOW_ISN = ", with an ISN below the old numbers"


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYNs for an endpoint in TIME-WAIT: the one that opens this connection, and strays in it."""
    yield from _opening(subject)
    yield from _strays(subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """A SYN for an endpoint in TIME-WAIT: `last` is what that sent last before it, `answer` what it sent next."""

    syn: Segment
    last: Segment
    answer: Segment | None
    progress: Progress
    reset: Segment | None  # with which the SYN's sender refuses that answer; it ends TIME-WAIT

    @property
    def age(self) -> int:
        """For how long the endpoint had been in TIME-WAIT, at most, in ns."""
        return self.syn.time - self.last.time


def _visit(subject: Subject, syn: Segment, last: Segment, own: Numbers) -> _Visit:
    answer = first(s for s in subject.after(syn) if s.sender is syn.sender.peer)
    reset = None
    if answer is not None and answer.is_ordinary:
        resets = (s for s in subject.after(answer) if s.is_rst and s.sender is syn.sender)
        reset = first(s for s in resets if s.seq_raw == answer.ack_raw)
    return _Visit(syn=syn, last=last, answer=answer, progress=progress(syn, own), reset=reset)


def _opening(subject: Subject) -> Iterator[Match]:
    before, syn = subject.previous, opening_syn(subject)
    if before is None or syn is None or syn.is_header_cut or not has_opening(before):
        return
    opener = subject.same_end(Endpoint.INITIATOR, before)
    own, other = last_numbers(before, opener), last_numbers(before, opener.peer)
    if own is None or other is None or not lingers(before, opener.peer) or lingers(before, opener):
        return
    visit = _visit(subject, syn, before.by(opener.peer)[-1], own)
    if not 0 <= visit.age < USUAL_TIME_WAIT:
        return
    if visit.answer is None:
        is_over = not subject.missing & Missing.END
        if is_over and len(subject.syns(Endpoint.INITIATOR)) > 1 and visit.progress.is_acceptable:
            yield _match(visit, level=Level.NOTE, confidence=Confidence.LOW)
    elif visit.answer.is_syn_ack:
        yield _accepted(visit, visit.answer, other)
    else:
        yield _match(visit, level=None if visit.progress.is_acceptable else Level.NOTE)


def _accepted(visit: _Visit, answer: Segment, other: Numbers) -> Match:
    is_same_host = _goes_on(other, answer)
    if not visit.progress.is_acceptable:
        is_sure = is_same_host and visit.age < SHORT_TIME_WAIT
        return _match(visit, level=Level.VIOLATION if is_sure else Level.NOTE, confidence=Confidence.MEDIUM)
    if is_same_host and is_before(answer.seq_raw, other.nxt):
        return _match(visit, level=Level.VIOLATION, confidence=Confidence.MEDIUM, addition=LOW_ISN)
    return _match(visit, level=Level.NOTE)


def _goes_on(other: Numbers, answer: Segment) -> bool:
    """Whether the SYN-ACK's timestamp is of the same clock as the last one of the connection before."""
    if other.tsval is None or answer.tsval is None:
        return False
    elapsed = answer.time - other.time
    return 0 <= distance(other.tsval, answer.tsval) <= elapsed * FASTEST // SECOND + FASTEST


def _strays(subject: Subject) -> Iterator[Match]:
    openers = {syn.seq_raw for end in Endpoint for syn in subject.syns(end)[:1]}
    syn = first(s for s in subject.segments if s.is_syn and s.seq_raw not in openers and not s.is_header_cut)
    if syn is None or not has_opening(subject) or subject.state_before(syn, syn.sender.peer) is not State.TIME_WAIT:
        return
    own, last = last_numbers(subject, syn.sender, before=syn), subject.last_before(syn, syn.sender.peer)
    if own is None or last is None:
        return
    visit = _visit(subject, syn, last, own)
    if visit.age < USUAL_TIME_WAIT and (visit.answer is not None or not visit.progress.is_acceptable):
        yield _match(visit, level=None if visit.progress.is_acceptable else Level.NOTE)


def _match(
    visit: _Visit, *, level: Level | None, confidence: Confidence = Confidence.HIGH, addition: str = ""
) -> Match:
    syn, answer = visit.syn, visit.answer
    return Match(
        frames=tuple(s.frame for s in (syn, visit.last, answer, visit.reset) if s is not None),
        endpoint=syn.sender.peer,
        level=level,
        confidence=confidence,
        tags=_tags(visit),
        message=_message(syn.sender.peer, visit.age, _outcome(visit) + addition, is_newer=visit.progress.is_acceptable),
    )


def _message(endpoint: Endpoint, age: int, outcome: str, *, is_newer: bool) -> str:
    newer = "is newer than" if is_newer else "can't be told from an old one of"
    return (
        f"A SYN comes {seconds(age)} after the last segment of the {name(endpoint)}, which is in TIME-WAIT; it {newer} "
        f"the connection before, and {outcome}."
    )


def _tags(visit: _Visit) -> tuple[str, ...]:
    if visit.answer is not None and visit.answer.is_syn_ack:
        return ACCEPTED_TAGS
    return ("tw-assassinated",) if visit.reset is not None else ()


def _outcome(visit: _Visit) -> str:
    answer = visit.answer
    if answer is None:
        return "is not answered"
    if answer.is_syn_ack:
        return ACCEPTED
    if answer.is_rst:
        return "is answered with RST"
    then = f"; the RST in frame {visit.reset.frame} ends TIME-WAIT" if visit.reset is not None else ""
    return f"is answered with an ACK of the old connection{then}"


def screen(shard: Shard) -> BoolArray:
    """Mark connections whose responder the connection before left in TIME-WAIT, and those with two different SYNs."""
    return lingers_before(shard, RESPONDER_LINGERS) | has_other_syn(shard)


def decide(shard: Shard) -> Decided:
    """Find the SYNs that are plainly accepted, as newer than the connection before."""
    found = revisits(shard, FASTEST)
    decided = np.zeros(len(shard), np.bool_)
    decided[found.place] = True
    rows = (rows[found.is_newer] for rows in (found.syn, found.last, found.answer))
    newer = Matches(
        places=found.place[found.is_newer],
        frames=list(zip(*(shard.column("frame")[own].tolist() for own in rows), strict=True)),
        messages=[
            _message(Endpoint.RESPONDER, age, ACCEPTED, is_newer=True) for age in found.age[found.is_newer].tolist()
        ],
        endpoint=Endpoint.RESPONDER,
        level=Level.NOTE,
        tags=ACCEPTED_TAGS,
    )
    return Decided(connections=decided, matches=(newer,))


RULE = Rule(
    id="td-timewait-syn",
    level=Level.DEVIATION,
    category=Category.TEARDOWN,
    sources=("RFC 6191 §2", "RFC 9293 §3.6.1"),
    manual=__doc__,
    screen=screen,
    examine=examine,
    decide=decide,
)
