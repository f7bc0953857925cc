"""A SYN echoes a timestamp although nothing can have been received yet.

## What it checks
A SYN without ACK carries a timestamp option whose TSecr is not 0. A TSval of the same peer, from an earlier connection
between the same addresses and ports, makes it a note.

## Why it matters
Nothing was received on this connection, so there is nothing to echo: TSecr should be 0 where ACK is not set, and the
receiver ignores it. A value other than 0 tells of a port that is used again in TIME-WAIT, or of memory that was not
cleared.

## Example
    initiator > responder  SYN tsval=100 tsecr=77  !
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900

## Near miss
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900

## Harmless when
The connection opens from TIME-WAIT: Linux puts its old TS.Recent there, which is a TSval that the peer sent on the
connection before. That one may not have been captured.

## Likely causes
- a port used again in TIME-WAIT
- uninitialised memory in an embedded stack
- a tool that takes fingerprints

## What to try next
Look for the connection before it between the same ports, and for how long it had been closed.

## References
- RFC 7323 §3.2 (SHOULD)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.stamps import IS_SYN, frames, times
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.tcp.states import Endpoint

LOOKS_BACK = 4  # connections between the same ports: some may have failed to come about


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYNs that echo something."""
    for endpoint in Endpoint:
        echoing = [s for s in subject.by(endpoint) if s.is_syn and s.tsecr]
        if not echoing:
            continue
        source = _source(subject, echoing[0])
        is_explained = source is not None
        origin = f", a TSval of the peer's from frame {source.frame}" if source else ""
        more = f" So do {times(len(echoing) - 1, 'more SYN')}." if len(echoing) > 1 else ""
        yield Match(
            frames=frames(echoing),
            endpoint=endpoint,
            level=Level.NOTE if is_explained else None,
            confidence=Confidence.HIGH if is_explained or subject.previous else Confidence.MEDIUM,
            message=f"The SYN carries TSecr {echoing[0].tsecr}{origin}, though nothing was received yet.{more}",
        )


def _source(subject: Subject, syn: Segment) -> Segment | None:
    """Find the peer's segment from which the echoed value was taken: before this SYN, or on an earlier connection."""
    earlier: Subject | None = subject
    for _ in range(1 + LOOKS_BACK):
        if earlier is None:
            return None
        for segment in earlier.by(subject.same_end(syn.sender.peer, earlier)):
            is_before = earlier is not subject or segment.row < syn.row
            if segment.tsval == syn.tsecr and is_before:
                return segment
        earlier = earlier.previous
    return None


RULE = Rule(
    id="ts-syn-echo-nonzero",
    level=Level.DEVIATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=IS_SYN & (pl.col("tsecr") > 0),
    examine=examine,
)
