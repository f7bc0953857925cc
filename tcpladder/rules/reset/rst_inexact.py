"""An RST lies in the window, but not at the number that its receiver expects.

## What it checks
The RST's sequence number is within the receiver's window and beyond everything that was captured of its sender. The
finding tells what came of it: a challenge ACK and a second RST at the right number; a challenge ACK and nothing more;
or silence.

## Why it matters
Somebody who can't see the connection may guess a number in the window. So the receiver has to answer such an RST with a
challenge ACK and to drop it; a true sender then resets again, with the exact number. A receiver that obeys at once can
be reset by anybody.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator < responder  RST seq=500 win=0   !
    initiator > responder  ACK                 !
    initiator < responder  RST seq=1 win=0     !

## Near miss
    # The data before the RST was not captured at first: it comes later.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator < responder  RST,ACK seq=500
    initiator < responder  PSH,ACK seq=1 len=499  +1ms
    initiator > responder  ACK

## Harmless when
Segments just before the RST were lost, or not captured.

## Likely causes
- loss just before an abort
- an intrusion prevention system that resets what it does not like, and guesses ahead
- a blind attack

## What to try next
Capture at the sender: did it send that RST at all? Compare TTL and IP ID with its other segments.

## References
- RFC 5961 §3.2 (3)
- RFC 9293 §3.10.7.4 (second step)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.reset_answers import patience
from tcpladder.rulebook.resets import Fit, Reset, resets
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import SHORTEST_ANSWER, Segment, Subject, first
from tcpladder.rulebook.wording import capitalised, name
from tcpladder.tcp.states import Endpoint

EXAMINED = 10


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's first RST ahead of what was sent, and what came of it."""
    inexact = [reset for reset in resets(subject) if reset.fit is Fit.AHEAD]
    for endpoint in Endpoint:
        own = [reset for reset in inexact if reset.sender is endpoint][:EXAMINED]
        found = next((reset for reset in own if not _is_explained(subject, reset.segment)), None)
        if found is not None:
            yield _match(subject, found)


def _match(subject: Subject, reset: Reset) -> Match:
    segment, peer = reset.segment, reset.sender.peer
    challenge = _challenge(subject, segment)
    exact = _exact_reset(subject, challenge) if challenge else None
    frames = tuple(other.frame for other in (segment, challenge, exact) if other is not None)
    return Match(
        frames=frames,
        endpoint=reset.sender,
        confidence=Confidence.HIGH if challenge else Confidence.LOW,
        message=f"{capitalised(reset.sender)}'s RST has the number {segment.seq}, "
        f"{segment.seq - (segment.snd_nxt or 0)} beyond all that it had sent. "
        f"The {name(peer)} {_outcome(subject, segment, challenge, exact)}.",
    )


def _outcome(subject: Subject, reset: Segment, challenge: Segment | None, exact: Segment | None) -> str:
    """Tell what came of it, in words that follow its receiver's name."""
    if challenge and exact:
        return f"challenged it (frame {challenge.frame}), and the exact RST followed (frame {exact.frame})"
    if challenge:
        return f"challenged it (frame {challenge.frame}), and no exact RST followed: a guess, or a lost answer"
    if any(later.sender is reset.sender.peer and not later.is_rst for later in subject.after(reset)):
        return "went on without a word"
    if subject.capture_end - reset.time < max(SHORTEST_ANSWER, 4 * subject.rtt):
        return "had no time to answer before the capture ended"
    return "fell silent: it obeyed without a challenge, or data before the RST was not captured"


def _is_explained(subject: Subject, reset: Segment) -> bool:
    """Tell whether the number is right after all: of data that came late, or that only the receiver got."""
    if any(s.sack_right == reset.seq_raw for s in subject.by(reset.sender.peer) if s.row < reset.row):
        return True
    return any(
        later.end >= reset.seq if later.sender is reset.sender else later.ack is not None and later.ack >= reset.seq
        for later in subject.after(reset)
        if not later.is_rst
    )


def _challenge(subject: Subject, reset: Segment) -> Segment | None:
    peer = reset.sender.peer
    wait = patience(subject, peer)
    return first(
        later
        for later in subject.after(reset)
        if later.sender is peer and later.is_pure_ack and later.ack == reset.snd_una and later.time - reset.time <= wait
    )


def _exact_reset(subject: Subject, challenge: Segment) -> Segment | None:
    return first(
        later
        for later in subject.after(challenge)
        if later.is_rst and later.sender is not challenge.sender and later.seq == challenge.ack
    )


IS_AHEAD = (pl.col("seq_relative") > pl.max_horizontal("snd_una", "snd_nxt")) & (
    pl.col("seq_relative") < pl.col("snd_edge")
)

RULE = Rule(
    id="rst-inexact",
    level=Level.NOTE,
    category=Category.RESET,
    sources=("RFC 5961 §3.2", "RFC 9293 §3.10.7.4"),
    manual=__doc__,
    screen=any_of(RST) & IS_AHEAD,
    examine=examine,
    silent_without=Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS,
)
