"""How far each endpoint had come when a segment was captured: RFC 9293 §3.3.1's variables as an observer sees them.

Columnar, over all connections at once. What was captured is not what arrived: every number here is what the capture
proves up to that place, and no more.
"""

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.tcp.copies import originals
from tcpladder.tcp.lookback import NONE, Lookback
from tcpladder.tcp.numbers import (
    BoolArray,
    Int64Array,
    connection_starts,
    has_cut_header,
    integers,
    relative_numbers,
    scaled_windows,
)

TRACKED: dict[str, pl.DataType] = {
    "seq_relative": pl.Int64(),  # SEG.SEQ from the sender's ISN, not wrapping; without a SYN its first number is 1
    "ack_relative": pl.Int64(),  # SEG.ACK from the receiver's ISN; null without ACK
    "segment_length": pl.UInt32(),  # SEG.LEN: payload bytes, and one each for SYN and FIN
    "end_relative": pl.Int64(),  # the number after the segment's last: seq_relative + segment_length
    "is_duplicate": pl.Boolean(),  # the same packet was captured before: it is no second segment
    # What follows is of earlier segments of the connection, without duplicates, RSTs, stray SYNs, and what an older
    # connection of the same endpoints left; null before any.
    "snd_nxt": pl.Int64(),  # end of all that the sender has sent
    "snd_una": pl.Int64(),  # what the other side has acknowledged of it
    "rcv_nxt": pl.Int64(),  # what the sender has acknowledged
    "peer_nxt": pl.Int64(),  # end of all that the other side has sent
    "window_scaled": pl.Int64(),  # offered window, bytes (RFC 7323 §2.2); null unless both SYNs tell the shift counts
    "snd_edge": pl.Int64(),  # right edge that the other side has offered: its highest ack_relative + window_scaled
    "is_header_cut": pl.Boolean(),  # the snap length may have cut TCP options: they are unknown, not absent
}
"""What `tracked` adds to a segment table."""

LARGEST_LATENESS = 1 << 20
"""How many numbers a SYN-ACK can at most be overtaken by in a capture."""


def tracked(segments: pl.DataFrame, *, packet_of: Int64Array | None = None) -> pl.DataFrame:
    """Add the TRACKED columns to segments that are sorted by connection, then frame.

    `packet_of` is what `copies.originals` gives of them, for callers that have it already.
    """
    if segments.is_empty():
        return segments.with_columns(pl.Series(name, dtype=dtype) for name, dtype in TRACKED.items())
    flags, payload = integers(segments, "flags"), integers(segments, "payload_length")
    is_syn, is_fin, is_rst, has_ack = ((flags & bit) != 0 for bit in (SYN, FIN, RST, ACK))
    seq, ack = relative_numbers(segments)
    length = payload + is_syn + is_fin
    is_duplicate = (originals(segments) if packet_of is None else packet_of) != np.arange(len(segments))
    window, is_window_known = scaled_windows(segments)

    earlier = Earlier(segments)
    counts = ~is_rst & ~is_duplicate & ~of_older_connection(segments, seq, ack)
    is_stray_syn = is_syn & ~has_ack & (seq != 0)
    is_stray_syn |= earlier.has_sent(np.flatnonzero(is_syn), counts & ~is_syn)
    ends = earlier.highest(seq + length, counts & ~is_stray_syn)
    acknowledged = earlier.highest(ack, counts & has_ack)
    edges = earlier.highest(ack + window, counts & has_ack & is_window_known)
    columns = {
        "seq_relative": seq,
        "ack_relative": np.where(has_ack, ack, NONE),
        "segment_length": length,
        "end_relative": seq + length,
        "is_duplicate": is_duplicate,
        "snd_nxt": ends.own,
        "snd_una": acknowledged.other,
        "rcv_nxt": acknowledged.own,
        "peer_nxt": ends.other,
        "window_scaled": np.where(is_window_known, window, NONE),
        "snd_edge": edges.other,
        "is_header_cut": has_cut_header(segments),
    }
    found = pl.DataFrame(columns).select(_column(name, dtype) for name, dtype in TRACKED.items())
    return segments.with_columns(found.get_columns())


def of_older_connection(segments: pl.DataFrame, seq: Int64Array, ack: Int64Array) -> BoolArray:
    """Mark segments before their sender's SYN-ACK that have nothing to do with it.

    An endpoint that is still in TIME-WAIT answers a SYN with an ACK of its old connection (RFC 5961 §4.2). `seq` and
    `ack` are relative to the ISNs of the new one. There has to be a segment.
    """
    flags, from_initiator = integers(segments, "flags"), segments["from_initiator"].to_numpy()
    is_syn, is_syn_ack = (flags & SYN) != 0, (flags & (SYN | RST | ACK)) == (SYN | ACK)
    back = Lookback(connection_starts(segments))
    is_older = np.zeros(len(seq), np.bool_)
    for sender in (from_initiator, ~from_initiator):
        first_syn = back.earliest(sender & is_syn)
        answers = is_syn_ack[np.minimum(first_syn, len(seq) - 1)] & (first_syn < len(seq))
        is_late = answers & (back.earliest(sender) < first_syn)
        if is_late.any():
            rows = np.flatnonzero(sender & (back.rows < back.spread(np.where(is_late, first_syn, -1))))
            near_seq = (seq[rows] >= 0) & (seq[rows] <= LARGEST_LATENESS)
            near_ack = (ack[rows] >= 0) & (ack[rows] <= LARGEST_LATENESS)
            is_older[rows] = ~(near_seq & (near_ack | ((flags[rows] & ACK) == 0)))
    return is_older


def _column(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    return pl.when(column != NONE).then(column) if dtype == pl.Int64 else column.cast(dtype)


class Highest:
    """The highest of a number up to before each row: of the row's own sender, and of the other side; or NONE."""

    def __init__(self, from_initiator: BoolArray, by_initiator: Int64Array, by_responder: Int64Array) -> None:
        self.own = np.where(from_initiator, by_initiator, by_responder)
        self.other = np.where(from_initiator, by_responder, by_initiator)


class Earlier:
    """Looks back from each row at the earlier rows of its connection. There has to be a row."""

    def __init__(self, segments: pl.DataFrame) -> None:
        self.back = Lookback(connection_starts(segments))
        self.from_initiator = segments["from_initiator"].to_numpy()

    def highest(self, values: Int64Array, counts: BoolArray) -> Highest:
        """Give the highest of `values` over the earlier rows that count, by sender."""
        by_initiator = self.back.highest_before(values, counts & self.from_initiator)
        by_responder = self.back.highest_before(values, counts & ~self.from_initiator)
        return Highest(self.from_initiator, by_initiator, by_responder)

    def has_sent(self, rows: Int64Array, counts: BoolArray) -> BoolArray:
        """Mark those of some rows whose sender sent an earlier one that counts."""
        found = np.zeros(len(counts), np.bool_)
        for sender in (self.from_initiator, ~self.from_initiator):
            own = rows[sender[rows]]
            found[own] = self.back.before_rows(own, counts & sender) >= 0
        return found
