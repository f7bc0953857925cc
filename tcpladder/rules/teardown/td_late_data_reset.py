"""What comes for an endpoint that has closed is answered with RST.

## What it checks
An endpoint has sent its FIN. Afterwards new payload of the other side is captured, and the endpoint answers it with
RST instead of acknowledging it. The same with the other side's FIN, when it comes seconds later: the endpoint has
given up waiting for it.

## Why it matters
Who closes completely cannot take any more data, and the RST tells the other side that they are lost. A request that
was sent just when the server closed its idle connection looks like this: the client has to repeat it. It is a
deviation where a client had acknowledged the server's FIN and a second or more later sent a request all the same.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=20
    initiator < responder  PSH,ACK len=50
    initiator > responder  ACK
    initiator < responder  FIN,ACK         +5s  !
    initiator > responder  PSH,ACK len=20 ack=51  !
    initiator < responder  RST seq=51      !
    ... +60s

## Near miss
    # The payload is acknowledged: the endpoint had closed its direction only.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=20
    initiator > responder  FIN,ACK
    initiator < responder  PSH,ACK len=50
    initiator > responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    ... +60s

## Harmless when
Nobody needed the data: a probe's goodbye, the last bytes of a TLS session.

## Likely causes
- the server closes idle connections sooner than the client's pool expects
- an application that does not look for the end of what it reads before it writes
- FIN-WAIT-2 of a closed socket timed out, after 60 s on Linux

## What to try next
Let the client's idle time be shorter than the server's, and let it repeat requests on a fresh connection.

## References
- RFC 9293 §3.6.1
- RFC 2525 §2.16
"""

from collections.abc import Iterator

from tcpladder.rulebook.closing import SHOWN, Closing, closing, fins, goes_on
from tcpladder.rulebook.levels import Category, Level, Missing
from tcpladder.rulebook.reset_screens import is_reset
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import SECOND, Segment, Subject, first
from tcpladder.rulebook.wording import capitalised, name, seconds
from tcpladder.tcp.states import Endpoint

LONG_ENOUGH = 1 * SECOND  # what was being written is written, and a TLS alert sent
SHORTEST_WAIT = 5 * SECOND  # FIN-WAIT-2 of a closed socket is kept at least so long


def examine(subject: Subject) -> Iterator[Match]:
    """Find RSTs with which a closed endpoint answers payload, or a late FIN."""
    for endpoint in Endpoint:
        closed = closing(subject, endpoint)
        if closed is None:
            continue
        coming = [s for s in subject.after(closed.fin) if s.sender is endpoint.peer and s.is_ordinary and s.is_new]
        payload = [s for s in coming if s.payload_length and not s.is_keep_alive]
        if payload:
            yield from _refused_payload(subject, endpoint, closed, payload)
        elif coming and coming[0].time - closed.fin.time >= SHORTEST_WAIT:
            yield from _refused_fin(subject, endpoint, closed, coming[0])


def _refused_payload(subject: Subject, endpoint: Endpoint, closed: Closing, payload: list[Segment]) -> Iterator[Match]:
    reset = first(s for s in subject.after(payload[0]) if s.is_rst and s.sender is endpoint)
    if reset is None:
        return
    taken = reset.rcv_nxt or 0
    refused = [s for s in payload if s.row < reset.row and s.seq + s.payload_length > taken]
    if not refused or reset.seq not in {closed.position, closed.position + 1, *(s.ack for s in refused)}:
        return
    knew = refused[0].ack is not None and refused[0].ack > closed.position
    peer = endpoint.peer
    is_ignored_end = (
        knew
        and peer is Endpoint.INITIATOR
        and not subject.missing & Missing.BEGINNING
        and _knew_for_long(closed, refused[0])
    )
    size = sum(segment.payload_length for segment in refused)
    yield Match(
        frames=(reset.frame, refused[0].frame, closed.fin.frame, *(s.frame for s in refused[1:SHOWN])),
        endpoint=peer if is_ignored_end else None,
        level=Level.DEVIATION if is_ignored_end else None,
        message=f"{capitalised(endpoint)} had closed in frame {closed.fin.frame} and refuses {size} bytes that the "
        f"{name(peer)} sent {seconds(refused[0].time - closed.fin.time)} later"
        + (", though it had received that FIN." if knew else ", without having received that FIN."),
    )


def _knew_for_long(closed: Closing, segment: Segment) -> bool:
    return closed.ack is not None and segment.time - closed.ack.time >= LONG_ENOUGH


def _refused_fin(subject: Subject, endpoint: Endpoint, closed: Closing, late: Segment) -> Iterator[Match]:
    answer = first(s for s in subject.after(late) if s.sender is endpoint)
    if answer is None or not answer.is_rst or answer.seq not in {late.ack, closed.position + 1}:
        return
    yield Match(
        frames=(answer.frame, late.frame, closed.fin.frame),
        message=f"{capitalised(endpoint)} had closed in frame {closed.fin.frame}; the other FIN comes "
        f"{seconds(late.time - closed.fin.time)} later, and it no longer knows the connection.",
    )


def screen(shard: Shard) -> BoolArray:
    """Mark connections with an RST of an endpoint after its FIN."""
    return goes_on(shard, shard.once(fins), shard.once(is_reset), same_sender=True)


RULE = Rule(
    id="td-late-data-reset",
    level=Level.NOTE,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.6.1", "RFC 2525 §2.16"),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
