"""Sequence numbers and windows as people read them: relative to the ISNs, in bytes.

Columnar over all connections at once: segments are sorted by connection, then frame. One connection is a case of that.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.sequence import MODULUS, distance, unwrap
from tcpladder.tcp.lookback import Lookback, begins

Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LENGTHS = ("captured_length", "wire_length", "payload_length")
LARGEST_SHIFT = 14  # RFC 7323 §2.3: a larger shift count is taken for 14


def connection_starts(segments: pl.DataFrame) -> BoolArray:
    """Mark the first segment of each connection."""
    return begins(segments["connection"].to_numpy())


def relative_numbers(segments: pl.DataFrame) -> tuple[Int64Array, Int64Array]:
    """Give SEG.SEQ and SEG.ACK relative to the ISNs; int64, shape (n,), not wrapping; 0 for an ACK number without ACK.

    Where a direction's SYN was not captured its first number is taken for 1, as Wireshark does. A listener whose
    SYN-ACK was refused may choose another ISN for the next one, from which its numbers count from then on.
    """
    seq, ack, flags = (integers(segments, name) for name in ("seq", "ack", "flags"))
    from_initiator = segments["from_initiator"].to_numpy()
    has_ack = (flags & ACK) != 0
    relative_seq, relative_ack = np.zeros(len(seq), np.int64), np.zeros(len(seq), np.int64)
    if not len(seq):
        return relative_seq, relative_ack
    starts = connection_starts(segments)
    for sender in (from_initiator, ~from_initiator):
        back = Lookback(_isn_starts(starts, sender, flags, seq))
        acknowledging = ~sender & has_ack
        base = _bases(
            seq,
            ack,
            first_syn=back.earliest(sender & ((flags & SYN) != 0)),
            first_sent=back.earliest(sender),
            first_acked=back.earliest(acknowledging),
        )
        for relative, raw, mask in ((relative_seq, seq, sender), (relative_ack, ack, acknowledging)):
            rows = np.flatnonzero(mask)
            is_first = begins(back.connection[rows])
            first = np.flatnonzero(is_first)
            number = raw[rows[first]]
            offset = distance(base[back.connection[rows[first]]], number) - number
            relative[rows] = unwrap(raw[rows], is_first) + np.repeat(offset, np.diff(first, append=len(rows)))
    return relative_seq, relative_ack


def _isn_starts(starts: BoolArray, sender: BoolArray, flags: Int64Array, seq: Int64Array) -> BoolArray:
    """Mark where each connection starts, and where a sender of nothing but SYN-ACKs sends one with another ISN."""
    is_syn_ack = sender & ((flags & (SYN | ACK | RST)) == (SYN | ACK))
    syn_acks = np.flatnonzero(is_syn_ack)
    if not len(syn_acks):
        return starts
    back = Lookback(starts)
    others = syn_acks[begins(seq[syn_acks]) & ~begins(back.connection[syn_acks])]
    if not len(others):
        return starts
    has_spoken = back.before_rows(others, sender & ~is_syn_ack & ((flags & RST) == 0)) >= 0
    also = starts.copy()
    also[others[~has_spoken]] = True
    return also


def _bases(
    seq: Int64Array, ack: Int64Array, *, first_syn: Int64Array, first_sent: Int64Array, first_acked: Int64Array
) -> Int64Array:
    """Give the number that is written as 0 for one direction; one a connection, from the rows that tell it."""
    none = len(seq)
    syn_seq, sent_seq, acked = (
        numbers[np.minimum(rows, none - 1)]
        for numbers, rows in ((seq, first_syn), (seq, first_sent), (ack, first_acked))
    )
    joined_late = np.where(first_acked < first_sent, acked - 1, np.where(first_sent < none, sent_seq - 1, 0))
    bases: Int64Array = np.where(first_syn < none, syn_seq, joined_late) % MODULUS
    return bases


def integers(segments: pl.DataFrame, column: str) -> Int64Array:
    """Take a column as int64, 0 where it is null."""
    values = segments[column].cast(pl.Int64)
    return (values.fill_null(0) if values.null_count() else values).to_numpy()


def scaled_windows(segments: pl.DataFrame) -> tuple[Int64Array, BoolArray]:
    """Give the window that each segment offers, in bytes (RFC 7323 §2.2 and §2.3), and whether that is certain.

    Both are of shape (n,). A SYN's window is never scaled; others are when both SYNs have the option. It is certain
    where both SYNs were captured with all of their options. Elsewhere windows are raw.
    """
    window = integers(segments, "window")
    if not len(window):
        return window, np.empty(0, np.bool_)
    back = Lookback(connection_starts(segments))
    is_syn = (integers(segments, "flags") & SYN) != 0
    from_initiator = segments["from_initiator"].to_numpy()
    (shift, is_known), (peer_shift, is_peer_known) = (
        _offered_shifts(segments, back.earliest(is_syn & sender)) for sender in (from_initiator, ~from_initiator)
    )
    is_scaled = (shift >= 0) & (peer_shift >= 0)
    shifts = (back.spread(np.where(is_scaled, each, 0)) for each in (shift, peer_shift))
    return window << np.where(is_syn, 0, np.where(from_initiator, *shifts)), back.spread(is_known & is_peer_known)


def window_shifts(syns: pl.DataFrame) -> tuple[int, int]:
    """Give how far the initiator's and the responder's windows are shifted in one connection, from all of its SYNs."""
    from_initiator = syns["from_initiator"].to_numpy()
    shifts = []
    for sender in (from_initiator, ~from_initiator):
        rows = np.flatnonzero(sender)[:1]
        shifts.append(int(_offered_shifts(syns, rows)[0][0]) if len(rows) else -1)
    return (shifts[0], shifts[1]) if min(shifts) >= 0 else (0, 0)


def _offered_shifts(segments: pl.DataFrame, first_syn: Int64Array) -> tuple[Int64Array, BoolArray]:
    """Give what the first SYN of each connection offers, -1 without the option, and whether that can be told."""
    is_captured = first_syn < len(segments)
    syns = segments.select("wscale", *LENGTHS)[np.minimum(first_syn, len(segments) - 1)]
    offered = syns["wscale"].cast(pl.Int64).fill_null(-1).to_numpy()
    shift = np.where(is_captured, np.minimum(offered, LARGEST_SHIFT), -1)
    return shift, is_captured & ((offered >= 0) | ~has_cut_header(syns))


def has_cut_header(segments: pl.DataFrame) -> BoolArray:
    """Tell for each segment whether the snap length may have cut its TCP options."""
    captured, wire, payload = (segments[name].cast(pl.Int64) for name in LENGTHS)
    return (captured < wire - payload).fill_null(value=False).to_numpy()


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
