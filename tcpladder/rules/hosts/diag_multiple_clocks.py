"""One address shows several timestamp clocks.

## What it checks
Three or more connections of one address, each with timestamps over 2 s and more: their clocks tick at different rates,
which tells of several machines; or at one rate, but each connection, or each connection to another address, begins at a
value of its own, and the address uses ports again, so that it matters.

## Why it matters
Several machines behind one address (NAT, a load balancer) share its ports, and not their clocks: a port that is used
again by another machine may carry older timestamps, and TIME-WAIT at the other end then takes its SYN for an old
duplicate.

## Example
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.10:40003
    a > responder  SYN isn=1000 tsval=100000 tsecr=0
    a < responder  SYN,ACK isn=5000 tsval=7000 tsecr=100000
    a > responder  ACK tsval=100020 tsecr=7000
    a > responder  PSH,ACK len=10 tsval=104020 tsecr=7000  +4s  !
    a < responder  ACK tsval=7000 tsecr=104020
    b > responder  SYN isn=2000 tsval=200000 tsecr=0
    b < responder  SYN,ACK isn=10000 tsval=7000 tsecr=200000
    b > responder  ACK tsval=200020 tsecr=7000
    b > responder  PSH,ACK len=10 tsval=204020 tsecr=7000  +4s  !
    b < responder  ACK tsval=7000 tsecr=204020
    c > responder  SYN isn=3000 tsval=300000 tsecr=0
    c < responder  SYN,ACK isn=15000 tsval=7000 tsecr=300000
    c > responder  ACK tsval=300002 tsecr=7000
    c > responder  PSH,ACK len=10 tsval=300402 tsecr=7000  +4s  !
    c < responder  ACK tsval=7000 tsecr=300402

## Near miss
    # One clock for both connections.
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    a > responder  SYN tsval=100 tsecr=0
    a < responder  SYN,ACK tsval=7000 tsecr=100
    a > responder  ACK tsval=110 tsecr=7000
    b > responder  SYN isn=2000 tsval=120 tsecr=0
    b < responder  SYN,ACK isn=6000 tsval=9000 tsecr=120
    b > responder  ACK tsval=130 tsecr=9000

## Harmless when
Each connection begins at a value of its own: RFC 7323 recommends that, and Linux has done so at times.

## Likely causes
- a NAT or a load balancer with several machines behind it
- random offsets of a host's timestamps, by connection or by peer

## What to try next
If connections fail where ports are used again, see whether the machines differ: let the balancer rewrite timestamps, or
keep each machine to ports of its own.

## References
- RFC 7323 §7.1 (offsets of their own are recommended)
- RFC 6191 §3
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.hosts import MOST_FRAMES, SECOND
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.survey import Survey
from tcpladder.sequence import distance
from tcpladder.tcp.clocks import NOMINAL_HZ

LEAST = 3
LEAST_SPAN = 2 * SECOND
TOLERANCE = 0.05  # of the rate: the way delays either end of the span by some milliseconds
SAME_OFFSET_S = 0.5  # connections of one clock agree on its zero within so much
OFFSETS = {
    "connection": "each of its connections begins at a value of its own: an offset by connection",
    "peer": "connections to one address share a clock, those to others do not: an offset by peer",
}


def survey(capture: Survey) -> Iterator[SurveyMatch]:
    """Compare the clocks of each address over all its connections."""
    reusing = _reusing(capture)
    for address, group in groupby(sorted(_clocks(capture)), key=lambda clock: clock.address):
        clocks = list(group)
        told = _told(clocks, is_reusing=address in reusing) if len(clocks) >= LEAST else None
        if told is None:
            continue
        yield SurveyMatch(
            match=Match(
                frames=tuple(clock.frame for clock in clocks[:MOST_FRAMES]),
                confidence=Confidence.MEDIUM,
                message=told,
            ),
            connections=tuple(sorted(clock.connection for clock in clocks)),
            subject=capture.address(address),
        )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Clock:
    """The clock that one endpoint showed in one connection: its nominal rate, and when it was zero (s since 1970)."""

    address: int
    peer: int
    connection: int
    frame: int
    hz: float
    zero: float


def gather(segments: pl.DataFrame) -> pl.DataFrame:
    """Take the first and the last time stamp of each endpoint of connections that last long enough."""
    is_stamp = pl.col("tsval").is_not_null() & ((pl.col("flags") & (RST | SYN)) == 0) & ~pl.col("is_duplicate")
    return (
        segments.lazy()
        .filter(is_stamp)
        .group_by("connection", "source", "destination", maintain_order=True)
        .agg(
            start=pl.col("time").first(),
            end=pl.col("time").last(),
            first=pl.col("tsval").first(),
            last=pl.col("tsval").last(),
            frame=pl.col("frame").last(),
        )
        .filter(pl.col("end") - pl.col("start") >= LEAST_SPAN)
        .collect()
    )


def _clocks(capture: Survey) -> Iterator[_Clock]:
    """Give the clocks whose rate is near to one that stacks use."""
    for connection, address, peer, start, end, first, last, frame in capture.gathered[RULE.id].iter_rows():
        measured = distance(first, last) * SECOND / (end - start)
        hz = min(NOMINAL_HZ, key=lambda nominal: abs(nominal - measured))
        if abs(measured - hz) <= TOLERANCE * hz:
            zero = end / SECOND - last / hz
            yield _Clock(address=address, peer=peer, connection=connection, frame=frame, hz=hz, zero=zero)


def _reusing(capture: Survey) -> frozenset[int]:
    """Give the addresses that opened a connection from a port which they had used to the same port before."""
    names = ("initiator", "initiator_port", "responder", "responder_port")
    again = capture.connections.group_by(names).agg(pl.len()).filter(pl.col("len") > 1)
    return frozenset(again["initiator"].to_list())


def _told(clocks: list[_Clock], *, is_reusing: bool) -> str | None:
    rates = sorted({clock.hz for clock in clocks})
    if len(rates) > 1:
        return (
            f"Its timestamps tick at {' and '.join(f'{rate:g}' for rate in rates)} Hz in {len(clocks)} connections: "
            "several machines, or a device that rewrites timestamps."
        )
    if not is_reusing or _is_one(clocks):
        return None
    by_peer = [list(group) for _, group in groupby(clocks, key=lambda clock: clock.peer)]
    is_by_peer = any(len(group) > 1 for group in by_peer) and all(_is_one(group) for group in by_peer)
    what = OFFSETS["peer" if is_by_peer else "connection"]
    return f"Its timestamps tick at {rates[0]:g} Hz in {len(clocks)} connections, and {what}."


def _is_one(clocks: list[_Clock]) -> bool:
    """Tell whether all were zero at one time, as far as the rate and 32 bits tell."""
    first = clocks[0]
    ticks = (round((clock.zero - first.zero) * clock.hz) for clock in clocks)
    return all(abs(distance(0, tick)) <= SAME_OFFSET_S * first.hz for tick in ticks)


RULE = Rule(
    id="diag-multiple-clocks",
    level=Level.NOTE,
    category=Category.DIAGNOSIS,
    sources=("RFC 7323 §7.1", "RFC 6191 §3"),
    manual=__doc__,
    survey=survey,
    gather=gather,
)
