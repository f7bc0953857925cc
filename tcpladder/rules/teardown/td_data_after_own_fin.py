"""An endpoint sends payload beyond its own FIN.

## What it checks
After its FIN an endpoint sends payload whose numbers reach the FIN's own or lie beyond it. A keep-alive does not
count: it may carry a byte at the FIN's number.

## Why it matters
A FIN says that nothing more will come: what its application sends afterwards is an error of the local call. The other
side ignores such payload, so it is lost without a sign.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=5
    initiator < responder  ACK
    initiator < responder  FIN,ACK        !
    initiator > responder  ACK
    initiator < responder  PSH,ACK len=4  !
    initiator > responder  FIN,ACK ack=2
    initiator < responder  ACK
    ... +60s

## Near miss
    # What comes after the FIN is data that was lost before it.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=100
    initiator < responder  FIN,ACK
    initiator > responder  ACK ack=101
    initiator < responder  PSH,ACK seq=101 len=100
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    ... +60s

## Harmless when
Never, if the FIN is the endpoint's own. A FIN that a device on the path forged looks the same.

## Likely causes
- a FIN that a proxy or firewall sent in the endpoint's name
- a device that changes the length of payload without adapting later numbers
- a faulty TCP implementation

## What to try next
Compare TTL and IP ID of the FIN with other segments of its sender, and capture at the endpoint itself.

## References
- RFC 9293 §3.6
- RFC 9293 §3.10.2
"""

from collections.abc import Iterator

from tcpladder.packets.flags import RST
from tcpladder.rulebook.closing import SAME_CONNECTION, SHOWN, closing, fins, goes_on, proper_fins
from tcpladder.rulebook.levels import Category, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.rulebook.wording import capitalised
from tcpladder.tcp.states import Endpoint

PADDING = 6
"""Bytes of link-layer padding that some captures count as payload of an empty segment."""


def examine(subject: Subject) -> Iterator[Match]:
    """Find payload that lies beyond the sender's FIN."""
    for endpoint in Endpoint:
        fins = proper_fins(subject, endpoint)
        if not fins:
            continue
        fin = fins[0]
        beyond = [
            segment
            for segment in subject.after(fin)
            if segment.sender is endpoint and _is_payload(segment) and _reach(segment, fin) > 0
        ]
        if not beyond or _reach(beyond[0], fin) > SAME_CONNECTION or _may_be_padding(subject, fin, beyond):
            continue
        size = max(_reach(segment, fin) for segment in beyond)
        where = "from the FIN's own number on" if beyond[0].seq <= fin.fin_position else "beyond it"
        yield Match(
            frames=(beyond[0].frame, fin.frame, *(segment.frame for segment in beyond[1:SHOWN])),
            endpoint=endpoint,
            message=f"{capitalised(endpoint)} sent its FIN at {fin.fin_position} in frame {fin.frame}, and then "
            f"payload {where}: {beyond[0].seq} to {beyond[0].seq + beyond[0].payload_length}"
            + (f", and more up to {fin.fin_position + size}." if len(beyond) > 1 else "."),
        )


def _is_payload(segment: Segment) -> bool:
    return segment.payload_length > 0 and segment.is_ordinary and not segment.is_keep_alive


def _may_be_padding(subject: Subject, fin: Segment, beyond: list[Segment]) -> bool:
    """Whether lengths can't be trusted: the FIN was not acknowledged where it seems to stand, and payload is small."""
    closed = closing(subject, fin.sender)
    is_confirmed = closed is not None and closed.ack is not None and closed.fin.end == fin.end
    return not is_confirmed and all(segment.payload_length <= PADDING for segment in beyond)


def _reach(segment: Segment, fin: Segment) -> int:
    """Give how far a segment's payload reaches beyond what comes before a FIN."""
    return segment.seq + segment.payload_length - fin.fin_position


def screen(shard: Shard) -> BoolArray:
    """Mark connections with payload after its sender's FIN."""
    payload = (shard.column("payload_length") > 0) & ~shard.has(RST)
    return goes_on(shard, shard.once(fins), payload, same_sender=True)


RULE = Rule(
    id="td-data-after-own-fin",
    level=Level.VIOLATION,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.6", "RFC 9293 §3.10.2"),
    manual=__doc__,
    screen=screen,
    examine=examine,
    weaker_without=Missing.BEGINNING,
)
