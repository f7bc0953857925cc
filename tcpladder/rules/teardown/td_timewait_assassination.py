"""TIME-WAIT is cut short by a reset.

## What it checks
Both sides have closed and acknowledged each other's FIN, and the one that closed first is in TIME-WAIT. Then an RST
reaches it that carries exactly the number that it expects.

## Why it matters
By RFC 9293 the RST ends TIME-WAIT; RFC 1337 warns of it and would have it ignored, for what is still under way can
then reach a new connection between the same ports. Linux obeys it, unless tcp_rfc1337 is set.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK        !
    initiator < responder  RST seq=2  !
    ... +60s

## Near miss
    # The RST comes from the side in TIME-WAIT: a process that ends, or a load balancer that clears its table.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    initiator > responder  RST seq=2
    ... +60s

## Harmless when
The same ports are not used again within a minute or so, which is the rule.

## Likely causes
- a load balancer or firewall that sends RSTs to clear its table
- an old duplicate, answered in TIME-WAIT, whose answer is refused
- an endpoint that closes with SO_LINGER and a time of 0 after its FIN

## What to try next
Nothing, if connections are not disturbed. Else set net.ipv4.tcp_rfc1337 on Linux.

## References
- RFC 1337 §2
- RFC 9293 §3.10.7.4 (second step)
"""

from collections.abc import Iterator

from tcpladder.rulebook.closing import closing, fins, goes_on
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.reset_screens import is_reset
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised, seconds
from tcpladder.tcp.states import Endpoint, State


def examine(subject: Subject) -> Iterator[Match]:
    """Find the first RST that hits an endpoint in TIME-WAIT."""
    for endpoint in Endpoint:
        other = closing(subject, endpoint.peer)
        if other is None or other.ack is None or closing(subject, endpoint) is None:
            continue
        for reset in subject.resets(endpoint.peer):
            is_exact = other.ack.row < reset.row and reset.seq == reset.snd_una == other.fin.end
            if not is_exact or subject.state_before(reset, endpoint) is not State.TIME_WAIT:
                continue
            yield Match(
                frames=(reset.frame, other.ack.frame),
                endpoint=reset.sender,
                tags=("tw-assassinated",),
                message=f"{capitalised(endpoint)} was in TIME-WAIT for {seconds(reset.time - other.ack.time)} when the "
                f"RST with the number {reset.seq} came that it expects.",
            )
            return


def screen(shard: Shard) -> BoolArray:
    """Mark connections with an RST of an endpoint after its FIN."""
    return goes_on(shard, shard.once(fins), shard.once(is_reset), same_sender=True)


RULE = Rule(
    id="td-timewait-assassination",
    level=Level.NOTE,
    category=Category.TEARDOWN,
    sources=("RFC 1337 §2", "RFC 9293 §3.10.7.4"),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
