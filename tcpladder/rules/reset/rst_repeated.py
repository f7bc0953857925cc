"""An endpoint resets an established connection more than once.

## What it checks
Several RSTs of one endpoint, what was captured twice left out, and what each of them answers. One for each segment that
was still under way is normal after an abort. It is a deviation where they can't come from one machine: their TTLs
differ, or one of them looks like that of an endpoint with a connection after another had told that there is none.

## Why it matters
One abort takes one RST, and afterwards each segment that still comes is answered by one. More than that, or two kinds,
show that something on the path also resets, or that it answers for an endpoint behind it.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  RST,ACK              !
    initiator > responder  PSH,ACK len=100
    initiator < responder  RST win=0            !

## Near miss
    # Each SYN is refused: each attempt takes its own RST.
    responder = 198.51.100.20:443 isn=0
    initiator > responder  SYN
    initiator < responder  RST,ACK seq=0 win=0
    initiator > responder  SYN seq=0  +500ms
    initiator < responder  RST,ACK seq=0 win=0

## Harmless when
Each RST answers a segment that was under way when the connection was reset.

## Likely causes
- data under way at the abort, or retransmitted to a socket that is gone
- a load balancer or proxy that has deleted the connection, and the server behind it
- an intrusion prevention system that resets with several numbers to be sure

## What to try next
Filter by TTL and IP ID to find who sent which. Capture on both sides of the load balancer or proxy.

## References
- RFC 9293 §3.10.7.1
- RFC 9293 §3.5.2
"""

from collections.abc import Iterator, Sequence

from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.reset_screens import repeats_reset
from tcpladder.rulebook.resets import Form, Reason, Reset, resets
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised
from tcpladder.tcp.states import Endpoint

SHOWN = 8
FAR_HOPS = 2  # a path may vary by one
OF_THE_HANDSHAKE = {Reason.CLOSED_PORT, Reason.WRONG_ACK, Reason.TIMESTAMPS, Reason.CALLER_GONE}


def examine(subject: Subject) -> Iterator[Match]:
    """Find endpoints with more than one RST."""
    for endpoint in Endpoint:
        own = [reset for reset in resets(subject) if reset.sender is endpoint and reset.reason not in OF_THE_HANDSHAKE]
        opens_only = all(reset.own_last is not None and reset.own_last.is_syn for reset in own)
        if len(own) < 2 or opens_only:
            continue
        two = _two_originators(own)
        yield Match(
            frames=tuple(reset.segment.frame for reset in own[:SHOWN]),
            endpoint=endpoint,
            level=Level.DEVIATION if two else Level.NOTE,
            confidence=Confidence.MEDIUM if two else Confidence.HIGH,
            tags=("double-rst",),
            message=f"{capitalised(endpoint)} sent {len(own)} RSTs: {two or _attribution(own)}.",
        )


def _two_originators(own: Sequence[Reset]) -> str:
    """Tell why they can't come from one machine, or nothing."""
    ttls = [reset.segment.ttl for reset in own if reset.segment.ttl is not None]
    if ttls and max(ttls) - min(ttls) >= FAR_HOPS:
        return f"their TTLs differ, {min(ttls)} and {max(ttls)}, so that two machines sent them"
    gone = next((reset for reset in own if reset.form is Form.REACTIVE), None)
    alive = next((r for r in own if gone and r.segment.row > gone.segment.row and r.form is Form.ACTIVE), None)
    if gone and alive:
        return (
            f"the bare one in frame {gone.segment.frame} tells that there is no connection, and frame "
            f"{alive.segment.frame} comes from somebody who has one"
        )
    return ""


def _attribution(own: Sequence[Reset]) -> str:
    first = own[0].segment.row
    answering = sum(
        reset.answers is not None and (reset.form is Form.REACTIVE or reset.answers.row > first) for reset in own[1:]
    )
    others = len(own) - 1 - answering
    if not others:
        return "after the first, each answers a segment that was still under way"
    if not answering:
        return "none after the first answers anything"
    return f"after the first, {answering} answer segments that were still under way, and {others} answer nothing"


RULE = Rule(
    id="rst-repeated",
    level=Level.NOTE,
    category=Category.RESET,
    sources=("RFC 9293 §3.10.7.1", "RFC 9293 §3.5.2"),
    manual=__doc__,
    screen=repeats_reset,
    examine=examine,
)
