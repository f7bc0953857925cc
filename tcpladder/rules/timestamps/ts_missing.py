"""Segments go without the timestamp option although it was negotiated.

## What it checks
Every captured SYN and SYN-ACK has the timestamp option, and later segments of an endpoint other than RSTs do not.

## Why it matters
Once negotiated, the option has to be in every segment except an RST. The receiver should silently drop a segment
without it, and must not abort the connection for it. Linux and FreeBSD take such segments nevertheless; a strict
receiver makes the connection stall.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator < responder  PSH,ACK len=10  !
    initiator > responder  ACK tsval=103 tsecr=900

## Near miss
    # An RST may go without.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator < responder  PSH,ACK len=10 tsval=902 tsecr=101
    initiator > responder  RST seq=1
    ... +60s

## Harmless when
The other side takes the segments, as its acknowledgments show.

## Likely causes
- a device on the path removes the option, or sends acknowledgments or keep-alives in the endpoint's name
- a stack that negotiates timestamps and then never sends them, or leaves them out of keep-alives
- hardware offload

## What to try next
Compare TTL and IP ID of the segments without the option with their sender's others. Capture on both sides of the
device. Test with timestamps switched off.

## References
- RFC 7323 §3.2 (MUST)
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from tcpladder.packets.flags import RST, SYN
from tcpladder.packets.options import AUTHENTICATION, MD5, MULTIPATH
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import has_stamp, negotiated
from tcpladder.rulebook.stamps import (
    TAG,
    after_handshake,
    frames,
    is_negotiated,
    lacks_option,
    times,
)
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.tcp.states import Endpoint

TAKE_ITS_ROOM = MD5 | AUTHENTICATION | MULTIPATH


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's segments that lack the option."""
    if not is_negotiated(subject) or any((s.option_kinds or 0) & TAKE_ITS_ROOM for s in subject.segments):
        return
    later = after_handshake(subject)
    for endpoint in Endpoint:
        own = [s for s in later if s.sender is endpoint]
        is_excused = _has_nothing_to_echo(subject, endpoint)
        lacking = [s for s in own if lacks_option(s) and not (is_excused and s.is_pure_ack)]
        if not lacking:
            continue
        is_foreign = _comes_from_elsewhere(lacking, own)
        hint = (
            f" Their TTL is not that of its other segments ({_ttls(own, lacking)}): another device sends them, perhaps."
        )
        yield Match(
            frames=frames(lacking),
            endpoint=endpoint,
            confidence=Confidence.MEDIUM if is_foreign else Confidence.HIGH,
            tags=(TAG,),
            message=f"The {endpoint.name.lower()} leaves the timestamp option out of {_share(lacking, own)} after the "
            f"handshake ({_kinds(lacking)}), though both SYNs carry it." + (hint if is_foreign else ""),
        )


def _has_nothing_to_echo(subject: Subject, endpoint: Endpoint) -> bool:
    """Whether the peer only ever sent TSval 0: Linux then leaves the option out of ACKs that it sends for no socket."""
    return not any(s.tsval for s in subject.by(endpoint.peer))


def _share(lacking: Sequence[Segment], own: Sequence[Segment]) -> str:
    everything = "its only segment" if len(own) == 1 else f"all of its {len(own)} segments"
    return everything if len(lacking) == len(own) else f"{len(lacking)} of its {len(own)} segments"


def _kinds(lacking: Sequence[Segment]) -> str:
    counted = Counter(_kind(segment) for segment in lacking)
    return ", ".join(times(count, kind) for kind, count in counted.items())


def _kind(segment: Segment) -> str:
    if segment.is_keep_alive:
        return "keep-alive"
    if segment.is_fin:
        return "FIN"
    return "data segment" if segment.payload_length else "ACK"


def _comes_from_elsewhere(lacking: Sequence[Segment], own: Sequence[Segment]) -> bool:
    usual = {s.ttl for s in own if s.tsval is not None}
    return bool(usual) and not usual & {s.ttl for s in lacking}


def _ttls(own: Sequence[Segment], lacking: Sequence[Segment]) -> str:
    pairs = sorted({(s.tsval is not None, s.ttl or 0) for s in (*own, *lacking)})
    return " and ".join(f"{ttl} {'with' if stamped else 'without'} the option" for stamped, ttl in pairs[:4])


def screen(shard: Shard) -> BoolArray:
    """Mark connections with time stamps of which a segment has none."""
    return negotiated(shard) & shard.having(~shard.has(SYN | RST) & ~shard.once(has_stamp))


RULE = Rule(
    id="ts-missing",
    level=Level.VIOLATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
