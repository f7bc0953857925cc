"""Sequence numbers and windows of one connection as people read them: relative to the ISNs, in bytes."""

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.sequence import MODULUS, distance, unwrap

Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LARGEST_SHIFT = 14  # RFC 7323 §2.3: a larger shift count is taken for 14


def relative_numbers(segments: pl.DataFrame) -> tuple[Int64Array, Int64Array]:
    """Give SEG.SEQ and SEG.ACK of one connection's segments relative to the ISNs; int64, shape (n,), not wrapping.

    Where a direction's SYN was not captured its first number is taken for 1, as Wireshark does.
    """
    seq, ack, flags = (segments[name].cast(pl.Int64).to_numpy() for name in ("seq", "ack", "flags"))
    from_initiator = segments["from_initiator"].to_numpy()
    has_ack = (flags & ACK) != 0
    relative_seq, relative_ack = np.zeros(len(seq), np.int64), np.zeros(len(seq), np.int64)
    for sender in (from_initiator, ~from_initiator):
        acknowledging = ~sender & has_ack
        base = _base(seq, ack, sent=sender, acked=acknowledging, is_syn=(flags & SYN) != 0)
        for relative, raw, mask in ((relative_seq, seq, sender), (relative_ack, ack, acknowledging)):
            numbers = raw[mask]
            if len(numbers):
                relative[mask] = unwrap(numbers) - numbers[0] + distance(base, int(numbers[0]))
    return relative_seq, relative_ack


def _base(seq: Int64Array, ack: Int64Array, *, sent: BoolArray, acked: BoolArray, is_syn: BoolArray) -> int:
    """Give the number that is written as 0 for one direction."""
    syns = np.flatnonzero(sent & is_syn)
    if len(syns):
        return int(seq[syns[0]])
    first_sent, first_acked = np.flatnonzero(sent), np.flatnonzero(acked)
    if len(first_acked) and (not len(first_sent) or first_acked[0] < first_sent[0]):
        return (int(ack[first_acked[0]]) - 1) % MODULUS
    return (int(seq[first_sent[0]]) - 1) % MODULUS if len(first_sent) else 0


def offered_windows(segments: pl.DataFrame) -> tuple[Int64Array, BoolArray]:
    """Give the window that each segment offers, in bytes (RFC 7323 §2.3), and whether that is worth telling.

    It is when the window is zero, or twice or half of what the same endpoint offered before. Without both SYNs the
    shift counts are not known, and windows are raw. A reset's window says nothing.
    """
    window = segments["window"].cast(pl.Int64).fill_null(0).to_numpy().copy()
    flags = segments["flags"].cast(pl.Int64).to_numpy()
    from_initiator = segments["from_initiator"].to_numpy()
    is_syn, is_reset = (flags & SYN) != 0, (flags & RST) != 0
    senders = (from_initiator, ~from_initiator)
    shifts = [_offered_shift(segments["wscale"], is_syn & sender) for sender in senders]
    is_told = (window == 0) & ((flags & ACK) != 0)
    for sender, shift in zip(senders, shifts, strict=True):
        if None not in shifts and shift:
            window[sender & ~is_syn] <<= shift
        offers = sender & ~is_reset
        own = window[offers]
        before = np.concatenate([own[:1], own[:-1]])
        is_told[offers] |= (own != before) & ((own >= 2 * before) | (2 * own <= before))
    return window, is_told & ~is_reset & ~is_syn


def _offered_shift(wscale: pl.Series, syn_rows: BoolArray) -> int | None:
    rows = np.flatnonzero(syn_rows)
    shift = wscale[int(rows[0])] if len(rows) else None
    return None if shift is None else min(int(shift), LARGEST_SHIFT)
