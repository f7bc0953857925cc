"""A SYN echoes a timestamp although nothing can have been received yet.

## What it checks
A SYN without ACK carries a timestamp option whose TSecr is not 0.

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
The value is a TSval of the same peer from the connection before, between the same addresses and ports: Linux puts its
old TS.Recent there when it opens a connection from TIME-WAIT. The finding is a note then.

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

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.rule import Category, Level, Match, Rule, all_of, any_of
from tcpladder.rulebook.subject import Subject


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYNs that echo something."""
    for syn in subject.segments:
        if not syn.is_syn or not syn.tsecr:
            continue
        before = subject.previous
        is_old_echo = before is not None and any(
            segment.tsval == syn.tsecr for segment in before.by(subject.same_end(syn.sender.peer, before))
        )
        origin = " (a TSval of the connection before)" if is_old_echo else ""
        yield Match(
            frames=(syn.frame,),
            endpoint=syn.sender,
            level=Level.NOTE if is_old_echo else None,
            message=f"The SYN carries TSecr {syn.tsecr}{origin}, though nothing was received yet.",
        )


RULE = Rule(
    id="ts-syn-echo-nonzero",
    level=Level.DEVIATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=all_of(SYN) & ~any_of(ACK, RST) & (pl.col("tsecr") > 0),
    examine=examine,
)
