"""Both sides closed at the same time: their FINs crossed.

## What it checks
Both sides sent a FIN, and neither FIN acknowledges the other. This rests on the segments' numbers alone, and is the
same wherever the capture was taken.

## Why it matters
It is legal and seldom. Both sides go through CLOSING, and both end in TIME-WAIT.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK ack=1  !
    initiator < responder  FIN,ACK ack=1  !
    initiator > responder  ACK
    initiator < responder  ACK
    ... +60s

## Near miss
    # The second FIN acknowledges the first.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK ack=1
    initiator < responder  FIN,ACK ack=2
    initiator > responder  ACK
    ... +60s

## Harmless when
Always.

## Likely causes
- both applications act on the same event: a time-out, the end of a protocol's dialogue
- a FIN that was lost: the other side closed of itself, before it was repeated

## What to try next
Nothing, unless ports run out: both sides keep the connection in TIME-WAIT then.

## References
- RFC 9293 §3.6 (case 3)
"""

from collections.abc import Iterator

from tcpladder.rulebook.closing import closing
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.rulebook.wording import capitalised, seconds
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint

BOTH_CLOSED = frozenset({Ending.SIMULTANEOUS_CLOSE, Ending.RST_AFTER_CLOSE, Ending.RST_DURING_CLOSE})


def examine(subject: Subject) -> Iterator[Match]:
    """Find a pair of FINs of which neither acknowledges the other."""
    first, second = closing(subject, Endpoint.INITIATOR), closing(subject, Endpoint.RESPONDER)
    if subject.ending not in BOTH_CLOSED or first is None or second is None:
        return
    if not (_waits_for(first.fin, second.position) and _waits_for(second.fin, first.position)):
        return
    earlier, later = sorted((first.fin, second.fin))
    yield Match(
        frames=(earlier.frame, later.frame),
        message=f"{capitalised(earlier.sender)}'s FIN and the other, {seconds(later.time - earlier.time)} later, do "
        "not acknowledge each other: both sides closed at once.",
    )


def _waits_for(fin: Segment, position: int) -> bool:
    """Whether all before the other FIN had arrived, and that had not: else a hole may have kept it from being seen."""
    return fin.ack == position


RULE = Rule(
    id="td-simultaneous-close",
    level=Level.NOTE,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.6",),
    manual=__doc__,
    among=BOTH_CLOSED,
    examine=examine,
)
