"""Which segments are another capture of an earlier packet, not another packet; columnar, over all connections at once.

Hardly any capture holds equal packets, so they are looked for by one number that is made of all that has to be equal.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import FIN, SYN
from tcpladder.tcp.lookback import BoolArray, Int64Array
from tcpladder.tcp.numbers import integers

SAME_PACKET_NS = 1_000_000
"""Between two captures of one packet: on both sides of a bridge, or mirrored on its way in and on its way out."""

SAME_EMPTY_PACKET_NS = 100_000
"""The same where no IP identification tells a packet from an equal one: duplicate ACKs come in bursts."""

SAME_IN_COPIES = (
    *("connection", "from_initiator", "seq", "ack", "flags", "payload_length", "window", "ip_id"),
    *("tsval", "tsecr", "sack_count", "sack_left", "sack_right"),
)

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, and without a pattern in its bits


def originals(segments: pl.DataFrame) -> Int64Array:
    """Give for each segment the row of the packet that it is a capture of: its own, or an earlier one's.

    `segments` is sorted by connection, then frame. A retransmission is a packet of its own, with an IP identification
    of its own (RFC 6864 §4.1 leaves it to atomic datagrams to go without). Where there is none, or 0, equal packets are
    harder to tell apart:

    * a router between two places of capture takes one from the TTL, and nothing else changes it;
    * equal segments without payload are sent by the burst: duplicate ACKs, and RSTs in answer to several segments. Only
      exactly two, hardly apart, are taken for one, and only where others of their sender were captured twice;
    * data is sent again so soon only when a SACK block asked for it.
    """
    packets = _equal_packets(segments)
    row = np.arange(len(segments))
    if len(packets):
        is_sure, is_likely = _repeats(packets)
        of_sender = pl.col("is_sure").any().over("connection", "from_initiator")
        is_seen_twice = packets.with_columns(is_sure=pl.Series(is_sure)).select(of_sender).to_series().to_numpy()
        is_copy = is_sure | (is_likely & is_seen_twice)
        own = packets["row"].to_numpy()
        packets = packets.with_columns(row=pl.Series(np.where(is_copy, -1, own)))
        latest = packets.select(pl.col("row").cum_max().over(*SAME_IN_COPIES)).to_series().to_numpy()
        row[own] = np.where(is_copy, latest, own)
    return row


def _equal_packets(segments: pl.DataFrame) -> pl.DataFrame:
    """Give the segments that are equal to some other, each with its `row`, and what was `asked` for before it."""
    asked = _asked(segments)
    rows = _repeated(_mixed([asked, *(integers(segments, name) for name in SAME_IN_COPIES)]))
    if not len(rows):
        return pl.DataFrame()
    suspects = segments.select(*SAME_IN_COPIES, "time", "ttl", asked=pl.Series(asked))[rows]
    is_equal = suspects.select(*SAME_IN_COPIES, "asked").is_duplicated()
    return suspects.with_columns(row=pl.Series(rows)).filter(is_equal)


def _asked(segments: pl.DataFrame) -> Int64Array:
    """Count the SACK blocks of the other side before each segment that has no IP identification; 0 for others."""
    reports = integers(segments, "sack_count") > 0
    from_initiator = segments["from_initiator"].to_numpy()
    by_initiator, by_responder = np.cumsum(reports & from_initiator), np.cumsum(reports & ~from_initiator)
    has_id = integers(segments, "ip_id") > 0
    return np.where(has_id, 0, np.where(from_initiator, by_responder, by_initiator))


def _mixed(columns: Iterable[Int64Array]) -> npt.NDArray[np.uint64]:
    """Make one number of each row: equal for equal rows, and hardly ever for others."""
    first, *others = (column.view(np.uint64) for column in columns)
    mixed = first.copy()
    for column in others:
        mixed *= _MULTIPLIER
        mixed += column
    return mixed


def _repeated(numbers: npt.NDArray[np.uint64]) -> Int64Array:
    """Give the rows, in order, of numbers that are there several times."""
    in_order = np.sort(numbers)
    if not (in_order[1:] == in_order[:-1]).any():  # mostly; and to order rows takes longer than to order numbers
        return np.empty(0, np.int64)
    rows = np.argsort(numbers)
    same = numbers[rows[1:]] == numbers[rows[:-1]]
    is_repeated = np.zeros(len(numbers), np.bool_)
    is_repeated[rows[1:][same]] = is_repeated[rows[:-1][same]] = True
    return np.flatnonzero(is_repeated)


def _repeats(packets: pl.DataFrame) -> tuple[BoolArray, BoolArray]:
    """Mark packets, each of which equals some other, that are surely and that are likely one captured hardly before."""
    first_equal = pl.col("row").first().over(*SAME_IN_COPIES, "asked")
    series = packets.select(first_equal).to_series().to_numpy()
    order = np.argsort(series, kind="stable")
    time, ttl, payload, flags, ip_id = (
        integers(packets, name)[order] for name in ("time", "ttl", "payload_length", "flags", "ip_id")
    )
    apart, ttl_lost = np.full(len(order), SAME_PACKET_NS + 1), np.zeros(len(order), np.int64)
    apart[1:] = np.where(np.diff(series[order]) == 0, np.abs(np.diff(time)), SAME_PACKET_NS + 1)
    ttl_lost[1:] = -np.diff(ttl)
    is_close = apart <= SAME_PACKET_NS
    is_in_burst = np.append(False, is_close[:-1]) | np.append(is_close[1:], False)
    is_pair = (apart <= SAME_EMPTY_PACKET_NS) & ~is_in_burst
    is_empty = (payload == 0) & ((flags & (SYN | FIN)) == 0)
    is_routed = is_close & (ttl_lost >= 0) & (ttl_lost <= 1)
    is_sure, is_likely = np.empty(len(order), np.bool_), np.empty(len(order), np.bool_)
    is_sure[order] = is_close & ((ip_id > 0) | (is_routed & ~is_empty))
    is_likely[order] = is_routed & is_pair
    return is_sure, is_likely
