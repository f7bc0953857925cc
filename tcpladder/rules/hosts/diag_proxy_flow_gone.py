"""A proxy or load balancer answers segments of a connection that it has already deleted.

## What it checks
An endpoint resets a connection, the other side then sends a segment, and a second reset answers exactly that one; and
the first reset was one that the other side had to ignore, or the two do not look as if one machine had sent them
(form, TTL, IP ID, timestamps).

## Why it matters
The first reset did not end the connection for its receiver, which goes on as it has to: it acknowledges the FIN that
came before. The device, whose entry is gone, answers with another reset. Its log then shows a reset for a connection
that it does not know, and its health check may fail by chance.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK ip_id=1 ttl=60
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=4
    initiator < responder  ACK ip_id=2 ttl=60
    initiator < responder  FIN,ACK seq=1 ip_id=3 ttl=60
    initiator < responder  RST seq=1 win=0 ip_id=0 ttl=60        +1ms
    initiator > responder  ACK                                   +1ms !
    initiator < responder  RST,ACK seq=2 win=0 ip_id=9000 ttl=250 !
    ... +60s

## Near miss
    # The one reset carries the number after the FIN: it counts, and there is no second one.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=4
    initiator < responder  ACK
    initiator < responder  FIN,ACK seq=1
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=4
    initiator < responder  RST seq=2 win=0
    ... +60s

## Harmless when
Several segments were under way when the connection was reset: each is answered by a reset of the same form. Where both
resets look as if one machine had sent them the finding is a note.

## Likely causes
- a full proxy whose connection entry goes with its own reset, or timed out
- a firewall whose idle time-out is shorter than the application's
- loss or reordering, which lets segments come late

## What to try next
Capture on both sides of the device and match segments by their numbers. Have a probing script stop sending after the
FIN.

## References
- RFC 9293 §3.10.7.1
- RFC 9293 §3.5.2
"""

from collections.abc import Iterator

from tcpladder.packets.flags import ACK
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.reset_screens import repeats_reset
from tcpladder.rulebook.resets import Reset, resets
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.subject import Subject

TTL_JITTER = 1


def examine(subject: Subject) -> Iterator[Match]:
    """Find a reset that answers what came after an earlier reset of the same side."""
    earlier: dict[int, Reset] = {}
    for reset in resets(subject):
        first = earlier.setdefault(reset.sender, reset)
        if first is reset or reset.answers is None or reset.answers.row < first.segment.row:
            continue
        is_ignored = first.fit.is_ignored
        differences = _differences(first, reset)
        if not is_ignored and not differences:
            continue
        looks = f" The two differ in {' and '.join(differences)}." if differences else ""
        who = "a device" if differences else "who sent them"
        ignored = f", which its receiver has to ignore ({first.fit})" if is_ignored else ""
        yield Match(
            frames=(reset.segment.frame, reset.answers.frame),
            endpoint=reset.sender,
            level=None if differences else Level.NOTE,
            confidence=Confidence.HIGH if is_ignored and differences else Confidence.MEDIUM,
            message=f"After the reset in frame {first.segment.frame}{ignored}, frame {reset.answers.frame} was "
            f"answered by another in frame {reset.segment.frame}: {who} has already forgotten the "
            f"connection.{looks}",
        )
        return


def _differences(first: Reset, second: Reset) -> list[str]:
    one, other = first.segment, second.segment
    found = []
    if (one.flags ^ other.flags) & ACK:
        found.append("form")
    if one.ttl is not None and other.ttl is not None and abs(one.ttl - other.ttl) > TTL_JITTER:
        found.append("TTL")
    if one.ip_id is not None and other.ip_id is not None and bool(one.ip_id) != bool(other.ip_id):
        found.append("IP ID")
    if (one.tsval is None) != (other.tsval is None):
        found.append("timestamps")
    return found if len(found) > 1 or "TTL" in found else []


RULE = Rule(
    id="diag-proxy-flow-gone",
    level=Level.DEVIATION,
    category=Category.DIAGNOSIS,
    sources=("RFC 9293 §3.10.7.1", "RFC 9293 §3.5.2"),
    manual=__doc__,
    screen=repeats_reset,
    examine=examine,
    weaker_without=Missing.DIRECTION,
)
