"""A client opens connections at regular intervals and sends nothing: health probes.

## What it checks
Three or more connections of one address to one port that carry no payload, last less than 5 s each and begin at regular
intervals of half a second or more (their spread is below a quarter of their mean).

## Why it matters
A load balancer that only connects, and closes at once, is told nothing about the service, and how the server ends such
connections may decide whether the balancer takes it for dead: some count an RST in reply to their FIN as a failure.

## Example
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.10:40003
    a > responder  SYN  !
    a < responder  SYN,ACK
    a > responder  ACK
    a > responder  FIN,ACK
    a < responder  FIN,ACK
    a > responder  ACK
    b > responder  SYN  +5s  !
    b < responder  SYN,ACK isn=6000
    b > responder  ACK
    b > responder  FIN,ACK
    b < responder  FIN,ACK
    b > responder  ACK
    c > responder  SYN  +5s  !
    c < responder  SYN,ACK isn=7000
    c > responder  ACK
    c > responder  FIN,ACK
    c < responder  FIN,ACK
    c > responder  ACK
    ... +60s

## Near miss
    # One of the three sends a request: no probe.
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.10:40003
    a > responder  SYN
    a < responder  SYN,ACK
    a > responder  ACK
    a > responder  FIN,ACK
    a < responder  FIN,ACK
    a > responder  ACK
    b > responder  SYN  +5s
    b < responder  SYN,ACK isn=6000
    b > responder  PSH,ACK len=10
    b < responder  ACK
    b > responder  FIN,ACK
    b < responder  FIN,ACK
    b > responder  ACK
    c > responder  SYN  +5s
    c < responder  SYN,ACK isn=7000
    c > responder  ACK
    c > responder  FIN,ACK
    c < responder  FIN,ACK
    c > responder  ACK
    ... +60s

## Harmless when
Always, as far as TCP goes: a connection without data is legal, and so is ending it by RST.

## Likely causes
- a load balancer or a monitoring system that checks the port only
- a script that waits for a service

## What to try next
Where the probed service counts as down although it answers: probe with a request of the application (HTTP, TLS), or
have the balancer accept a reset. Where the resets fill the server's log: let the prober send a request and read the
answer.

## References
- RFC 9293 §3.5
- RFC 9293 §3.6
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.rulebook.hosts import CLIENT_AND_SERVICE, SECOND, UNESTABLISHED, Group, by_client_and_service, is_in
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.endings import Ending

LEAST = 3
LONGEST = 5 * SECOND
LEAST_INTERVAL = SECOND // 2  # a burst is no probe
MOST_SPREAD = 0.25  # standard deviation of the intervals over their mean
BY_RESET = (Ending.RST_REPLY_TO_FIN, Ending.ABORT_NO_DATA)


def survey(capture: Survey) -> Iterator[SurveyMatch]:
    """Find clients that do nothing but probe a port."""
    is_other = (
        (pl.col("initiator_bytes") + pl.col("responder_bytes") != 0)
        | (pl.col("end") - pl.col("start") >= LONGEST)
        | is_in(UNESTABLISHED)
    )
    for group in by_client_and_service(capture, least=LEAST, of=~is_other.any().over(CLIENT_AND_SERVICE)):
        if _is_regular(np.diff(group.rows["start"].to_numpy())):
            yield SurveyMatch(
                match=Match(frames=group.frames(), message=_told(group)),
                connections=group.numbers(),
                subject=group.name,
            )


def _is_regular(intervals: npt.NDArray[np.int64]) -> bool:
    return bool(intervals.mean() >= LEAST_INTERVAL and intervals.std() < MOST_SPREAD * intervals.mean())


def _told(group: Group) -> str:
    interval = float(np.diff(group.rows["start"].to_numpy()).mean()) / SECOND
    by_reset = sum(ending in BY_RESET for ending in group.rows["ending"].to_list())
    reset = " The reset is legal, but some balancers count it as a failure." if by_reset else ""
    return (
        f"{len(group)} connections without any payload, one every {interval:.1f} s: a probe of the port. "
        f"They ended so: {group.endings()}.{reset}"
    )


RULE = Rule(
    id="diag-lb-probe",
    level=Level.NOTE,
    category=Category.DIAGNOSIS,
    sources=("RFC 9293 §3.5", "RFC 9293 §3.6"),
    manual=__doc__,
    survey=survey,
)
