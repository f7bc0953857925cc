"""A SYN or SYN-ACK is repeated without backing off.

## What it checks
A SYN or SYN-ACK is sent three times or more, and its intervals do not grow: one is shorter than the one before, or
seven in a row are equal, or there are three transmissions within one second. What answers an RST, or a repeated SYN, is
left out: no timer sent it.

## Why it matters
A retransmission timeout has to be doubled each time that it expires, from 1 s on for a SYN. Who does not back off loads
a path that may be congested, and is hardly an ordinary TCP: its intervals tell what it is.

## Example
    initiator > responder  SYN              !
    initiator > responder  SYN seq=0  +2s   !
    initiator > responder  SYN seq=0  +2s   !
    initiator > responder  SYN seq=0  +0.5s !
    initiator > responder  SYN seq=0  +0.5s !
    initiator < responder  SYN,ACK
    initiator > responder  ACK

## Near miss
    # Linux since 6.5, BSD and macOS send their first SYNs at equal intervals, and double them then.
    initiator > responder  SYN
    initiator > responder  SYN seq=0  +1s
    initiator > responder  SYN seq=0  +1s
    initiator > responder  SYN seq=0  +1s
    initiator > responder  SYN seq=0  +1s
    initiator > responder  SYN seq=0  +1s
    initiator > responder  SYN seq=0  +2s
    initiator < responder  SYN,ACK
    initiator > responder  ACK

## Harmless when
A scanner or a health check retries by a timer of its own. A few equal intervals at the start are the habit of several
systems and no finding. One repetition that was delayed or not captured is allowed for; more can make intervals seem
uneven.

## Likely causes
- a scanner, or a load balancer's probe with its own timer
- a stack with a shorter first timeout, as in some data centres
- an application that retries impatiently
- a device that sends captured packets again

## What to try next
Compare with what the system should do: `net.ipv4.tcp_syn_retries` and `net.ipv4.tcp_syn_linear_timeouts` on Linux. Ask
which program owns the port.

## References
- RFC 6298 §5.5 (MUST: double the timeout)
- RFC 6298 §2.1 (SHOULD: 1 s at first)
- RFC 9293 §3.8.2 (MUST-19)
"""

from collections.abc import Iterator, Sequence

import polars as pl

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.backoff import Backoff, backoff
from tcpladder.rulebook.handshakes import opening_syns, syn_acks, timed
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule, all_of, any_of
from tcpladder.rulebook.stamps import frames
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.tcp.states import Endpoint

FEWEST = 3
EARLY = SECOND  # for the first three, which take 2 s at least, of which a delay may hide one


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYNs and SYN-ACKs that were sent again without patience."""
    for endpoint in Endpoint:
        for word, sent in (("SYN", opening_syns(subject, endpoint)), ("SYN-ACK", _by_timer(subject, endpoint))):
            yield from _judged(subject, endpoint, word, sent)


def _by_timer(subject: Subject, endpoint: Endpoint) -> list[Segment]:
    """Give an endpoint's SYN-ACKs, if no SYN came after the first: each SYN is answered, timer or not."""
    sent = syn_acks(subject, endpoint)
    last_syn = max((syn.row for syn in opening_syns(subject, endpoint.peer)), default=-1)
    return sent if sent and last_syn < sent[0].row else []


def _judged(subject: Subject, endpoint: Endpoint, word: str, sent: Sequence[Segment]) -> Iterator[Match]:
    found = timed(subject, sent) if len(sent) >= FEWEST else []
    pattern = backoff([segment.time for segment in found])
    if len(found) < FEWEST or not _is_hasty(pattern):
        return
    yield Match(
        frames=frames(found),
        endpoint=endpoint,
        confidence=Confidence.MEDIUM,
        message=f"The {endpoint.name.lower()} sent its {word} {len(found)} times, after {pattern.text}: "
        "it does not double its timeout from 1 s on.",
    )


def _is_hasty(pattern: Backoff) -> bool:
    return min(pattern.intervals) > 0 and (not pattern.backs_off or sum(pattern.intervals[:2]) < EARLY)


RULE = Rule(
    id="hs-backoff",
    level=Level.DEVIATION,
    category=Category.HANDSHAKE,
    sources=("RFC 6298 §2.1", "RFC 6298 §5.5", "RFC 9293 §3.8.2"),
    manual=__doc__,
    screen=all_of(SYN) & ~any_of(RST) & (pl.col("snd_nxt") >= 1),
    examine=examine,
)
