"""The SYN-ACK echoes 0 instead of the SYN's timestamp.

## What it checks
SYN and SYN-ACK have the timestamp option, the SYN's TSval is not 0, and TSecr of the SYN-ACK is 0. Often its TSval is 0
too.

## Why it matters
A segment with ACK has to echo a TSval that was received, and 0 was not. Most initiators put up with it. Where TSval is
0 as well, Linux holds no timestamp of the responder's to be valid: it echoes 0 until another value arrives, and has no
protection against old segments so long.

## Example
    initiator > responder  SYN tsval=955873865 tsecr=0  !
    initiator < responder  SYN,ACK tsval=0 tsecr=0      !
    initiator > responder  ACK tsval=955873866 tsecr=0

## Near miss
    # TSval 0 alone is a value like any other.
    initiator > responder  SYN tsval=955873865 tsecr=0
    initiator < responder  SYN,ACK tsval=0 tsecr=955873865
    initiator > responder  ACK tsval=955873866 tsecr=0

## Harmless when
The handshake is completed and the responder's later segments have timestamps that advance.

## Likely causes
- a SYN proxy or load balancer in hardware makes up the SYN-ACK; such devices often send IP ID 0 as well
- a device clears timestamps, for privacy

## What to try next
Compare TTL and IP ID of the SYN-ACK with the responder's later segments. Capture on the responder's side of the device.

## References
- RFC 7323 §3.2 (MUST)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.stamps import IS_SYN_ACK, SHOWN, TAG, answered, times
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYN-ACKs that echo 0."""
    for endpoint in Endpoint:
        zero = [s for s in subject.syns(endpoint) if s.is_syn_ack and s.tsecr == 0]
        pairs = [(syn_ack, syns[-1]) for syn_ack in zero if _all_stamped(syns := answered(subject, syn_ack))]
        if not pairs:
            continue
        syn_ack, syn = pairs[0]
        own = " and has TSval 0 itself" if syn_ack.tsval == 0 else ""
        repeated = f" So do {times(len(pairs) - 1, 'more SYN-ACK')}." if len(pairs) > 1 else ""
        yield Match(
            frames=(syn_ack.frame, syn.frame, *(other.frame for other, _ in pairs[1:SHOWN])),
            endpoint=endpoint,
            tags=(TAG,),
            message=f"The SYN-ACK echoes 0{own}, but the SYN in frame {syn.frame} carried TSval {syn.tsval}.{repeated}",
        )


def _all_stamped(syns: list[Segment]) -> bool:
    return bool(syns) and all(syn.tsval for syn in syns)


RULE = Rule(
    id="ts-synack-zero-echo",
    level=Level.VIOLATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=IS_SYN_ACK & (pl.col("tsecr") == 0),
    examine=examine,
)
