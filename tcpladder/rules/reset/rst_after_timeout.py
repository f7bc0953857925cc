"""An endpoint resets after its retransmissions or keep-alives were not answered.

## What it checks
The last segments of an endpoint before its RST are three or more retransmissions, or keep-alives, to which nothing came
back. It is a deviation if TCP itself seems to have given data up within 100 s: the RST comes when the next
retransmission was due. Otherwise the application may have had enough. A single keep-alive without an answer is told as
well.

## Why it matters
TCP should try for at least 100 s before it gives data up, and one missing answer to a keep-alive must not be taken for
the end of a connection. The finding also says that the path, or the other host, failed before the reset: the RST is the
consequence, not the cause.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator > responder  PSH,ACK seq=1 len=100  +200ms  !
    initiator > responder  PSH,ACK seq=1 len=100  +400ms  !
    initiator > responder  PSH,ACK seq=1 len=100  +800ms  !
    initiator > responder  PSH,ACK seq=1 len=100  +1600ms !
    initiator > responder  RST,ACK  +3200ms  !

## Near miss
    # The second retransmission was answered.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator > responder  PSH,ACK seq=1 len=100  +200ms
    initiator > responder  PSH,ACK seq=1 len=100  +400ms
    initiator < responder  ACK
    initiator > responder  RST,ACK  +10s

## Harmless when
The other host was switched off, or an application set a short limit on purpose (TCP_USER_TIMEOUT).

## Likely causes
- a path that fails, or that loses in one direction after a failover
- a NAT or firewall entry that expired: keep-alives come too seldom for it
- the other host lost power

## What to try next
Capture at the other end: do the retransmissions arrive? Compare the idle time before with the limits of firewalls and
NAT on the path.

## References
- RFC 9293 §3.8.3
- RFC 9293 §3.8.4
- RFC 6298 §5.5
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.reset_screens import has_reset
from tcpladder.rulebook.resets import GIVEN_UP_AFTER, Reset, resets
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import SECOND, Subject, first
from tcpladder.rulebook.wording import capitalised, name, seconds

SHORTEST_PATIENCE = 100 * SECOND  # R2 (RFC 9293 §3.8.3)
NEXT_DUE = (1.6, 2.6)  # times the last interval
SHOWN = 8


def examine(subject: Subject) -> Iterator[Match]:
    """Find RSTs of endpoints that had been left without an answer."""
    for reset in resets(subject):
        if reset.earlier_resets or not reset.unanswered or reset.own_last is None:
            continue
        if reset.own_last.is_syn or reset.own_last.is_syn_ack:
            continue
        if all(segment.is_keep_alive for segment in reset.unanswered):
            yield from _after_keep_alives(subject, reset)
        elif len(reset.unanswered) >= GIVEN_UP_AFTER:
            yield _after_retransmissions(subject, reset)


def _after_keep_alives(subject: Subject, reset: Reset) -> Iterator[Match]:
    probes = reset.unanswered
    waited = reset.segment.time - probes[-1].time
    if len(probes) < GIVEN_UP_AFTER and not (len(probes) == 1 and waited > max(SECOND, 4 * subject.rtt)):
        return
    after = "after one keep-alive" if len(probes) == 1 else f"after {len(probes)} keep-alives"
    apart = f", {seconds((probes[-1].time - probes[0].time) // (len(probes) - 1))} apart," if len(probes) > 1 else ""
    yield Match(
        frames=(reset.segment.frame, *(segment.frame for segment in probes[:SHOWN])),
        endpoint=reset.sender,
        confidence=Confidence.HIGH if len(probes) > 1 else Confidence.LOW,
        tags=("keepalive-timeout",),
        message=f"{capitalised(reset.sender)} resets the connection {after}{apart} without an answer of the "
        f"{name(reset.sender.peer)}" + ("." if len(probes) > 1 else ", or with one that was not captured."),
    )


def _after_retransmissions(subject: Subject, reset: Reset) -> Match:
    repeats = [segment for segment in reset.unanswered if not segment.is_keep_alive]
    original = first(s for s in subject.by(reset.sender) if s.end > repeats[0].seq and not s.is_rst) or repeats[0]
    patience = reset.segment.time - original.time
    interval = repeats[-1].time - repeats[-2].time if len(repeats) > 1 else 0
    waited = reset.segment.time - repeats[-1].time
    is_due = interval > 0 and NEXT_DUE[0] <= waited / interval <= NEXT_DUE[1]
    gave_up = is_due and patience < SHORTEST_PATIENCE
    return Match(
        frames=(reset.segment.frame, *(segment.frame for segment in repeats[:SHOWN])),
        endpoint=reset.sender,
        level=Level.DEVIATION if gave_up else None,
        confidence=Confidence.MEDIUM if gave_up else Confidence.HIGH,
        message=f"{capitalised(reset.sender)} resets the connection {seconds(patience)} after data that it sent "
        f"{len(repeats) + 1} times and that was never acknowledged"
        + (", where TCP should try for at least 100 s." if gave_up else "."),
    )


def screen(shard: Shard) -> BoolArray:
    """Mark connections with an RST, and with keep-alives or retransmissions."""
    numbers, end = pl.col("seq_relative"), pl.col("end_relative")
    is_repeated = (end > numbers) & (end <= pl.col("snd_nxt"))
    is_keep_alive = (pl.col("payload_length") <= 1) & (numbers + 1 == pl.col("snd_nxt"))
    return shard.once(has_reset) & shard.some(~any_of(RST) & (is_repeated | is_keep_alive))


RULE = Rule(
    id="rst-after-timeout",
    level=Level.NOTE,
    category=Category.RESET,
    sources=("RFC 9293 §3.8.3", "RFC 9293 §3.8.4", "RFC 6298 §5.5"),
    manual=__doc__,
    screen=screen,
    examine=examine,
    silent_without=Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS,
)
