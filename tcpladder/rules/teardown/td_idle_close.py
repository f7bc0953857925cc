"""A connection is closed or reset after a long silence.

## What it checks
No payload was sent for at least ten seconds before the first FIN or RST. A silence that is near to one of the times
that applications and devices are often set to is named by it. Keep-alives are no payload; their interval is told.

## Why it matters
TCP itself never closes an idle connection: its keep-alives wait for two hours, where they are used at all. Such a
close is somebody's setting: of a client's pool, a server, a load balancer or a firewall. Whose, shows the side it
came from.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=500   !
    initiator > responder  ACK
    initiator > responder  FIN,ACK   +100s   !
    initiator < responder  FIN,ACK
    initiator > responder  ACK

## Near miss
    # It is closed soon after payload; what is long is the transfer.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=500  +100s
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK

## Harmless when
Both sides expect it. It hurts where the other side sends its next request just then.

## Likely causes
- an idle time-out of a client's connection pool or of a server
- an idle time-out of a load balancer or firewall
- a user who closed a program

## What to try next
Look for a setting of that length at the side that closes, and on devices between the two. Let clients' times be
shorter than servers', and keep-alive intervals shorter than any device's.

## References
- RFC 9293 §3.8.4
"""

from collections.abc import Iterator

import numpy as np

from tcpladder.packets.flags import RST
from tcpladder.rulebook.closing import fins
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import MS, SECOND, Segment, Subject, first
from tcpladder.rulebook.wording import capitalised, seconds
from tcpladder.tcp.states import Endpoint, State

SHORTEST = 10 * SECOND
TIMERS = (10, 15, 20, 30, 60, 65, 75, 90, 100, 110, 115, 120, 180, 240, 300, 350, 600, 900, 1800, 3600, 7200)
"""Seconds to which idle time-outs are often set."""


def examine(subject: Subject) -> Iterator[Match]:
    """Find the silence before the first FIN or RST."""
    end = first(s for s in subject.segments if s.is_fin or s.is_rst)
    if end is None or not all(subject.by(end) for end in Endpoint):
        return
    before = [s for s in subject.segments if s.row < end.row]
    if not before or any(subject.state_before(end, side) < State.ESTABLISHED for side in Endpoint):
        return
    payload = [s for s in before if s.payload_length and not s.is_keep_alive]
    last = max(payload, key=lambda segment: segment.time) if payload else before[0]
    silence = end.time - last.time
    if silence < SHORTEST or (end.is_fin and end.payload_length):
        return
    timer = _timer(silence)
    named = f", which is near to a time-out of {timer} s" if timer else ""
    verb = "resets" if end.is_rst else "closes"
    without = "without payload" if payload else "in which no payload was sent at all"
    yield Match(
        frames=(end.frame, last.frame),
        endpoint=end.sender,
        confidence=Confidence.HIGH if timer else Confidence.MEDIUM,
        tags=(f"idle-{timer}",) if timer else (),
        message=f"{capitalised(end.sender)} {verb} after {seconds(silence)} {without}{named}."
        + _keep_alives(before, last),
    )


def _timer(silence: int) -> int | None:
    """Give the usual time-out that a silence is within 2 %, or half a second, of."""
    nearest = min(TIMERS, key=lambda timer: abs(timer * SECOND - silence))
    return nearest if abs(nearest * SECOND - silence) <= max(SECOND // 2, nearest * SECOND // 50) else None


def _keep_alives(before: list[Segment], last: Segment) -> str:
    found = [s for s in before if s.row > last.row and s.is_keep_alive]
    if not found:
        return ""
    interval = (found[-1].time - last.time) // len(found)
    if len(found) == 1:
        return f" One keep-alive came in between, after {seconds(interval)}."
    return f" {len(found)} keep-alives came in between, about every {seconds(interval)}."


COPIED_WITHIN = 10 * MS  # another capture of a payload's packet


def screen(shard: Shard) -> BoolArray:
    """Mark connections with a FIN or RST so long after the payload before it, or after their beginning."""
    is_reset, times = shard.has(RST), shard.column("time")
    payload = (shard.column("payload_length") > 1) & ~is_reset
    ends = np.flatnonzero(is_reset | shard.once(fins))
    last = np.maximum.accumulate(np.where(payload, np.arange(len(payload)), -1))[ends]
    connection = shard.connection[ends]
    began = np.minimum.reduceat(times, shard.offsets[:-1])[connection]
    since = np.where(last >= shard.offsets[connection], times[last], began)
    return shard.of(ends[times[ends] - since >= SHORTEST - COPIED_WITHIN])


RULE = Rule(
    id="td-idle-close",
    level=Level.NOTE,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.8.4",),
    manual=__doc__,
    screen=screen,
    examine=examine,
    weaker_without=Missing.SEGMENTS,
)
