"""A connection attempt is not answered.

## What it checks
The initiator's SYN, and each repetition of it, is followed by no segment of the responder at all, for 3 seconds at
least. The finding tells how often the SYN was sent, at what intervals, and when the initiator gave up.

## Why it matters
Silence is neither a refusal nor an answer: something between the two dropped the SYN, or the answer to it. The
intervals tell the initiator's system, and how long its application had to wait.

## Example
    initiator > responder  SYN            !
    initiator > responder  SYN seq=0  +1s !
    initiator > responder  SYN seq=0  +2s !
    initiator > responder  SYN seq=0  +4s !
    ...  +60s

## Near miss
    # Only the first SYN was lost.
    initiator > responder  SYN
    initiator > responder  SYN seq=0  +1s
    initiator < responder  SYN,ACK
    initiator > responder  ACK

## Harmless when
The port is closed on purpose and a packet filter drops what comes for it. Where only one direction was captured, an
answer may have come that the capture does not show: an initiator that sends its SYN but once may have been refused.

## Likely causes
- a firewall drops the SYN, or its answer
- nothing has the address: the host is down, or the address is wrong
- the listener's accept queue is full: Linux then drops SYNs without a word
- the responder's queue of half-open connections is full, and SYN cookies are off
- the responder or a device on the path still holds an older connection between the same ports

## What to try next
Capture at the responder: does the SYN arrive, and does a SYN-ACK leave? `nstat -az TcpExtListenDrops
TcpExtListenOverflows TcpExtTCPReqQFullDrop` there, and the counters of the firewalls between. Look for ICMP messages.

## References
- RFC 9293 §3.8.3 (MUST-20, and MUST-23: an endpoint should retry a SYN for 3 minutes at least)
- RFC 6298 §2.1
"""

from collections.abc import Iterator, Sequence

from tcpladder.rulebook.backoff import backoff
from tcpladder.rulebook.handshakes import opening_syns, timed
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.stamps import frames, times
from tcpladder.rulebook.subject import SECOND, SHORTEST_ANSWER, Segment, Subject
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint

UNANSWERED = frozenset({Ending.HANDSHAKE_TIMEOUT, Ending.HANDSHAKE_TRUNCATED})
R2_FOR_SYN = 180 * SECOND


def examine(subject: Subject) -> Iterator[Match]:
    """Find an attempt that was not answered."""
    syns = opening_syns(subject, Endpoint.INITIATOR)
    if subject.ending not in UNANSWERED or not syns or subject.capture_end - syns[0].time < SHORTEST_ANSWER:
        return
    silence = subject.capture_end - syns[-1].time
    last_interval = syns[-1].time - syns[-2].time if len(syns) > 1 else 0
    is_over = len(syns) > 1 and silence > max(2 * last_interval, SHORTEST_ANSWER)
    waited = f"{silence / SECOND:.1f} s after {'it' if len(syns) == 1 else 'the last'}"
    end = f"; the initiator had given up after {_time_spent(syns)}." if is_over else "."
    yield Match(
        frames=frames(syns),
        confidence=Confidence.HIGH if is_over else Confidence.MEDIUM,
        message=f"{_attempts(subject, syns)} not answered until the capture ended, {waited}{end}",
    )


def _attempts(subject: Subject, syns: Sequence[Segment]) -> str:
    pattern = backoff([syn.time for syn in timed(subject, syns)])
    if not pattern.intervals:
        return f"{times(len(syns), 'SYN')} {'was' if len(syns) == 1 else 'were'}"
    return f"{len(syns)} SYNs, repeated after {pattern.text}, were"


def _time_spent(syns: Sequence[Segment]) -> str:
    spent = syns[-1].time - syns[0].time
    advice = "" if spent >= R2_FOR_SYN else " (RFC 9293 §3.8.3 asks for 3 minutes)"
    return f"{spent / SECOND:.1f} s{advice}"


RULE = Rule(
    id="hs-timeout",
    level=Level.NOTE,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.8.3",),
    manual=__doc__,
    among=UNANSWERED,
    examine=examine,
)
