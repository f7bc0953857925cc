"""Sockets pile up in CLOSE-WAIT: an application does not close what its peers have closed.

## What it checks
Three or more connections to one port for which `td-close-wait-stuck` found something, and which were stuck at the same
time.

## Why it matters
CLOSE-WAIT has no time-out: each such connection holds a socket and a file descriptor until the application closes it,
or ends. When the descriptors run out, nothing more is accepted.

## Example
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.10:40003
    a > responder  SYN  !
    a < responder  SYN,ACK
    a > responder  ACK
    a > responder  FIN,ACK
    a < responder  ACK
    b > responder  SYN  +1s  !
    b < responder  SYN,ACK isn=6000
    b > responder  ACK
    b > responder  FIN,ACK
    b < responder  ACK
    c > responder  SYN  +1s  !
    c < responder  SYN,ACK isn=7000
    c > responder  ACK
    c > responder  FIN,ACK
    c < responder  ACK
    ... +120s

## Near miss
    # The application closes, if late.
    a = 192.0.2.10:40001
    a > responder  SYN
    a < responder  SYN,ACK
    a > responder  ACK
    a > responder  FIN,ACK
    a < responder  ACK
    a < responder  FIN,ACK  +5s
    a > responder  ACK
    ... +120s

## Harmless when
The other side still sends: that is a half-close, and no finding.

## Likely causes
- close() is missing on a path that handles errors
- a pool never looks at connections that it keeps
- a thread hangs

## What to try next
`ss -tanp state close-wait` on that host names the process. No sysctl helps; restarting it does, until the next time.

## References
- RFC 9293 §3.6 (case 2)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.hosts import by_service, most_at_once
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint

LEAST = 3


def survey(capture: Survey) -> Iterator[SurveyMatch]:
    """Find ports whose application leaves connections open."""
    stuck = capture.found("td-close-wait-stuck")
    is_left = pl.col("connection").is_in(list(stuck)) & (pl.col("closed_first") == int(Endpoint.INITIATOR))
    for group in by_service(capture, least=LEAST, of=is_left):
        found = group.only(is_left)
        open_at_end = found.rows["ending"] == Ending.HALF_CLOSED_OPEN.value
        ends = [
            capture.capture_end if is_open else end for is_open, end in zip(open_at_end, found.rows["end"], strict=True)
        ]
        at_once = most_at_once(list(zip(found.rows["start"].to_list(), ends, strict=True)))
        if at_once >= LEAST:
            yield SurveyMatch(
                match=Match(
                    frames=found.frames(),
                    endpoint=Endpoint.RESPONDER,
                    message=f"{len(found)} connections are left in CLOSE-WAIT, up to {at_once} of them at the same "
                    "time: the application does not close them.",
                ),
                connections=found.numbers(),
                subject=group.name,
            )


RULE = Rule(
    id="diag-close-wait-leak",
    level=Level.DEVIATION,
    category=Category.DIAGNOSIS,
    sources=("RFC 9293 §3.6",),
    manual=__doc__,
    survey=survey,
)
