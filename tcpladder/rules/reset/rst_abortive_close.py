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

from tcpladder.packets.flags import RST
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.resets import LONG_SILENCE, Form, Reason, Reset, ending_reset
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import capitalised, name, seconds
from tcpladder.tcp.endings import Ending

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
        message=f"{capitalised(reset.sender)} aborts the connection, without a FIN{_silence(subject, reset)}: "
        f"{_outstanding(reset)}.",
    )


def _silence(subject: Subject, reset: Reset) -> str:
    before = max((s.time for s in subject.segments if s.row < reset.segment.row), default=reset.segment.time)
    silence = reset.segment.time - before
    return f" and after {seconds(silence)} of silence" if silence > LONG_SILENCE else ""


def _outstanding(reset: Reset) -> str:
    peer = name(reset.sender.peer)
    parts = [
        f"{size} bytes of the {whose} were not acknowledged"
        for size, whose in ((reset.own_at_risk, name(reset.sender)), (reset.peer_at_risk, peer))
        if size
    ]
    return ", and ".join(parts) or "everything sent was acknowledged"


RULE = Rule(
    id="rst-abortive-close",
    level=Level.NOTE,
    category=Category.RESET,
    sources=("RFC 9293 §3.6", "RFC 9293 §3.10.5"),
    manual=__doc__,
    screen=any_of(RST),
    among=ENDINGS,
    examine=examine,
)
