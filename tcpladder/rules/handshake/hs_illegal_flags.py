"""A segment has flags that no state of TCP sends.

## What it checks
A segment without SYN and RST lacks ACK: with FIN, with payload, or with no flag that says anything. Or a segment has
two of SYN, FIN and RST, which is a deviation: no clause forbids it, and no endpoint comes to send it.

## Why it matters
Once the SYNs are exchanged, ACK is set in every segment, and what comes without is dropped. Such segments are made by
hand: to see how a system answers, or to slip by a filter.

## Example
    initiator > responder  FIN,PSH,URG        !
    initiator < responder  RST,ACK seq=0
    initiator > responder  -  +1s             !
    initiator < responder  RST,ACK seq=0

## Near miss
    # A SYN that offers ECN, and a reset without ACK.
    initiator > responder  SYN,ECE,CWR
    initiator < responder  SYN,ACK,ECE
    initiator > responder  RST seq=1
    ...  +60s

## Harmless when
A scanner of one's own sends it. SYN with FIN was part of an experiment with transactions over TCP (RFC 1644), long
abandoned.

## Likely causes
- a port scanner, or a tool that tells systems apart
- a fuzzer
- a broken device on the path, or a segment damaged behind its checksum

## What to try next
Ask who the sender is. Where it is an ordinary host, capture there: does the segment leave it like this?

## References
- RFC 9293 §3.1 (Control bits: ACK is always set once a connection is established)
- RFC 9293 §3.10.7.4 (fifth step: without ACK it is dropped)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import ACK, FIN, RST, SYN, flag_names
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule, all_of, any_of
from tcpladder.rulebook.stamps import frames, times
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.tcp.states import Endpoint

CONTRADICTIONS = (SYN | FIN, SYN | RST, FIN | RST)


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's impossible segments."""
    for endpoint in Endpoint:
        sent = subject.by(endpoint)
        bare = [segment for segment in sent if not segment.flags & (SYN | RST | ACK)]
        mixed = [segment for segment in sent if any(segment.flags & both == both for both in CONTRADICTIONS)]
        if not bare and not mixed:
            continue
        strange = sorted(bare + mixed)
        yield Match(
            frames=frames(strange),
            endpoint=endpoint,
            level=None if bare else Level.DEVIATION,
            message=f"The {endpoint.name.lower()} sent {times(len(strange), 'segment')} with flags that do not go "
            f"together: {_list(strange)}" + (", without the ACK that all but SYNs and RSTs have." if bare else "."),
        )


def _list(strange: list[Segment]) -> str:
    """Write the distinct flags, in order."""
    found = dict.fromkeys(flag_names(segment.flags) for segment in strange)
    return "; ".join("none at all" if names == "-" else names for names in list(found)[:5])


RULE = Rule(
    id="hs-illegal-flags",
    level=Level.VIOLATION,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.1", "RFC 9293 §3.10.7.4"),
    manual=__doc__,
    screen=~any_of(SYN, RST, ACK) | pl.any_horizontal(all_of(both) for both in CONTRADICTIONS),
    examine=examine,
)
