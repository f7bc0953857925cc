"""An RST that aborts a connection goes without the negotiated timestamp option.

## What it checks
Timestamps were negotiated, and an RST with ACK, at exactly the number that its sender had come to, has no timestamp
option. An RST in answer to a segment (without ACK, at the number that this segment acknowledges) is not meant: there
the option is usually left out.

## Why it matters
The option should be in every RST, though the receiver obeys one without it. It tells who sent the RST: Linux puts the
option into the RST with which it aborts a connection that it still has. One without it comes from another stack, or
from a device that knows no timestamps of this connection.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator < responder  PSH,ACK len=10 tsval=905 tsecr=101
    initiator > responder  ACK tsval=102 tsecr=905
    initiator > responder  RST,ACK  !
    ... +60s

## Near miss
    # In answer to a segment, by a stack that has no such connection any more.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator < responder  PSH,ACK len=10 tsval=905 tsecr=101
    initiator > responder  RST seq=1
    ... +60s

## Harmless when
The sender's stack never puts the option into RSTs, as RFC 1323 advised.

## Likely causes
- a firewall or load balancer ends the connection in the endpoint's name
- a stack that follows RFC 1323

## What to try next
Compare TTL and IP ID of the RST with its sender's other segments.

## References
- RFC 7323 §3.2 (SHOULD)
- RFC 7323 §5.2
"""

from collections.abc import Iterator

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import has_stamp, negotiated
from tcpladder.rulebook.stamps import frames, is_negotiated, lacks_option
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find RSTs of a connection that their sender still had."""
    if not is_negotiated(subject):
        return
    for endpoint in Endpoint:
        bare = [rst for rst in subject.resets(endpoint) if _is_active(rst) and lacks_option(rst)]
        if bare:
            yield Match(
                frames=frames(bare),
                endpoint=endpoint,
                message=f"The {endpoint.name.lower()}'s RST at its next number {bare[0].seq} has no timestamp option, "
                "though it was negotiated.",
            )


def _is_active(rst: Segment) -> bool:
    return rst.has_ack and not rst.flags & SYN and rst.snd_nxt is not None and rst.seq == rst.snd_nxt


def screen(shard: Shard) -> BoolArray:
    """Mark connections with time stamps that an RST with ACK lacks."""
    is_reset = shard.has(RST) & shard.has(ACK) & ~shard.has(SYN)
    return negotiated(shard) & shard.having(is_reset & ~shard.once(has_stamp))


RULE = Rule(
    id="ts-rst-without-option",
    level=Level.NOTE,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
