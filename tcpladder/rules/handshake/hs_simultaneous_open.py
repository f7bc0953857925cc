"""Both endpoints opened the connection at once.

## What it checks
Each endpoint sends a SYN before it has acknowledged the other's. It is sure when one of them then sends a SYN-ACK with
the number of its own SYN; without that, the two SYNs have to be close together.

## Why it matters
TCP provides for it, and both ends reach ESTABLISHED by way of SYN-RECEIVED. Many firewalls do not expect it: to them
the second SYN is an attempt from the wrong side. Which end is called initiator here is a matter of capture order.

## Example
    initiator > responder  SYN                    !
    initiator < responder  SYN                    !
    initiator > responder  SYN,ACK seq=0 ack=1    !
    initiator < responder  SYN,ACK seq=0 ack=1
    initiator > responder  ACK

## Near miss
    # A SYN that comes later, while the connection is open, does not open it.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  SYN seq=70000 +5s
    initiator > responder  ACK ack=1

## Harmless when
It is meant: peers that reach each other through address translation open at the same time.

## Likely causes
- hole punching through NAT, by peer-to-peer software
- BGP or another protocol in which both sides connect
- a program that connects to its own port

## What to try next
Nothing, if the connection comes about. If it does not, look for a firewall that drops the second SYN.

## References
- RFC 9293 §3.5 (figure 7, MUST-10)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.handshakes import opening_syns, syn_acks
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.stamps import IS_SYN
from tcpladder.rulebook.subject import SECOND, Subject
from tcpladder.tcp.states import Endpoint

CLOSE = 3 * SECOND


def examine(subject: Subject) -> Iterator[Match]:
    """Find two SYNs that crossed."""
    openings = [opening_syns(subject, endpoint) for endpoint in Endpoint]
    if not all(openings):
        return
    (first, *_), (second, *_) = openings
    if second.snd_nxt is not None or any(syn.rcv_nxt is not None for syn in (first, second)):
        return
    answers = sorted(answer for endpoint in Endpoint for answer in syn_acks(subject, endpoint) if answer.ack == 1)
    if not answers and abs(second.time - first.time) > CLOSE:
        return
    apart = abs(second.time - first.time) / SECOND
    outcome = "a SYN-ACK with the number of the SYN confirms it" if answers else "no SYN-ACK followed"
    yield Match(
        frames=tuple(segment.frame for segment in (second, first, *answers[:1])),
        confidence=Confidence.HIGH if answers else Confidence.LOW,
        message=f"Both endpoints sent a SYN, {apart:.6f} s apart and neither in answer to the other; {outcome}.",
    )


RULE = Rule(
    id="hs-simultaneous-open",
    level=Level.NOTE,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.5",),
    manual=__doc__,
    screen=IS_SYN & ~pl.col("from_initiator") & pl.col("snd_nxt").is_null(),
    examine=examine,
)
