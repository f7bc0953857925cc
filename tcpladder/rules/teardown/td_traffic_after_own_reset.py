"""An endpoint goes on after its own RST.

## What it checks
A synchronized endpoint sends an RST with numbers of this connection, and later, longer than anything under way takes,
payload, a FIN or a higher acknowledgment, all new. Retransmissions and repeated ACKs do not count: the network may
have delayed or doubled them.

## Why it matters
An RST deletes the connection at its sender; from then on it can only send RSTs. Who goes on did not send that RST:
this is the best proof that somebody else did, in its name.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  RST ttl=41       !
    initiator < responder  ACK
    initiator < responder  PSH,ACK len=500  +1s  !
    ... +60s

## Near miss
    # The RST refused a SYN, when nothing listened yet; the repeated SYN is accepted.
    initiator > responder  SYN
    initiator < responder  RST,ACK ack=1
    initiator > responder  SYN seq=0 +1s
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100  +1s
    initiator < responder  ACK
    ... +60s

## Harmless when
Several hosts share one address, and one of them resets what belongs to another.

## Likely causes
- an RST injected by a firewall, an intrusion prevention system or a censor
- a load balancer that resets in the name of a server that goes on
- two devices with one address

## What to try next
Compare TTL, IP ID and window of the RST with the endpoint's other segments, and capture at the endpoint itself.

## References
- RFC 9293 §3.10.5
- RFC 9293 §3.10.7.1
"""

from collections.abc import Iterator

from tcpladder.rulebook.closing import SHOWN
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.reset_screens import outlives_reset
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import MS, SECOND, Segment, Subject, first
from tcpladder.rulebook.wording import capitalised, seconds
from tcpladder.tcp.states import Endpoint, State

REORDERED_BY = 200 * MS
"""The network does not delay one segment behind another for longer, round trips aside."""


def examine(subject: Subject) -> Iterator[Match]:
    """Find new segments after an RST of the same endpoint."""
    for endpoint in Endpoint:
        reset = first(reset for reset in subject.resets(endpoint) if _is_of_connection(subject, reset))
        if reset is None:
            continue
        patience = subject.rtt + REORDERED_BY
        later = [
            segment
            for segment in subject.after(reset)
            if segment.sender is endpoint and _is_new(segment) and segment.time - reset.time > patience
        ]
        opens_again = any(s.is_syn or s.is_syn_ack for s in subject.after(reset))
        if not later or opens_again:
            continue
        last = later[-1]
        is_sure = len(later) > 1 and last.time - later[0].time > SECOND
        yield Match(
            frames=(later[0].frame, reset.frame, *(segment.frame for segment in later[1:SHOWN])),
            endpoint=endpoint,
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
            message=f"{capitalised(endpoint)} goes on {seconds(later[0].time - reset.time)} after its own RST in frame "
            f"{reset.frame}: something else sent that RST, or two hosts share the address.",
        )


def _is_of_connection(subject: Subject, reset: Segment) -> bool:
    """Whether a synchronized endpoint sent it, with a number between what was acknowledged and what it had sent."""
    if reset.snd_nxt is None or reset.snd_una is None:
        return False
    is_synchronized = subject.state_before(reset, reset.sender) >= State.ESTABLISHED
    return is_synchronized and reset.snd_una <= reset.seq <= max(reset.snd_nxt, reset.snd_una)


def _is_new(segment: Segment) -> bool:
    advances = segment.ack is not None and segment.rcv_nxt is not None and segment.ack > segment.rcv_nxt
    return segment.is_ordinary and (segment.is_new or advances)


def screen(shard: Shard) -> BoolArray:
    """Mark connections in which an endpoint sends anything else after an RST."""
    return shard.once(outlives_reset)


RULE = Rule(
    id="td-traffic-after-own-reset",
    level=Level.VIOLATION,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.10.5", "RFC 9293 §3.10.7.1"),
    manual=__doc__,
    screen=screen,
    examine=examine,
    weaker_without=Missing.BEGINNING,
)
