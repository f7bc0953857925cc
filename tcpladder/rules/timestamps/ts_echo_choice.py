"""A segment echoes a timestamp of the other side's, and not the one that it should.

## What it checks
Timestamps were negotiated, and TSecr is a TSval of the other side, but

- only segments beyond a hole carried it, so that it should not have been taken over yet,
- or it is older than one that came in sequence with data that an earlier segment acknowledged,
- or it is older than what was echoed in an earlier tick of the sender's own clock.

What an ACK of several segments should echo (the first of them) is not checked: an ACK in between may have been lost.

## Why it matters
The other side takes the round-trip time from it. Too new an echo makes it too short, and retransmissions come too
early; an old one makes it too long.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=5000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=5000
    initiator < responder  PSH,ACK len=10 seq=11 tsval=5010 tsecr=101  !
    initiator > responder  ACK ack=1 tsval=103 tsecr=5010    !
    initiator < responder  PSH,ACK len=10 seq=1 tsval=5200 tsecr=101 +200ms
    initiator > responder  ACK ack=21 tsval=304 tsecr=5200

## Near miss
    # The echo stays as it was until the hole is filled.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=5000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=5000
    initiator < responder  PSH,ACK len=10 seq=11 tsval=5010 tsecr=101
    initiator > responder  ACK ack=1 tsval=103 tsecr=5000
    initiator < responder  PSH,ACK len=10 seq=1 tsval=5200 tsecr=101 +200ms
    initiator > responder  ACK ack=21 tsval=304 tsecr=5200

## Harmless when
The other side takes its round-trip times from acknowledged data, or filters them well.

## Likely causes
- a simple stack that echoes the latest TSval that it saw
- hardware that acknowledges in the stack's place
- a proxy or accelerator that mixes two connections' timestamps

## What to try next
Look which segments carry the echoed TSval. Switch hardware offload off as a test.

## References
- RFC 7323 §4.3
"""

from collections.abc import Iterator, Sequence

import numpy as np

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import NONE, Echoes, echoes, stamped
from tcpladder.rulebook.stamps import SHOWN, TAG, after_handshake, is_negotiated, times
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.sequence import HALF, MODULUS
from tcpladder.tcp.echoes import EchoRange, ts_recent
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's wrong choices."""
    if not is_negotiated(subject):
        return
    opened = after_handshake(subject)[:1]
    for endpoint in Endpoint:
        sent = _Sent(subject.by(endpoint.peer))
        ranges = zip(subject.segments, ts_recent(subject.segments, endpoint), strict=True)
        judged = ((s, legal) for s, legal in ranges if opened and s.row >= opened[0].row and legal is not None)
        wrong = [(s, fault) for s, legal in judged if (fault := sent.fault(s, legal))]
        if not wrong:
            continue
        segment, (what, proof) = wrong[0]
        more = f" So do {times(len(wrong) - 1, 'more segment')}." if len(wrong) > 1 else ""
        yield Match(
            frames=(segment.frame, proof.frame, *(s.frame for s, _ in wrong[1:SHOWN])),
            endpoint=endpoint,
            confidence=Confidence.HIGH if len(wrong) > 1 else Confidence.MEDIUM,
            tags=(TAG,),
            message=f"The {endpoint.name.lower()} echoes {segment.tsecr} in frame {segment.frame}, {what}.{more}",
        )


class _Sent:
    """What the other side sent: for each TSval, the segment of the lowest number that carried it."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.lowest: dict[int, Segment] = {}
        for segment in segments:
            value = segment.tsval
            if value is not None and (value not in self.lowest or segment.seq < self.lowest[value].seq):
                self.lowest[value] = segment

    def fault(self, segment: Segment, legal: EchoRange) -> tuple[str, Segment] | None:
        """Say what is wrong with a segment's TSecr, and which segment shows it; None where nothing is."""
        echo, ack = segment.tsecr or 0, max(segment.ack or 0, segment.rcv_nxt or 0)
        source = self.lowest.get(echo)
        if source is None:
            return None
        if legal.is_too_new(echo) and source.seq > ack:
            return f"which only came beyond the hole at {ack}, in frame {source.frame}", source
        newer = self.lowest.get(legal.lowest or 0)
        if legal.is_too_old(echo) and newer is not None:
            return f"though it has taken over {newer.tsval} from frame {newer.frame} before", newer
        return None


def screen(shard: Shard) -> BoolArray:
    """Mark connections with an echo that goes back, comes from beyond a hole, or is too old for its acknowledgment."""
    found = echoes(shard)
    sent = found.sent
    if not len(sent):
        return np.zeros(len(shard), np.bool_)
    has_echo = shard.is_known("tsecr")[sent.rows]
    is_echo = has_echo & (shard.flags[sent.rows] & (ACK | SYN | RST) == ACK) & ~shard.is_duplicate[sent.rows]
    known = np.maximum(shard.column("ack_relative"), shard.column("rcv_nxt"))[sent.rows]
    is_too_new = (found.lowest != NONE) & (known < found.lowest)
    wrong = (has_echo & (_goes_back(found, is_echo) | is_too_new)) | _is_too_old(shard, found, is_echo)
    return shard.of(sent.rows[wrong])


def _goes_back(found: Echoes, is_echo: BoolArray) -> BoolArray:
    """Mark echoes that are older than the one before of their sender."""
    latest = np.maximum.accumulate(np.where(is_echo, np.arange(len(is_echo)), -1))
    before = np.roll(latest, 1)
    before[0] = -1
    is_own = before >= np.repeat(found.sent.first, found.sent.counts)
    is_back: BoolArray = is_own & ((found.values - found.values[before]) % MODULUS >= HALF)
    return is_back


def _is_too_old(shard: Shard, found: Echoes, is_echo: BoolArray) -> BoolArray:
    """Mark acknowledgments of more after which an older value is echoed than what is acknowledged was stamped with."""
    sent, acknowledged = found.sent, shard.column("rcv_nxt")
    asking = np.flatnonzero((shard.column("ack_relative") > acknowledged)[sent.rows])
    every = stamped(shard)
    occupying = every.only(shard.column("segment_length")[every.rows] > 0)
    source = occupying.find(
        shard.column("seq_relative")[occupying.rows], shard.peer_of(sent)[asking], acknowledged[sent.rows[asking]]
    )
    none = len(is_echo)
    upcoming = np.minimum.accumulate(np.where(is_echo, np.arange(none), none)[::-1])[::-1][asking]
    is_own = upcoming <= np.repeat(sent.last, sent.counts)[asking]
    chosen = np.flatnonzero((source >= 0) & is_own)
    age = found.values[upcoming[chosen]] - shard.column("tsval")[occupying.rows[source[chosen]]]
    is_old = np.zeros(none, np.bool_)
    is_old[asking[chosen[age % MODULUS >= HALF]]] = True
    return is_old


RULE = Rule(
    id="ts-echo-choice",
    level=Level.DEVIATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §4.3",),
    manual=__doc__,
    screen=screen,
    examine=examine,
    silent_without=Missing.BEGINNING | Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS,
)
