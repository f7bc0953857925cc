"""The SYN-ACK carries timestamps that the SYN did not offer.

## What it checks
No SYN of the initiator has the timestamp option, a SYN-ACK has it, and the initiator never uses it afterwards. Where
the SYN-ACK echoes something other than 0, its sender did receive an option, and a SYN may be missing from the capture:
the finding is a deviation then.

## Why it matters
A SYN-ACK may have the option only where the SYN had it. The initiator ignores it, and the responder may go on in the
belief that timestamps were negotiated, and drop what comes without them.

## Example
    initiator > responder  SYN                           !
    initiator < responder  SYN,ACK tsval=900 tsecr=0     !
    initiator > responder  ACK

## Near miss
    # Another SYN, which was not captured, carried the option: the initiator uses it.
    initiator > responder  SYN
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900

## Harmless when
The option of the SYN was removed between the initiator and the capture point, or a SYN was not captured.

## Likely causes
- a device on the path removes the option in one direction only
- a SYN proxy that answers with options of its own

## What to try next
Capture at both ends and compare the SYN's options.

## References
- RFC 7323 §3.2 (MAY, only if the SYN had it)
"""

from collections.abc import Iterator

from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import has_stamp, is_syn_ack, offered
from tcpladder.rulebook.stamps import TAG, Offer, frames, offer
from tcpladder.rulebook.subject import Subject
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYN-ACKs with an option that was not offered."""
    initiator, responder = Endpoint.INITIATOR, Endpoint.RESPONDER
    unsolicited = [s for s in subject.syns(responder) if s.is_syn_ack and s.tsval is not None]
    if not unsolicited or offer(subject, initiator) is not Offer.NEVER:
        return
    if any(s.tsval is not None for s in subject.by(initiator)):
        return
    syn, syn_ack = subject.syns(initiator)[0], unsolicited[0]
    echoes = bool(syn_ack.tsecr)
    yield Match(
        frames=(syn_ack.frame, syn.frame, *frames(unsolicited[1:])),
        endpoint=responder,
        level=Level.DEVIATION if echoes else None,
        confidence=Confidence.LOW if echoes else Confidence.HIGH,
        tags=(TAG,),
        message=f"The SYN-ACK has TSval {syn_ack.tsval}, TSecr {syn_ack.tsecr}, but the SYN in frame {syn.frame} had "
        + (
            "no timestamp option: it lost it on the way here, or another SYN is missing."
            if echoes
            else "no timestamp option."
        ),
    )


def screen(shard: Shard) -> BoolArray:
    """Mark connections with a SYN-ACK that carries the option which no SYN of the initiator does."""
    by_initiator, _ = offered(shard)
    return ~by_initiator & shard.having(shard.once(is_syn_ack) & shard.once(has_stamp))


RULE = Rule(
    id="ts-synack-unsolicited",
    level=Level.VIOLATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
