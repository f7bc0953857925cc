"""An endpoint sends beyond the window that it was offered, or takes a window back that it had offered.

## What it checks
New data ends beyond the right edge of the receiver's window, by more than a segment, again and again and at several
edges: an ACK that was not captured does not explain it. Or an endpoint acknowledges more and at the same time draws
the right edge of its window back, by more than rounding; that is a note as long as nothing had been sent there. Both
need the window's shift counts, and so both SYNs.

## Why it matters
What lies beyond the window may be dropped. Where every segment seems to breach it, it is mostly the observer, or a
firewall, who reads the windows wrongly: somebody took the window scale option out of a SYN, or changed it.

## Example
    initiator > responder  SYN win=64240
    initiator < responder  SYN,ACK win=1000
    initiator > responder  ACK
    initiator > responder  ACK len=4000          !
    initiator < responder  ACK win=1000
    initiator > responder  ACK len=4000          !
    initiator < responder  ACK win=1000
    initiator > responder  ACK len=4000          !
    initiator < responder  ACK win=1000

## Near miss
    # The window is full, and its edge is kept.
    initiator > responder  SYN
    initiator < responder  SYN,ACK win=4000
    initiator > responder  ACK
    initiator > responder  ACK len=4000
    initiator < responder  ACK win=0
    initiator > responder  ACK len=1 +200ms
    initiator < responder  ACK win=4000 ack=4001

## Harmless when
A host short of memory takes a window back; the other side has to cope with it.

## Likely causes
- a firewall that removes or changes the window scale option
- a stack with a fault, or a device with a stack of its own

## What to try next
Compare the window scale options of the SYNs at both ends.

## References
- RFC 9293 §3.8.6 (SHLD-14, SHLD-15)
- RFC 7323 §2.2
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.rulebook.wording import capitalised, often
from tcpladder.tcp.states import Endpoint

OFTEN = 3
LARGE = 1460  # bytes: less may be rounding, or one segment under way
SHOWN = 6


def examine(subject: Subject) -> Iterator[Match]:
    """Find endpoints that breach windows, or take them back."""
    for endpoint in Endpoint:
        yield from _breaches(subject, endpoint)
        yield from _shrinkings(subject, endpoint)


def _breaches(subject: Subject, endpoint: Endpoint) -> Iterator[Match]:
    found = [(excess, s) for s in subject.by(endpoint) if (excess := _excess(s)) > LARGE]
    if len(found) < OFTEN or len({segment.snd_edge for _, segment in found}) < OFTEN:
        return
    most = max(excess for excess, _ in found)
    yield Match(
        frames=tuple(segment.frame for _, segment in found[:SHOWN]),
        endpoint=endpoint,
        confidence=Confidence.MEDIUM,
        message=f"{capitalised(endpoint)} sends beyond the window that it was offered, {often(len(found))} and by up "
        f"to {most} bytes: or the window scale option was changed on the way.",
    )


def _excess(segment: Segment) -> int:
    is_new_data = segment.payload_length > 1 and segment.is_new and not segment.is_rst and not segment.is_syn
    if not is_new_data or segment.is_syn_ack or segment.snd_edge is None:
        return 0
    return segment.seq + segment.payload_length - segment.snd_edge


def _shrinkings(subject: Subject, endpoint: Endpoint) -> Iterator[Match]:
    """Look until the first FIN: an endpoint that has closed may offer what it likes."""
    edge: int | None = None
    last: Segment | None = None
    found = []
    for segment in subject.segments:
        if segment.is_fin:
            break
        if segment.sender is not endpoint or not segment.is_ordinary:
            continue
        if segment.window_scaled is None or segment.ack is None:
            continue
        here = segment.ack + segment.window_scaled
        is_newer = last is None or last.ack is None or segment.ack > last.ack
        if is_newer and last is not None and edge is not None and edge - here > LARGE:
            found.append((edge - here, last, segment))
        edge = here if edge is None else max(edge, here)
        last = segment if is_newer else last
    if found:
        lost, before, segment = max(found, key=lambda case: case[0])
        is_felt = any((s.peer_nxt or 0) > (s.ack or 0) + (s.window_scaled or 0) for _, _, s in found)
        yield Match(
            frames=(segment.frame, before.frame),
            endpoint=endpoint,
            level=None if is_felt else Level.NOTE,
            message=f"{capitalised(endpoint)} takes {lost} bytes of its window back ({often(len(found))}), "
            + ("from under data that had been sent." if is_felt else "of which nothing had been used."),
        )


def screen(shard: Shard) -> BoolArray:
    """Mark connections with data beyond the window, or with a right edge that goes back."""
    is_beyond = (pl.col("end_relative") > pl.col("snd_edge") + LARGE) & (pl.col("payload_length") > 1)
    offers = ~shard.has(SYN | RST) & shard.has(ACK) & shard.is_known("window_scaled")
    sent = shard.sent(offers)
    edges = (shard.column("ack_relative") + shard.column("window_scaled"))[sent.rows]
    is_lost = sent.highest_so_far(edges) - edges > LARGE
    return shard.some(is_beyond) | shard.of(sent.rows[is_lost])


RULE = Rule(
    id="seq-window-breach",
    level=Level.DEVIATION,
    category=Category.SEQUENCE,
    sources=("RFC 9293 §3.8.6", "RFC 7323 §2.2"),
    manual=__doc__,
    screen=screen,
    examine=examine,
    silent_without=Missing.BEGINNING | Missing.DIRECTION | Missing.HEADERS,
    weaker_without=Missing.SEGMENTS,
)
