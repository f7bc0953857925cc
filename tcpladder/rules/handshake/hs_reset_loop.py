"""SYN, SYN-ACK and RST repeat with the same SYN.

## What it checks
Twice or more, the initiator answers a SYN-ACK with an RST, and sends the same SYN again. The finding tells what is
wrong with every one of the SYN-ACKs, if that can be seen, and the intervals.

## Why it matters
The initiator refuses the answer and not the connection: it goes on trying until it gives up, and its application sees a
timeout, although the responder answers each time. An RST against a SYN-ACK that is not acceptable leaves the initiator
waiting; Linux refuses in the same way a SYN-ACK whose timestamp echo it never sent.

## Example
    initiator > responder  SYN tsval=1000 tsecr=0             !
    initiator < responder  SYN,ACK tsval=0 tsecr=77777        !
    initiator > responder  RST seq=1                          !
    initiator > responder  SYN seq=0 tsval=2000 tsecr=0 +1s   !
    initiator < responder  SYN,ACK seq=0 tsval=0 tsecr=77777  !
    initiator > responder  RST seq=1                          !
    initiator > responder  SYN seq=0 tsval=4000 tsecr=0 +2s   !
    initiator < responder  SYN,ACK seq=0 tsval=0 tsecr=77777  !
    initiator > responder  RST seq=1                          !
    ...  +60s

## Near miss
    # Two health checks between the same ports: each has a SYN of its own.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  RST seq=1
    initiator > responder  SYN isn=900000 +10s
    initiator < responder  SYN,ACK isn=700000
    initiator > responder  RST seq=1
    ...  +60s

## Harmless when
A tool that sends raw SYNs repeats them, and the system below it, which knows nothing of them, refuses each answer.

## Likely causes
- a firewall, SYN proxy or load balancer makes up the SYN-ACK, or rewrites timestamps or numbers in one direction only
- a load balancer's SYN cookies do not keep the initiator's timestamp
- two devices answer for one address

## What to try next
Capture behind the firewall too: is it the same SYN-ACK there? A TSval of 0, or the same one in each SYN-ACK, is the
sign of a device. As a test, and as a test only, switch timestamps off at the initiator: `sysctl
net.ipv4.tcp_timestamps=0`.

## References
- RFC 9293 §3.5.2 (group 2)
- RFC 9293 §3.10.7.3
- RFC 7323 §3.2
"""

from collections.abc import Iterator, Sequence

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.backoff import backoff
from tcpladder.rulebook.handshakes import Flaw, Refusal, opening, opening_syns, refusals, timed
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.reset_screens import repeats_reset
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamps import SHOWN, TAG
from tcpladder.rulebook.subject import Subject
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find an initiator that refuses again and again, and tries again."""
    rounds = [found for found in refusals(subject) if found.syn and found.reset.seq == found.syn_ack.ack]
    if len(rounds) < 2:
        return
    syns = opening_syns(subject, Endpoint.INITIATOR)
    asked = opening(syns)
    flaws = {asked.flaw(found.syn_ack) for found in rounds}
    shared = flaws.pop() if len(flaws) == 1 else None
    pattern = backoff([syn.time for syn in timed(subject, syns)])
    again = f" It sent its SYN again after {pattern.text}." if pattern.intervals else ""
    yield Match(
        frames=_frames(rounds),
        endpoint=None if shared is None else Endpoint.RESPONDER,
        tags=(TAG,) if shared is Flaw.WRONG_ECHO else (),
        message=f"{len(rounds)} times the initiator answered a SYN-ACK with an RST{_because(shared, rounds)}{again}",
    )


def _because(shared: Flaw | None, rounds: Sequence[Refusal]) -> str:
    """Tell what is wrong with every SYN-ACK, with the numbers of the first."""
    first = rounds[0]
    if shared is Flaw.WRONG_ACK:
        return f": each acknowledges what was never sent, such as {first.syn_ack.ack} for a SYN that ends at 1."
    if shared is Flaw.WRONG_ECHO and first.syn is not None:
        sent, echoed = first.syn.tsval, first.syn_ack.tsecr
        return f": each echoes a timestamp that was never sent, such as {echoed} where the SYN has {sent}."
    return ", and nothing in the SYN-ACKs tells why."


def _frames(rounds: Sequence[Refusal]) -> tuple[int, ...]:
    segments = [segment for found in rounds for segment in (found.reset, found.syn_ack, found.syn) if segment]
    return tuple(segment.frame for segment in segments[: SHOWN - SHOWN % 3])


def screen(shard: Shard) -> BoolArray:
    """Mark connections whose initiator sent several RSTs, one of them before it had acknowledged anything."""
    is_refusal = any_of(RST) & pl.col("from_initiator") & pl.col("rcv_nxt").is_null()
    return repeats_reset(shard) & shard.some(is_refusal)


RULE = Rule(
    id="hs-reset-loop",
    level=Level.DEVIATION,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.5.2", "RFC 9293 §3.10.7.3"),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
