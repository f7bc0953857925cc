"""Counts, in a part of a capture, what is to be known before anything in it is believed (`health`).

A part has the segments of whole connections. Whether a source's checksums are wrong by design is not known before all
parts are there: so a tally keeps who sent wrong ones, and how many everybody sent.
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.checksums import BAD, LEFT_TO_CARD
from tcpladder.packets.flags import ACK, RESERVED, RST, SYN
from tcpladder.tcp.labels import Label, labels
from tcpladder.tcp.numbers import BoolArray, Int64Array, connection_starts

Numbers = npt.NDArray[np.uint32]

SHOWN_FRAMES = 5
LARGEST_PAYLOAD = 9000
"""Bytes; where no MSS is known, more than that is taken for several segments: jumbo frames carry no more."""

SMALLEST_MSS = 536
"""RFC 9293 §3.7.1: what every host takes."""

UNANSWERED = 20
"""Segments that nobody sends without an acknowledgment: twice the initial window of RFC 6928."""

SOURCES: dict[str, pl.DataType] = {
    "source": pl.UInt32(),
    "verified": pl.Int64(),  # segments whose checksum is known to be right, wrong, or left to the network card
    "wrong": pl.Int64(),
    "leaves": pl.Boolean(),  # whether any is left to the card
}
"""The checksums of each source that has verified ones."""

SENDERS: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),
    "from_initiator": pl.Boolean(),
    "source": pl.UInt32(),
    "wrong": pl.UInt32(),  # packets, each captured once
    "frames": pl.List(pl.UInt32()),  # the first of them, SHOWN_FRAMES at most
}
"""The endpoints of connections that sent wrong checksums."""


class HealthKind(enum.StrEnum):
    """What a note is about. The values are stable: they appear in JSON output."""

    SEGMENTS_MISSING = "segments-missing"  # acknowledged, and never captured
    ONE_DIRECTION = "one-direction"  # what the other side sent was not captured, and was sent
    JOINED_LATE = "joined-late"  # the handshake was not captured
    OPTIONS_CUT = "options-cut"  # by the snap length
    TIMES = "times"  # they run backwards
    CAPTURED_TWICE = "captured-twice"
    OFFLOADED = "offloaded"  # frames larger than what was on the wire
    CHECKSUMS_OFFLOADED = "checksums-offloaded"  # wrong from one side: its network card was to fill them in
    CHECKSUMS_SPOILT = "checksums-spoilt"  # wrong from both sides
    CHECKSUMS_WRONG = "checksums-wrong"  # some, as by damage on the way
    OPTIONS_MALFORMED = "options-malformed"
    PORT_ZERO = "port-zero"
    RESERVED_BITS = "reserved-bits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What of one kind there is: how often, the first frames, and whose numbers (rising); as in `health.HealthNote`."""

    count: int
    frames: tuple[int, ...]
    connections: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthTally:
    """What is to be noted of a part of a capture; of checksums, what will decide.

    `faults` is the mask of the malformed options' faults (`packets.options`); `sources` and `senders` have the columns
    of SOURCES and SENDERS.
    """

    found: Mapping[HealthKind, Found]
    faults: int = 0
    sources: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SOURCES))
    senders: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SENDERS))


_IS_SYN, _IS_RST, _HAS_ACK = (pl.col("flags") & bit != 0 for bit in (SYN, RST, ACK))
_IS_SPEECH = _HAS_ACK & ~_IS_RST
_IS_PACKET = ~pl.col("is_duplicate")

_SEGMENTS = {
    # A SYN on a connection that its responder still has is answered with that one's numbers (RFC 9293 §3.10.7.4),
    # and a connection joined late may begin with a keep-alive, whose number is one below what is acknowledged.
    HealthKind.SEGMENTS_MISSING: _IS_PACKET
    & (pl.col("label") & Label.ACKED_UNSEEN_SEGMENT != 0)
    & (pl.col("ack_relative") > 1)
    & (pl.col("snd_nxt").is_not_null() | (pl.col("peer_nxt") > 1))
    & (pl.col("has_syn") | (pl.col("ack_relative") != pl.col("peer_nxt") + 1)),
    HealthKind.OPTIONS_CUT: _IS_PACKET & pl.col("is_header_cut") & pl.col("option_faults").is_null(),
    # Two segments that arrive at a closed port are answered by two equal RSTs.
    HealthKind.CAPTURED_TWICE: pl.col("is_duplicate") & ~_IS_RST,
    HealthKind.OFFLOADED: pl.col("is_joined"),
    HealthKind.OPTIONS_MALFORMED: _IS_PACKET & (pl.col("option_faults") != 0),
    HealthKind.PORT_ZERO: _IS_PACKET & ((pl.col("source_port") == 0) | (pl.col("destination_port") == 0)),
    HealthKind.RESERVED_BITS: _IS_PACKET & (pl.col("flags") & RESERVED != 0),
}
"""Which segments a note is about. `label`, `has_syn` (of the connection) and `is_joined` are added by `tally`."""

# Who has numbers to acknowledge has heard the other side. A lone SYN, or one ACK that probes, may have no answer.
_IS_ANSWERED = (
    (_IS_SYN & _HAS_ACK).any()
    | (_IS_SYN.any() & (_IS_SPEECH & ~_IS_SYN).any())
    | (pl.col("ack").filter(_IS_SPEECH).n_unique() > 1)
    | (pl.col("seq").filter(_IS_SPEECH).n_unique() > UNANSWERED)
)
"""Whether who sent the packets of a connection must have had answers."""


def tally(tracked: pl.DataFrame) -> HealthTally:
    """Count what is to be noted of a part of a capture.

    `tracked` has the columns of `tracking.TRACKED`, sorted by connection, then frame; `labels` are computed where they
    are missing.
    """
    if tracked.is_empty():
        return HealthTally(found={})
    starts = connection_starts(tracked)
    firsts = np.flatnonzero(starts)
    is_syn = (tracked["flags"].to_numpy() & SYN) != 0
    has_syn = np.logical_or.reduceat(is_syn, firsts)
    is_joined = _is_joined(tracked, np.cumsum(starts) - 1, is_syn)
    where = tracked.with_columns(
        label=tracked["labels"] if "labels" in tracked.columns else labels(tracked),
        has_syn=_of_rows(has_syn, firsts, len(tracked)),
        is_joined=pl.Series(is_joined),
    ).select(applies.fill_null(value=False).alias(kind) for kind, applies in _SEGMENTS.items())
    places = tracked.select("connection", "frame")
    found = {kind: _found(places.filter(where[kind])) for kind in _SEGMENTS if where[kind].any()}
    for kind, is_such in _of_connections(tracked, firsts, has_syn):
        if is_such.any():
            found[kind] = _found(places[firsts[is_such]])
    faults = tracked["option_faults"].filter(where[HealthKind.OPTIONS_MALFORMED]).to_numpy()
    sources, senders = _checksums(tracked, is_joined)
    return HealthTally(found=found, faults=int(np.bitwise_or.reduce(faults)), sources=sources, senders=senders)


def backwards(segments: pl.DataFrame) -> HealthTally:
    """Count how often times run backwards in a whole capture; `segments` is its table, in frame order."""
    rows = _steps_back(segments["time"])
    if not len(rows):
        return HealthTally(found={})
    return HealthTally(found={HealthKind.TIMES: _found(segments.select("frame", "connection")[rows])})


def _steps_back(time: pl.Series) -> Int64Array:
    """Give the rows at which time is less than in the row before; chunk by chunk, so that it takes little memory."""
    found = []
    row, last = 0, np.iinfo(np.int64).min
    for chunk in time.get_chunks():
        values = chunk.to_numpy()
        found.append(row + 1 + np.flatnonzero(values[1:] < values[:-1]))
        if row and len(values) and values[0] < last:
            found.append(np.array([row]))
        row, last = row + len(values), values[-1] if len(values) else last
    return np.sort(np.concatenate([np.empty(0, np.int64), *found]))


def _found(rows: pl.DataFrame) -> Found:
    """Sum up segments, or first segments of connections."""
    return Found(
        count=len(rows),
        frames=tuple(rows["frame"].bottom_k(SHOWN_FRAMES).sort().to_list()),
        connections=rows["connection"].unique().sort().to_numpy(),
    )


def _of_rows(values: BoolArray, firsts: Int64Array, length: int) -> pl.Series:
    """Give each row what its connection has."""
    return pl.Series(np.repeat(values, np.diff(firsts, append=length)))


def _is_joined(tracked: pl.DataFrame, connection: Int64Array, is_syn: BoolArray) -> BoolArray:
    """Mark packets with more payload than their receiver takes in one segment."""
    payload, from_initiator = tracked["payload_length"].to_numpy(), tracked["from_initiator"].to_numpy()
    mss = tracked["mss"].cast(pl.Int64).fill_null(-1).to_numpy()
    offers = np.flatnonzero(is_syn & (mss >= 0))
    limits = np.full((2, int(connection[-1]) + 1), -1)  # for what the responder sends, and for what the initiator does
    np.maximum.at(limits, (1 - from_initiator[offers], connection[offers]), mss[offers])
    limits = np.where(limits < 0, LARGEST_PAYLOAD, np.maximum(limits, SMALLEST_MSS))
    is_joined: BoolArray = (payload > SMALLEST_MSS) & ~tracked["is_duplicate"].to_numpy()
    large = np.flatnonzero(is_joined)
    is_joined[large] = payload[large] > limits[from_initiator[large].astype(np.int64), connection[large]]
    return is_joined


def _of_connections(
    tracked: pl.DataFrame, firsts: Int64Array, has_syn: BoolArray
) -> Iterator[tuple[HealthKind, BoolArray]]:
    """Tell which connections a note is about."""
    flags, from_initiator = tracked["flags"].to_numpy(), tracked["from_initiator"].to_numpy()
    is_packet = ~tracked["is_duplicate"].to_numpy()
    is_speech = is_packet & ((flags & (ACK | RST)) == ACK)
    # A lone ACK or FIN may be a probe for an open port.
    yield HealthKind.JOINED_LATE, ~has_syn & (np.add.reduceat(is_speech, firsts, dtype=np.int64) > 1)

    is_one_sided = np.logical_and.reduceat(from_initiator, firsts) | ~np.logical_or.reduceat(from_initiator, firsts)
    is_one_sided &= np.logical_or.reduceat((flags & ACK) != 0, firsts)
    if is_one_sided.any():
        rows = tracked.filter(_of_rows(is_one_sided, firsts, len(tracked)) & pl.Series(is_packet))
        told = rows.group_by("connection", maintain_order=True).agg(is_answered=_IS_ANSWERED)
        is_one_sided[is_one_sided] = told["is_answered"].to_numpy()
    yield HealthKind.ONE_DIRECTION, is_one_sided


def _checksums(tracked: pl.DataFrame, is_joined: BoolArray) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give SOURCES and SENDERS. Cards that join segments leave their checksums as they are."""
    status = tracked.select("checksum_status", "source").with_row_index("row").drop_nulls("checksum_status")
    verdict, source = status["checksum_status"].to_numpy(), status["source"].to_numpy()
    if not len(source):
        return pl.DataFrame(schema=SOURCES), pl.DataFrame(schema=SENDERS)
    is_wrong = (verdict == BAD) & ~is_joined[status["row"].to_numpy()]
    lowest = source.min()
    verified = np.bincount(source - lowest)
    wrong, left = (
        np.bincount(source[where] - lowest, minlength=len(verified)) for where in (is_wrong, verdict == LEFT_TO_CARD)
    )
    ids = np.flatnonzero(verified)
    sources = {"source": ids + lowest, "verified": verified[ids], "wrong": wrong[ids], "leaves": left[ids] > 0}
    wrong_rows = status["row"].filter(pl.Series(is_wrong))
    senders = (
        tracked.select("connection", "from_initiator", "source", "frame", "is_duplicate")[wrong_rows]
        .group_by("connection", "from_initiator")
        .agg(
            pl.col("source").first(),
            wrong=_IS_PACKET.sum(),
            frames=pl.col("frame").filter(_IS_PACKET).head(SHOWN_FRAMES),
        )
        .select(pl.col(name).cast(kind) for name, kind in SENDERS.items())
    )
    return pl.DataFrame(sources, schema=SOURCES), senders
