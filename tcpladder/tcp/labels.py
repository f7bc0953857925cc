"""Loss, order and windows, as words on segments; columnar, over all connections at once.

The words are those that Wireshark made common (tcp.analysis), and so is their order of precedence: a probe or a
keep-alive is never a retransmission; a retransmission is spurious before it is fast, fast before out of order, and
plain if it is none of these. Where Wireshark 4.0 says something else, it is for one of these reasons:

* A packet captured twice is `captured-twice` and nothing else: it is no retransmission and no duplicate ACK, and what
  follows is judged as if it were not there.
* A segment whose every number was captured before is a retransmission however soon it comes, not out of order. One that
  closes a gap soon is out of order even if it ends where the sender already was.
* Keep-alives are sent only when nothing is outstanding (RFC 9293 §3.8.4). A byte sent again, and an ACK that goes back
  to before an unacknowledged FIN, are none.
* An empty segment below SND.NXT while the other side's window is closed is a probe: so Linux sends them (RFC 9293
  §3.8.6.1), and its answer is a probe's answer.
* An RST's numbers prove nothing: it has no label, and later segments are not measured by it.
* `acked-unseen-segment` stands once for each acknowledgment that covers something new and uncaptured. Wireshark judges
  by the last number without a gap before it, and once there was one it is late, or says it of what was captured.
* What goes beyond all that its sender was seen to send is new, even if its acknowledgment was captured before it.
* A SYN-ACK with another ISN is an answer of its own, not a port used again and no retransmission. A SYN that disturbs a
  connection is `port-reused` and leaves the connection as it is; Wireshark opens a new stream for it. So does what an
  old connection in TIME-WAIT answers to a SYN: it belongs to neither side's numbers, and has no label.
"""

from enum import IntFlag
from functools import cache

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.tcp.evidence import handshake_rtt, ordered
from tcpladder.tcp.gaps import fills_and_acknowledgments
from tcpladder.tcp.lookback import NONE, Lookback, begins
from tcpladder.tcp.numbers import BoolArray, Int64Array, connection_starts, integers
from tcpladder.tcp.tracking import of_older_connection


class Label(IntFlag):
    """What is said of a segment; a segment may have several."""

    RETRANSMISSION = 1 << 0  # takes up numbers that its sender has used before
    FAST_RETRANSMISSION = 1 << 1  # what duplicate ACKs have just asked for (RFC 5681 §3.2)
    SPURIOUS_RETRANSMISSION = 1 << 2  # data that was acknowledged already
    OUT_OF_ORDER = 1 << 3  # closes a gap so soon after it opened that it was only overtaken
    DUPLICATE_ACK = 1 << 4  # empty, and the same numbers and window as its sender's segment before (RFC 5681 §2)
    ZERO_WINDOW = 1 << 5  # its sender takes no more data
    ZERO_WINDOW_PROBE = 1 << 6  # asks whether a closed window has opened (RFC 9293 §3.8.6.1)
    ZERO_WINDOW_PROBE_ACK = 1 << 7  # it has not
    KEEP_ALIVE = 1 << 8  # asks whether the other side is still there (RFC 9293 §3.8.4)
    KEEP_ALIVE_ACK = 1 << 9  # it is
    WINDOW_FULL = 1 << 10  # goes right up to the edge that the other side has offered
    WINDOW_UPDATE = 1 << 11  # empty, and nothing but the window is new
    PORT_REUSED = 1 << 12  # a SYN between endpoints that had a connection before, or have one
    PREVIOUS_SEGMENT_NOT_CAPTURED = 1 << 13  # begins beyond the end of what its sender was seen to send
    ACKED_UNSEEN_SEGMENT = 1 << 14  # acknowledges what was not captured
    CAPTURED_TWICE = 1 << 15  # the same packet again (`tcp.copies`)


ENDS = ("source", "source_port", "destination", "destination_port")

FAST_NS = 20_000_000
FAST_DUPLICATES = 2  # one less than RFC 5681 §3.2 asks for: the capture may have missed one
REORDERED_NS = 3_000_000  # where the handshake's round-trip time is not known


@cache  # there are few combinations, however many segments
def words(mask: int) -> tuple[str, ...]:
    """Write the labels of a segment, such as `fast-retransmission`."""
    return tuple((label.name or "").lower().replace("_", "-") for label in Label if label & mask)


def labels(tracked: pl.DataFrame) -> pl.Series:
    """Give each segment's labels as a mask of `Label`, UInt32.

    `tracked` is what `tracking.tracked` gives of a capture, or of a part of it that has all connections between the
    same addresses and ports, or none: PORT_REUSED depends on it.
    """
    masks = np.zeros(len(tracked), np.uint32)
    if len(masks):
        for label, where in _Segments(tracked).labelled().items():
            masks |= where * np.uint32(label)
    return pl.Series("labels", masks)


class _Segments:
    """Columns of all segments, and the rows of each one's neighbours in its connection; masks over all rows."""

    def __init__(self, tracked: pl.DataFrame) -> None:
        self.table = tracked
        flags = integers(tracked, "flags")
        self.is_syn, self.is_fin, self.is_rst, self.has_ack = ((flags & bit) != 0 for bit in (SYN, FIN, RST, ACK))
        self.payload, self.time = integers(tracked, "payload_length"), integers(tracked, "time")
        self.seq, self.end, self.ack, self.snd_nxt, self.snd_una, self.snd_edge, self.peer_nxt, scaled = (
            tracked[name].fill_null(NONE).to_numpy()
            for name in (
                *("seq_relative", "end_relative", "ack_relative", "snd_nxt", "snd_una", "snd_edge", "peer_nxt"),
                "window_scaled",
            )
        )
        self.window = np.where(scaled == NONE, integers(tracked, "window"), scaled)
        self.is_duplicate = tracked["is_duplicate"].to_numpy()
        self.counts = ~self.is_duplicate & ~self.is_rst & ~of_older_connection(tracked, self.seq, self.ack)
        self.is_plain = self.counts & ~self.is_syn & ~self.is_fin
        self.from_initiator = tracked["from_initiator"].to_numpy()
        self.back = Lookback(connection_starts(tracked))
        self.own = self._before(~self.is_duplicate, own=True)
        self.peer = self._before(self.counts, own=False)
        self.goes_on = (self.own >= 0) & self.has_ack & (self.has_ack & ~self.is_rst)[self.own]

    def _before(self, wanted: BoolArray, *, own: bool) -> Int64Array:
        """Give the last wanted row before each, of the same sender or of the other side; -1 where there is none."""
        by_initiator = self.back.before(wanted & self.from_initiator)
        by_responder = self.back.before(wanted & ~self.from_initiator)
        return np.where(self.from_initiator == own, by_initiator, by_responder)

    def _peer_was(self, mask: BoolArray) -> BoolArray:
        """Segments whose sender had last been sent one of the mask."""
        last: BoolArray = (self.peer >= 0) & mask[self.peer]
        return last

    def labelled(self) -> dict[Label, BoolArray]:
        """Mark the segments of each label."""
        beyond = self.counts & ~self.is_syn & (self.snd_nxt != NONE) & (self.seq > self.snd_nxt)
        fills, is_gap_acknowledged = self._gaps(beyond)
        alive = self._probes_and_answers()
        probes = alive[Label.ZERO_WINDOW_PROBE] | alive[Label.KEEP_ALIVE]
        again = self._resent(self._below() & ~probes, alive[Label.DUPLICATE_ACK], fills)
        return (
            again
            | alive
            | {
                Label.ZERO_WINDOW: self.is_plain & self.has_ack & (self.window == 0),
                Label.WINDOW_FULL: self.is_plain & (self.payload > 0) & (self.end == self.snd_edge) & ~probes,
                Label.PORT_REUSED: self._port_reused(),
                Label.PREVIOUS_SEGMENT_NOT_CAPTURED: beyond,
                Label.ACKED_UNSEEN_SEGMENT: is_gap_acknowledged | self._acks_beyond(),
                Label.CAPTURED_TWICE: self.is_duplicate,
            }
        )

    def _probes_and_answers(self) -> dict[Label, BoolArray]:
        """Mark what says nothing new: probes, their answers, and other segments that differ in the window at most."""
        is_empty, is_byte = self.is_plain & (self.payload == 0), self.is_plain & (self.payload == 1)
        is_next, is_open = self.seq == self.snd_nxt, self.window > 0
        is_one_below = (self.snd_nxt != NONE) & (self.seq == self.snd_nxt - 1)
        is_outstanding = (self.snd_una != NONE) & (self.snd_una <= self.seq)
        is_at_edge = is_next | (is_one_below & is_outstanding) | (self.seq == self.snd_una)
        is_shut = self._peer_was(self.is_plain & self.has_ack & (self.window == 0))
        probe = is_shut & ((is_byte & is_at_edge) | (is_empty & is_one_below))
        keep_alive = (is_empty | is_byte) & is_one_below & ~is_outstanding & ~probe

        news = self.ack - self.ack[self.own]
        same_place = is_empty & is_next & self.goes_on
        same_window = self.window == self.window[self.own]
        repeats = same_place & (news == 0) & is_open & same_window
        keep_alive_ack = repeats & self._peer_was(keep_alive)
        still_shut = same_place & ((news == 0) | (news == 1)) & ~is_open & same_window
        return {
            Label.ZERO_WINDOW_PROBE: probe,
            Label.ZERO_WINDOW_PROBE_ACK: still_shut & self._peer_was(probe),
            Label.KEEP_ALIVE: keep_alive,
            Label.KEEP_ALIVE_ACK: keep_alive_ack,
            Label.DUPLICATE_ACK: repeats & ~keep_alive_ack,
            Label.WINDOW_UPDATE: same_place & (news == 0) & is_open & ~same_window,
        }

    def _below(self) -> BoolArray:
        """Segments that take up numbers below what their sender has sent.

        The byte of a probe that was not accepted is sent again with the data after it: that is new data.
        """
        has_own_number = (self.payload > 0) | self.is_fin | self.is_syn
        is_of_another_isn = self.is_syn & ((self.seq != 0) | self._begins_anew())
        is_after_probe = (self.payload > 1) & (self.seq == self.snd_nxt - 1) & (self.end > self.snd_nxt)
        is_below = (self.snd_nxt != NONE) & (self.seq < self.snd_nxt)
        below: BoolArray = self.counts & has_own_number & is_below & ~is_of_another_isn & ~is_after_probe
        return below

    def _begins_anew(self) -> BoolArray:
        """SYN-ACKs with another ISN than the one before, from which their sender's numbers are counted."""
        anew, raw = np.zeros(len(self.seq), np.bool_), integers(self.table, "seq")
        for sender in (self.from_initiator, ~self.from_initiator):
            syn_acks = np.flatnonzero(self.is_syn & self.has_ack & self.counts & sender)
            anew[syn_acks] = begins(raw[syn_acks]) & ~begins(self.back.connection[syn_acks])
        return anew

    def _resent(self, below: BoolArray, duplicate_acks: BoolArray, fills: BoolArray) -> dict[Label, BoolArray]:
        spurious = below & (self.payload > 0) & self._peer_was(self.has_ack) & (self.end <= self.ack[self.peer])
        fast = below & ~spurious & self._asked_for(duplicate_acks)
        out_of_order = below & ~spurious & ~fast & fills
        if out_of_order.any():
            out_of_order &= self._hardly_overtaken()
        return {
            Label.SPURIOUS_RETRANSMISSION: spurious,
            Label.FAST_RETRANSMISSION: fast,
            Label.OUT_OF_ORDER: out_of_order,
            Label.RETRANSMISSION: below & ~spurious & ~fast & ~out_of_order,
        }

    def _asked_for(self, duplicate_acks: BoolArray) -> BoolArray:
        """Segments that begin where the other side's duplicate ACKs ask for them, hardly after the last."""
        begins = self.counts & ~(self.goes_on & (self.ack == self.ack[self.own]))
        in_a_row = np.zeros(len(self.seq), np.int64)
        for sender in (self.from_initiator, ~self.from_initiator):
            so_far = np.cumsum(duplicate_acks & sender)
            in_a_row = np.where(sender, so_far - so_far[self.back.last(begins & sender)], in_a_row)
        asked = self._peer_was(in_a_row >= FAST_DUPLICATES) & (self.seq == self.ack[self.peer])
        soon: BoolArray = asked & (self.time - self.time[self.peer] < FAST_NS)
        return soon

    def _hardly_overtaken(self) -> BoolArray:
        """Segments captured within a round trip of the one that was ahead: nobody can have asked for them."""
        leads = self.counts & ((self.snd_nxt == NONE) | (self.end > self.snd_nxt))
        leader = self._before(leads, own=True)
        rtt = handshake_rtt(ordered(self.table), self.back)
        soon = self.time - self.time[leader] < np.where(rtt > 0, rtt, REORDERED_NS)
        came: BoolArray = soon & (leader >= 0)
        return came

    def _gaps(self, beyond: BoolArray) -> tuple[BoolArray, BoolArray]:
        """Mark segments that fill gaps in what was captured, and ACKs that newly cover some.

        What lies below the first captured segment of a direction was not captured either. Gaps are followed one by one
        in the few connections that have any.
        """
        fills, acknowledges = np.zeros(len(self.seq), np.bool_), np.zeros(len(self.seq), np.bool_)
        bounds = np.append(self.back.starts, len(self.seq))
        for number in np.unique(self.back.connection[beyond | self._below_the_first()]).tolist():
            rows = np.arange(bounds[number], bounds[number + 1])
            rows = rows[self.counts[rows] & ~self.is_syn[rows]]
            numbers = (self.seq[rows], self.end[rows], self.snd_nxt[rows])
            fills[rows], acknowledges[rows] = fills_and_acknowledgments(
                self.from_initiator[rows], numbers, self.ack[rows]
            )
        return fills, acknowledges

    def _below_the_first(self) -> BoolArray:
        """Segments that begin below the first one of their sender."""
        first = (self.back.earliest(self.counts & sender) for sender in (self.from_initiator, ~self.from_initiator))
        seq = np.append(self.seq, NONE)  # where there is no first one
        lowest = np.where(self.from_initiator, *(self.back.spread(seq[rows]) for rows in first))
        below: BoolArray = self.counts & (self.seq < lowest)
        return below

    def _acks_beyond(self) -> BoolArray:
        """Segments that acknowledge more than the other side was seen to send, and not for the second time running."""
        is_new = ~self.goes_on | (self.ack != self.ack[self.own])
        beyond: BoolArray = self.counts & self.has_ack & is_new & (self.peer_nxt != NONE) & (self.ack > self.peer_nxt)
        return beyond

    def _port_reused(self) -> BoolArray:
        """SYNs that open a later connection of the same endpoints, or come amid one with another ISN."""
        is_request = self.counts & self.is_syn & ~self.has_ack
        reused: BoolArray = is_request & (self.seq != 0)
        reused[self.back.starts] = is_request[self.back.starts] & self._follows()
        return reused

    def _follows(self) -> BoolArray:
        """Tell of each connection whether an earlier one has segments with the addresses and ports of its first.

        Hardly any has the ends of another: it is the segments of those that are looked at.
        """
        ends = self.table.select("connection", *ENDS)
        first = ends[self.back.starts]
        sender, receiver = (integers(first, ENDS[at]) << 16 | integers(first, ENDS[at + 1]) for at in (0, 2))
        pairs = pl.DataFrame({"low": np.minimum(sender, receiver), "high": np.maximum(sender, receiver)})
        is_shared = pairs.is_duplicated().to_numpy()
        if is_shared.any():
            rows = np.flatnonzero(self.back.spread(is_shared))
            earliest = ends[rows].select(pl.col("connection").min().over(ENDS)).to_series().to_numpy()
            of_first = np.searchsorted(rows, self.back.starts[is_shared])
            is_shared[is_shared] = earliest[of_first] < first["connection"].to_numpy()[is_shared]
        return is_shared
