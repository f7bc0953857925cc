"""An endpoint's timestamps stand still while time goes on.

## What it checks
At least 5 segments in a row of one endpoint, RSTs aside, carry the same TSval over at least 5 s.

## Why it matters
The timestamp clock has to tick at least once a second. Where it stands, round-trip times come out as 0 or as garbage,
and old segments cannot be told from new ones.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100  !
    initiator > responder  ACK tsval=101 tsecr=900
    initiator > responder  PSH,ACK len=10 tsval=102 tsecr=900
    initiator < responder  ACK tsval=900 tsecr=102  !
    initiator > responder  PSH,ACK len=10 tsval=2102 tsecr=900 +2s
    initiator < responder  ACK tsval=900 tsecr=2102  !
    initiator > responder  PSH,ACK len=10 tsval=4102 tsecr=900 +2s
    initiator < responder  ACK tsval=900 tsecr=4102  !
    initiator > responder  PSH,ACK len=10 tsval=6102 tsecr=900 +2s
    initiator < responder  ACK tsval=900 tsecr=6102  !

## Near miss
    # A clock of one tick a second.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator > responder  PSH,ACK len=10 tsval=102 tsecr=900
    initiator < responder  ACK tsval=900 tsecr=102
    initiator > responder  PSH,ACK len=10 tsval=2102 tsecr=900 +2s
    initiator < responder  ACK tsval=902 tsecr=2102
    initiator > responder  PSH,ACK len=10 tsval=4102 tsecr=902 +2s
    initiator < responder  ACK tsval=904 tsecr=4102
    initiator > responder  PSH,ACK len=10 tsval=6102 tsecr=904 +2s
    initiator < responder  ACK tsval=906 tsecr=6102

## Harmless when
Nothing measures by it: the other side takes its round-trip times from elsewhere.

## Likely causes
- a proxy or load balancer repeats one timestamp option, often with TSval 0
- a device sends keep-alives in the endpoint's name
- hardware or a stack that sends retransmissions and keep-alives from a stored header

## What to try next
Compare TTL and IP ID of these segments with their sender's others. Look whether other connections of the host have the
same TSval.

## References
- RFC 7323 §5.4
- RFC 7323 §4.1
"""

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard, changes
from tcpladder.rulebook.stamp_screens import stamped
from tcpladder.rulebook.stamps import TAG, frames
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.tcp.states import Endpoint

SEGMENTS = 5
SPAN = 5 * SECOND
WITHIN_ONE_TICK = 1 << 31  # bytes: sequence numbers must not come half around in one tick


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's longest time without a tick."""
    for endpoint in Endpoint:
        own = [s for s in subject.by(endpoint) if s.tsval is not None and not s.is_rst]
        runs = [list(run) for _, run in groupby(own, key=lambda segment: segment.tsval)]
        frozen = [run for run in runs if len(run) >= SEGMENTS and _span(run) >= SPAN]
        if not frozen:
            continue
        longest = max(frozen, key=_span)
        is_one = len({(s.seq, s.end) for s in longest}) == 1
        copies = ", all of them copies of one segment: the option is not stamped anew" if is_one else ""
        sent = max(s.end for s in longest) - min(s.seq for s in longest)
        yield Match(
            frames=frames(longest),
            endpoint=endpoint,
            level=Level.VIOLATION if sent > WITHIN_ONE_TICK else None,
            confidence=Confidence.HIGH if len(runs) > 1 else Confidence.MEDIUM,
            tags=(TAG,),
            message=f"The {endpoint.name.lower()}'s TSval stays {longest[0].tsval} in {len(longest)} segments over "
            f"{_span(longest) / SECOND:.1f} s{copies}.",
        )


def _span(run: list[Segment]) -> int:
    return run[-1].time - run[0].time


def screen(shard: Shard) -> BoolArray:
    """Mark connections in which an endpoint's TSval stays for long enough."""
    sent = stamped(shard)
    times = shard.column("time")[sent.rows]
    first = np.flatnonzero(sent.begins | changes(shard.column("tsval")[sent.rows]))
    last = np.append(first, len(sent))[1:] - 1
    is_frozen = (last - first >= SEGMENTS - 1) & (times[last] - times[first] >= SPAN)
    return shard.of(sent.rows[first[is_frozen]])


RULE = Rule(
    id="ts-clock-frozen",
    level=Level.DEVIATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §5.4",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
