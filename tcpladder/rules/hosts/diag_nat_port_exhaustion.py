"""The source ports of a NAT, or of a busy client, are used again so soon that connections fail.

## What it checks
One address opens connections to one port from several source ports, uses a source port again less than 240 s after
the connection before on it ended, and three or more of these connections fail because of it: no answer, a reset, an
answer of the old connection, or a reuse that `td-timewait-syn`, `td-timewait-early-reuse` or `hs-syn-to-synchronized`
objects to.

## Why it matters
Who closes first keeps the port in TIME-WAIT, for 60 s on Linux and up to 240 s by the RFC. When the pool of ports is
too small for the rate of connections, new ones meet what is left of old ones: they hang, or are refused, at random.

## Example
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.10:40003
    a > responder  SYN isn=1000
    a < responder  SYN,ACK isn=5000
    a > responder  FIN,ACK
    a < responder  FIN,ACK
    a > responder  ACK
    b > responder  SYN isn=2000
    b < responder  SYN,ACK isn=10000
    b > responder  FIN,ACK
    b < responder  FIN,ACK
    b > responder  ACK
    c > responder  SYN isn=3000
    c < responder  SYN,ACK isn=15000
    c > responder  FIN,ACK
    c < responder  FIN,ACK
    c > responder  ACK
    a > responder  SYN isn=901000  +10s  !
    a < responder  RST,ACK seq=0
    b > responder  SYN isn=902000  +10s  !
    b < responder  RST,ACK seq=0
    c > responder  SYN isn=903000  +10s  !
    c < responder  RST,ACK seq=0
    ... +60s

## Near miss
    # A port is used again after 20 s, and the connection works.
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    a > responder  SYN
    a < responder  SYN,ACK
    a > responder  FIN,ACK
    a < responder  FIN,ACK
    a > responder  ACK
    b > responder  SYN isn=2000
    b < responder  SYN,ACK isn=6000
    b > responder  ACK
    b < responder  FIN,ACK
    b > responder  FIN,ACK
    b < responder  ACK
    b > responder  SYN isn=900000  +20s
    b < responder  SYN,ACK isn=800000
    b > responder  FIN,ACK
    b < responder  FIN,ACK
    b > responder  ACK
    ... +60s

## Harmless when
A test reuses one source port on purpose.

## Likely causes
- a pool of NAT addresses that is too small for what is behind it
- short connections, each of which holds a port for minutes after a graceful close
- no connection pool in the client

## What to try next
Give the NAT more addresses, keep connections open longer, shorten TIME-WAIT on the balancer, and see that timestamps
get through, with which a port may be used again at once (RFC 6191).

## References
- RFC 9293 §3.6.1 (MUST-13: TIME-WAIT)
- RFC 6191 §2
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.hosts import (
    CLIENT_AND_SERVICE,
    MOST_FRAMES,
    SECOND,
    UNESTABLISHED,
    Group,
    by_client_and_service,
    is_in,
)
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.survey import Survey

TWO_MSL = 240 * SECOND
LEAST_FAILED = 3
OBJECTIONS = ("td-timewait-syn", "td-timewait-early-reuse", "hs-syn-to-synchronized")


def survey(capture: Survey) -> Iterator[SurveyMatch]:
    """Find clients whose reused ports fail."""
    objected = {
        finding.connection
        for rule in OBJECTIONS
        for finding in capture.findings_by_rule.get(rule, ())
        if finding.level >= Level.DEVIATION
    }
    is_failed = is_in(UNESTABLISHED) | pl.col("connection").is_in([number for number in objected if number])
    is_again = pl.len().over(*CLIENT_AND_SERVICE, "initiator_port") > 1
    for group in by_client_and_service(capture, least=LEAST_FAILED, of=is_failed & is_again):
        if group.rows["initiator_port"].n_unique() < 2:
            continue
        reused = _reused(group)
        failed = reused.only(is_failed)
        if len(failed) < LEAST_FAILED:
            continue
        shortest = float(reused.rows["gap"].min() or 0) / SECOND  # type: ignore[arg-type]
        ports = group.rows["initiator_port"].n_unique()
        yield SurveyMatch(
            match=Match(
                frames=failed.frames()[:MOST_FRAMES],
                message=f"{len(reused)} of {len(group)} connections use one of {ports} source ports again within "
                f"240 s, after {shortest:.1f} s at the least, and {len(failed)} of them fail: {failed.endings()}.",
            ),
            connections=failed.numbers(),
            subject=group.name,
        )


def _reused(group: Group) -> Group:
    """Give the connections whose port had been used before, with the time in between (`gap`, ns)."""
    before = pl.col("end").shift(1).over("initiator_port")
    rows = group.rows.with_columns(gap=pl.col("start") - before)
    return Group(name=group.name, rows=rows.filter((pl.col("gap") >= 0) & (pl.col("gap") < TWO_MSL)))


RULE = Rule(
    id="diag-nat-port-exhaustion",
    level=Level.DEVIATION,
    category=Category.DIAGNOSIS,
    sources=("RFC 9293 §3.6.1", "RFC 6191 §2"),
    manual=__doc__,
    survey=survey,
)
