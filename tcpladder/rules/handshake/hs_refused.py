"""A connection attempt is refused by RST.

## What it checks
The first that comes back for a SYN is an RST. It refuses the connection where it acknowledges the SYN; an RST that does
not has no effect on an initiator that waits for a SYN-ACK, and is a deviation.

## Why it matters
Nobody listens on the port, or somebody says so in the responder's name. An initiator that gets an RST without the right
acknowledgment has to drop it, and waits until it gives up.

## Example
    initiator > responder  SYN                        !
    initiator < responder  RST,ACK seq=-5000 ack=1    !
    initiator > responder  SYN seq=0  +500ms          !
    initiator < responder  RST,ACK seq=-5000 ack=1    !
    ...  +60s

## Near miss
    # It was accepted first; the reset is of another kind.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator < responder  RST,ACK  +1s
    ...  +60s

## Harmless when
A client asks whether a service is up, and learns that it is not. Windows tries again twice, half a second apart, before
it tells its application: that is one attempt.

## Likely causes
- nothing listens on the port, or only on another address
- a packet filter rejects with a reset
- a load balancer has no server left behind the port

## What to try next
`ss -ltn` at the responder: is the port there, on this address? Compare TTL and delay of the RST with a SYN-ACK of the
same host from another port: if they differ, a device on the way answered.

## References
- RFC 9293 §3.5.2 (group 1)
- RFC 9293 §3.10.7.1
- RFC 9293 §3.10.7.3 (second check)
"""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.decided import Decided, Matches
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.lone_resets import lone_resets
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.shard import Shard
from tcpladder.rulebook.stamps import SHOWN, times
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find RSTs in answer to SYNs."""
    syns, resets = _attempts(subject)
    if not resets:
        return
    covered = range(1, max(syn.end for syn in syns) + 1)
    refusing = [reset for reset in resets if reset.ack in covered]
    if refusing:
        yield Match(
            frames=_frames(refusing, syns),
            endpoint=Endpoint.RESPONDER,
            message=_message(_named(syns), len(refusing), _delay(refusing[0], syns), refusing[0].ttl),
        )
    elif subject.previous is None:  # else it may be of the connection before
        what = "has no ACK" if resets[0].ack is None else f"acknowledges {resets[0].ack}"
        yield Match(
            frames=_frames(resets, syns),
            endpoint=Endpoint.RESPONDER,
            level=Level.DEVIATION,
            confidence=Confidence.MEDIUM,
            message=f"The RST in answer to {_named(syns)} {what}, and an initiator that waits for a SYN-ACK has to "
            "ignore it: it only obeys one that acknowledges its SYN.",
        )


def _attempts(subject: Subject) -> tuple[list[Segment], list[Segment]]:
    """Give the SYNs and the RSTs that came back, as long as there is nothing else."""
    syns: list[Segment] = []
    resets: list[Segment] = []
    for segment in subject.segments:
        if segment.sender is Endpoint.INITIATOR and segment.is_syn and segment.seq == 0:
            syns.append(segment)
        elif segment.sender is Endpoint.RESPONDER and segment.is_rst and syns:
            resets.append(segment)
        else:
            break
    return syns, resets


def _frames(resets: Sequence[Segment], syns: Sequence[Segment]) -> tuple[int, ...]:
    half = SHOWN // 2
    return tuple(segment.frame for segment in (*resets[:half], *syns[:half]))


def _message(asked: str, count: int, delay: int, ttl: int | None) -> str:
    whence = "" if ttl is None else f", with TTL {ttl}"
    return (
        f"The responder refused {asked} by {times(count, 'RST')}; the first came {delay / SECOND:.6f} s after the "
        f"SYN{whence}."
    )


def _named(syns: Sequence[Segment]) -> str:
    return _of_frame(syns[0].frame) if len(syns) == 1 else f"{len(syns)} SYNs"


def _of_frame(frame: int) -> str:
    return f"the SYN of frame {frame}"


def _delay(reset: Segment, syns: Sequence[Segment]) -> int:
    return reset.time - max(syn.time for syn in syns if syn.row < reset.row)


def decide(shard: Shard) -> Decided:
    """Find single SYNs that an RST refuses, and nothing else was captured."""
    resets = lone_resets(shard)
    syn = resets.row - 1
    ack = shard.column("ack_relative")[resets.row]  # 0 without ACK
    is_refusing = resets.is_refusal & (ack >= 1) & (ack <= shard.column("end_relative")[syn])
    resets, syn = resets.only(is_refusing), syn[is_refusing]
    frames, asked = (shard.column("frame")[rows].tolist() for rows in (resets.row, syn))
    ttls = shard.segments["ttl"].gather(resets.row).to_list()
    decided = np.zeros(len(shard), np.bool_)
    decided[resets.place] = True
    found = Matches(
        places=resets.place,
        frames=list(zip(frames, asked, strict=True)),
        messages=[
            _message(_of_frame(frame), 1, delay, ttl)
            for frame, delay, ttl in zip(asked, resets.silence.tolist(), ttls, strict=True)
        ],
        endpoint=Endpoint.RESPONDER,
    )
    return Decided(connections=decided, matches=(found,))


RULE = Rule(
    id="hs-refused",
    level=Level.NOTE,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.5.2", "RFC 9293 §3.10.7.1", "RFC 9293 §3.10.7.3"),
    manual=__doc__,
    screen=any_of(RST) & ~pl.col("from_initiator") & pl.col("snd_nxt").is_null(),
    examine=examine,
    decide=decide,
)
