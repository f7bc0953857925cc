"""The SYN-ACK echoes a timestamp that the SYN never carried.

## What it checks
SYN and SYN-ACK have the timestamp option, and TSecr of the SYN-ACK is neither 0 nor any TSval of the initiator's.

## Why it matters
A segment with ACK has to echo a TSval that was received. Linux takes another value for a SYN-ACK of some older
connection: it answers with RST, stays in SYN-SENT and tries again, until it gives up.

## Example
    initiator > responder  SYN tsval=538477964 tsecr=0       !
    initiator < responder  SYN,ACK tsval=0 tsecr=2174718965  !
    initiator > responder  RST seq=1

## Near miss
    # The first SYN is echoed after the second was sent: both are the initiator's.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator > responder  SYN seq=0 tsval=1100 tsecr=0  +1s
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=1120 tsecr=900

## Harmless when
A SYN is missing from the capture: a value that it may have carried counts only where the initiator refuses the SYN-ACK
with RST, and is a deviation then. Between the capture point and the initiator lies a device that translates timestamps
both ways.

## Likely causes
- a firewall, SYN proxy or load balancer makes up the SYN-ACK; TSval 0 in the same SYN-ACK, or IP ID 0, hints at it
- a device translates timestamps in one direction only

## What to try next
Capture on the other side of the device. `nstat -az TcpExtPAWSActive` at a Linux initiator counts these SYN-ACKs.
Switch timestamps off at the initiator as a test, not as a cure: `sysctl net.ipv4.tcp_timestamps=0`.

## References
- RFC 7323 §3.2 (MUST)
"""

from collections.abc import Iterator

import numpy as np

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import has_stamp
from tcpladder.rulebook.stamps import SHOWN, TAG, answered, times
from tcpladder.rulebook.subject import MS, SECOND, Segment, Subject, first
from tcpladder.sequence import MODULUS, distance
from tcpladder.tcp.states import Endpoint

FASTEST = 1_000_000  # ticks a second: the fastest timestamp clock in use
REPEATED_WITHIN = 64 * SECOND  # SYNs that were missed may have been sent so long before
SOONEST_REPEAT = 500 * MS


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYN-ACKs whose echo no SYN explains."""
    for endpoint in Endpoint:
        sent = {s.tsval for s in subject.by(endpoint.peer)}
        suspect = [s for s in subject.syns(endpoint) if s.is_syn_ack and s.tsecr and s.tsecr not in sent]
        pairs = [(syn_ack, answered(subject, syn_ack)) for syn_ack in suspect]
        foreign = [(syn_ack, syns) for syn_ack, syns in pairs if syns and all(syn.tsval is not None for syn in syns)]
        certain = [(syn_ack, syns[-1]) for syn_ack, syns in foreign if not _may_answer_a_missed_syn(syn_ack, syns[0])]
        refused = [(syn_ack, syns[-1]) for syn_ack, syns in foreign if _is_refused(subject, syn_ack)]
        wrong = certain or refused
        if not wrong:
            continue
        syn_ack, syn = wrong[0]
        repeated = f" So do {times(len(wrong) - 1, 'more SYN-ACK')}." if len(wrong) > 1 else ""
        yield Match(
            frames=(syn_ack.frame, syn.frame, *(other.frame for other, _ in wrong[1:SHOWN])),
            endpoint=endpoint,
            level=None if certain else Level.DEVIATION,
            confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
            tags=(TAG,),
            message=f"The SYN-ACK echoes {syn_ack.tsecr}, but the SYN in frame {syn.frame} carried TSval {syn.tsval}, "
            f"{_apart(syn, syn_ack)}" + (", and it is answered with RST." if wrong[0] in refused else ".") + repeated,
        )


def _is_refused(subject: Subject, syn_ack: Segment) -> bool:
    peer = syn_ack.sender.peer
    return (
        first(s for s in subject.after(syn_ack) if s.is_rst and s.sender is peer and s.seq == syn_ack.ack) is not None
    )


def _may_answer_a_missed_syn(syn_ack: Segment, syn: Segment) -> bool:
    """Whether the value may be that of a SYN before or after the captured one, by the fastest clock."""
    ahead, elapsed = distance(syn.tsval or 0, syn_ack.tsecr or 0), syn_ack.time - syn.time
    if ahead < 0:
        return -ahead <= REPEATED_WITHIN * FASTEST // SECOND
    return elapsed >= SOONEST_REPEAT and ahead <= elapsed * FASTEST // SECOND


def _apart(syn: Segment, syn_ack: Segment) -> str:
    ahead = distance(syn.tsval or 0, syn_ack.tsecr or 0)
    return f"which is {abs(ahead)} {'less' if ahead > 0 else 'more'}"


def screen(shard: Shard) -> BoolArray:
    """Mark connections with a SYN-ACK that does not echo the one value of all SYNs."""
    has_syn = shard.has(SYN) & ~shard.has(RST)
    syns = np.flatnonzero(has_syn & ~shard.has(ACK) & shard.once(has_stamp))
    syn_acks = np.flatnonzero(has_syn & shard.has(ACK))
    lowest, highest = np.full(len(shard), MODULUS), np.full(len(shard), -1)
    np.minimum.at(lowest, shard.connection[syns], shard.column("tsval")[syns])
    np.maximum.at(highest, shard.connection[syns], shard.column("tsval")[syns])
    connection, echo = shard.connection[syn_acks], shard.column("tsecr")[syn_acks]
    is_known = (echo == lowest[connection]) & (echo == highest[connection])
    return shard.of(syn_acks[(echo > 0) & ~is_known])


RULE = Rule(
    id="ts-synack-echo-mismatch",
    level=Level.VIOLATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §3.2",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
