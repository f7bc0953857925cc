"""An endpoint ends an established connection by RST, without a FIN.

## What it checks
The first thing that ends the connection is an RST which its receiver has to obey, at the number where its sender goes
on sending, and neither side had sent a FIN. Such an RST is no answer to anything: somebody aborted. The finding tells
what was not acknowledged by then, how long the connection had been silent, and whether the RST looks like one of an
endpoint that had the connection: with its window, or its running timestamp.

## Why it matters
There are two ways to end a connection: FIN, after which everything still arrives, and abort, after which nothing does.
The other side's application is told that the connection was aborted, and can't know what of its data was read.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=500
    initiator > responder  ACK
    initiator > responder  RST,ACK  +2s  !

## Near miss
    # Bare, with no window: nobody has the connection any more. This answers a segment.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  PSH,ACK len=500
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100  +600s
    initiator < responder  RST win=0

## Harmless when
Everything was acknowledged, and the application is known to close so: many clients abort connections that they no
longer need, which spares them TIME-WAIT.

## Likely causes
- SO_LINGER with time 0
- close() with data still unread: Linux then aborts, and the data is lost though all of it was acknowledged
- a process that was killed, or crashed
- a pool that drops idle connections, or a health check that drops them at once

## What to try next
Read the application's log at that second. If everything was acknowledged and nothing is missed, leave it.

## References
- RFC 9293 §3.6
- RFC 9293 §3.10.5 (ABORT)
- RFC 2525 §2.17
"""

from collections.abc import Iterator

import numpy as np

from tcpladder.packets.flags import RST
from tcpladder.rulebook.decided import Decided, Matches
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.lone_resets import REASONS, LoneResets, lone_resets
from tcpladder.rulebook.resets import LONG_SILENCE, Form, Reason, Reset, ending_reset
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.shard import Shard
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised, name, seconds
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint

ENDINGS = frozenset({Ending.ABORT_NO_DATA, Ending.ABORT_DATA_LOST, Ending.ABORT_AFTER_DATA})
ABORTS = {Reason.ABORTIVE_CLOSE, Reason.ABORT_AFTER_SILENCE, Reason.ABORT_WITH_DATA, Reason.NOT_ACCEPTED}


def examine(subject: Subject) -> Iterator[Match]:
    """Find the RST by which somebody aborted."""
    reset = ending_reset(subject)
    if subject.ending not in ENDINGS or reset is None or reset.own_fin or reset.peer_fin:
        return
    if reset.reason not in ABORTS or reset.form is Form.REACTIVE:
        return
    yield Match(
        frames=(reset.segment.frame,),
        endpoint=reset.sender,
        confidence=Confidence.HIGH if reset.form is Form.ACTIVE else Confidence.MEDIUM,
        message=_message(reset.sender, _silence(subject, reset), reset.own_at_risk, reset.peer_at_risk),
    )


def _silence(subject: Subject, reset: Reset) -> int:
    before = max((s.time for s in subject.segments if s.row < reset.segment.row), default=reset.segment.time)
    return reset.segment.time - before


def _message(sender: Endpoint, silence: int, own_at_risk: int, peer_at_risk: int) -> str:
    parts = [
        f"{size} bytes of the {name(whose)} were not acknowledged"
        for size, whose in ((own_at_risk, sender), (peer_at_risk, sender.peer))
        if size
    ]
    after = f" and after {seconds(silence)} of silence" if silence > LONG_SILENCE else ""
    outstanding = ", and ".join(parts) or "everything sent was acknowledged"
    return f"{capitalised(sender)} aborts the connection, without a FIN{after}: {outstanding}."


def decide(shard: Shard) -> Decided:
    """Find the lone RSTs by which somebody aborted."""
    resets = lone_resets(shard)
    resets = resets.only(~resets.is_refusal & ~resets.is_decline)
    decided = np.zeros(len(shard), np.bool_)
    decided[resets.place] = True
    is_abort = np.isin(resets.reason, [REASONS.index(reason) for reason in ABORTS]) & resets.is_effective
    by_initiator = shard.from_initiator[resets.row]
    kinds = (
        (
            sender,
            is_active,
            is_abort & (by_initiator == (sender is Endpoint.INITIATOR)) & (resets.is_active == is_active),
        )
        for sender in Endpoint
        for is_active in (True, False)
    )
    return Decided(
        connections=decided,
        matches=[_matches(shard, resets.only(kept), sender, is_active=is_active) for sender, is_active, kept in kinds],
    )


def _matches(shard: Shard, resets: LoneResets, sender: Endpoint, *, is_active: bool) -> Matches:
    numbers = (column.tolist() for column in (resets.silence, resets.own_at_risk, resets.peer_at_risk))
    return Matches(
        places=resets.place,
        frames=[(frame,) for frame in shard.column("frame")[resets.row].tolist()],
        messages=[_message(sender, *own) for own in zip(*numbers, strict=True)],
        endpoint=sender,
        confidence=Confidence.HIGH if is_active else Confidence.MEDIUM,
    )


RULE = Rule(
    id="rst-abortive-close",
    level=Level.NOTE,
    category=Category.RESET,
    sources=("RFC 9293 §3.6", "RFC 9293 §3.10.5"),
    manual=__doc__,
    screen=any_of(RST),
    among=ENDINGS,
    examine=examine,
    decide=decide,
)
