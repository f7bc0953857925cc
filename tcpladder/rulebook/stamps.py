"""Which endpoint offered timestamps, and which values it sent: what the rules about RFC 7323 ask of a connection."""

import enum
from collections.abc import Sequence

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.packets.options import TSOPT
from tcpladder.rulebook.rule import any_of
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.tcp.states import Endpoint

SHOWN = 10
"""How many frames of one kind a finding names."""

TAG = "ts-problem"


class Offer(enum.Enum):
    """Whether an endpoint's SYNs carry the timestamp option (RFC 7323 §3.2); SYN-ACKs are SYNs here."""

    ALWAYS = enum.auto()
    SOMETIMES = enum.auto()  # a repeated SYN differs from the first
    NEVER = enum.auto()
    UNKNOWN = enum.auto()  # no SYN was captured, or not with all of its options


def offer(subject: Subject, endpoint: Endpoint) -> Offer:
    """Tell whether an endpoint offered timestamps."""
    syns = subject.syns(endpoint)
    if not syns or any(not has_option(syn) and syn.is_header_cut for syn in syns):
        return Offer.UNKNOWN
    offering = [has_option(syn) for syn in syns]
    return Offer.ALWAYS if all(offering) else Offer.SOMETIMES if any(offering) else Offer.NEVER


def is_negotiated(subject: Subject) -> bool:
    """Tell whether both endpoints surely use timestamps: every SYN of theirs was captured with the option."""
    return all(offer(subject, endpoint) is Offer.ALWAYS for endpoint in Endpoint)


def has_option(segment: Segment) -> bool:
    """Tell whether a segment has the timestamp option, be it malformed."""
    return segment.tsval is not None or bool((segment.option_kinds or 0) >> TSOPT & 1)


def lacks_option(segment: Segment) -> bool:
    """Tell whether a segment surely has no timestamp option."""
    return not has_option(segment) and not segment.is_header_cut


def after_handshake(subject: Subject) -> list[Segment]:
    """Give what was captured after both endpoints' first SYNs, without SYNs and RSTs.

    An ACK between SYN and SYN-ACK belongs to an older connection between the same ports (RFC 9293 §3.5.1).
    """
    openings = [subject.syns(endpoint) for endpoint in Endpoint]
    if not all(openings):
        return []
    start = max(found[0].row for found in openings)
    return [s for s in subject.segments if s.row > start and not s.flags & (SYN | RST)]


def samples(subject: Subject, endpoint: Endpoint) -> list[Segment]:
    """Give the segments that an endpoint's clock stamped: RSTs and SYN-ACKs may be stamped by no clock at all.

    A SYN-ACK that answers for many, or carries a SYN cookie, has a made-up TSval (RFC 4987 §3.6).
    """
    return [s for s in subject.by(endpoint) if s.tsval is not None and not s.is_rst and not s.is_syn_ack]


def answered(subject: Subject, syn_ack: Segment) -> list[Segment]:
    """Give the SYNs that a SYN-ACK may answer: its acknowledgment covers them, and nothing beyond.

    Those that were captured after it are left out, unless there is no other.
    """
    ack = syn_ack.ack or 0
    syns = [syn for syn in subject.syns(syn_ack.sender.peer) if syn.is_syn and syn.seq < ack <= syn.end]
    return [syn for syn in syns if syn.row < syn_ack.row] or syns


def frames(segments: Sequence[Segment]) -> tuple[int, ...]:
    """Give the frame numbers that a finding names."""
    return tuple(segment.frame for segment in segments[:SHOWN])


def times(count: int, thing: str) -> str:
    """Count things, as in `1 SYN-ACK` and `2 SYN-ACKs`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


IS_OPENING = any_of(SYN) & ~any_of(RST)
IS_SYN = IS_OPENING & ~any_of(ACK)
IS_SYN_ACK = IS_OPENING & any_of(ACK)
