"""The path between two hosts loses or reorders segments.

## What it checks
Between two addresses, over all their connections, at least ten segments with payload and more than one in a hundred
were sent again or overtaken (spurious retransmissions, keep-alives and probes aside); or `seq-loss-at-close` found
something in three or more connections. What is missing from the capture only, and was acknowledged, does not count.

## Why it matters
Loss slows every connection down, and around a close it decides who sees a FIN and who a reset. What looks like a
fault of an endpoint is often the path.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=1 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=1001 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=2001 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=3001 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=4001 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=5001 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=6001 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=7001 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=8001 len=1000  +300ms  !
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=9001 len=1000  +300ms  !
    initiator > responder  ACK
    ... +60s

## Near miss
    # One segment is lost and sent again.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK len=1000
    initiator > responder  ACK
    initiator < responder  ACK len=1000
    initiator < responder  ACK seq=2001 len=1000  +300ms
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    ... +60s

## Harmless when
The network is busy, and the application does not mind: TCP repairs it.

## Likely causes
- congestion, a policer or a shaper
- several paths of different length (ECMP), or a radio link
- a failing cable or optic

## What to try next
Compare both directions and other hosts on the same path. A capture on the other side tells where segments are lost:
what was captured here, and repeated, was lost behind this point.

## References
- RFC 9293 §3.8.1
- RFC 6298 §5 (when segments are sent again)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.hosts import MOST_FRAMES
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.labels import Label

LEAST_REPEATED = 10
LEAST_SHARE = 0.01
LEAST_CLOSES = 3
REPEATED = Label.RETRANSMISSION | Label.FAST_RETRANSMISSION | Label.OUT_OF_ORDER
NOT_LOST = Label.SPURIOUS_RETRANSMISSION | Label.KEEP_ALIVE | Label.ZERO_WINDOW_PROBE | Label.CAPTURED_TWICE


def gather(segments: pl.DataFrame) -> pl.DataFrame:
    """Count for each connection, by direction, segments with payload and those sent again or overtaken."""
    mask = pl.col("labels")
    is_repeated = ((mask & int(REPEATED)) != 0) & ((mask & int(NOT_LOST)) == 0)
    return (
        segments.lazy()
        .filter(pl.col("payload_length") > 0, ~pl.col("is_duplicate"))
        .group_by("connection", "source", "destination", maintain_order=True)
        .agg(
            sent=pl.len(),
            repeated=is_repeated.sum(),
            frames=pl.col("frame").filter(is_repeated).head(MOST_FRAMES),
        )
        .collect()
    )


def survey(capture: Survey) -> Iterator[SurveyMatch]:
    """Find directions between two addresses in which much was sent again."""
    at_close = capture.found("seq-loss-at-close")
    counted = (
        capture.gathered[RULE.id]
        .lazy()
        .sort("connection", maintain_order=True)
        .group_by("source", "destination", maintain_order=True)
        .agg(
            pl.col("sent", "repeated").sum(),
            frames=pl.col("frames").list.explode(keep_nulls=False, empty_as_null=False).head(MOST_FRAMES),
            connections=pl.col("connection").filter(pl.col("repeated") > 0),
            closes=pl.col("connection").filter(pl.col("connection").is_in(list(at_close))).n_unique(),
        )
        .collect()
    )
    for source, destination, sent, repeated, frames, connections, closes in counted.iter_rows():
        is_lossy = repeated >= LEAST_REPEATED and repeated > LEAST_SHARE * sent
        if not repeated or not (is_lossy or closes >= LEAST_CLOSES):
            continue
        around = f", and around the close of {closes} connections" if closes >= LEAST_CLOSES else ""
        yield SurveyMatch(
            match=Match(
                frames=tuple(frames),
                message=f"{repeated} of {sent} segments with payload ({100 * repeated / sent:.1f} %) were sent again "
                f"or overtaken{around}: the path loses or reorders segments.",
            ),
            connections=tuple(connections),
            subject=f"{capture.address(source)} > {capture.address(destination)}",
        )


RULE = Rule(
    id="diag-path-loss-reorder",
    level=Level.NOTE,
    category=Category.DIAGNOSIS,
    sources=("RFC 9293 §3.8.1", "RFC 6298 §5"),
    manual=__doc__,
    survey=survey,
    gather=gather,
)
