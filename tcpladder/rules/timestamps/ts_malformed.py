"""A segment's timestamp option is malformed, or given twice.

## What it checks
A timestamp option has another length than 10, runs past the header's end, or occurs twice in a segment whose header
was captured whole. What follows the End of Option List is padding and does not count.

## Why it matters
The receiver can't tell which timestamp holds, or drops the segment. No stack sends this: the header was rewritten, or
damaged.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator < responder  PSH,ACK len=10 tsval=905 tsecr=101 faults=2  !
    initiator > responder  ACK tsval=102 tsecr=905

## Near miss
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator < responder  PSH,ACK len=10 tsval=905 tsecr=101 faults=0
    initiator > responder  ACK tsval=102 tsecr=905

## Harmless when
The segment was damaged on the way and its checksum is bad: the receiver never saw it.

## Likely causes
- a device that rewrites headers
- a tool that sends malformed segments on purpose
- damage on the way, or in the capture

## What to try next
Look at the option's bytes in the packet's details, and at its checksum. Capture on the other side of the device.

## References
- RFC 7323 §3.2
- RFC 9293 §3.1
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.options import OVERRUN, TSOPT_LENGTH, TSOPT_TWICE, fault_words
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.stamps import TAG, frames, has_option, times
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's malformed timestamp options."""
    for endpoint in Endpoint:
        bad = [s for s in subject.by(endpoint) if _faults(s)]
        if not bad:
            continue
        words = fault_words(_faults(bad[0]))
        more = f", and so have {times(len(bad) - 1, 'more segment')}" if len(bad) > 1 else ""
        yield Match(
            frames=frames(bad),
            endpoint=endpoint,
            tags=(TAG,),
            message=f"The {endpoint.name.lower()}'s segment in frame {bad[0].frame} has {words}{more}.",
        )


def _faults(segment: Segment) -> int:
    """The faults of the timestamp option: it runs past the header's end only if it could not be read."""
    faults = segment.option_faults or 0
    overruns = OVERRUN if segment.tsval is None and has_option(segment) else 0
    return faults & (TSOPT_LENGTH | TSOPT_TWICE | overruns)


RULE = Rule(
    id="ts-malformed",
    level=Level.VIOLATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2", "RFC 9293 §3.1"),
    manual=__doc__,
    screen=pl.col("option_faults").cast(pl.UInt8) & (TSOPT_LENGTH | TSOPT_TWICE | OVERRUN) != 0,
    examine=examine,
)
