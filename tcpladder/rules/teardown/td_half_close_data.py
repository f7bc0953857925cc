"""One direction is used on after the other was closed.

## What it checks
An endpoint has sent its FIN, the other one acknowledges it and sends new payload, and goes on until it closes itself.

## Why it matters
This is what a half-close is for, and nothing is wrong with it. But firewalls and load balancers keep connections of
which one side has closed for a minute or two only, and an application that meant to close completely will reset.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=20
    initiator > responder  FIN,ACK          !
    initiator < responder  ACK
    initiator < responder  PSH,ACK len=500  +2s  !
    initiator > responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    ... +60s

## Near miss
    # The payload crossed the FIN: it does not acknowledge it.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=20
    initiator > responder  FIN,ACK
    initiator < responder  PSH,ACK len=500 ack=21
    initiator > responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    ... +60s

## Harmless when
The application means it: `shutdown(SHUT_WR)`, `nc -N`, rsh, some HTTP clients.

## Likely causes
- a request that ends with a half-close, and its response
- an application that has not noticed yet that the other side closed

## What to try next
Nothing, unless transfers break off: then look for devices that cut half-closed connections.

## References
- RFC 9293 §3.6.1
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.closing import SHOWN, closing, fins, goes_on
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised, name, seconds
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find payload for an endpoint that had closed, from one that knew."""
    for endpoint in Endpoint:
        closed, own = closing(subject, endpoint), closing(subject, endpoint.peer)
        if closed is None:
            continue
        sent = [
            segment
            for segment in subject.after(closed.fin)
            if segment.sender is endpoint.peer
            and segment.payload_length
            and segment.is_ordinary
            and segment.is_new
            and segment.ack is not None
            and segment.ack > closed.position
            and not segment.is_keep_alive
            and (own is None or segment.seq < own.position)
        ]
        if not sent or any(s.is_rst and s.sender is endpoint for s in subject.segments):
            continue
        size = sum(segment.payload_length for segment in sent)
        yield Match(
            frames=(sent[0].frame, closed.fin.frame, *(segment.frame for segment in sent[1:SHOWN])),
            endpoint=endpoint.peer,
            message=f"{capitalised(endpoint)} closed its direction in frame {closed.fin.frame}, and the "
            f"{name(endpoint.peer)} sent {size} more bytes, over {seconds(sent[-1].time - closed.fin.time)}.",
        )


def screen(shard: Shard) -> BoolArray:
    """Mark connections with new payload after the other side's FIN."""
    is_new = (pl.col("end_relative") > pl.col("snd_nxt")).fill_null(value=True)
    payload = shard.where((pl.col("payload_length") > 0) & is_new)
    return goes_on(shard, shard.once(fins), payload, same_sender=False)


RULE = Rule(
    id="td-half-close-data",
    level=Level.NOTE,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.6.1",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
