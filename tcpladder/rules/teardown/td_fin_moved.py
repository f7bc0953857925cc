"""An endpoint sends FINs at two different sequence numbers.

## What it checks
Two FINs of one endpoint in one connection do not stand at the same sequence number. With which data a FIN is sent
again does not matter: what counts is the number of the FIN itself.

## Why it matters
A FIN may be repeated; a second one must not be sent. The other side takes one of the two for the end of the data: it
loses what lies beyond, or waits for bytes that never existed.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator < responder  FIN,ACK        !
    initiator > responder  ACK
    initiator < responder  FIN,ACK seq=2  !
    initiator > responder  FIN,ACK
    ... +60s

## Near miss
    # The FIN is sent again together with the data before it, as Linux does: it stands where it stood.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  PSH,ACK len=100
    initiator < responder  FIN,ACK
    initiator < responder  FIN,PSH,ACK seq=1 len=100  +1s
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    ... +60s

## Harmless when
A port was used again and its SYN is missing from the capture: then the FINs belong to two connections. FINs more than
65536 apart are taken for that.

## Likely causes
- a device on the path adds or removes payload, or translates sequence numbers in one direction only
- a proxy that swallowed a FIN, and sent its own
- a faulty TCP implementation

## What to try next
Capture on both sides of the devices on the path and compare the FIN's sequence number.

## References
- RFC 9293 §3.10.4
- RFC 9293 §3.4
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.closing import IS_FIN, SAME_CONNECTION, SHOWN, closing, proper_fins
from tcpladder.rulebook.levels import Category, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised
from tcpladder.tcp import evidence
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find FINs that do not stand where the endpoint's FIN stands."""
    for endpoint in Endpoint:
        closed = closing(subject, endpoint)
        if closed is None:
            continue
        fin, position = closed.fin, closed.position
        moved = [
            other
            for other in proper_fins(subject, endpoint)
            if 0 < abs(other.fin_position - position) <= SAME_CONNECTION
        ]
        if not moved:
            continue
        away = moved[0].fin_position - position
        which = "the one that was acknowledged" if closed.ack is not None and closed.ack.ack == fin.end else "the first"
        yield Match(
            frames=(moved[0].frame, fin.frame, *(other.frame for other in moved[1:SHOWN])),
            endpoint=endpoint,
            message=f"{capitalised(endpoint)}'s FIN in frame {moved[0].frame} has number {moved[0].fin_position}, "
            f"{abs(away)} {'beyond' if away > 0 else 'below'} {which} in frame {fin.frame}, which has {position}.",
        )


RULE = Rule(
    id="td-fin-moved",
    level=Level.VIOLATION,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.10.4", "RFC 9293 §3.4"),
    manual=__doc__,
    screen=IS_FIN & ((pl.col("code") & evidence.FIN) == 0),
    examine=examine,
    weaker_without=Missing.BEGINNING,
)
