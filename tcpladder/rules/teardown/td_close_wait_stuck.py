"""One side has closed, and the other neither closes nor sends anything.

## What it checks
A FIN was acknowledged. For a minute after that, or for the half of one up to the capture's end, the side that
acknowledged it sends no payload, no FIN and no RST, though the window lets it.

## Why it matters
The FIN tells the application that nothing more will come; only the application can close its own side. Until it does
the socket stays in CLOSE-WAIT, for which TCP has no time-out. Sockets that pile up there use up file descriptors.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=100
    initiator > responder  FIN,ACK  !
    initiator < responder  ACK      !
    ... +90s

## Near miss
    # It sends payload now and then: the application lives, and uses the half-closed connection.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator < responder  PSH,ACK len=100  +40s
    initiator > responder  ACK
    initiator < responder  PSH,ACK len=100  +40s
    initiator > responder  ACK
    initiator < responder  FIN,ACK          +20s
    initiator > responder  ACK
    ... +90s

## Harmless when
The application computes a long time before it answers a request that ended with a half-close.

## Likely causes
- an error path without close()
- a connection pool that does not look after idle connections
- a thread that hangs

## What to try next
`ss -tanp state close-wait` at that host names the process. It is the application that has to be mended; no setting of
the kernel helps.

## References
- RFC 9293 §3.6
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tcpladder.rulebook.closing import closing, fins, proper_fins
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.rulebook.wording import capitalised, name, seconds
from tcpladder.tcp.states import Endpoint, State

STUCK = 60 * SECOND
STUCK_AT_END = 30 * SECOND
LATEST = np.iinfo(np.int64).max
LONGEST_CAPTURE = 24 * 3600 * SECOND  # one that seems longer was put together from several


def examine(subject: Subject) -> Iterator[Match]:
    """Find endpoints that acknowledged a FIN and did nothing then."""
    for endpoint in Endpoint:
        closed = closing(subject, endpoint)
        if closed is None or closed.ack is None or subject.has_gap(endpoint.peer):
            continue
        acknowledged, peer = closed.ack, endpoint.peer
        has_closed = any(fin.row <= acknowledged.row for fin in proper_fins(subject, peer))
        if has_closed or subject.state_after(acknowledged, peer) is not State.CLOSE_WAIT:
            continue
        doings = [acknowledged, *(s for s in subject.after(acknowledged) if _ends_silence(s, peer))]
        silent, wakes = _longest_silence(subject, doings)
        until = subject.capture_end if wakes is None else wakes.time
        waited = until - silent.time
        shortest = STUCK_AT_END if wakes is None else STUCK
        is_long = shortest <= waited <= LONGEST_CAPTURE and silent.time >= closed.fin.time
        if not is_long or not _may_send(subject, endpoint, silent):
            continue
        end = "to the end of the capture" if wakes is None else f"until frame {wakes.frame}"
        frames = [acknowledged.frame, closed.fin.frame]
        yield Match(
            frames=tuple(dict.fromkeys([*frames, silent.frame, *([wakes.frame] if wakes else [])])),
            endpoint=peer,
            confidence=Confidence.MEDIUM,
            message=f"{capitalised(peer)} acknowledged the {name(endpoint)}'s FIN, and neither closes nor sends "
            f"anything for {seconds(waited)}, {end}.",
        )


def _ends_silence(segment: Segment, peer: Endpoint) -> bool:
    if segment.sender is not peer:
        return segment.is_rst
    return segment.is_rst or segment.is_fin or (segment.payload_length > 0 and not segment.is_keep_alive)


def _longest_silence(subject: Subject, doings: list[Segment]) -> tuple[Segment, Segment | None]:
    """Give what came before and after the longest silence; nothing counts after a FIN or an RST."""
    last = next((at for at, segment in enumerate(doings) if at and (segment.is_rst or segment.is_fin)), None)
    live = doings if last is None else doings[: last + 1]
    silences: list[tuple[int, Segment, Segment | None]] = [
        (after.time - before.time, before, after) for before, after in pairwise(live)
    ]
    if last is None:
        silences.append((subject.capture_end - live[-1].time, live[-1], None))
    _, before, after = max(silences, key=lambda silence: silence[0])
    return before, after


def _may_send(subject: Subject, endpoint: Endpoint, silent: Segment) -> bool:
    """Whether the closed side's window is open, so that the other could send if it wanted to."""
    windows = [s.window for s in subject.by(endpoint) if s.is_ordinary and s.row > silent.row]
    before = subject.last_before(silent, endpoint)
    return all(windows) and (before is None or before.window > 0 or bool(windows))


def screen(shard: Shard) -> BoolArray:
    """Mark connections with one endpoint's FIN only, or that went on for long after the first FIN."""
    is_fin, times = shard.once(fins), shard.column("time")
    has_one = shard.having(is_fin & shard.from_initiator) ^ shard.having(is_fin & ~shard.from_initiator)
    first = np.minimum.reduceat(np.where(is_fin, times, LATEST), shard.offsets[:-1])
    last = np.maximum.reduceat(times, shard.offsets[:-1])
    return has_one | (last - STUCK >= first)


RULE = Rule(
    id="td-close-wait-stuck",
    level=Level.DEVIATION,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.6",),
    manual=__doc__,
    screen=screen,
    examine=examine,
    silent_without=Missing.DIRECTION,
)
