"""A FIN is answered with RST instead of a FIN.

## What it checks
One side closes, and the other, which has sent neither payload nor FIN since, resets the connection. The RST
acknowledges the FIN or repeats its acknowledgment number: it answers it. It is a note where no payload was exchanged
at all.

## Why it matters
An application may abort at any time, but the closing side is told that the connection was reset, not closed: what it
sent may never have been read. A load balancer that probes a port may take the RST for a failure.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator > responder  FIN,ACK   !
    initiator < responder  RST,ACK   !
    ... +60s

## Near miss
    # The RST crossed the FIN: it does not acknowledge it.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  RST,ACK ack=101
    ... +60s

## Harmless when
The side that closes has what it wanted, as with a probe of the port.

## Likely causes
- the application closes with unread input, or with SO_LINGER and a time of 0
- a server that resets connections on which no request came, as IIS does
- the process ended, and its socket with it
- a load balancer that clears its table

## What to try next
Read the log of the application that resets, at that second. If a health check fails by it, let the check send a real
request, or take an RST after its own FIN for success.

## References
- RFC 9293 §3.6
- RFC 9293 §3.5.2
"""

from collections.abc import Iterator

from tcpladder.packets.flags import RST
from tcpladder.rulebook.closing import Closing, closing
from tcpladder.rulebook.levels import Category, Level, Missing
from tcpladder.rulebook.resets import Form, Reset, resets
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised, name, seconds
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint

LOOKS = {
    Form.ACTIVE: ": its application aborts",
    Form.REACTIVE: " without anything of a live connection in it: its socket is gone, or a device answers",
    Form.UNCLEAR: "",
}


def examine(subject: Subject) -> Iterator[Match]:
    """Find RSTs that answer the only FIN."""
    if subject.ending is not Ending.RST_REPLY_TO_FIN:
        return
    for endpoint in Endpoint:
        closed = closing(subject, endpoint)
        if closed is None:
            continue
        later = [reset for reset in resets(subject) if reset.segment.row > closed.fin.row]
        if not later or later[0].sender is endpoint or not _answers(later[0], closed):
            continue
        reset = later[0]
        has_payload = any(subject.has_sent_payload(end) for end in Endpoint)
        risk = f" {reset.peer_at_risk} bytes before the FIN were not acknowledged." if reset.peer_at_risk else ""
        yield Match(
            frames=(reset.segment.frame, closed.fin.frame),
            endpoint=reset.sender,
            level=None if has_payload else Level.NOTE,
            message=f"{capitalised(reset.sender)} answers the {name(endpoint)}'s FIN with RST after "
            f"{seconds(reset.segment.time - closed.fin.time)}{LOOKS[reset.form]}."
            + (risk if has_payload else " No payload was exchanged."),
        )


def _answers(reset: Reset, closed: Closing) -> bool:
    segment = reset.segment
    if not segment.fits:
        return False
    return segment.ack > closed.position if segment.ack is not None else segment.seq == closed.fin.ack


RULE = Rule(
    id="td-rst-reply-to-fin",
    level=Level.DEVIATION,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.6", "RFC 9293 §3.5.2"),
    manual=__doc__,
    screen=any_of(RST),
    among=frozenset({Ending.RST_REPLY_TO_FIN}),
    examine=examine,
    weaker_without=Missing.SEGMENTS | Missing.BEGINNING,
)
