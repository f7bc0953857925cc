"""What time stamps and acknowledgments measure: clock rates and round-trip times, one row a connection.

All times are seen from where the capture was taken. *Towards an endpoint* is from there to that endpoint and back;
the whole round trip is the sum of both ways. Captured beside an endpoint, the way towards it is next to nothing.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.tcp.clocks import FEWEST_TICKS, SHORTEST_SPAN_NS, clock
from tcpladder.tcp.lookback import NONE, Lookback, begins
from tcpladder.tcp.numbers import BoolArray, Int64Array, connection_starts, integers

FloatArray = npt.NDArray[np.float64]

_RTT: dict[str, pl.DataType] = {
    f"{basis}_rtt_{way}{statistic}_ns": pl.Int64()
    for basis in ("timestamp", "ack")
    for way in ("", "initiator_", "responder_")
    for statistic in ("min", "median")
}

MEASURES: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),
    "has_timestamps": pl.Boolean(),  # both opened with the option (RFC 7323 §3.2); null where that was not captured
    "initiator_clock_hz": pl.Float64(),  # clocks.ClockEstimate.best_hz of its time stamps; null where it can't be told
    "responder_clock_hz": pl.Float64(),
    "handshake_rtt_initiator_ns": pl.Int64(),  # towards the initiator: SYN-ACK to ACK; null where one was repeated
    "handshake_rtt_responder_ns": pl.Int64(),  # towards the responder: SYN to SYN-ACK; likewise
    # timestamp_rtt_*: segment to the first acknowledgment of it, which echoes its very TSval;
    # ack_rtt_*: the same without asking for time stamps, where nothing was sent twice meanwhile (Karn, RFC 6298 §3).
    # *_initiator_*: towards the initiator, from what the responder sent; *_responder_* the other way; without either,
    # the sum of both: the whole round trip. Delayed acknowledgments are among them (RFC 9293 §3.8.6.3, up to 0.5 s),
    # so min is the path, and median how it felt.
    **_RTT,
}
"""The columns of what `measures` gives; times in ns."""

_NEEDED = (
    *("connection", "from_initiator", "flags", "time", "tsval", "tsecr", "is_header_cut", "segment_length"),
    *("seq_relative", "end_relative", "ack_relative", "snd_nxt", "rcv_nxt"),
)
_WAYS = ("initiator", "responder")
_STATISTICS = ("min", "median")


def measures(tracked: pl.DataFrame) -> pl.DataFrame:
    """Give the MEASURES columns, one row a connection, in order of its number.

    `tracked` is a segment table with TRACKED columns, sorted by connection, then frame.
    """
    table = tracked.select(_NEEDED).filter(~tracked["is_duplicate"])
    if table.is_empty():
        return pl.DataFrame(schema=MEASURES)
    rows = _Rows(table)
    numbers = {"has_timestamps": _negotiation(rows), **_handshakes(rows), **_round_trips(rows)}
    is_used = numbers["has_timestamps"] != 0
    rates = {f"{end}_clock_hz": np.where(is_used, hz, np.nan) for end, hz in zip(_WAYS, _clocks(rows), strict=True)}
    connection = rows.connection_of[rows.back.starts]
    return pl.DataFrame({"connection": connection, **numbers, **rates}).select(
        (pl.col(name).fill_nan(None) if name in rates else pl.when(pl.col(name) != NONE).then(name)).cast(dtype)
        for name, dtype in MEASURES.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrips:
    """What one endpoint sent for the first time, and the first acknowledgment of each, both as rows (int64).

    `by_timestamp` and `by_ack` (bool) tell which round-trip times a pair is a sample of: see MEASURES.
    """

    asked: Int64Array
    answered: Int64Array
    by_timestamp: BoolArray
    by_ack: BoolArray


def round_trips(tracked: pl.DataFrame) -> tuple[RoundTrips, RoundTrips]:
    """Give every sample of what the initiator sent, towards the responder, and of what the responder sent.

    `tracked` is as for `measures`, and has a row at least. A pair may be a sample of neither round-trip time.
    """
    kept = np.flatnonzero(~tracked["is_duplicate"].to_numpy())
    rows = _Rows(tracked.select(_NEEDED)[kept])
    found = []
    for is_sender in (rows.from_initiator, ~rows.from_initiator):
        asked, answered, bases = _samples(rows, is_sender)
        by_timestamp, by_ack = bases["timestamp"], bases["ack"]
        found.append(RoundTrips(asked=kept[asked], answered=kept[answered], by_timestamp=by_timestamp, by_ack=by_ack))
    by_initiator, by_responder = found
    return by_initiator, by_responder


class _Rows:
    """Columns of all packets. Where there is no number they have NONE, before anything was sent or acknowledged -1."""

    def __init__(self, table: pl.DataFrame) -> None:
        flags = table["flags"].to_numpy()
        self.has_ack, self.is_rst, self.has_syn = ((flags & bit) != 0 for bit in (ACK, RST, SYN))
        self.is_syn = self.has_syn & ~self.is_rst
        self.from_initiator = table["from_initiator"].to_numpy()
        self.is_header_cut = table["is_header_cut"].to_numpy()
        self.connection_of = table["connection"].to_numpy()
        self.time, self.length = integers(table, "time"), table["segment_length"].to_numpy()
        self.tsval, self.tsecr = (table[name].cast(pl.Int64).fill_null(NONE).to_numpy() for name in ("tsval", "tsecr"))
        self.seq, self.end, self.ack = (
            table[name].fill_null(NONE).to_numpy() for name in ("seq_relative", "end_relative", "ack_relative")
        )
        self.snd_nxt, self.rcv_nxt = (table[name].fill_null(-1).to_numpy() for name in ("snd_nxt", "rcv_nxt"))
        self.back = Lookback(connection_starts(table))
        self.has_stamp = self.tsval != NONE

    def __len__(self) -> int:
        return len(self.time)

    def count(self, rows: Int64Array) -> Int64Array:
        """Count some rows of each connection."""
        return np.bincount(self.back.connection[rows], minlength=len(self.back.starts))


def _negotiation(rows: _Rows) -> Int64Array:
    """Tell whether both endpoints' SYNs have the option: 1 or 0. A SYN that is repeated without it leaves that open."""
    opens = np.flatnonzero(rows.is_syn & (rows.seq == 0))
    is_without, is_doubtful = ~rows.has_stamp[opens], rows.has_stamp[opens] | rows.is_header_cut[opens]
    offers = []
    for is_sender in (rows.from_initiator[opens], ~rows.from_initiator[opens]):
        syns, without, doubtful = (rows.count(opens[is_sender & which]) for which in (True, is_without, is_doubtful))
        offers.append(np.select([syns == 0, without == 0, doubtful == 0], [NONE, 1, 0], NONE))
    by_initiator, by_responder = offers
    is_refused = (by_initiator == 0) | (by_responder == 0)
    return np.where(is_refused, 0, np.where((by_initiator == 1) & (by_responder == 1), 1, NONE))


def _clocks(rows: _Rows) -> tuple[FloatArray, FloatArray]:
    """Estimate the clocks of the endpoints of which enough was captured; NaN elsewhere."""
    rates = np.full((2, len(rows.back.starts)), np.nan)
    spans = rows.back.best(rows.time) + rows.back.best(-rows.time)
    is_stamped = rows.has_stamp & ~rows.is_rst & ~(rows.is_syn & rows.has_ack)
    chosen = np.flatnonzero(is_stamped & rows.back.spread(spans >= SHORTEST_SPAN_NS))
    for end, is_sender in enumerate((rows.from_initiator[chosen], ~rows.from_initiator[chosen])):
        own = chosen[is_sender]
        connection = rows.back.connection[own]
        firsts = np.flatnonzero(begins(connection))
        for first, last in pairwise([*firsts.tolist(), len(own)]):
            if last - first < FEWEST_TICKS:
                continue
            times, tsvals = rows.time[own[first:last]], rows.tsval[own[first:last]]
            if np.ptp(times) >= SHORTEST_SPAN_NS and len(np.unique(tsvals)) >= FEWEST_TICKS:
                estimate = clock(times, tsvals)
                if estimate is not None:
                    rates[end, connection[first]] = estimate.best_hz
    by_initiator, by_responder = rates
    return by_initiator, by_responder


def _handshakes(rows: _Rows) -> dict[str, Int64Array]:
    """Measure both halves of the handshake."""
    opens = rows.is_syn & (rows.seq == 0)
    syns = opens & rows.from_initiator & ~rows.has_ack
    syn_acks = opens & ~rows.from_initiator & rows.has_ack
    acks = rows.from_initiator & rows.has_ack & ~rows.is_rst & ~rows.has_syn & (rows.ack > 0)
    return {
        "handshake_rtt_initiator_ns": _answered(rows, syn_acks, acks),
        "handshake_rtt_responder_ns": _answered(rows, syns, syn_acks),
    }


def _answered(rows: _Rows, asking: BoolArray, answering: BoolArray) -> Int64Array:
    """Give the time from a segment to the first that answers it: the only one before, or that whose TSval is echoed."""
    answers = rows.back.earliest(answering)
    asked = np.flatnonzero(asking)
    asked = asked[asked < answers[rows.back.connection[asked]]]
    asked = asked[answers[rows.back.connection[asked]] < len(rows)]
    echo = rows.tsecr[answers[rows.back.connection[asked]]]
    echoed = asked[(rows.tsval[asked] == echo) & (echo != NONE)]
    found = np.full(len(answers), NONE)
    for those in (asked, echoed):  # where one is clearly echoed, that counts
        is_only = rows.count(those) == 1
        only = those[is_only[rows.back.connection[those]]]
        connection = rows.back.connection[only]
        found[connection] = rows.time[answers[connection]] - rows.time[only]
    return np.where(found >= 0, found, NONE)


def _round_trips(rows: _Rows) -> dict[str, Int64Array]:
    """Sum up the samples of both ways, and add them."""
    found = {}
    for way, is_sender in zip(_WAYS, (~rows.from_initiator, rows.from_initiator), strict=True):
        asked, answered, bases = _samples(rows, is_sender)
        connection, rtt = rows.back.connection[asked], rows.time[answered] - rows.time[asked]
        order = np.argsort(_ascending(connection, rtt))
        connection, rtt = connection[order], rtt[order]
        for basis, is_basis in bases.items():
            counts = is_basis[order]
            least, median = _summed_up(connection[counts], rtt[counts], len(rows.back.starts))
            found[f"{basis}_rtt_{way}_min_ns"], found[f"{basis}_rtt_{way}_median_ns"] = least, median
    for basis in ("timestamp", "ack"):
        for statistic in _STATISTICS:
            there, back = (found[f"{basis}_rtt_{way}_{statistic}_ns"] for way in _WAYS)
            is_whole = (there != NONE) & (back != NONE)
            found[f"{basis}_rtt_{statistic}_ns"] = np.where(is_whole, there + back, NONE)
    return found


def _summed_up(connection: Int64Array, values: Int64Array, connections: int) -> tuple[Int64Array, Int64Array]:
    """Give each connection's least value and the rounded median; `values` rise within a connection."""
    least, median = np.full(connections, NONE), np.full(connections, NONE)
    firsts = np.flatnonzero(begins(connection))
    counts = np.diff(firsts, append=len(values))
    low, high = (values[firsts + half].astype(np.float64) for half in ((counts - 1) // 2, counts // 2))
    least[connection[firsts]] = values[firsts]
    median[connection[firsts]] = np.rint((low + high) / 2)
    return least, median


def _samples(rows: _Rows, is_sender: BoolArray) -> tuple[Int64Array, Int64Array, dict[str, BoolArray]]:
    """Pair what one endpoint sends for the first time with the first acknowledgment of it.

    Gives the rows of each pair, and which round-trip times it is a sample of.
    """
    occupies = is_sender & ~rows.is_rst & (rows.length > 0)
    is_again = occupies & (rows.seq < rows.snd_nxt)
    is_first = occupies & ~is_again & ~(rows.has_syn & (rows.seq != 0))
    acknowledges = ~is_sender & ~rows.is_rst & (rows.ack > rows.rcv_nxt)

    asked = np.flatnonzero(is_first)
    answered = _first_at_least(rows.back.connection, (asked, rows.end[asked]), np.flatnonzero(acknowledges), rows.ack)
    is_answered = answered > asked
    asked, answered = asked[is_answered], answered[is_answered]
    in_order = rows.time[answered] >= rows.time[asked]
    asked, answered = asked[in_order], answered[in_order]
    again = np.cumsum(is_again)
    bases = {
        "timestamp": rows.has_stamp[asked] & (rows.tsval[asked] == rows.tsecr[answered]),
        "ack": again[answered] == again[asked],
    }
    return asked, answered, bases


def _first_at_least(
    connection: Int64Array, wanted: tuple[Int64Array, Int64Array], candidates: Int64Array, numbers: Int64Array
) -> Int64Array:
    """Give for each wanted (row, number) the first candidate row of its connection with such a number or a higher one.

    -1 where there is none. Within a connection the candidates' numbers rise.
    """
    rows, least = wanted
    if not len(candidates):
        return np.full(len(rows), -1)
    keys = _ascending(
        np.concatenate([connection[candidates], connection[rows]]), np.concatenate([numbers[candidates], least])
    )
    at = np.searchsorted(keys[: len(candidates)], keys[len(candidates) :])
    match = candidates[np.minimum(at, len(candidates) - 1)]
    is_match = (at < len(candidates)) & (connection[match] == connection[rows])
    return np.where(is_match, match, -1)


def _ascending(connection: Int64Array, numbers: Int64Array) -> Int64Array:
    """Give numbers that are in order of the connection, then of the number."""
    if not len(numbers):
        return numbers
    lowest, highest = int(numbers.min()), int(numbers.max())
    width = highest - lowest + 1
    if width * (int(connection.max()) + 1) < 1 << 63:
        return connection * width + (numbers - lowest)
    ranks: Int64Array = np.unique(numbers, return_inverse=True)[1].reshape(-1)
    return connection * len(ranks) + ranks
