"""Timestamps were offered and not accepted.

## What it checks
The SYN has the timestamp option, and no SYN-ACK has it.

## Why it matters
It is allowed, and the connection goes without: no protection against old segments when sequence numbers wrap (within
34 s at 1 Gbit/s, 3 s at 10 Gbit/s), no round-trip times of retransmitted segments, and no timestamp by which a port in
TIME-WAIT may be used again early.

## Example
    initiator > responder  SYN tsval=100 tsecr=0  !
    initiator < responder  SYN,ACK                !
    initiator > responder  ACK

## Near miss
    # Neither side wants timestamps.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK

## Harmless when
The connection is short or slow.

## Likely causes
- timestamps are switched off at the responder, or at the load balancer in front of it
- a firewall removes the option
- no room is left for it beside an authentication option

## What to try next
`sysctl net.ipv4.tcp_timestamps` at the responder; the TCP profile of the load balancer.

## References
- RFC 7323 §3.2 (MAY)
- RFC 9293 §3.4.3
"""

from collections.abc import Iterator

from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import has_stamp, is_syn_ack, offered
from tcpladder.rulebook.stamps import Offer, after_handshake, answered, offer
from tcpladder.rulebook.subject import Subject, first
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find an offer that the SYN-ACK leaves unanswered."""
    initiator, responder = Endpoint.INITIATOR, Endpoint.RESPONDER
    syn_ack = first(s for s in subject.syns(responder) if s.is_syn_ack)
    if syn_ack is None or offer(subject, responder) is not Offer.NEVER:
        return
    syns = answered(subject, syn_ack)
    if not syns or any(syn.tsval is None for syn in syns):
        return
    if {s.sender for s in after_handshake(subject) if s.tsval is not None} == {initiator, responder}:
        return
    yield Match(
        frames=(syn_ack.frame, syns[-1].frame),
        endpoint=responder,
        message=f"The SYN in frame {syns[-1].frame} offered timestamps, and the SYN-ACK did not take them up.",
    )


def screen(shard: Shard) -> BoolArray:
    """Mark connections with a SYN-ACK without the option that only the initiator's SYNs carry."""
    by_initiator, by_responder = offered(shard)
    return by_initiator & ~by_responder & shard.having(shard.once(is_syn_ack) & ~shard.once(has_stamp))


RULE = Rule(
    id="ts-not-negotiated",
    level=Level.NOTE,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
