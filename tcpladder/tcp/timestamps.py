"""What time stamps and acknowledgments measure: clock rates and round-trip times, one row a connection.

All times are seen from where the capture was taken. *Towards an endpoint* is from there to that endpoint and back;
the whole round trip is the sum of both ways. Captured beside an endpoint, the way towards it is next to nothing.
"""

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.tcp.clocks import FEWEST_SAMPLES, FEWEST_TICKS, SHORTEST_SPAN_NS, clock
from tcpladder.tcp.numbers import BoolArray, Int64Array, connection_starts, integers

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


def measures(tracked: pl.DataFrame) -> pl.DataFrame:
    """Give the MEASURES columns, one row a connection, in order of its number.

    `tracked` is a segment table with TRACKED columns, sorted by connection, then frame.
    """
    connections = tracked.select("connection").unique(maintain_order=True)
    rows = tracked.filter(~pl.col("is_duplicate")).with_row_index("row")
    parts = [_negotiation(rows), _clocks(rows), _handshakes(rows), _round_trips(rows)]
    for part in parts:
        connections = connections.join(part, on="connection", how="left", maintain_order="left")
    for hz in ("initiator_clock_hz", "responder_clock_hz"):
        is_used = pl.col("has_timestamps").fill_null(value=True)
        connections = connections.with_columns(pl.when(is_used).then(hz).alias(hz))
    return connections.select(pl.col(name).cast(dtype) for name, dtype in MEASURES.items())


_IS_SYN = (pl.col("flags") & (SYN | RST)) == SYN
_HAS_ACK = (pl.col("flags") & ACK) != 0
_IS_RST = (pl.col("flags") & RST) != 0
_HAS_STAMP = pl.col("tsval").is_not_null()


def _negotiation(rows: pl.DataFrame) -> pl.DataFrame:
    """Tell whether both endpoints' SYNs have the option. A SYN that is repeated without it leaves that open."""
    offers = {}
    for name, is_sender in (("by_initiator", pl.col("from_initiator")), ("by_responder", ~pl.col("from_initiator"))):
        opens = _IS_SYN & is_sender & (pl.col("seq_relative") == 0)
        surely_without = ~_HAS_STAMP & ~pl.col("is_header_cut")
        offers[name] = (
            pl.when((opens & ~_HAS_STAMP).sum() == 0)
            .then(pl.when(opens.any()).then(statement=True))
            .when((opens & ~surely_without).sum() == 0)
            .then(statement=False)
        )
    return (
        rows.filter(_IS_SYN)
        .group_by("connection", maintain_order=True)
        .agg(**offers)
        .select("connection", has_timestamps=pl.col("by_initiator") & pl.col("by_responder"))
    )


def _clocks(rows: pl.DataFrame) -> pl.DataFrame:
    """Estimate the clocks of the endpoints of which enough was captured."""
    owner = ["connection", "from_initiator"]
    stamped = rows.filter(_HAS_STAMP & ~_IS_RST & ~(_IS_SYN & _HAS_ACK)).select(*owner, "time", "tsval")
    is_enough = (
        (pl.len() >= FEWEST_SAMPLES)
        & (pl.col("tsval").n_unique() >= FEWEST_TICKS)
        & (pl.col("time").max() - pl.col("time").min() >= SHORTEST_SPAN_NS)
    )
    enough = stamped.group_by(owner).agg(is_enough.alias("is_enough")).filter("is_enough").select(owner)
    chosen = stamped.join(enough, on=owner, how="semi", maintain_order="left").sort(owner, maintain_order=True)
    found = []
    for (connection, is_initiator), own in chosen.partition_by(owner, as_dict=True, maintain_order=True).items():
        estimate = clock(integers(own, "time"), integers(own, "tsval"))
        if estimate is not None:
            found.append((connection, is_initiator, estimate.best_hz))
    schema = {"connection": pl.UInt32, "is_initiator": pl.Boolean, "hz": pl.Float64}
    by_endpoint = pl.DataFrame(found, schema=schema, orient="row")
    return by_endpoint.group_by("connection").agg(
        initiator_clock_hz=pl.col("hz").filter("is_initiator").first(),
        responder_clock_hz=pl.col("hz").filter(~pl.col("is_initiator")).first(),
    )


def _handshakes(rows: pl.DataFrame) -> pl.DataFrame:
    """Measure both halves of the handshake."""
    opening = rows.filter((pl.col("seq_relative") == 0) & _IS_SYN)
    syns = opening.filter(pl.col("from_initiator") & ~_HAS_ACK)
    syn_acks = opening.filter(~pl.col("from_initiator") & _HAS_ACK)
    speaks = pl.col("from_initiator") & _HAS_ACK & ~_IS_RST & ~_IS_SYN & (pl.col("ack_relative") > 0)
    acks = rows.filter(speaks)
    return _answered(syns, syn_acks, "handshake_rtt_responder_ns").join(
        _answered(syn_acks, acks, "handshake_rtt_initiator_ns"), on="connection", how="full", coalesce=True
    )


def _answered(asking: pl.DataFrame, answering: pl.DataFrame, name: str) -> pl.DataFrame:
    """Give the time from a segment to the first that answers it: the only one before, or that whose TSval is echoed."""
    answers = answering.group_by("connection", maintain_order=True).agg(
        answer_row=pl.col("row").first(), answer_time=pl.col("time").first(), echoed=pl.col("tsecr").first()
    )
    is_echoed = (pl.col("tsval") == pl.col("echoed")).fill_null(value=False)
    is_echo_clear = is_echoed.sum() == 1
    asked = (
        pl.when(is_echo_clear)
        .then(pl.col("time").filter(is_echoed).first())
        .when(pl.len() == 1)
        .then(pl.col("time").first())
    )
    waited = pl.col("answer_time").first() - asked
    return (
        asking.join(answers, on="connection", maintain_order="left")
        .filter(pl.col("row") < pl.col("answer_row"))
        .group_by("connection", maintain_order=True)
        .agg(waited.alias(name))
        .with_columns(pl.when(pl.col(name) >= 0).then(name))
    )


def _round_trips(rows: pl.DataFrame) -> pl.DataFrame:
    """Sum up the samples of both ways, and add them."""
    parts = [_samples(rows, sent_by_initiator=sent) for sent in (True, False)]
    samples = pl.concat(parts)
    ways = {"initiator": ~pl.col("sent_by_initiator"), "responder": pl.col("sent_by_initiator")}
    bases = {"timestamp": pl.col("is_echoed"), "ack": pl.col("is_unambiguous")}
    statistics = {
        f"{basis}_rtt_{way}_{statistic}_ns": getattr(pl.col("rtt").filter(is_way & is_basis), statistic)().round()
        for basis, is_basis in bases.items()
        for way, is_way in ways.items()
        for statistic in ("min", "median")
    }
    sums = {
        f"{basis}_rtt_{statistic}_ns": pl.sum_horizontal(
            *(f"{basis}_rtt_{way}_{statistic}_ns" for way in ways), ignore_nulls=False
        )
        for basis in bases
        for statistic in ("min", "median")
    }
    return samples.group_by("connection", maintain_order=True).agg(**statistics).with_columns(**sums)


def _samples(rows: pl.DataFrame, *, sent_by_initiator: bool) -> pl.DataFrame:
    """Pair what one endpoint sends for the first time with the first acknowledgment of it."""
    flags, length = integers(rows, "flags"), integers(rows, "segment_length")
    seq, end, ack = (integers(rows, name) for name in ("seq_relative", "end_relative", "ack_relative"))
    is_own = rows["from_initiator"].to_numpy() == sent_by_initiator
    is_rst, is_syn = (flags & RST) != 0, (flags & SYN) != 0
    sent_before = rows["snd_nxt"].fill_null(-1).to_numpy()
    acked_before = rows["rcv_nxt"].fill_null(-1).to_numpy()
    occupies = is_own & ~is_rst & (length > 0)
    is_again = occupies & (seq < sent_before)
    is_first = occupies & ~is_again & ~(is_syn & (seq != 0))
    acknowledges = ~is_own & ~is_rst & ((flags & ACK) != 0) & (ack > acked_before)

    connection = np.cumsum(connection_starts(rows)) - 1
    asked = np.flatnonzero(is_first)
    answered = _first_at_least(connection, (asked, end[asked]), acknowledges, ack)
    is_answered = answered > asked
    asked, answered = asked[is_answered], answered[is_answered]
    times = integers(rows, "time")
    rtt = times[answered] - times[asked]
    again = np.cumsum(is_again)
    tsval, tsecr = (rows[name].cast(pl.Int64).fill_null(-1).to_numpy() for name in ("tsval", "tsecr"))
    return pl.DataFrame(
        {
            "connection": rows["connection"].gather(asked),
            "sent_by_initiator": np.full(len(asked), sent_by_initiator),
            "rtt": rtt,
            "is_echoed": (tsval[asked] >= 0) & (tsval[asked] == tsecr[answered]),
            "is_unambiguous": again[answered] == again[asked],
        }
    ).filter(pl.col("rtt") >= 0)


def _first_at_least(
    connection: Int64Array, wanted: tuple[Int64Array, Int64Array], candidates: BoolArray, numbers: Int64Array
) -> Int64Array:
    """Give for each wanted (row, number) the first candidate row of its connection with such a number or a higher one.

    -1 where there is none. Within a connection the candidates' numbers rise.
    """
    rows, least = wanted
    found = np.flatnonzero(candidates)
    if not len(found) or not len(rows):
        return np.full(len(rows), -1)
    ranks = np.unique(np.concatenate([numbers[found], least]), return_inverse=True)[1].reshape(-1)
    width = len(ranks) + 1
    keys = connection[found] * width + ranks[: len(found)]
    at = np.searchsorted(keys, connection[rows] * width + ranks[len(found) :])
    match = found[np.minimum(at, len(found) - 1)]
    is_match = (at < len(found)) & (connection[match] == connection[rows])
    return np.where(is_match, match, -1)
