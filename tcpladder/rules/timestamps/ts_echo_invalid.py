"""A segment echoes a timestamp that the other side never sent.

## What it checks
Timestamps were negotiated, and a segment with ACK carries a TSecr that is no captured TSval of the other side, and that
none of its segments can have carried: 0, less than its first, or further ahead than its clock can have come since its
last one. A value in between may have been in a segment that was not captured; it counts only where most of what an
endpoint echoes is of this kind. An endpoint that echoes 0 from the start on was perhaps sent 0 by a device.

## Why it matters
TSecr has to be a TSval that was received. The other side takes round-trip times from it, and decides from it whether a
retransmission was in vain: both go wrong.

## Example
    initiator > responder  SYN tsval=5000000 tsecr=0
    initiator < responder  SYN,ACK tsval=900000 tsecr=5000000
    initiator > responder  ACK tsval=5000001 tsecr=900000
    initiator > responder  PSH,ACK len=10 tsval=5000002 tsecr=900000
    initiator < responder  ACK tsval=900002 tsecr=3000000000  !
    initiator > responder  PSH,ACK len=10 tsval=5000004 tsecr=900002

## Near miss
    # The responder's TSval was 0, and so the initiator echoes 0.
    initiator > responder  SYN tsval=5000000 tsecr=0
    initiator < responder  SYN,ACK tsval=0 tsecr=5000000
    initiator > responder  ACK tsval=5000001 tsecr=0
    initiator > responder  PSH,ACK len=10 tsval=5000002 tsecr=0
    initiator < responder  ACK tsval=900002 tsecr=5000002
    initiator > responder  PSH,ACK len=10 tsval=5000004 tsecr=900002

## Harmless when
A device translates timestamps both ways and the capture was taken on one side of it with segments missing.

## Likely causes
- a device translates or randomises timestamps in one direction only
- a proxy sends acknowledgments in the endpoint's name
- a faulty stack

## What to try next
Capture on both sides of the devices on the path and compare TSval and TSecr. Test with timestamps switched off.

## References
- RFC 7323 §3.2 (MUST)
- RFC 7323 §4.3
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import NONE, echoes
from tcpladder.rulebook.stamps import TAG, after_handshake, frames, is_negotiated, times
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.sequence import HALF, MODULUS, distance
from tcpladder.tcp.states import Endpoint

FASTEST = 1_000_000  # ticks a second: the fastest timestamp clock in use
UNSEEN = 64 * FASTEST  # what a clock may have counted in SYNs that were missed before the first captured one
ENOUGH_VALUES = 5  # distinct values in between that no segment explains


@dataclass(frozen=True, slots=True)
class _Foreign:
    """A segment whose echo the other side is not known to have sent, and why it can't have; "" where it may have."""

    segment: Segment
    why: str


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's echoes of values that the other cannot have sent."""
    if not is_negotiated(subject):
        return
    later = after_handshake(subject)
    for endpoint in Endpoint:
        echoing = [s for s in later if s.sender is endpoint and s.has_ack and s.tsecr is not None]
        foreign = _foreign(subject, endpoint, echoing)
        impossible = [found for found in foreign if found.why]
        if impossible:
            is_cleared = _echoes_nothing_yet(impossible, echoing)
            yield _impossible(endpoint, impossible, is_cleared=is_cleared)
        elif _is_mostly_foreign(foreign, echoing) and not subject.has_gap(endpoint.peer):
            yield _unexplained(endpoint, foreign, echoing)


def _echoes_nothing_yet(found: Sequence[_Foreign], echoing: Sequence[Segment]) -> bool:
    """Whether an endpoint echoes 0 and has echoed nothing else before: Linux does that after a TSval of 0."""
    return all(one.segment.tsecr == 0 for one in found) and not any(s.tsecr for s in echoing[: len(found)])


def _impossible(endpoint: Endpoint, found: Sequence[_Foreign], *, is_cleared: bool) -> Match:
    worst = found[0]
    hint = " A device may have cleared the TSval of its SYN-ACK on the way." if is_cleared else ""
    more = f" So do {times(len(found) - 1, 'more segment')}." if len(found) > 1 else ""
    return Match(
        frames=frames([one.segment for one in found]),
        endpoint=endpoint,
        level=Level.DEVIATION if is_cleared else None,
        confidence=Confidence.MEDIUM if is_cleared else Confidence.HIGH,
        tags=(TAG,),
        message=f"The {endpoint.name.lower()} echoes {worst.segment.tsecr} in frame {worst.segment.frame}, which the "
        f"{endpoint.peer.name.lower()} cannot have sent: {worst.why}.{more}{hint}",
    )


def _unexplained(endpoint: Endpoint, foreign: Sequence[_Foreign], echoing: Sequence[Segment]) -> Match:
    return Match(
        frames=frames([one.segment for one in foreign]),
        endpoint=endpoint,
        level=Level.DEVIATION,
        confidence=Confidence.MEDIUM,
        tags=(TAG,),
        message=f"{len(foreign)} of {len(echoing)} segments of the {endpoint.name.lower()} echo values that the "
        f"{endpoint.peer.name.lower()} is not seen to have sent, {foreign[0].segment.tsecr} in frame "
        f"{foreign[0].segment.frame} first.",
    )


def _is_mostly_foreign(foreign: Sequence[_Foreign], echoing: Sequence[Segment]) -> bool:
    values = {one.segment.tsecr for one in foreign}
    return len(values) >= ENOUGH_VALUES and 2 * len(values) > len({s.tsecr for s in echoing})


def _foreign(subject: Subject, endpoint: Endpoint, echoing: Sequence[Segment]) -> list[_Foreign]:
    sent = [s for s in subject.by(endpoint.peer) if s.tsval is not None and not s.is_rst]
    values = {s.tsval for s in subject.by(endpoint.peer)}
    if not sent:
        return []
    lowest = sent[0].tsval or 0
    highest, at, since = lowest, 0, sent[0].time
    found = []
    for segment in echoing:
        while at < len(sent) and sent[at].row < segment.row:
            if distance(highest, sent[at].tsval or 0) >= 0:
                highest = sent[at].tsval or 0
            since = sent[at].time
            at += 1
        if segment.tsecr not in values:
            found.append(_Foreign(segment, _why_not(segment, lowest, highest, since, has_zero=0 in values)))
    return found


def _why_not(segment: Segment, lowest: int, highest: int, since: int, *, has_zero: bool) -> str:
    """Say why the other side, whose clock went from `lowest` to `highest` at `since` (ns), can't have sent TSecr."""
    echo = segment.tsecr or 0
    reachable = max(segment.time - since, 0) * FASTEST // SECOND + FASTEST
    width = (highest - lowest) % MODULUS
    if width + reachable + UNSEEN >= HALF:
        return ""
    offset = (echo - lowest) % MODULUS
    is_below_zero = (0 - lowest) % MODULUS > width + reachable  # 0 lies outside of where the clock was
    if echo == 0 and not has_zero and is_below_zero:
        return "its TSvals were never 0"
    if offset <= width + reachable or offset >= MODULUS - UNSEEN:
        return ""
    if offset < HALF:
        return f"its TSvals had come to {highest}"
    return f"its TSvals began at {lowest}"


def screen(shard: Shard) -> BoolArray:
    """Mark connections with an echo that is no TSval captured anywhere from the other endpoint."""
    found = echoes(shard)
    rows = found.sent.rows[found.lowest == NONE]
    return shard.of(rows[(shard.flags[rows] & (ACK | SYN | RST)) == ACK])


RULE = Rule(
    id="ts-echo-invalid",
    level=Level.VIOLATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2", "RFC 7323 §4.3"),
    manual=__doc__,
    screen=screen,
    examine=examine,
    silent_without=Missing.BEGINNING | Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS,
)
