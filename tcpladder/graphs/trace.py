"""A connection's segments as the columns that graphs are made of."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.sequence import distance, unwrap
from tcpladder.tcp.clocks import ClockEstimate, clock
from tcpladder.tcp.labels import Label, labels
from tcpladder.tcp.lookback import NONE
from tcpladder.tcp.numbers import BoolArray, Int64Array, integers
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.timestamps import measures, round_trips
from tcpladder.tcp.tracking import of_older_connection, tracked

NS = 1_000_000_000

AGAIN = Label.RETRANSMISSION | Label.FAST_RETRANSMISSION | Label.SPURIOUS_RETRANSMISSION
TROUBLE = (
    AGAIN
    | Label.OUT_OF_ORDER
    | Label.DUPLICATE_ACK
    | Label.ZERO_WINDOW
    | Label.WINDOW_FULL
    | Label.PREVIOUS_SEGMENT_NOT_CAPTURED
    | Label.ACKED_UNSEEN_SEGMENT
)
"""What somebody who reads a graph wants to go to next."""


class Trace:
    """One connection of n segments, one at least. Arrays are of shape (n,); `time` is in ns since the first segment.

    Numbers are relative to the ISNs, NONE where there are none; `window` is in bytes, NONE without a known scale.
    `counts` leaves out RSTs, packets captured twice, and what an older connection of the same endpoints left.
    `is_again` marks what its sender had sent before, `is_trouble` what tells of loss, of order, of a window that was
    full, and RSTs. `new_bytes` is what of the payload goes beyond all that its sender had sent.
    """

    def __init__(self, segments: pl.DataFrame) -> None:
        """Work out the columns of a connection's segments, which are in frame order and have GROUPED columns."""
        table = tracked(segments)
        self.frame, self.flags, self.payload = (integers(table, name) for name in ("frame", "flags", "payload_length"))
        self.time = integers(table, "time") - int(table["time"][0])
        self.from_initiator = table["from_initiator"].to_numpy()
        self.is_rst, self.is_syn, self.is_fin, self.has_ack = ((self.flags & bit) != 0 for bit in (RST, SYN, FIN, ACK))
        self.seq, self.end, self.ack, self.window, self.tsval, self.tsecr = (
            table[name].cast(pl.Int64).fill_null(NONE).to_numpy()
            for name in ("seq_relative", "end_relative", "ack_relative", "window_scaled", "tsval", "tsecr")
        )
        self.is_duplicate = table["is_duplicate"].to_numpy()
        self.counts = ~self.is_rst & ~self.is_duplicate & ~of_older_connection(table, self.seq, self.ack)
        self.sack_left, self.sack_right = self._sack(table)
        self.labels = labels(table).to_numpy()
        self.is_again: BoolArray = (self.labels & int(AGAIN)) != 0
        self.is_trouble: BoolArray = ((self.labels & int(TROUBLE)) != 0) | self.is_rst
        self.trips = round_trips(table)
        self.has_timestamps: bool | None = measures(table)["has_timestamps"][0]
        self.new_bytes = self._new_bytes()
        self._sides = tuple(self._side(endpoint) for endpoint in Endpoint)

    def __len__(self) -> int:
        return len(self.time)

    def by(self, endpoint: Endpoint) -> BoolArray:
        """Mark the segments that an endpoint sent."""
        return ~self.from_initiator if endpoint else self.from_initiator

    def sender(self, row: int) -> Endpoint:
        """Tell who sent a segment."""
        return Endpoint.INITIATOR if self.from_initiator[row] else Endpoint.RESPONDER

    def side(self, endpoint: Endpoint) -> "Side":
        """Give what is known of one endpoint."""
        return self._sides[endpoint]

    @property
    def is_window_known(self) -> bool:
        """Whether windows are known in bytes: both SYNs were captured with their options."""
        return bool((self.window != NONE).any())

    def _sack(self, table: pl.DataFrame) -> tuple[Int64Array, Int64Array]:
        """Give the edges of the newest SACK block."""
        has_block = table["sack_left"].is_not_null().to_numpy() & table["sack_right"].is_not_null().to_numpy()
        raw_ack = integers(table, "ack")
        left, right = (
            np.where(has_block & self.has_ack, self.ack + distance(raw_ack, integers(table, edge)), NONE)
            for edge in ("sack_left", "sack_right")
        )
        return left, right

    def _new_bytes(self) -> Int64Array:
        new = np.zeros(len(self), np.int64)
        for endpoint in Endpoint:
            rows = np.flatnonzero(self.by(endpoint) & self.counts & (self.payload > 0))
            last = self.seq[rows] + self.is_syn[rows] + self.payload[rows]
            highest = np.maximum.accumulate(np.append(self.seq[rows[:1]], last))[:-1]
            new[rows] = np.clip(last - highest, 0, self.payload[rows])
        return new

    def _side(self, endpoint: Endpoint) -> "Side":
        own, peer = self.by(endpoint) & self.counts, self.by(endpoint.peer) & self.counts
        in_flight = self._in_flight(own & ~(self.is_syn & (self.seq != 0)), peer & self.has_ack)
        offers = np.flatnonzero(own & self.has_ack & (self.window != NONE))
        stamped = np.flatnonzero(own & ~(self.is_syn & self.has_ack) & (self.tsval != NONE))
        ticks = unwrap(self.tsval[stamped])
        ticks -= ticks[:1]
        estimate = clock(self.time[stamped], self.tsval[stamped]) if self.has_timestamps is not False else None
        sending = np.flatnonzero(self.by(endpoint) & ~self.is_rst & ~self.is_duplicate & (self.payload > 0))
        sending = sending[np.argsort(self.time[sending], kind="stable")]
        return Side(
            in_flight=in_flight,
            offers=offers,
            stamped=stamped,
            ticks=ticks,
            clock=estimate,
            clock_origin=_origin(self.time[stamped], ticks, estimate) if estimate else 0.0,
            sending=self.time[sending],
            payload_before=np.append(0, np.cumsum(self.payload[sending])),
            new_before=np.append(0, np.cumsum(self.new_bytes[sending])),
        )

    def _in_flight(self, sends: BoolArray, acknowledges: BoolArray) -> Int64Array:
        nxt = np.maximum.accumulate(np.where(sends, self.end, NONE))
        una = np.maximum.accumulate(np.where(acknowledges, self.ack, NONE))
        first = np.flatnonzero(sends)[:1]
        if len(first):
            # Before the first acknowledgment, all that was sent is in flight.
            una = np.where((una == NONE) & (np.arange(len(una)) >= first[0]), self.seq[first[0]], una)
        return np.where((nxt != NONE) & (una != NONE), np.maximum(nxt - una, 0), NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is known of one endpoint. Rows (int64) are those of the connection's segments.

    `in_flight`, shape (n,), is what it had sent and the other side had not acknowledged, in bytes, the segment itself
    included; NONE where that can't be told. `offers` are the rows that offer a window of known scale.

    `stamped` are the rows whose TSval shows its clock: neither RSTs nor SYN-ACKs, whose may be no clock's. `ticks` are
    these TSvals, counted from the first, not wrapping; `clock_origin` is what the clock showed at time 0, in the same.

    `sending` are the times of what had payload, in order; `payload_before` and `new_before`, with one entry more, are
    how much of it, and of what was new, had been sent before each.
    """

    in_flight: Int64Array
    offers: Int64Array
    stamped: Int64Array
    ticks: Int64Array
    clock: ClockEstimate | None
    clock_origin: float
    sending: Int64Array
    payload_before: Int64Array
    new_before: Int64Array


def _origin(time: Int64Array, ticks: Int64Array, estimate: ClockEstimate) -> float:
    """Give what a clock showed at time 0: no segment was captured before it was stamped."""
    return float((ticks - time * (estimate.hz / NS)).max())
