"""The initiator resets the connection while it is being opened.

## What it checks
A SYN is answered by a SYN-ACK, and the initiator answers that with an RST, without having acknowledged it. Once only:
two rounds of it with the same SYN are a loop, and have a rule of their own.

## Why it matters
The initiator does not take the answer, or does not want it any longer. The SYN-ACK tells which: the rule looks at its
acknowledgment, its timestamp echo, the number in the RST, and how late the answer came, in this order.

## Example
    initiator > responder  SYN                !
    initiator < responder  SYN,ACK  +5s       !
    initiator > responder  RST seq=1          !
    ...  +60s

## Near miss
    # The initiator accepted before it reset.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  RST,ACK
    ...  +60s

## Harmless when
A health check or a port scan only asks whether the port is open, and resets on purpose. An application may close its
socket before the answer is there: Linux then says nothing until the SYN-ACK comes, and answers that with RST.

## Likely causes
- a health check or scan that leaves connections half-open
- the application's own timeout was shorter than the way to the responder and back
- the SYN-ACK is not for this SYN: a wrong acknowledgment, or a wrong timestamp echo
- the system of a tool that sends raw packets knows nothing of them, and answers for itself

## What to try next
Compare the time from SYN to SYN-ACK with the application's timeout. If the initiator sends the same SYN again, look for
what it dislikes about the SYN-ACK.

## References
- RFC 9293 §3.5.2 (group 2)
- RFC 9293 §3.10.7.3
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, RST
from tcpladder.rulebook.decided import Decided, Matches
from tcpladder.rulebook.handshakes import Flaw, Refusal, opening, opening_syns, refusals
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.lone_resets import LoneResets, lone_resets
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.shard import Shard
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.tcp.states import Endpoint

LATE = 3 * SECOND
CALLER_GONE = "its caller had closed already, or only asked whether the port is open"


def examine(subject: Subject) -> Iterator[Match]:
    """Find the one SYN-ACK that the initiator refused."""
    found = [refusal for refusal in refusals(subject) if refusal.syn]
    if len(found) != 1 or found[0].syn is None:
        return
    refusal, syn = found[0], found[0].syn
    cause, confidence = _cause(refusal, opening_syns(subject, Endpoint.INITIATOR))
    yield Match(
        frames=(refusal.reset.frame, refusal.syn_ack.frame, syn.frame),
        endpoint=Endpoint.INITIATOR,
        confidence=confidence,
        message=_message(refusal.syn_ack.frame, refusal.reset.time - refusal.syn_ack.time, cause),
    )


def _message(syn_ack: int, delay: int, cause: str) -> str:
    return (
        f"The initiator answered the SYN-ACK in frame {syn_ack} with an RST {delay / SECOND:.6f} s after it: {cause}."
    )


def _cause(refusal: Refusal, syns: list[Segment]) -> tuple[str, Confidence]:
    """Give what was probably wrong, and how sure it is that the initiator refused at all."""
    syn_ack, reset = refusal.syn_ack, refusal.reset
    wrong = opening(syns).flaw(syn_ack)
    if wrong is Flaw.WRONG_ACK:
        return f"it acknowledges {syn_ack.ack}, which was never sent", Confidence.HIGH
    if wrong is Flaw.WRONG_ECHO:
        return f"it echoes TSecr {syn_ack.tsecr}, which was never sent", Confidence.HIGH
    if reset.seq != syn_ack.ack:
        words = f"its number is {reset.seq}, not the {syn_ack.ack} that was acknowledged, so that another device may "
        return words + "have sent it, or segments in between are missing", Confidence.LOW
    waited = syn_ack.time - syns[0].time
    if waited > LATE:
        return f"the answer came {waited / SECOND:.1f} s after the first SYN, too late for its caller", Confidence.HIGH
    return CALLER_GONE, _sureness(has_ack=reset.has_ack)


def _sureness(*, has_ack: bool) -> Confidence:
    return Confidence.MEDIUM if has_ack else Confidence.HIGH  # with ACK it may follow an ACK that is missing


def decide(shard: Shard) -> Decided:
    """Find the RSTs that follow a SYN and a SYN-ACK at once, and nothing else was captured."""
    resets = lone_resets(shard)
    waited = shard.column("time")[resets.row - 1] - shard.column("time")[resets.row - 2]
    resets = resets.only(resets.is_decline & (waited <= LATE))
    decided = np.zeros(len(shard), np.bool_)
    decided[resets.place] = True
    has_ack = shard.has(ACK)[resets.row]
    return Decided(
        connections=decided,
        matches=[_matches(shard, resets.only(has_ack == wanted), has_ack=wanted) for wanted in (False, True)],
    )


def _matches(shard: Shard, resets: LoneResets, *, has_ack: bool) -> Matches:
    frame, time = shard.column("frame"), shard.column("time")
    reset, syn_ack, syn = (frame[resets.row - back].tolist() for back in range(3))
    delays = (time[resets.row] - time[resets.row - 1]).tolist()
    return Matches(
        places=resets.place,
        frames=list(zip(reset, syn_ack, syn, strict=True)),
        messages=[_message(asked, delay, CALLER_GONE) for asked, delay in zip(syn_ack, delays, strict=True)],
        endpoint=Endpoint.INITIATOR,
        confidence=_sureness(has_ack=has_ack),
    )


RULE = Rule(
    id="hs-client-reset",
    level=Level.NOTE,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.5.2", "RFC 9293 §3.10.7.3"),
    manual=__doc__,
    screen=any_of(RST) & pl.col("from_initiator") & pl.col("rcv_nxt").is_null(),
    examine=examine,
    decide=decide,
)
