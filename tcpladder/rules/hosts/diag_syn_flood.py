"""SYNs come in floods, or one address tries many ports: nothing of it becomes a connection.

## What it checks
More than 100 SYNs in a second to one port of one address, over all of which fewer than one in ten became a connection
and more than four in five came from different addresses or ports; or one address that tried more than 20 ports of
another, each of which refused it, did not answer, or was left alone after its SYN-ACK.

## Why it matters
The single connection attempts mean nothing then: time-outs and resets are what the flood or the scan brings about.
Under a flood a server answers with SYN cookies, and may forget window scaling and selective acknowledgments.

## Example
    x1 = 198.51.100.20:1
    x2 = 198.51.100.20:2
    x3 = 198.51.100.20:3
    x4 = 198.51.100.20:4
    x5 = 198.51.100.20:5
    x6 = 198.51.100.20:6
    x7 = 198.51.100.20:7
    x8 = 198.51.100.20:8
    x9 = 198.51.100.20:9
    x10 = 198.51.100.20:10
    x11 = 198.51.100.20:11
    x12 = 198.51.100.20:12
    x13 = 198.51.100.20:13
    x14 = 198.51.100.20:14
    x15 = 198.51.100.20:15
    x16 = 198.51.100.20:16
    x17 = 198.51.100.20:17
    x18 = 198.51.100.20:18
    x19 = 198.51.100.20:19
    x20 = 198.51.100.20:20
    x21 = 198.51.100.20:21
    a = 192.0.2.10:40001
    a > x1  SYN isn=1000  !
    a < x1  RST,ACK seq=0
    a > x2  SYN isn=2000  !
    a < x2  RST,ACK seq=0
    a > x3  SYN isn=3000  !
    a < x3  RST,ACK seq=0
    a > x4  SYN isn=4000  !
    a < x4  RST,ACK seq=0
    a > x5  SYN isn=5000  !
    a < x5  RST,ACK seq=0
    a > x6  SYN isn=6000  !
    a < x6  RST,ACK seq=0
    a > x7  SYN isn=7000  !
    a < x7  RST,ACK seq=0
    a > x8  SYN isn=8000  !
    a < x8  RST,ACK seq=0
    a > x9  SYN isn=9000  !
    a < x9  RST,ACK seq=0
    a > x10  SYN isn=10000  !
    a < x10  RST,ACK seq=0
    a > x11  SYN isn=11000
    a < x11  RST,ACK seq=0
    a > x12  SYN isn=12000
    a < x12  RST,ACK seq=0
    a > x13  SYN isn=13000
    a < x13  RST,ACK seq=0
    a > x14  SYN isn=14000
    a < x14  RST,ACK seq=0
    a > x15  SYN isn=15000
    a < x15  RST,ACK seq=0
    a > x16  SYN isn=16000
    a < x16  RST,ACK seq=0
    a > x17  SYN isn=17000
    a < x17  RST,ACK seq=0
    a > x18  SYN isn=18000
    a < x18  RST,ACK seq=0
    a > x19  SYN isn=19000
    a < x19  RST,ACK seq=0
    a > x20  SYN isn=20000
    a < x20  RST,ACK seq=0
    a > x21  SYN isn=21000
    a < x21  RST,ACK seq=0
    ... +60s

## Near miss
    # A client tries a few ports, one after the other.
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    x1 = 198.51.100.20:1
    x2 = 198.51.100.20:2
    a > x1  SYN
    a < x1  RST,ACK seq=0
    b > x2  SYN
    b < x2  RST,ACK seq=0

## Harmless when
Somebody scans his own network, or tests a defence.

## Likely causes
- a port scanner, or an inventory tool
- a flood with forged addresses
- a load test that opens more than the service takes

## What to try next
Ask who owns the scanning address. Under a flood: `nstat -az TcpExtSyncookiesSent TcpExtTCPReqQFullDoCookies` on the
server; defend before the server, not on it.

## References
- RFC 4987 (floods of SYNs, and cookies against them)
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from tcpladder.rulebook.hosts import (
    MOST_FRAMES,
    SECOND,
    UNESTABLISHED,
    Group,
    by_client,
    by_service,
    is_in,
)
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.survey import Survey

RATE = 100  # SYNs a second
MOST_COMPLETED = 0.1
LEAST_DISTINCT = 0.8
LEAST_PORTS = 21


def survey(capture: Survey) -> Iterator[SurveyMatch]:
    """Find floods, then scans."""
    for group in by_service(capture, least=RATE + 1):
        if told := _flood(group):
            yield _match(group, told)
    for group in by_client(capture, least=LEAST_PORTS, of=is_in(UNESTABLISHED)):
        failed = group.only(is_in(UNESTABLISHED)).only(pl.len().over("responder") >= LEAST_PORTS)
        for (responder,), rows in failed.rows.group_by(["responder"], maintain_order=True):
            ports = rows["responder_port"].n_unique()
            if ports >= LEAST_PORTS:
                scan = Group(name=f"{group.name} > {capture.address(int(responder))}", rows=rows)
                yield _match(scan, f"{ports} ports were tried, none of which became a connection: {scan.endings()}.")


def _flood(group: Group) -> str | None:
    starts = group.rows["start"].to_numpy()
    if int((starts[RATE:] - starts[:-RATE]).min()) > SECOND:
        return None
    completed = len(group.only(~is_in(UNESTABLISHED))) / len(group)
    distinct = group.rows.select("initiator", "initiator_port").n_unique() / len(group)
    if completed >= MOST_COMPLETED or distinct <= LEAST_DISTINCT:
        return None
    span = max((int(starts[-1]) - int(starts[0])) / SECOND, 1.0)
    return (
        f"{len(group)} connection attempts in {span:.0f} s, up to {_peak(starts)} in one second, of which "
        f"{100 * completed:.0f} % became connections: a flood of SYNs."
    )


def _peak(starts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """Give the largest number of starts within a second."""
    return int((np.searchsorted(starts, starts + SECOND) - np.arange(len(starts))).max())


def _match(group: Group, told: str) -> SurveyMatch:
    return SurveyMatch(
        match=Match(frames=group.frames()[:MOST_FRAMES], message=told), connections=group.numbers(), subject=group.name
    )


RULE = Rule(
    id="diag-syn-flood",
    level=Level.NOTE,
    category=Category.DIAGNOSIS,
    sources=("RFC 4987",),
    manual=__doc__,
    survey=survey,
)
