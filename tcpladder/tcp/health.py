"""What is to be known about a capture before anything in it is believed: what it lacks, and what it shows otherwise.

A healthy capture has no notes. Each is one sentence, with the first frames that show it.
"""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from tcpladder.packets.checksums import BAD, LEFT_TO_CARD
from tcpladder.packets.flags import ACK, RESERVED, RST, SYN
from tcpladder.packets.options import FAULTS, fault_words
from tcpladder.tcp.labels import Label, labels

SHOWN_FRAMES = 5
SHOWN_ADDRESSES = 2
LARGEST_PAYLOAD = 9000
"""Bytes; where no MSS is known, more than that is taken for several segments: jumbo frames carry no more."""

SMALLEST_MSS = 536
"""RFC 9293 §3.7.1: what every host takes."""

SPOILT = 3
"""Wrong checksums from one address, and half of all there: no damage on the way is that thorough."""

UNANSWERED = 20
"""Segments that nobody sends without an acknowledgment: twice the initial window of RFC 6928."""


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
class HealthNote:
    """One thing to know about the capture.

    `count` is of what the sentence counts: segments, connections, or steps back in time. `frames` are the first of
    them, five at most; of a connection its first frame. `connections` are the numbers of all that are concerned.
    """

    kind: HealthKind
    sentence: str
    count: int
    frames: tuple[int, ...]
    connections: tuple[int, ...]


_SENTENCES = {
    HealthKind.SEGMENTS_MISSING: "Data is acknowledged in {segments} that was never captured: segments are missing.",
    HealthKind.ONE_DIRECTION: "Only one direction of {connections} was captured: what the other side sent is unknown.",
    HealthKind.JOINED_LATE: "The SYNs of {connections} were not captured: ISNs, window scale and options are unknown.",
    HealthKind.OPTIONS_CUT: "The snap length cut the TCP options of {segments}: they are unknown, not absent.",
    HealthKind.TIMES: "Times run backwards {times}, first at frame {first}; frames are in file order.",
    HealthKind.CAPTURED_TWICE: "The same packet was captured again in {segments}: each packet counts once.",
    HealthKind.OFFLOADED: (
        "The payload of {segments} is larger than the MSS: the capturing host's network card splits or joins segments, "
        "and those on the wire were smaller."
    ),
    HealthKind.CHECKSUMS_OFFLOADED: (
        "Checksums are wrong in {segments} from {addresses}: captured there, before the network card filled them in."
    ),
    HealthKind.CHECKSUMS_SPOILT: (
        "Checksums are wrong in {segments}, in both directions: both ends are on the capturing host, or the capture "
        "was altered afterwards."
    ),
    HealthKind.CHECKSUMS_WRONG: (
        "Checksums are wrong in {segments} from {addresses}: damaged on the way and ignored where they arrived, unless "
        "the capture was altered afterwards."
    ),
    HealthKind.OPTIONS_MALFORMED: "TCP options are malformed in {segments}: {faults}.",
    HealthKind.PORT_ZERO: "Port 0, which no service can have, is used in {segments}.",
    HealthKind.RESERVED_BITS: "Reserved header bits are set in {segments} (RFC 9293 §3.1).",
}

_IS_SYN, _IS_RST, _HAS_ACK = (pl.col("flags") & bit != 0 for bit in (SYN, RST, ACK))
_IS_SPEECH = _HAS_ACK & ~_IS_RST

_SEGMENTS = {
    # A SYN on a connection that its responder still has is answered with that one's numbers (RFC 9293 §3.10.7.4),
    # and a connection joined late may begin with a keep-alive, whose number is one below what is acknowledged.
    HealthKind.SEGMENTS_MISSING: (pl.col("label") & Label.ACKED_UNSEEN_SEGMENT != 0)
    & (pl.col("ack_relative") > 1)
    & (pl.col("snd_nxt").is_not_null() | (pl.col("peer_nxt") > 1))
    & (pl.col("has_syn") | (pl.col("ack_relative") != pl.col("peer_nxt") + 1)),
    HealthKind.OPTIONS_CUT: pl.col("is_header_cut") & pl.col("option_faults").is_null(),
    # Two segments that arrive at a closed port are answered by two equal RSTs.
    HealthKind.CAPTURED_TWICE: pl.col("is_duplicate") & ~_IS_RST,
    HealthKind.OFFLOADED: pl.col("is_joined"),
    HealthKind.CHECKSUMS_OFFLOADED: pl.col("is_bad") & pl.col("is_spoilt") & ~pl.col("is_mutual"),
    HealthKind.CHECKSUMS_SPOILT: pl.col("is_bad") & pl.col("is_spoilt") & pl.col("is_mutual"),
    HealthKind.CHECKSUMS_WRONG: pl.col("is_bad") & ~pl.col("is_spoilt"),
    HealthKind.OPTIONS_MALFORMED: pl.col("option_faults") != 0,
    HealthKind.PORT_ZERO: (pl.col("source_port") == 0) | (pl.col("destination_port") == 0),
    HealthKind.RESERVED_BITS: pl.col("flags") & RESERVED != 0,
}
"""Which segments a note is about, in a table as `_examined` gives it."""

_CONNECTIONS = {
    # Who has numbers to acknowledge has heard the other side. A lone SYN, or one ACK that probes, may have no answer.
    HealthKind.ONE_DIRECTION: (pl.col("from_initiator").n_unique() == 1)
    & (
        (_IS_SYN & _HAS_ACK).any()
        | (_IS_SYN.any() & (_IS_SPEECH & ~_IS_SYN).any())
        | (pl.col("ack").filter(_IS_SPEECH).n_unique() > 1)
        | (pl.col("seq").filter(_IS_SPEECH).n_unique() > UNANSWERED)
    ),
    # A lone ACK or FIN may be a probe for an open port.
    HealthKind.JOINED_LATE: ~_IS_SYN.any() & (_IS_SPEECH.sum() > 1),
}
"""Which connections a note is about: of their segments, each captured once."""


def health(tracked: pl.DataFrame, address: Callable[[int], str]) -> tuple[HealthNote, ...]:
    """Give the notes, those first that take most from what can be said of the connections.

    `tracked` has the columns of `tracking.TRACKED`, sorted by connection, then frame; `labels` are computed where they
    are missing. `address` writes an address id of its `source`.
    """
    if tracked.is_empty():
        return ()
    examined = _examined(tracked)
    found = {note.kind: note for note in (*_of_segments(examined, address), *_of_connections(examined))}
    return tuple(found[kind] for kind in HealthKind if kind in found)


def _examined(tracked: pl.DataFrame) -> pl.DataFrame:
    """Add, in frame order, what the notes on segments ask for."""
    table = tracked.with_columns(label=tracked["labels"] if "labels" in tracked.columns else labels(tracked))
    is_first = ~pl.col("is_duplicate")
    offer = pl.col("mss").filter(_IS_SYN & pl.col("from_initiator")).max().over("connection")
    answer = pl.col("mss").filter(_IS_SYN & ~pl.col("from_initiator")).max().over("connection")
    largest = pl.when("from_initiator").then(answer).otherwise(offer).cast(pl.UInt32)
    limit = pl.when(largest.is_null()).then(LARGEST_PAYLOAD).otherwise(largest.clip(SMALLEST_MSS))
    is_bad = (pl.col("checksum_status") == BAD).fill_null(value=False)
    table = table.with_columns(is_joined=is_first & (pl.col("payload_length") > limit))
    # Cards that join segments leave their checksums as they are.
    table = table.with_columns(is_bad=is_bad & ~pl.col("is_joined"))
    is_left = (pl.col("checksum_status") == LEFT_TO_CARD).any()
    bad = pl.col("is_bad").sum()
    is_mostly_bad = (bad >= SPOILT) & (bad * 2 >= pl.col("checksum_status").count())
    table = table.with_columns(
        is_spoilt=(is_left | is_mostly_bad).over("source"), has_syn=_IS_SYN.any().over("connection")
    )
    spoils = pl.col("is_bad") & pl.col("is_spoilt")
    is_mutual = (spoils & pl.col("from_initiator")).any() & (spoils & ~pl.col("from_initiator")).any()
    return table.with_columns(is_mutual=is_mutual.over("connection")).sort("frame")


def _of_segments(examined: pl.DataFrame, address: Callable[[int], str]) -> Iterator[HealthNote]:
    counts = {kind: ~pl.col("is_duplicate") for kind in _SEGMENTS} | {HealthKind.CAPTURED_TWICE: pl.lit(value=True)}
    where = examined.select((applies & counts[kind]).alias(kind) for kind, applies in _SEGMENTS.items())
    for kind in _SEGMENTS:
        rows = examined.filter(where[kind])
        if len(rows):
            words = {"addresses": _written(rows["source"], address), "faults": _faults(rows["option_faults"])}
            yield _note(kind, rows, segments=_counted(len(rows), "segment"), **words)
    back = examined.filter(pl.col("time").diff() < 0)
    if len(back):
        times = "once" if len(back) == 1 else f"{len(back)} times"
        yield _note(HealthKind.TIMES, back, times=times, first=back["frame"][0])


def _of_connections(examined: pl.DataFrame) -> Iterator[HealthNote]:
    told = (
        examined.filter(~pl.col("is_duplicate"))
        .group_by("connection")
        .agg(pl.col("frame").first(), *(applies.alias(kind) for kind, applies in _CONNECTIONS.items()))
        .sort("frame")
    )
    for kind in _CONNECTIONS:
        rows = told.filter(pl.col(kind))
        if len(rows):
            yield _note(kind, rows, connections=_counted(len(rows), "connection"))


def _note(kind: HealthKind, rows: pl.DataFrame, **words: object) -> HealthNote:
    return HealthNote(
        kind=kind,
        sentence=_SENTENCES[kind].format(**words),
        count=len(rows),
        frames=tuple(rows["frame"].head(SHOWN_FRAMES)),
        connections=tuple(rows["connection"].unique().sort()),
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _written(sources: pl.Series, address: Callable[[int], str]) -> str:
    ids = sources.unique(maintain_order=True).to_list()
    return " and ".join(map(address, ids)) if len(ids) <= SHOWN_ADDRESSES else f"{len(ids)} addresses"


def _faults(masks: pl.Series) -> str:
    return fault_words(sum(bit for bit in FAULTS if (masks & bit != 0).any()))
