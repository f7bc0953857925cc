"""An application always ends its connections by reset.

## What it checks
Five or more connections of one address to one port were established, at least four in five of them were reset by the
same side without a close before, or in reply to the other side's FIN, and in at least four in five of these
everything that was sent had been acknowledged.

## Why it matters
An abort is legal, but it throws away what the other application has not read yet, and looks like a fault in every
statistic. Where an application does it every time, it is no network problem.

## Example
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.10:40003
    d = 192.0.2.10:40004
    e = 192.0.2.10:40005
    a > responder  SYN  !
    a < responder  SYN,ACK
    a > responder  PSH,ACK len=10
    a < responder  PSH,ACK len=20
    a > responder  RST,ACK
    b > responder  SYN  +3s  !
    b < responder  SYN,ACK isn=6000
    b > responder  PSH,ACK len=10
    b < responder  PSH,ACK len=20
    b > responder  RST,ACK
    c > responder  SYN  +1s  !
    c < responder  SYN,ACK isn=7000
    c > responder  PSH,ACK len=10
    c < responder  PSH,ACK len=20
    c > responder  RST,ACK
    d > responder  SYN  +9s  !
    d < responder  SYN,ACK isn=8000
    d > responder  PSH,ACK len=10
    d < responder  PSH,ACK len=20
    d > responder  RST,ACK
    e > responder  SYN  +2s  !
    e < responder  SYN,ACK isn=9000
    e > responder  PSH,ACK len=10
    e < responder  PSH,ACK len=20
    e > responder  RST,ACK

## Near miss
    # Two of the five are closed properly.
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.10:40003
    d = 192.0.2.10:40004
    e = 192.0.2.10:40005
    a > responder  SYN
    a < responder  SYN,ACK
    a > responder  PSH,ACK len=10
    a < responder  PSH,ACK len=20
    a > responder  RST,ACK
    b > responder  SYN  +3s
    b < responder  SYN,ACK isn=6000
    b > responder  PSH,ACK len=10
    b < responder  PSH,ACK len=20
    b > responder  RST,ACK
    c > responder  SYN  +1s
    c < responder  SYN,ACK isn=7000
    c > responder  PSH,ACK len=10
    c < responder  PSH,ACK len=20
    c > responder  RST,ACK
    d > responder  SYN  +9s
    d < responder  SYN,ACK isn=8000
    d > responder  PSH,ACK len=10
    d < responder  PSH,ACK len=20
    d > responder  FIN,ACK
    d < responder  FIN,ACK
    d > responder  ACK
    e > responder  SYN  +2s
    e < responder  SYN,ACK isn=9000
    e > responder  PSH,ACK len=10
    e < responder  PSH,ACK len=20
    e > responder  FIN,ACK
    e < responder  FIN,ACK
    e > responder  ACK

## Harmless when
Nothing was under way, and the application means it: a reset spares it the port that would wait in TIME-WAIT.

## Likely causes
- a client pool that drops idle connections so (Outlook, WinHTTP, game clients, monitoring systems)
- SO_LINGER with 0 seconds, set to avoid TIME-WAIT
- an application that closes without reading what has come

## What to try next
If everything was acknowledged, leave the network alone. Otherwise look for SO_LINGER, or for unread data at close, in
the application that resets.

## References
- RFC 9293 §3.6
- RFC 9293 §3.10.5
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.hosts import UNESTABLISHED, by_client_and_service, is_in
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint

LEAST = 5
SHARE = 0.8
ABORTS = frozenset({Ending.ABORT_NO_DATA, Ending.ABORT_AFTER_DATA, Ending.ABORT_DATA_LOST, Ending.RST_REPLY_TO_FIN})


def survey(capture: Survey) -> Iterator[SurveyMatch]:
    """Find clients, or services, that always abort."""
    for group in by_client_and_service(capture, least=LEAST, of=is_in(ABORTS)):
        established = group.only(~is_in(UNESTABLISHED))
        for endpoint in Endpoint:
            aborted = established.only(is_in(ABORTS) & (pl.col("reset_by") == int(endpoint)))
            clean = aborted.only(pl.col("ending") != Ending.ABORT_DATA_LOST.value)
            if len(aborted) < max(LEAST, SHARE * len(established)) or len(clean) < SHARE * len(aborted):
                continue
            yield SurveyMatch(
                match=Match(
                    frames=aborted.frames(),
                    endpoint=endpoint,
                    message=f"The {endpoint.name.lower()} resets {len(aborted)} of {len(established)} connections, "
                    f"{len(clean)} of them after everything was acknowledged: an abortive close on purpose, not a "
                    "fault of the network.",
                ),
                connections=aborted.numbers(),
                subject=group.name,
            )


RULE = Rule(
    id="diag-habitual-abort",
    level=Level.NOTE,
    category=Category.DIAGNOSIS,
    sources=("RFC 9293 §3.6", "RFC 9293 §3.10.5"),
    manual=__doc__,
    survey=survey,
)
