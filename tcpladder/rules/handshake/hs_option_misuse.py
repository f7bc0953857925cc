"""An option of the handshake is in the wrong place, malformed, or was not offered.

## What it checks
- MSS, window scale or SACK-permitted in a segment without SYN
- a window scale of more than 14
- one of the three with a wrong length, or given twice, or options that run past the header of a SYN
- a window scale in the SYN-ACK although no SYN had one; a note for SACK-permitted, which no clause ties to the SYN's
- ECN accepted in the SYN-ACK although no SYN offered it, or both ECN flags where only ECE says yes

## Why it matters
What is agreed in the handshake holds for the connection's life. Where the two ends read it differently, windows are off
by a factor, and the connection stalls or is reset much later.

## Example
    initiator > responder  SYN mss=1460
    initiator < responder  SYN,ACK mss=1460 wscale=7   !
    initiator > responder  ACK
    initiator < responder  PSH,ACK len=10 mss=1400     !
    initiator > responder  ACK

## Near miss
    # A repeated SYN offers less; the SYN-ACK answers the first one.
    initiator > responder  SYN,ECE,CWR mss=1460 wscale=7 sackok
    initiator > responder  SYN seq=0 mss=1460  +1s
    initiator < responder  SYN,ACK,ECE mss=1460 wscale=7 sackok
    initiator > responder  ACK

## Harmless when
Receivers ignore an option without SYN, and take a larger shift for 14. A first SYN that offered more may be missing
from the capture.

## Likely causes
- a device that lowers the MSS, and writes it into every segment
- a TCP proxy or WAN optimizer that answers for the responder
- a device that copies the SYN's reserved bits into the SYN-ACK
- an embedded stack with a fault

## What to try next
Capture on both sides of the devices between: which of them added the option? Compare TTLs within one direction.

## References
- RFC 9293 §3.2 (MUST-65: MSS only in SYNs)
- RFC 7323 §2.2 and §2.3
- RFC 2018 §2
- RFC 3168 §6.1.1
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import polars as pl

from tcpladder.packets import options
from tcpladder.packets.flags import ACK, AE, CWR, ECE, RST, SYN
from tcpladder.rulebook.handshakes import opening_syns
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule, all_of, any_of
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamps import IS_SYN_ACK, SHOWN
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.tcp.numbers import LARGEST_SHIFT
from tcpladder.tcp.states import Endpoint

WRONG_LENGTH = options.MSS_LENGTH | options.WSCALE_LENGTH | options.SACK_PERMITTED_LENGTH
ECN, ALL_ECN = ECE | CWR, ECE | CWR | AE


Test = Callable[[Segment, list[Segment]], bool]  # of a segment and the SYNs that it answers; none if not known


class Misuse(NamedTuple):
    """One way to misuse an option: what is said of it, how grave and how sure it is, and the test of a segment."""

    words: str
    level: Level
    confidence: Confidence
    applies: Test


def _without_syn(has_option: Callable[[Segment], bool]) -> Test:
    return lambda segment, _: not segment.flags & SYN and has_option(segment)


def _faulty(faults: int, *, on_syns: bool = False) -> Test:
    return lambda segment, _: bool((segment.option_faults or 0) & faults and (segment.flags & SYN or not on_syns))


def _unoffered(accepts: Callable[[Segment], bool], offers: Callable[[Segment], bool]) -> Test:
    """Test for a SYN-ACK that accepts what no SYN can have offered: all SYNs and their options are known."""
    return lambda segment, syns: (
        bool(syns) and accepts(segment) and not any(offers(syn) or syn.is_header_cut for syn in syns)
    )


def _has_scale(segment: Segment) -> bool:
    return segment.wscale is not None


def _permits_sack(segment: Segment) -> bool:
    return bool(segment.sack_permitted)


SURE, LIKELY = Confidence.HIGH, Confidence.MEDIUM  # another SYN, which was not captured, may have made an offer
BROKEN, ODD = Level.VIOLATION, Level.DEVIATION

MISUSES = (
    Misuse("MSS without SYN", BROKEN, SURE, _without_syn(lambda segment: segment.mss is not None)),
    Misuse("a window scale without SYN", BROKEN, SURE, _without_syn(_has_scale)),
    Misuse("SACK-permitted without SYN", BROKEN, SURE, _without_syn(_permits_sack)),
    Misuse(
        f"a window scale above {LARGEST_SHIFT}", BROKEN, SURE, lambda segment, _: (segment.wscale or 0) > LARGEST_SHIFT
    ),
    Misuse("an option of a wrong length", BROKEN, SURE, _faulty(WRONG_LENGTH)),
    Misuse("options that run past the header", BROKEN, SURE, _faulty(options.OVERRUN, on_syns=True)),
    Misuse("an option twice", ODD, SURE, _faulty(options.TWICE)),
    Misuse("a window scale that no SYN offered", BROKEN, LIKELY, _unoffered(_has_scale, _has_scale)),
    Misuse("SACK-permitted that no SYN offered", Level.NOTE, LIKELY, _unoffered(_permits_sack, _permits_sack)),
    Misuse(
        "ECN that no SYN offered",
        ODD,
        LIKELY,
        _unoffered(lambda answer: answer.flags & ALL_ECN == ECE, lambda syn: bool(syn.flags & ALL_ECN)),
    ),
    Misuse(
        "both ECN flags in a SYN-ACK",
        ODD,
        LIKELY,
        _unoffered(lambda answer: answer.flags & ECN == ECN, lambda syn: bool(syn.flags & AE)),
    ),
)
"""Where a SYN has AE, ECN's flags say something else: RFC 9768."""


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's misused options."""
    for endpoint in Endpoint:
        answers = endpoint is Endpoint.RESPONDER and not opening_syns(subject, endpoint)
        syns = opening_syns(subject, endpoint.peer) if answers else []
        found: dict[Misuse, list[int]] = {}
        for segment in subject.by(endpoint):
            for misuse in MISUSES:
                if misuse.applies(segment, syns if segment.is_syn_ack else []):
                    found.setdefault(misuse, []).append(segment.frame)
        if found:
            where = "; ".join(f"{misuse.words} in frame {_list(frames)}" for misuse, frames in found.items())
            yield Match(
                frames=tuple(sorted({frame for frames in found.values() for frame in frames}))[:SHOWN],
                endpoint=endpoint,
                level=max(found, key=_gravity).level,
                confidence=max(found, key=_gravity).confidence,
                message=f"The {endpoint.name.lower()} sent {where}.",
            )


def _gravity(misuse: Misuse) -> tuple[int, int]:
    return misuse.level, misuse.confidence


def _list(frames: list[int]) -> str:
    return f"{frames[0]}" if len(frames) == 1 else f"{frames[0]} and {len(frames) - 1} more"


HAS_SCALE = pl.col("wscale").is_not_null()
MISUSED = (
    (~any_of(SYN) & (HAS_SCALE | pl.col("mss").is_not_null() | pl.col("sack_permitted")))
    | (pl.col("wscale") > LARGEST_SHIFT)
    | (pl.col("option_faults") & (WRONG_LENGTH | options.OVERRUN | options.TWICE) != 0)
    | (IS_SYN_ACK & all_of(ECE, CWR))
)


def screen(shard: Shard) -> BoolArray:
    """Mark connections with an option that is misused in itself, or in a SYN-ACK and in no SYN."""
    found = shard.some(MISUSED)
    is_opening, is_answer = shard.has(SYN) & ~shard.has(RST), shard.has(ACK)
    has_scale, permits_sack = shard.is_known("wscale"), shard.where(pl.col("sack_permitted"))
    for accepts, offers in (
        (has_scale, has_scale),
        (permits_sack, permits_sack),
        (shard.has(ECE), shard.has(ALL_ECN)),
    ):
        accepted, offered = shard.having(is_opening & is_answer & accepts), is_opening & ~is_answer & offers
        found |= accepted & ~shard.having(offered)
    return found


RULE = Rule(
    id="hs-option-misuse",
    level=Level.VIOLATION,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.2", "RFC 7323 §2.2", "RFC 2018 §2", "RFC 3168 §6.1.1"),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
