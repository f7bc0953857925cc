"""A listener's accept queue is full: connections that the client believes in never reach the application.

## What it checks
Connections to one port, within a minute, of any of these forms: the SYN is not answered, though another connection to
the port is alive at that time; the SYN-ACK is repeated after it was acknowledged (`hs-synack-after-ack`); the ACK of
the handshake and the payload after it are passed over in silence; a bare RST answers the ACK of the handshake at
once. One that repeats its SYN-ACK for sure is enough; of the other forms two are needed, or, of the last, one that is
only noted; and it is only noted where all that shows is that SYNs had to be sent again before they were answered.

## Why it matters
A listener holds what was accepted by TCP and not yet by the application in a queue. When that is full Linux drops
SYNs, and ignores the ACK that ends a handshake, or resets if net.ipv4.tcp_abort_on_overflow is set. The client sees
time-outs or hangs, and nothing on the network is wrong.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  SYN,ACK seq=0 ack=1     +1s  !
    initiator > responder  ACK seq=101 ack=1
    initiator < responder  SYN,ACK seq=0 ack=1     +2s
    initiator > responder  ACK seq=101 ack=1
    ... +60s

## Near miss
    # Nobody answers on this port at all: nothing speaks for a queue.
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    a > responder  SYN
    b > responder  SYN
    a > responder  SYN seq=0  +1s
    b > responder  SYN seq=0
    a > responder  SYN seq=0  +2s
    b > responder  SYN seq=0
    ... +60s

## Harmless when
TCP_DEFER_ACCEPT ignores the bare ACK and takes the first payload. ACKs or SYNs that are lost on the way look the same
in a capture of the client's side.

## Likely causes
- the application does not call accept(): it is blocked, collects garbage, or is overloaded
- the backlog is too small (listen(), net.core.somaxconn: 128 before Linux 5.4, 4096 since)

## What to try next
`ss -ltn` on the server: for a listener Recv-Q is what waits and Send-Q the limit; it is full when Recv-Q exceeds it.
`nstat -az TcpExtListenOverflows TcpExtListenDrops`. A thread dump shows who does not accept.

## References
- RFC 9293 §3.10.7.4 (fifth step, SYN-RECEIVED)
- RFC 4987 (what backlogs are and how they are defended)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.hosts import MOST_FRAMES, SECOND, UNANSWERED, UNESTABLISHED, Group, by_service, is_in
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.resets import Form, resets
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch, all_of, any_of
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.labels import Label
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.teardown import Ending

WINDOW = 60 * SECOND
FORMS = ("repeats its SYN-ACK", "drops SYNs", "ignores the ACK in silence", "resets upon the ACK")
REPEATS, DROPS, SILENT, RESETS = range(len(FORMS))


IS_REPEATED_SYN = all_of(SYN) & ~any_of(ACK, RST) & ((pl.col("labels") & int(Label.RETRANSMISSION)) != 0)
IS_BARE_RESET = any_of(RST) & ~any_of(ACK)


def gather(segments: pl.DataFrame) -> pl.DataFrame:
    """Take the connections whose SYN was sent again, and those that the responder reset without an ACK."""
    sent = pl.col("from_initiator")
    rows = segments.lazy().filter((sent & IS_REPEATED_SYN) | (~sent & IS_BARE_RESET))
    return rows.select("connection", is_reset=any_of(RST)).unique().collect()


def survey(capture: Survey) -> Iterator[SurveyMatch]:
    """Find listeners that do not accept."""
    repeating = {
        finding.connection: finding
        for finding in capture.findings_by_rule.get("hs-synack-after-ack", ())
        if finding.level >= Level.DEVIATION
    }
    late, reset = _with_repeated_syns(capture), _reset_bare(capture)
    for group in by_service(capture):
        shown = _shown(capture, group, frozenset(number for number in repeating if number is not None), late, reset)
        close = [number for number in shown if _has_company(group, number, shown)]
        is_sure = any(repeating[number].confidence is Confidence.HIGH for number in shown if number in repeating)
        is_noted = any(form == RESETS for form in shown.values())
        if not is_sure and len(close) < 2 and not is_noted:
            continue
        counts = [list(shown.values()).count(form) for form in range(len(FORMS))]
        told = ", ".join(f"{words} ({count})" for words, count in zip(FORMS, counts, strict=True) if count)
        numbers = tuple(sorted(shown))
        yield SurveyMatch(
            match=Match(
                frames=_frames(capture, group, numbers),
                endpoint=Endpoint.RESPONDER,
                level=None if is_sure or (len(close) > 1 and not late.issuperset(shown)) else Level.NOTE,
                confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
                message=f"The listener {told}, in {len(shown)} of {len(group)} connections: its accept queue was full.",
            ),
            connections=numbers,
            subject=group.name,
        )


def _with_repeated_syns(capture: Survey) -> frozenset[int]:
    """Give the connections that came about after their SYN was sent again."""
    numbers = capture.gathered[RULE.id].filter(~pl.col("is_reset"))["connection"]
    established = capture.connections.filter(~is_in(UNESTABLISHED))["connection"]
    return frozenset(established.filter(established.is_in(numbers.to_list())).to_list())


def _reset_bare(capture: Survey) -> frozenset[int]:
    return frozenset(capture.gathered[RULE.id].filter("is_reset")["connection"].to_list())


def _shown(
    capture: Survey, group: Group, repeating: frozenset[int], late: frozenset[int], reset: frozenset[int]
) -> dict[int, int]:
    """Give the connections that show an overflow, and by which of FORMS."""
    found = dict.fromkeys([number for number in group.numbers() if number in repeating], REPEATS)
    alive = group.only(~is_in(UNESTABLISHED))
    for number, ending, start, end in group.rows.select("connection", "ending", "start", "end").iter_rows():
        if number in found:
            continue
        if ending in UNANSWERED or number in late:
            is_alive = (pl.col("start") <= end) & (pl.col("end") >= start - WINDOW) & (pl.col("connection") != number)
            if len(alive.only(is_alive)):
                found[number] = DROPS
        elif ending == Ending.HALF_OPEN_CLIENT and _sends_in_vain(capture, number):
            found[number] = SILENT
        elif ending == Ending.ABORT_NO_DATA and number in reset and len(alive) > 1 and _resets_the_ack(capture, number):
            found[number] = RESETS
    return found


def _sends_in_vain(capture: Survey, number: int) -> bool:
    """Tell whether the initiator sent payload, and again, of which nothing was acknowledged."""
    subject = capture.subject(number)
    payload = [segment for segment in subject.by(Endpoint.INITIATOR) if segment.payload_length]
    return len(payload) > 1 and not any(segment.is_new for segment in payload[1:])


def _resets_the_ack(capture: Survey, number: int) -> bool:
    """Tell whether the responder answered the ACK of the handshake as an endpoint does that has no such connection."""
    subject = capture.subject(number)
    for reset in resets(subject):
        if reset.sender is Endpoint.RESPONDER and reset.form is Form.REACTIVE and reset.answers is not None:
            return reset.answers.is_pure_ack and reset.answers.ack == 1
    return False


def _has_company(group: Group, number: int, shown: dict[int, int]) -> bool:
    starts = dict(group.rows.select("connection", "start").iter_rows())
    return any(other != number and abs(starts[other] - starts[number]) <= WINDOW for other in shown)


def _frames(capture: Survey, group: Group, numbers: tuple[int, ...]) -> tuple[int, ...]:
    decisive: dict[int, int] = dict(group.rows.select("connection", "first_frame").iter_rows())
    for finding in capture.findings_by_rule.get("hs-synack-after-ack", ()):
        if finding.connection in decisive:
            decisive[finding.connection] = finding.frames[0]
    return tuple(decisive[number] for number in numbers[:MOST_FRAMES])


RULE = Rule(
    id="diag-accept-queue-overflow",
    level=Level.DEVIATION,
    category=Category.DIAGNOSIS,
    sources=("RFC 9293 §3.10.7.4", "RFC 4987"),
    manual=__doc__,
    survey=survey,
    gather=gather,
)
