"""An endpoint answers an unacceptable segment by RST, though it has the connection and goes on with it.

## What it checks
A segment lies outside the window, or acknowledges something that was never sent. The RST that answers it repeats its
acknowledgment number, and the endpoint goes on with the same connection afterwards. So it has the connection, and no
endpoint that has it resets it so. Where TTL or IP ID differ, another device sent the RST, and this rule is silent.

## Why it matters
An old duplicate must not kill a connection. In a synchronized state an unacceptable segment is answered by an empty ACK
and the state stays as it is; the RST, if it counts, ends a healthy connection on one side.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=200
    initiator > responder  PSH,ACK len=100 seq=1  +1s  !
    initiator < responder  RST win=0               !
    initiator < responder  PSH,ACK len=200  +1s    !

## Near miss
    # It does not go on: it had forgotten the connection.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=200
    initiator > responder  PSH,ACK len=100 seq=1  +1s
    initiator < responder  RST win=0

## Harmless when
Never, if the RST reaches the other side.

## Likely causes
- a firewall that takes a late or repeated segment for invalid and rejects it by RST
- NAT or connection tracking that lost count of the window
- a stack with a fault

## What to try next
At a Linux firewall: `conntrack -E`, and the rules that reject what is INVALID: such segments should be dropped, or
`net.netfilter.nf_conntrack_tcp_be_liberal` set.

## References
- RFC 9293 §3.5.2 (third group)
- RFC 9293 §3.10.7.4 (first step)
"""

from collections.abc import Iterator

from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.reset_screens import outlives_reset
from tcpladder.rulebook.resets import Reason, resets
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised, often
from tcpladder.tcp.states import Endpoint

SHOWN = 5


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's RSTs that should have been ACKs."""
    for endpoint in Endpoint:
        found = [reset for reset in resets(subject) if reset.sender is endpoint and reset.reason is Reason.FILTER]
        if not found or found[0].answers is None or found[0].goes_on is None:
            continue
        reset, asked, later = found[0].segment, found[0].answers, found[0].goes_on
        yield Match(
            frames=(reset.frame, asked.frame, later.frame, *(other.segment.frame for other in found[1:SHOWN])),
            endpoint=endpoint,
            confidence=Confidence.MEDIUM,
            message=f"{capitalised(endpoint)}, or a device before it, answers the unacceptable frame {asked.frame} by "
            f"RST ({often(len(found))}), and goes on with frame {later.frame}: it should have sent an ACK.",
        )


def screen(shard: Shard) -> BoolArray:
    """Mark connections of which an endpoint goes on after an RST in its name."""
    return shard.once(outlives_reset)


RULE = Rule(
    id="rst-instead-of-ack",
    level=Level.VIOLATION,
    category=Category.RESET,
    sources=("RFC 9293 §3.5.2", "RFC 9293 §3.10.7.4"),
    manual=__doc__,
    screen=screen,
    examine=examine,
    silent_without=Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS | Missing.BEGINNING,
)
