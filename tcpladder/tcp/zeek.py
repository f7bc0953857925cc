"""What Zeek would write into its `conn.log` about a connection: `conn_state`, and the letters of `history`.

Zeek's documentation of `Conn::Info` explains both; this tells them for whom nothing but a capture is at hand.
The originator is our initiator, upper case in a history, the responder lower case:

| letter | stands for | again |
| --- | --- | --- |
| s h f r | SYN, SYN-ACK, FIN, RST | at another sequence number than the last |
| a d | pure acknowledgment, payload | never |
| i q | FIN and RST at once, SYN with FIN or RST | never |
| c t w g | bad checksum, payload sent again, zero window, bytes missing | the 10th, 100th, … time |
| ^ | the responder was captured first | never |

Checksums that an anonymizer or the like spoilt are passed over, as Zeek does when told to (`-C`).

Zeek also ends a connection after some time of silence, and logs what follows as another; here one stays one.

Each segment has a code (`zeek_progress`). Those that can change anything are a connection's shape, and each distinct
shape goes through Zeek's state machine once. What counts would make shapes long and all different. So the machine
first goes through the shape without it, which tells where it counts; then all of it is counted at once, and only what
is to be written takes its place in the shape.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar, TypeVarTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.checksums import BAD, GOOD
from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.tcp.lookback import NONE
from tcpladder.tcp.numbers import LENGTHS, BoolArray, Int64Array, connection_starts, has_cut_header
from tcpladder.tcp.zeek_gaps import gap_counts
from tcpladder.tcp.zeek_progress import (
    BAD_CHECKSUM,
    CONTROL,
    COUNTS_MISSING,
    COUNTS_RESENT,
    COUNTS_ZERO_WINDOW,
    DATA,
    ELSEWHERE,
    FROM_RESPONDER,
    MISSING,
    RESENT,
    ZERO_WINDOW,
    counting,
    judged,
)

Codes = npt.NDArray[np.uint32]
SourceIds = npt.NDArray[np.uint32]
Told = TypeVar("Told")
Key = TypeVarTuple("Key")

FLAGS = CONTROL | ACK
UNCOUNTED = np.uint32(RESENT - 1)  # the bits of a code that do not count
PLAIN = FROM_RESPONDER | ACK | DATA
PLAIN_KINDS = tuple(kind for kind in range(PLAIN + 1) if kind & PLAIN == kind)
OTHER = 0xFF  # no plain kind
KINDS = CONTROL + 1
MOST_MISSING = (1 << 15) - 1
COUNTED_AT_ONCE = 1 << 18  # segments: what is worked out of all of them at once would double the memory that they take
POWERS = 10 ** np.arange(19)  # what counts is written the 1st, 10th, 100th, … time

ZEEK: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),
    "conn_state": pl.String(),  # one of Zeek's thirteen, such as SF
    "history": pl.String(),  # such as ShADadFf
}
"""The columns of what `zeek` gives."""

LONGEST_REMEMBERED = 1 << 8  # bytes of a shape; only a connection with much trouble has a longer one
MOST_REMEMBERED = 1 << 14  # shapes


def zeek(tracked: pl.DataFrame, spoilt: SourceIds | None = None) -> pl.DataFrame:
    """Give the ZEEK columns, one row a connection, in order of its number.

    `tracked` is a segment table with TRACKED columns, sorted by connection, then frame. Where it is a part of a
    capture, `spoilt` is what `spoilt_sources` gives of the whole.
    """
    is_cut = tracked["is_header_cut"]
    rows = tracked.filter(~is_cut) if is_cut.any() else tracked  # Zeek passes over cut headers
    starts = connection_starts(rows)
    codes = _codes(rows, starts, spoilt_sources(tracked) if spoilt is None else spoilt)
    is_decisive = _is_decisive(codes, starts)
    codes = _with_what_counts(codes, starts, is_decisive)
    shapes = _shapes(codes, starts, is_decisive | (codes > UNCOUNTED))
    places: dict[tuple[bytes, bool], int] = {}
    shape_of = [
        places.setdefault(shape, len(places)) for shape in zip(shapes, _emptiness(rows, starts).tolist(), strict=True)
    ]
    told = [_judged(*shape) for shape in places]
    columns = {
        "connection": rows["connection"].to_numpy()[starts],
        "conn_state": pl.Series([conn_state for conn_state, _ in told], dtype=pl.String).gather(shape_of),
        "history": pl.Series([history for _, history in told], dtype=pl.String).gather(shape_of),
    }
    found = pl.DataFrame(columns, schema=ZEEK)
    if rows is tracked:
        return found
    connections = tracked.select("connection").filter(pl.Series(connection_starts(tracked)))
    return connections.join(found, on="connection", how="left", maintain_order="left").with_columns(
        pl.col("conn_state").fill_null("OTH"), pl.col("history").fill_null("")
    )


def spoilt_sources(captured: pl.DataFrame) -> SourceIds:
    """Give the ids of the sources whose checksums were spoilt on purpose: some are bad, and no more than these good.

    `captured` is a segment table in any order. Segments with cut headers do not count, as everywhere here.
    """
    counts: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64), np.zeros(0, np.int64)]
    if (captured["checksum_status"] == BAD).any():
        for part in captured.select("source", "checksum_status", *LENGTHS).iter_slices(COUNTED_AT_ONCE):
            is_counted = ~has_cut_header(part)
            for at, verdict in enumerate((BAD, GOOD)):
                has_verdict = (part["checksum_status"] == verdict).fill_null(value=False).to_numpy()
                counts[at] = _summed(counts[at], np.bincount(part["source"].to_numpy()[is_counted & has_verdict]))
    bad = counts[0]
    good = _summed(counts[1], np.zeros(len(bad), np.int64))[: len(bad)]
    return np.flatnonzero((bad > 0) & (bad >= good)).astype(np.uint32)


def _summed(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Add two lists of counts; the shorter one goes on with zeros."""
    total = np.zeros(max(len(first), len(second)), np.int64)
    total[: len(first)] += first
    total[: len(second)] += second
    return total


def _codes(rows: pl.DataFrame, starts: BoolArray, spoilt: SourceIds) -> Codes:
    """Give of each segment all that matters to Zeek, but for its place."""
    flags, payload, end = (rows[name].to_numpy() for name in ("flags", "payload_length", "end_relative"))
    is_syn, is_rst, has_data = (flags & SYN) != 0, (flags & RST) != 0, payload > 0
    # An RST occupies nothing.
    is_old = np.where(is_rst, end - payload, end) <= rows["snd_nxt"].fill_null(NONE).to_numpy()
    bits = {
        FROM_RESPONDER: ~rows["from_initiator"].to_numpy(),
        DATA: has_data,
        ELSEWHERE: _is_elsewhere(rows, starts),
        RESENT: has_data & (is_syn | is_old),
        ZERO_WINDOW: (rows["window"].to_numpy() == 0) & ~is_rst,
        BAD_CHECKSUM: _is_damaged(rows, spoilt),
    }
    codes = (flags & FLAGS).astype(np.uint32)
    for bit, where in bits.items():
        codes |= where * np.uint32(bit)
    codes += np.minimum(gap_counts(rows), MOST_MISSING).astype(np.uint32) * np.uint32(MISSING)
    return codes


def _is_elsewhere(rows: pl.DataFrame, starts: BoolArray) -> BoolArray:
    """Mark a SYN, FIN, RST or a mixture of them that is not where its sender's last of the same kind was."""
    kinds = rows["flags"].to_numpy() & CONTROL
    found = np.flatnonzero(kinds)
    kind, connection = kinds[found], np.cumsum(starts)[found]
    # A FIN is where the payload ends.
    place = rows["seq_relative"].to_numpy()[found] + np.where(kind == FIN, rows["payload_length"].to_numpy()[found], 0)
    series = (connection * 2 + rows["from_initiator"].to_numpy()[found]) * KINDS + kind
    order = np.argsort(series, kind="stable")
    is_moved = (np.diff(series[order]) == 0) & (np.diff(place[order]) != 0)
    is_elsewhere = np.zeros(len(rows), np.bool_)
    is_elsewhere[found[order[1:][is_moved]]] = True
    return is_elsewhere


def _is_damaged(rows: pl.DataFrame, spoilt: SourceIds) -> BoolArray:
    """Mark segments with a bad checksum, but for senders whose checksums were spoilt on purpose."""
    is_damaged = (rows["checksum_status"] == BAD).fill_null(value=False).to_numpy().copy()
    if len(spoilt) and is_damaged.any():
        is_damaged[is_damaged] = ~np.isin(rows["source"].to_numpy()[is_damaged], spoilt)
    return is_damaged


def _is_decisive(codes: Codes, starts: BoolArray) -> BoolArray:
    """Mark what can change anything, counts aside: control segments, and between them the first of each plain kind."""
    is_sound = (codes & BAD_CHECKSUM) == 0
    is_decisive: BoolArray = ((codes & CONTROL) != 0) & is_sound
    stretch = np.cumsum(is_decisive | starts)
    kinds = np.where(is_sound & ~is_decisive, codes & PLAIN, OTHER).astype(np.uint8)
    for kind in PLAIN_KINDS:
        rows = np.flatnonzero(kinds == kind)
        is_decisive[rows[np.diff(stretch[rows], prepend=-1) != 0]] = True
    return is_decisive


def _with_what_counts(codes: Codes, starts: BoolArray, is_decisive: BoolArray) -> Codes:
    """Leave in the codes what counts only where it is to be written."""
    rows = np.flatnonzero(codes > UNCOUNTED)
    written = codes & UNCOUNTED
    if not len(rows):
        return written
    masks = b"".join(_counting(shape) for shape in _shapes(written, starts, is_decisive))
    counted = np.frombuffer(masks, np.uint8)
    connection = np.cumsum(starts)[rows] - 1
    after = np.cumsum(is_decisive)[rows] + connection  # each connection has one mask more than decisive segments
    before = after - is_decisive[rows]
    code = codes[rows]
    is_sound = (code & BAD_CHECKSUM) == 0
    for side in (0, 1):
        is_sender = ((code & FROM_RESPONDER) != 0) == bool(side)
        resends = is_sound & is_sender & ((counted[before] & COUNTS_RESENT << side) != 0)
        closes = is_sound & is_sender & ((counted[before] & COUNTS_ZERO_WINDOW << side) != 0)
        misses = is_sound & ~is_sender & ((counted[after] & COUNTS_MISSING) != 0)
        for bit, counts in (
            (RESENT, resends & ((code & RESENT) != 0)),
            (ZERO_WINDOW, closes & ((code & ZERO_WINDOW) != 0)),
            (BAD_CHECKSUM, is_sender & ~is_sound),
            (MISSING, np.where(misses, code // MISSING, 0)),
        ):
            written[rows] |= _letters(connection, counts) * np.uint32(bit)
    return written


def _letters(connection: Int64Array, counts: npt.NDArray[np.integer | np.bool_]) -> npt.NDArray[np.uint32]:
    """Give for each row how many letters are to be written for what it adds to its connection's count."""
    letters = np.zeros(len(counts), np.uint32)
    rows = np.flatnonzero(counts)
    added = counts[rows].astype(np.int64)
    count = np.cumsum(added)
    is_first = np.diff(connection[rows], prepend=-1) != 0
    before = count - added
    count -= before[is_first][np.cumsum(is_first) - 1]
    letters[rows] = np.searchsorted(POWERS, count, "right") - np.searchsorted(POWERS, count - added, "right")
    return letters


def _shapes(codes: Codes, starts: BoolArray, wanted: BoolArray) -> Iterator[bytes]:
    """Give each connection's wanted codes."""
    content = codes[wanted].tobytes()
    before: Int64Array = np.cumsum(wanted) - wanted
    bounds = np.append(before[starts], np.count_nonzero(wanted)) * codes.itemsize
    for start, end in pairwise(bounds.tolist()):
        yield content[start:end]


def _remembering(tell: Callable[[bytes, *Key], Told]) -> Callable[[bytes, *Key], Told]:
    """Keep what was told of short shapes: a few dozen are those of nearly all connections."""
    remembered = lru_cache(maxsize=MOST_REMEMBERED)(tell)

    def told(shape: bytes, *key: *Key) -> Told:
        return remembered(shape, *key) if len(shape) <= LONGEST_REMEMBERED else tell(shape, *key)

    return told


@_remembering
def _judged(shape: bytes, is_empty: bool) -> tuple[str, str]:  # noqa: FBT001 - part of a key
    return judged(np.frombuffer(shape, np.uint32).tolist(), is_empty=is_empty)


@_remembering
def _counting(shape: bytes) -> bytes:
    return counting(np.frombuffer(shape, np.uint32).tolist())


def _emptiness(rows: pl.DataFrame, starts: BoolArray) -> BoolArray:
    """Tell of each connection whether neither side sent or was acknowledged a byte, as far as numbers tell."""
    firsts = np.flatnonzero(starts)
    is_empty = np.ones(len(firsts), np.bool_)
    if not len(firsts):
        return is_empty
    flags, from_initiator = rows["flags"].to_numpy(), rows["from_initiator"].to_numpy()
    end, ack = rows["end_relative"].to_numpy(), rows["ack_relative"].fill_null(NONE).to_numpy()
    is_rst, is_fin = (flags & RST) != 0, (flags & FIN) != 0
    for is_sender in (from_initiator, ~from_initiator):
        reach = np.where(is_sender, end, ack)
        reach[is_rst] = NONE
        extent = np.maximum.reduceat(reach, firsts)
        has_fin = np.logical_or.reduceat(is_fin & is_sender, firsts)
        is_empty &= np.where(extent == NONE, 0, extent - 1) - has_fin <= 0
    return is_empty
