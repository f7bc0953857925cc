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

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.hosts import MOST_FRAMES, SECOND, UNANSWERED, UNESTABLISHED, Group, by_service, is_in
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.resets import Form, resets
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch, all_of, any_of
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.labels import Label
from tcpladder.tcp.states import Endpoint

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
    for group in by_service(capture, of=_may_show(repeating, late, reset)):
        shown = _shown(capture, group, frozenset(number for number in repeating if number is not None), late, reset)
        close = _with_company(group, shown)
        is_sure = any(repeating[number].confidence is Confidence.HIGH for number in shown if number in repeating)
        is_noted = any(form == RESETS for form in shown.values())
        if not is_sure and close < 2 and not is_noted:
            continue
        counts = [list(shown.values()).count(form) for form in range(len(FORMS))]
        told = ", ".join(f"{words} ({count})" for words, count in zip(FORMS, counts, strict=True) if count)
        numbers = tuple(sorted(shown))
        yield SurveyMatch(
            match=Match(
                frames=_frames(capture, group, numbers),
                endpoint=Endpoint.RESPONDER,
                level=None if is_sure or (close > 1 and not late.issuperset(shown)) else Level.NOTE,
                confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
                message=f"The listener {told}, in {len(shown)} of {len(group)} connections: its accept queue was full.",
            ),
            connections=numbers,
            subject=group.name,
        )


def _may_show(repeating: Iterable[int | None], late: frozenset[int], reset: frozenset[int]) -> pl.Expr:
    """Give the condition for connections that may show an overflow, as `_shown` decides."""
    number, alive = pl.col("connection"), (~is_in(UNESTABLISHED)).any().over("responder", "responder_port")
    is_suspect = is_in(UNANSWERED | {Ending.HALF_OPEN_CLIENT}) | number.is_in(list(late | reset))
    return number.is_in([number for number in repeating if number]) | (is_suspect & alive)


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
    served = _served(group.rows, alive.rows)
    for number, ending in group.rows.select("connection", "ending").iter_rows():
        if number in found:
            continue
        if ending in UNANSWERED or number in late:
            if number in served:
                found[number] = DROPS
        elif ending == Ending.HALF_OPEN_CLIENT and _sends_in_vain(capture, number):
            found[number] = SILENT
        elif ending == Ending.ABORT_NO_DATA and number in reset and len(alive) > 1 and _resets_the_ack(capture, number):
            found[number] = RESETS
    return found


def _served(rows: pl.DataFrame, alive: pl.DataFrame) -> frozenset[int]:
    """Give the connections about whose time another was alive."""
    begun = np.searchsorted(np.sort(alive["start"].to_numpy()), rows["end"].to_numpy(), side="right")
    over = np.searchsorted(np.sort(alive["end"].to_numpy()), rows["start"].to_numpy() - WINDOW, side="left")
    others = begun - over - rows["connection"].is_in(alive["connection"].to_list()).to_numpy()
    return frozenset(rows["connection"].filter(others > 0).to_list())


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


def _with_company(group: Group, shown: dict[int, int]) -> int:
    """Count those of some connections that began near another of them."""
    starts = group.rows.filter(pl.col("connection").is_in(list(shown)))["start"].to_numpy()
    is_near = np.diff(np.sort(starts)) <= WINDOW
    return int((np.append(is_near, False) | np.append(False, is_near)).sum()) if len(starts) else 0


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
