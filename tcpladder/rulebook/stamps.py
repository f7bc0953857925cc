"""Which endpoint offered timestamps, and which values it sent: what the rules about RFC 7323 ask of a connection."""

import enum
from collections.abc import Sequence

import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.packets.options import TSOPT
from tcpladder.rulebook.rule import any_of
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.sequence import HALF, MODULUS
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
HAS_STAMP = pl.col("tsval").is_not_null()


def _offered(is_sender: pl.Expr) -> pl.Expr:
    return (IS_OPENING & HAS_STAMP & is_sender).any().over("connection")


OFFERED_BY_INITIATOR = _offered(pl.col("from_initiator"))
OFFERED_BY_RESPONDER = _offered(~pl.col("from_initiator"))
NEGOTIATED = OFFERED_BY_INITIATOR & OFFERED_BY_RESPONDER
"""For screens: some SYN of either endpoint carries the option."""


IS_SAMPLE = HAS_STAMP & ~any_of(RST) & ~IS_SYN_ACK & ~pl.col("is_duplicate")
"""For screens: what `samples` gives."""

STEP = (pl.col("tsval").cast(pl.Int64).filter(IS_SAMPLE).diff().fill_null(0) + HALF) % MODULUS - HALF
"""For screens: ticks from sample to sample of one endpoint; to be summed up over `OF_ENDPOINT`."""

OF_ENDPOINT = ("connection", "from_initiator")


def _lowest_echoed(rows: pl.Series) -> pl.Series:
    table = rows.struct.unnest()
    owner = pl.col("connection").cast(pl.UInt64) * 2
    sent = table.filter(HAS_STAMP).select(
        "seq_relative", key=(owner + pl.col("from_initiator")) * 2**32 + pl.col("tsval")
    )
    lowest = sent.group_by("key").agg(pl.col("seq_relative").min())
    echoed = table.select(key=(owner + ~pl.col("from_initiator")) * 2**32 + pl.col("tsecr"))
    return echoed.join(lowest, on="key", how="left", maintain_order="left")["seq_relative"]


LOWEST_ECHOED = pl.struct("connection", "from_initiator", "tsval", "tsecr", "seq_relative").map_batches(
    _lowest_echoed, return_dtype=pl.Int64
)
"""For screens: the lowest number of the other endpoint's segments that carry TSecr as their TSval; null without any."""

IS_ECHOING = any_of(ACK) & ~any_of(SYN, RST) & pl.col("tsecr").is_not_null()
ECHOES_UNSENT = IS_ECHOING & LOWEST_ECHOED.is_null()
"""For screens: TSecr is no TSval that was captured anywhere in the connection from the other endpoint."""
