"""An endpoint goes on as if it had not been reset, though the reset was valid.

## What it checks
An RST carries exactly the number that its receiver expects next, as the receiver's own acknowledgments prove, and long
after it must have arrived the receiver sends a segment that is neither RST nor SYN, and new: not a retransmission of
what was under way.

## Why it matters
An RST whose sequence number is RCV.NXT resets the connection. What comes for it afterwards may only be answered by RST.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator < responder  RST,ACK        !
    initiator > responder  PSH,ACK len=50 +2s  !
    ...  +60s

## Near miss
    # The reset repeats its own FIN's number, which the initiator has consumed: it has to ignore it.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=50
    initiator < responder  ACK
    initiator > responder  FIN,ACK +2s
    initiator < responder  ACK
    ...  +60s

## Harmless when
The reset was lost behind the capture point, or another device sent it in the endpoint's name to one side only.

## Likely causes
- a reset that was injected, or lost on the way
- a firewall of the receiving host that drops RSTs
- a device on the path that speaks for the receiver

## What to try next
Capture at the endpoint that went on: did the reset arrive there? Compare TTL and IP ID of the reset with other segments
of its sender.

## References
- RFC 9293 §3.10.7.4 (second step)
- RFC 5961 §3.2
"""

from collections.abc import Iterator

from tcpladder.packets.flags import RST
from tcpladder.rulebook.rule import Category, Confidence, Level, Match, Missing, Rule, any_of
from tcpladder.rulebook.subject import Segment, Subject, first
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find the first segment that follows a valid reset of its sender."""
    for endpoint in Endpoint:
        for reset in subject.resets(endpoint.peer):
            if not _is_exact(reset):
                continue
            later = first(
                segment
                for segment in subject.after(reset)
                if segment.sender is endpoint and _is_new(segment) and subject.had_time_to_see(endpoint, reset, segment)
            )
            if later is None:
                continue
            yield Match(
                frames=(later.frame, reset.frame),
                endpoint=endpoint,
                confidence=Confidence.MEDIUM,
                tags=("traffic-after-reset",),
                message=f"The {endpoint.name.lower()} went on {(later.time - reset.time) / 1e9:.3f} s after the reset "
                f"in frame {reset.frame}, whose number {reset.seq} is the one that it expected.",
            )
            return


def _is_exact(reset: Segment) -> bool:
    """Whether the receiver has itself proven that it expects this number; `snd_una` is what it acknowledged."""
    return reset.snd_una is not None and reset.seq == reset.snd_una


def _is_new(segment: Segment) -> bool:
    return not segment.is_rst and not segment.is_syn and not segment.is_syn_ack and segment.is_new


RULE = Rule(
    id="td-traffic-after-reset",
    level=Level.VIOLATION,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.10.7.4", "RFC 5961 §3.2"),
    manual=__doc__,
    screen=any_of(RST),
    examine=examine,
    weaker_without=Missing.SEGMENTS | Missing.BEGINNING,
)
