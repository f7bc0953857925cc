"""Sequence numbers and windows as people read them: relative to the ISNs, in bytes.

Columnar over all connections at once: segments are sorted by connection, then frame. One connection is a case of that.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.sequence import MODULUS, distance, unwrap
from tcpladder.tcp.lookback import Lookback

Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LARGEST_SHIFT = 14  # RFC 7323 §2.3: a larger shift count is taken for 14


def connection_starts(segments: pl.DataFrame) -> BoolArray:
    """Mark the first segment of each connection."""
    connection = segments["connection"].to_numpy()
    starts = np.ones(len(connection), np.bool_)
    starts[1:] = connection[1:] != connection[:-1]
    return starts


def relative_numbers(segments: pl.DataFrame) -> tuple[Int64Array, Int64Array]:
    """Give SEG.SEQ and SEG.ACK relative to the ISNs; int64, shape (n,), not wrapping; 0 for an ACK number without ACK.

    Where a direction's SYN was not captured its first number is taken for 1, as Wireshark does. A listener whose
    SYN-ACK was refused may choose another ISN for the next one, from which its numbers count from then on.
    """
    seq, ack, flags = (integers(segments, name) for name in ("seq", "ack", "flags"))
    from_initiator = segments["from_initiator"].to_numpy()
    has_ack = (flags & ACK) != 0
    relative_seq, relative_ack = np.zeros(len(seq), np.int64), np.zeros(len(seq), np.int64)
    for sender in (from_initiator, ~from_initiator):
        starts = _isn_starts(connection_starts(segments), sender, flags, seq)
        connection = np.cumsum(starts) - 1
        acknowledging = ~sender & has_ack
        base = _bases(
            seq,
            ack,
            first_syn=_first_rows(starts, sender & ((flags & SYN) != 0)),
            first_sent=_first_rows(starts, sender),
            first_acked=_first_rows(starts, acknowledging),
        )[connection]
        for relative, raw, mask in ((relative_seq, seq, sender), (relative_ack, ack, acknowledging)):
            numbers, owner = raw[mask], connection[mask]
            begins = np.ones(len(owner), np.bool_)
            begins[1:] = owner[1:] != owner[:-1]
            first = numbers[begins][np.cumsum(begins) - 1]
            relative[mask] = unwrap(numbers, begins) - first + distance(base[mask], first)
    return relative_seq, relative_ack


def _isn_starts(starts: BoolArray, sender: BoolArray, flags: Int64Array, seq: Int64Array) -> BoolArray:
    """Mark where each connection starts, and where a sender of nothing but SYN-ACKs sends one with another ISN."""
    if not len(starts):
        return starts
    back = Lookback(starts)
    is_syn_ack = sender & ((flags & (SYN | ACK | RST)) == (SYN | ACK))
    earlier = back.before(is_syn_ack)
    has_spoken = back.before(sender & ~is_syn_ack & ((flags & RST) == 0)) >= 0
    begins: BoolArray = starts | (is_syn_ack & (earlier >= 0) & (seq != seq[earlier]) & ~has_spoken)
    return begins


def _bases(
    seq: Int64Array, ack: Int64Array, *, first_syn: Int64Array, first_sent: Int64Array, first_acked: Int64Array
) -> Int64Array:
    """Give the number that is written as 0 for one direction; one a connection, from the rows that tell it."""
    none = len(seq)
    if not none:
        return np.empty(0, np.int64)
    syn_seq, sent_seq, acked = (
        numbers[np.minimum(rows, none - 1)]
        for numbers, rows in ((seq, first_syn), (seq, first_sent), (ack, first_acked))
    )
    joined_late = np.where(first_acked < first_sent, acked - 1, np.where(first_sent < none, sent_seq - 1, 0))
    bases: Int64Array = np.where(first_syn < none, syn_seq, joined_late) % MODULUS
    return bases


def _first_rows(starts: BoolArray, wanted: BoolArray) -> Int64Array:
    """Give each connection's first wanted row, or the number of all rows where it has none."""
    rows: Int64Array = np.where(wanted, np.arange(len(wanted)), len(wanted))
    first: Int64Array = np.minimum.reduceat(rows, np.flatnonzero(starts)) if len(rows) else rows
    return first


def integers(segments: pl.DataFrame, column: str) -> Int64Array:
    """Take a column as int64, 0 where it is null."""
    return segments[column].cast(pl.Int64).fill_null(0).to_numpy()


def scaled_windows(segments: pl.DataFrame) -> tuple[Int64Array, BoolArray]:
    """Give the window that each segment offers, in bytes (RFC 7323 §2.2 and §2.3), and whether that is certain.

    Both are of shape (n,). A SYN's window is never scaled; others are when both SYNs have the option. It is certain
    where both SYNs were captured with all of their options. Elsewhere windows are raw.
    """
    window = integers(segments, "window").copy()
    if not len(window):
        return window, np.empty(0, np.bool_)
    starts = connection_starts(segments)
    connection = np.cumsum(starts) - 1
    is_syn = (integers(segments, "flags") & SYN) != 0
    from_initiator = segments["from_initiator"].to_numpy()
    senders = (from_initiator, ~from_initiator)
    shifts = [_offered_shifts(segments, starts, is_syn & sender) for sender in senders]
    is_scaled = np.logical_and(*(shift >= 0 for shift, _ in shifts))[connection]
    is_known = np.logical_and(*(known for _, known in shifts))[connection]
    for sender, (shift, _) in zip(senders, shifts, strict=True):
        applied = sender & ~is_syn & is_scaled
        window[applied] <<= shift[connection][applied]
    return window, is_known


def _offered_shifts(segments: pl.DataFrame, starts: BoolArray, syns: BoolArray) -> tuple[Int64Array, BoolArray]:
    """Give what the first SYN of each connection offers, -1 without the option, and whether that can be told."""
    rows = _first_rows(starts, syns)
    is_captured = rows < len(syns)
    rows = np.minimum(rows, len(syns) - 1)
    offered = segments["wscale"].cast(pl.Int64).fill_null(-1).to_numpy()[rows]
    shift = np.where(is_captured, np.minimum(offered, LARGEST_SHIFT), -1)
    return shift, is_captured & ((offered >= 0) | ~has_cut_header(segments)[rows])


def has_cut_header(segments: pl.DataFrame) -> BoolArray:
    """Tell for each segment whether the snap length may have cut its TCP options."""
    is_cut = pl.col("captured_length").cast(pl.Int64) < (
        pl.col("wire_length").cast(pl.Int64) - pl.col("payload_length").cast(pl.Int64)
    )
    return segments.select(is_cut.fill_null(value=False)).to_series().to_numpy()


def offered_windows(segments: pl.DataFrame) -> tuple[Int64Array, BoolArray]:
    """Give the window that each segment of one connection offers, in bytes, and whether that is worth telling.

    It is when the window is zero, or twice or half of what the same endpoint offered before. A reset's window says
    nothing.
    """
    window, _ = scaled_windows(segments)
    flags = integers(segments, "flags")
    from_initiator = segments["from_initiator"].to_numpy()
    is_syn, is_reset = (flags & SYN) != 0, (flags & RST) != 0
    is_told = (window == 0) & ((flags & ACK) != 0)
    for sender in (from_initiator, ~from_initiator):
        offers = sender & ~is_reset
        own = window[offers]
        before = np.concatenate([own[:1], own[:-1]])
        is_told[offers] |= (own != before) & ((own >= 2 * before) | (2 * own <= before))
    return window, is_told & ~is_reset & ~is_syn
