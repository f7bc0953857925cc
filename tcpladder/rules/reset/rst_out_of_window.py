"""An RST lies outside the window: its receiver has to ignore it.

## What it checks
The receiver is in a synchronized state, and the RST's sequence number is below what the receiver has acknowledged, or
at or beyond the right edge of its window. A case of its own is the number of the sender's FIN, one below what is
expected: some systems obey it and others don't. The finding is a note where the RST only repeats the acknowledgment of
a segment that crossed, as it should, and where the same side resets properly right after it.

## Why it matters
This reset does not count. The receiver drops it without a word, keeps the connection, and has every right to go on and
to acknowledge what comes; the other side, which holds no connection any more, has to reset it again.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK            !
    initiator < responder  RST,ACK seq=1  !
    ... +60s

## Near miss
    # One above: the FIN counts. This resets the connection.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    initiator < responder  RST,ACK seq=2
    ... +60s

## Harmless when
The receiver's system takes the number of the FIN for good, as Linux does since 4.10 once it has received the FIN; or
the connection is closed soon after in another way.

## Likely causes
- a load balancer that answers a segment with an older ACK, after its FIN had been acknowledged
- a system that forgets to count its FIN when it aborts
- a reset for an older connection between the same ports, or one that guesses at the number

## What to try next
See what the receiver does next: if it goes on, applications on both sides believe different things. Compare with other
clients: which of them obey?

## References
- RFC 9293 §3.5.3
- RFC 5961 §3.2 (1)
- RFC 9293 §3.10.7.4 (second step)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.levels import Category, Level, Missing
from tcpladder.rulebook.resets import Fit, Form, Reset, resets
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.rulebook.wording import capitalised, name
from tcpladder.tcp.evidence import RST_FITS
from tcpladder.tcp.states import Endpoint, State

SYNCHRONIZED = {
    State.ESTABLISHED,
    State.FIN_WAIT_1,
    State.FIN_WAIT_2,
    State.CLOSE_WAIT,
    State.CLOSING,
    State.LAST_ACK,
}
SOON = SECOND
SHOWN = 5
EXAMINED = 10

WHERE = {
    Fit.BEHIND_FIN: "the number of its own FIN, which was acknowledged: some systems obey it, and others ignore it",
    Fit.BEHIND: "below the {expected} that was acknowledged: it has to be ignored",
    Fit.BEYOND: "not below the window's right edge {edge}: it has to be ignored",
}


def examine(subject: Subject) -> Iterator[Match]:
    """Find the RSTs of each endpoint that do not count."""
    found = resets(subject)
    obeyed = (reset for reset in found if reset.fit.is_effective and not reset.is_while_opening)
    first_obeyed = next((reset.segment.row for reset in obeyed), None)
    for endpoint in Endpoint:
        ignored = [
            reset
            for reset in found
            if reset.sender is endpoint
            and reset.fit in WHERE
            and (first_obeyed is None or reset.segment.row < first_obeyed)
            and subject.state_before(reset.segment, endpoint.peer) in SYNCHRONIZED
        ]
        if ignored:
            yield _match(subject, endpoint, ignored)


def _match(subject: Subject, endpoint: Endpoint, ignored: list[Reset]) -> Match:
    worst = next((reset for reset in ignored[:EXAMINED] if not _is_excused(subject, reset)), None)
    reset = worst or ignored[0]
    segment = reset.segment
    where = WHERE[reset.fit].format(expected=segment.snd_una, edge=segment.snd_edge)
    proof = _proof(subject, segment)
    others = [other.segment.frame for other in ignored if other is not reset]
    crossed = "" if worst else f" It answers frame {reset.answers.frame}, which had crossed." if reset.answers else ""
    return Match(
        frames=(segment.frame, *(proof[:1] if reset.fit is not Fit.BEYOND else ()), *others[:SHOWN]),
        endpoint=endpoint,
        level=None if worst else Level.NOTE,
        tags=("ineffective-rst",),
        message=f"{capitalised(endpoint)}'s RST has the number {segment.seq}, {where}. "
        f"The {name(endpoint.peer)} may go on.{crossed}",
    )


def _proof(subject: Subject, reset: Segment) -> list[int]:
    """Give the frame in which the receiver had acknowledged most."""
    return [
        segment.frame
        for segment in subject.by(reset.sender.peer)
        if segment.row < reset.row and segment.ack == reset.snd_una and not segment.is_rst
    ][:1]


def _is_excused(subject: Subject, reset: Reset) -> bool:
    """Tell whether the RST has the number that it should have, or hardly mattered."""
    if reset.answers is not None and reset.form is Form.REACTIVE:
        return True
    return any(
        other.fit.is_effective and other.sender is reset.sender and 0 <= other.segment.time - reset.segment.time < SOON
        for other in resets(subject)
    )


IS_OUTSIDE = (pl.col("seq_relative") < pl.col("snd_una")) | (pl.col("seq_relative") >= pl.col("snd_edge"))

RULE = Rule(
    id="rst-out-of-window",
    level=Level.DEVIATION,
    category=Category.RESET,
    sources=("RFC 9293 §3.5.3", "RFC 5961 §3.2"),
    manual=__doc__,
    screen=any_of(RST) & (IS_OUTSIDE | (pl.col("code") & RST_FITS == 0)),
    examine=examine,
    silent_without=Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS,
)
