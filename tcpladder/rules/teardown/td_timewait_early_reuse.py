"""An endpoint that closed first opens the same connection again within 2 MSL.

## What it checks
An endpoint closed first and is in TIME-WAIT. Less than 240 s after its last segment it sends a SYN from the same port
to the same address and port. It is a note where the sequence number and the timestamp are both higher than the last
of the connection before, and a violation where neither is.

## Why it matters
TIME-WAIT keeps old segments from being taken for new ones; it shall last for 2 MSL, which is four minutes. Higher
numbers and timestamps make up for its being cut short. Where neither is higher, the peer may refuse the SYN, or take
data of the old connection into the new one.

## Example
    initiator > responder  SYN isn=5000
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK               !
    initiator > responder  SYN isn=1000  +5s  !
    initiator < responder  SYN,ACK isn=90000
    initiator > responder  ACK

## Near miss
    # The other side closed first: the initiator is not in TIME-WAIT, and the responder's numbers are not concerned.
    initiator > responder  SYN isn=1000
    initiator < responder  SYN,ACK isn=5000
    initiator > responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator > responder  SYN isn=500000  +100s
    initiator < responder  SYN,ACK isn=900000
    initiator > responder  ACK

## Harmless when
Both numbers are higher, as Linux sees to where it reuses a port after a second (tcp_tw_reuse, or a bound port).

## Likely causes
- a client with a fixed source port
- too few ports for a source NAT, or for a load generator
- several hosts behind one address

## What to try next
Let the client choose ports, widen the range of ports or add addresses to the NAT, and keep connections open.

## References
- RFC 9293 §3.6.1
- RFC 6191 §2
"""

from collections.abc import Iterator

from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.lingering import (
    TWICE_MSL,
    Progress,
    has_opening,
    last_numbers,
    lingers,
    lingers_before,
    opening_syn,
    progress,
)
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import INITIATOR_LINGERS, BoolArray, Shard
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import seconds
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find a SYN from a port whose connection is still in TIME-WAIT at the same endpoint."""
    before, syn = subject.previous, opening_syn(subject)
    if before is None or syn is None or syn.is_header_cut or not has_opening(before):
        return
    opener = subject.same_end(Endpoint.INITIATOR, before)
    last = last_numbers(before, opener)
    if last is None or not lingers(before, opener):
        return
    last_segment = before.by(opener)[-1]
    age = syn.time - last_segment.time
    is_other_host = None not in (syn.ttl, last.ttl) and syn.ttl != last.ttl
    if not 0 <= age < TWICE_MSL or is_other_host:
        return
    found = progress(syn, last)
    yield Match(
        frames=(syn.frame, last_segment.frame),
        endpoint=Endpoint.INITIATOR,
        level=_level(found),
        confidence=Confidence.MEDIUM,
        tags=("port-reused",),
        message=f"The initiator closed the connection before first, and opens it again {seconds(age)} later: "
        f"{_words(found)}.",
    )


def _level(found: Progress) -> Level:
    if found.by_number and found.by_stamp:
        return Level.NOTE
    return Level.DEVIATION if found.is_acceptable else Level.VIOLATION


def _words(found: Progress) -> str:
    if found.by_stamp is None:
        return f"its sequence number is {_compared(is_higher=found.by_number)}, and there is no timestamp to compare"
    if found.by_number == found.by_stamp:
        return f"its sequence number and its timestamp are both {_compared(is_higher=found.by_number)}"
    number, stamp = _compared(is_higher=found.by_number), _compared(is_higher=found.by_stamp)
    return f"its sequence number is {number}, its timestamp {stamp}"


def _compared(*, is_higher: bool) -> str:
    return "higher than the last one before" if is_higher else "not higher than the last one before"


def screen(shard: Shard) -> BoolArray:
    """Mark connections with a SYN of an endpoint that the connection before left in TIME-WAIT."""
    return lingers_before(shard, INITIATOR_LINGERS)


RULE = Rule(
    id="td-timewait-early-reuse",
    level=Level.DEVIATION,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.6.1", "RFC 6191 §2"),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
