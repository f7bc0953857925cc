"""An endpoint goes on as if it had not been reset, though the reset was valid.

## What it checks
RSTs carry exactly the number that their receiver expects next, as its own segments prove, before and after. More than
a second after they must have arrived it still sends something that is neither RST nor SYN. It is a violation after
two such RSTs, or when the capture was taken beside the receiver; a single RST may have been lost.

## Why it matters
An RST whose sequence number is RCV.NXT resets the connection. From then on only RSTs may answer what comes for it.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator < responder  RST,ACK             !
    initiator > responder  PSH,ACK len=50  +2s !
    initiator < responder  RST seq=1           !
    initiator > responder  PSH,ACK len=50  +2s !
    ... +60s

## Near miss
    # In TIME-WAIT an endpoint may ignore RSTs.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    initiator < responder  RST seq=2
    initiator < responder  FIN,ACK seq=1 ack=2  +3s
    initiator > responder  ACK
    ... +60s

## Harmless when
The RST was lost behind the capture point. An endpoint in TIME-WAIT may ignore RSTs (RFC 1337), and is left out.

## Likely causes
- a reset that was injected towards one side only, or lost
- a firewall on the receiving host that drops RSTs
- a device on the path that speaks for the receiver

## What to try next
Capture at the endpoint that went on: did the RST arrive? Compare its TTL and IP ID with other segments of its sender.

## References
- RFC 9293 §3.10.7.4 (second step)
- RFC 5961 §3.2
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.closing import SHOWN, closing
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.reset_screens import ignores_reset
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import MS, SECOND, Segment, Subject
from tcpladder.rulebook.wording import capitalised, often, seconds
from tcpladder.tcp.states import Endpoint

UNDER_WAY = 1 * SECOND  # queues on the path may have grown since the handshake
BESIDE = 1 * MS  # a capture point so near to the receiver is on its host, or in its network


def examine(subject: Subject) -> Iterator[Match]:
    """Find what endpoints sent long after a valid reset of theirs."""
    for endpoint in Endpoint:
        exact = [reset for reset in subject.resets(endpoint.peer) if reset.seq == reset.snd_una]
        if not exact or (closing(subject, endpoint) and closing(subject, endpoint.peer)):
            continue
        patience = 2 * subject.time_to_and_back(endpoint) + UNDER_WAY
        proven = exact[0].seq
        later = [
            segment
            for segment in subject.after(exact[0])
            if segment.sender is endpoint
            and segment.is_ordinary
            and segment.ack == proven
            and segment.time - exact[0].time > patience
        ]
        if not later:
            continue
        ignored = [reset for reset in exact if reset.seq == proven and later[-1].time - reset.time > patience]
        is_beside = subject.half_rtts is not None and subject.half_rtts[endpoint] < BESIDE
        is_sure = len(ignored) > 1 or is_beside
        last = later[-1]
        yield Match(
            frames=(last.frame, *_frames(ignored), *_frames(later[: SHOWN - 1])),
            endpoint=endpoint,
            level=None if is_sure else Level.DEVIATION,
            confidence=Confidence.MEDIUM if is_sure else Confidence.LOW,
            tags=("traffic-after-reset",),
            message=f"{capitalised(endpoint)} was reset {often(len(ignored))} with the number {proven} that it "
            f"expected, and went on until {seconds(last.time - exact[0].time)} after frame {exact[0].frame}"
            + ("." if is_sure else ": unless that reset was lost, it ignores it."),
        )


def _frames(segments: list[Segment]) -> list[int]:
    return [segment.frame for segment in segments[:SHOWN]]


def screen(shard: Shard) -> BoolArray:
    """Mark connections of which an endpoint goes on after an RST with the number that it expects."""
    return ignores_reset(shard, shard.where(any_of(RST) & (pl.col("seq_relative") == pl.col("snd_una"))))


RULE = Rule(
    id="td-traffic-after-reset",
    level=Level.VIOLATION,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.10.7.4", "RFC 5961 §3.2"),
    manual=__doc__,
    screen=screen,
    examine=examine,
    weaker_without=Missing.SEGMENTS | Missing.BEGINNING,
)
