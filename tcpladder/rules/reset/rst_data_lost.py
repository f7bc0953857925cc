"""A connection is reset with data outstanding.

## What it checks
At the RST that ends the connection, payload of either side was not acknowledged, though it had been on its way for
longer than a round trip. A FIN alone does not count. What was sent just before the RST may have crossed it, and gives a
note.

## Why it matters
A reset throws away what waits in the queues of both sides. The RST is the signal, and the required one, that data was
lost; the question is why an endpoint that still had the connection did not let the data arrive first.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=1000
    initiator < responder  PSH,ACK len=200  ack=1
    initiator > responder  ACK
    initiator < responder  RST,ACK  +2s  ack=1  !

## Near miss
    # All was acknowledged: perhaps not read, which a capture can't tell.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=1000
    initiator < responder  ACK
    initiator < responder  RST,ACK

## Harmless when
Nobody wants the data any more: a download that was cancelled. It is a note where the endpoint that resets had no
connection any more, and where its own data was never answered.

## Likely causes
- a server that answers early, with an error or a redirect, and closes while the client still sends
- a process that was killed, or crashed
- a time limit of a proxy

## What to try next
Let the server read what still comes before it closes, or close for sending only and wait for the client's FIN.

## References
- RFC 9293 §3.6.1 (SHLD-3)
- RFC 2525 §2.17
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.resets import Reason, Reset, ending_reset
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised, name
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint

ENDINGS = frozenset(
    {
        Ending.ABORT_DATA_LOST,
        Ending.ABORT_AFTER_DATA,
        Ending.RST_REPLY_TO_FIN,
        Ending.HALF_CLOSE_THEN_RESET,
        Ending.LATE_DATA_RESET,
        Ending.FIN_THEN_RESET,
        Ending.RST_AFTER_CLOSE,
        Ending.RST_DURING_CLOSE,
    }
)
HAD_THE_CONNECTION = {Reason.ABORT_WITH_DATA, Reason.ABORT_ON_FIN}
TOLD_ELSEWHERE = {Reason.LATE_DATA, Reason.RESET_BEFORE}


def examine(subject: Subject) -> Iterator[Match]:
    """Find the RST that ended the connection, if it lost data."""
    reset = ending_reset(subject)
    if subject.ending not in ENDINGS or reset is None or reset.reason in TOLD_ELSEWHERE:
        return
    if not reset.own_at_risk + reset.peer_at_risk:
        return
    is_overdue = _is_overdue(subject, reset, reset.sender) or _is_overdue(subject, reset, reset.sender.peer)
    lost = [
        f"{size} bytes of the {name(end)}"
        for size, end in ((reset.own_at_risk, reset.sender), (reset.peer_at_risk, reset.sender.peer))
        if size
    ]
    crossing = "" if is_overdue else ", all sent so shortly before that they may have crossed it"
    cause = "" if reset.reason is Reason.ABORT_WITH_DATA else f": {reset.reason.value}"
    who = f"An RST in the {name(reset.sender)}'s name" if reset.is_foreign else capitalised(reset.sender)
    yield Match(
        frames=(reset.segment.frame,),
        endpoint=reset.sender,
        level=None if is_overdue and _had_the_connection(reset) else Level.NOTE,
        confidence=Confidence.HIGH if is_overdue else Confidence.MEDIUM,
        message=f"{who} resets the connection with {' and '.join(lost)} not acknowledged{crossing}{cause}.",
    )


def _had_the_connection(reset: Reset) -> bool:
    return reset.reason in HAD_THE_CONNECTION and reset.own_fin is None and reset.segment.has_ack


def _is_overdue(subject: Subject, reset: Reset, sender: Endpoint) -> bool:
    """Tell whether an acknowledgment of something that `sender` sent should have been here before the RST."""
    latest = reset.segment.time - subject.time_to_and_back(sender.peer)
    is_own = sender is reset.sender
    known = (reset.segment.snd_una,) if is_own else (reset.segment.rcv_nxt, reset.segment.ack)
    acknowledged = max((number for number in known if number is not None), default=None)
    return acknowledged is not None and any(
        segment.payload_length and segment.seq + segment.payload_length > acknowledged and segment.time < latest
        for segment in subject.by(sender)
        if segment.row < reset.segment.row and not segment.is_rst
    )


IS_OWN_AT_RISK = pl.col("snd_nxt") > pl.max_horizontal("snd_una", 1)
IS_PEERS_AT_RISK = pl.col("peer_nxt") > pl.max_horizontal("rcv_nxt", "ack_relative", 1)

RULE = Rule(
    id="rst-data-lost",
    level=Level.DEVIATION,
    category=Category.RESET,
    sources=("RFC 9293 §3.6.1", "RFC 2525 §2.17"),
    manual=__doc__,
    screen=any_of(RST) & (IS_OWN_AT_RISK | IS_PEERS_AT_RISK),
    among=ENDINGS,
    examine=examine,
    silent_without=Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS,
)
