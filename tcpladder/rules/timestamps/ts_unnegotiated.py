"""Timestamps are used although they were not negotiated.

## What it checks
SYN and SYN-ACK were captured with all of their options, the SYN-ACK lacks the timestamp option, and yet one endpoint's
later segments carry it. (Where the SYN-ACK has it and the SYN lacks it, that alone is a finding.)

## Why it matters
The option may only be sent after both SYNs carried it. The receiver ignores it, so its sender reckons with protection
and round-trip times that it does not have.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK
    initiator > responder  ACK tsval=101 tsecr=0  !
    initiator < responder  PSH,ACK len=10
    initiator > responder  ACK tsval=103 tsecr=0  !

## Near miss
    # Both sides use the option: a SYN-ACK that had it is missing from the capture.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK
    initiator > responder  ACK tsval=101 tsecr=900
    initiator < responder  PSH,ACK len=10 tsval=905 tsecr=101
    initiator > responder  ACK tsval=103 tsecr=905

## Harmless when
The SYN-ACK lost the option between the capture point and its sender's peer, or was captured in another form only.

## Likely causes
- a device removes the option from the SYN or the SYN-ACK, and the endpoints believe different things
- segments of another connection, or forged ones
- a proxy that hands one side of a connection on and ends the other

## What to try next
Compare the SYN's and SYN-ACK's options on both sides of the devices between the endpoints.

## References
- RFC 7323 §3.2
"""

from collections.abc import Iterator

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import has_stamp, offered
from tcpladder.rulebook.stamps import (
    TAG,
    Offer,
    after_handshake,
    frames,
    lacks_option,
    offer,
    times,
)
from tcpladder.rulebook.subject import Subject
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find the one endpoint that uses the option on its own."""
    offers = {endpoint: offer(subject, endpoint) for endpoint in Endpoint}
    if Offer.UNKNOWN in offers.values() or offers[Endpoint.RESPONDER] is not Offer.NEVER:
        return
    later = after_handshake(subject)
    users = {s.sender for s in later if s.tsval is not None}
    if len(users) != 1:
        return
    (user,) = users
    stamped = [s for s in later if s.tsval is not None]
    is_sure = any(s.sender is user.peer and lacks_option(s) for s in later)
    lacking = " and ".join(f"the {endpoint.name.lower()}'s" for endpoint in Endpoint if offers[endpoint] is Offer.NEVER)
    yield Match(
        frames=frames(stamped),
        endpoint=user,
        level=None if is_sure else Level.DEVIATION,
        confidence=Confidence.HIGH if is_sure else Confidence.LOW,
        tags=(TAG,),
        message=f"The {user.name.lower()} sends the timestamp option in {times(len(stamped), 'segment')}, "
        f"though {lacking} SYN had none.",
    )


def screen(shard: Shard) -> BoolArray:
    """Mark connections with time stamps that no SYN of the responder carries."""
    _, by_responder = offered(shard)
    return ~by_responder & shard.having(~shard.has(SYN | RST) & shard.once(has_stamp))


RULE = Rule(
    id="ts-unnegotiated",
    level=Level.VIOLATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
