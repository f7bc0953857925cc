"""What of each segment matters for states, as one small code; columnar, over all connections at once.

Everything numeric is decided here: which sequence numbers an ACK covers, whether an RST fits the window. What is
left is a string of codes a connection, its *shape*, and thousands of connections share a few hundred of them.
"""

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets import flags as f
from tcpladder.sequence import LAST, distance, unwrap
from tcpladder.tcp.lookback import BoolArray, Int64Array, Lookback, begins, highest_so_far

Codes = npt.NDArray[np.uint32]

# The bits of a code.
FROM_RESPONDER = 1 << 0
SYN = 1 << 1  # with the endpoint's own ISN: a stray SYN has no bit
ACK = 1 << 2
FIN = 1 << 3  # at the place where the endpoint's data ends: a stray FIN has no bit
RST = 1 << 4
DATA = 1 << 5
COVERS_SYN = 1 << 6  # acknowledges the peer's SYN
COVERS_FIN = 1 << 7  # acknowledges the peer's FIN, and no more: there is nothing after it
RST_FITS = 1 << 8  # the receiver has to obey this RST
LATE = 1 << 9  # sent so long after the peer's last RST that this RST had no effect
RESENT = 1 << 10  # data sent again while the peer has sent nothing but SYN-ACKs
LONG_AFTER_SYN = 1 << 11  # an RST so long after the sender's last SYN-ACK that it would have repeated that
NEW = 1 << 12  # payload beyond all that the sender had sent before
OUTSTANDING = 1 << 13  # an RST at which payload of either endpoint was not acknowledged
REFUSES = 1 << 14  # an RST against an ACK of what its sender, which has sent nothing but a SYN, never sent
NEW_ISN = 1 << 15  # a SYN-ACK with another ISN than its sender's last one: that request was forgotten
ACKS_UNSEEN = 1 << 16  # acknowledges more than was ever captured of the peer: its FIN may be among that

ASSUMED_RTT_NS = 200_000_000
LONGEST_RTT_NS = 3_000_000_000
LATE_MARGIN_NS = 10_000_000
SYN_ACK_REPEAT_NS = 3_000_000_000  # the longest first retransmission time-out in use: RFC 6298 §2.1 and §5.7


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedSegments:
    """Segments connection by connection, in frame order within each; all arrays have one entry a segment.

    `starts` marks the first segment of each connection. Numbers are int64, raw.
    """

    starts: BoolArray
    from_initiator: BoolArray
    time: Int64Array
    flags: Int64Array
    seq: Int64Array
    ack: Int64Array
    payload_length: Int64Array

    def at(self, rows: Int64Array) -> "OrderedSegments":
        """Give some of them, among which are the first of all their connections."""
        return OrderedSegments(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def ordered(segments: pl.DataFrame) -> OrderedSegments:
    """Take the needed columns of segments that are sorted by connection, then frame."""
    numbers = ("time", "flags", "seq", "ack", "payload_length")
    return OrderedSegments(
        starts=begins(segments["connection"].to_numpy()),
        from_initiator=segments["from_initiator"].to_numpy(),
        **{name: segments[name].cast(pl.Int64).to_numpy() for name in numbers},
    )


class _Marked:
    """Ordered segments with what their flags and lengths mean; masks over all rows."""

    def __init__(self, segments: OrderedSegments) -> None:
        self.segments = segments
        self.back = Lookback(segments.starts)
        has_syn, has_fin, self.is_rst, self.has_ack = (
            (segments.flags & flag) != 0 for flag in (f.SYN, f.FIN, f.RST, f.ACK)
        )
        self.is_sent = ~self.is_rst
        self.is_syn = has_syn & self.is_sent  # a SYN or a SYN-ACK
        self.is_fin = has_fin & self.is_sent
        self.is_ordinary = ~has_syn & self.is_sent
        self.has_data = (segments.payload_length > 0) & self.is_sent
        self.payload_end = (segments.seq + segments.payload_length + has_syn) & LAST
        self.end = (self.payload_end + has_fin) & LAST


class _Direction:
    """The segments of one direction: what `sender` sent, and what `peer` sent back; masks over all rows."""

    def __init__(self, marked: _Marked, sender: BoolArray) -> None:
        self.marked = marked
        self.segments, self.back, self.end = marked.segments, marked.back, marked.end
        self.sender = sender
        self.peer = ~sender
        self.sends = sender & marked.is_sent
        self.syns = self._with_own_isn(np.flatnonzero(sender & marked.is_syn))
        self.syn = self._mask(self.syns)
        self.fins = np.flatnonzero(sender & marked.is_fin)
        self.peer_acks = self.peer & marked.has_ack

    def _mask(self, rows: Int64Array) -> BoolArray:
        mask = np.zeros(len(self.sender), np.bool_)
        mask[rows] = True
        return mask

    def _with_own_isn(self, syns: Int64Array) -> Int64Array:
        """Take the SYNs with the sender's ISN. After a refusal a SYN-ACK may come with another one; a SYN may not."""
        seq, first = self.segments.seq[syns], begins(self.back.connection[syns])
        own: Int64Array = syns[self.marked.has_ack[syns] | (seq == seq[first][np.cumsum(first) - 1])]
        return own

    def covers_syn(self) -> BoolArray:
        """Segments of the peer that acknowledge the latest SYN; a SYN-ACK has to acknowledge nothing else."""
        covering: BoolArray = self._beyond_syn > 0
        syn_acks = np.flatnonzero(covering & self.marked.is_syn)
        covering[syn_acks] = self.answers_syn(syn_acks)
        return covering

    def answers_syn(self, rows: Int64Array) -> BoolArray:
        """Tell which of the peer's segments acknowledge what a SYN carries: itself, and data.

        RFC 9293 §3.10.7.3, RFC 7413.
        """
        most = np.zeros(len(self.back.starts), np.int64)
        carried = distance(self.segments.seq[self.syns], self.end[self.syns])
        np.maximum.at(most, self.back.connection[self.syns], carried)
        beyond = self._beyond_syn[rows]
        answering: BoolArray = (beyond > 0) & (beyond <= most[self.back.connection[rows]])
        return answering

    @cached_property
    def _beyond_syn(self) -> Int64Array:
        """How far beyond the latest SYN's number the peer's segments acknowledge; 0 for all others.

        A SYN-ACK may have been captured before the SYN.
        """
        syn_row = self.back.last(self.syn)
        ahead = np.flatnonzero(self.peer & self.marked.is_syn & (syn_row < 0))
        first = self.back.earliest(self.syn)[self.back.connection[ahead]]
        syn_row[ahead] = np.where(first < len(syn_row), first, -1)
        beyond = distance(self.segments.seq[syn_row], self.segments.ack)
        return np.where(self.peer_acks & (syn_row >= 0), beyond, 0)

    @cached_property
    def fin_row(self) -> Int64Array:
        """Each connection's FIN that counts: the last that the peer acknowledged, else the last; or -1."""
        connection, rows = self.back.connection[self.fins], len(self.sender)
        acked_row = self.back.latest(self.peer_acks)[connection]
        is_acked = (acked_row >= 0) & (distance(self.end[self.fins], self.segments.ack[acked_row]) >= 0)
        best = np.full(len(self.back.starts), -1)
        np.maximum.at(best, connection, self.fins + np.where(is_acked, rows, 0))
        row: Int64Array = np.where(best >= rows, best - rows, best)
        return row

    def final_fins(self) -> BoolArray:
        """FINs at the place where the data ends."""
        fin_end = self.end[self.fin_row[self.back.connection[self.fins]]]
        return self._mask(self.fins[self.end[self.fins] == fin_end])

    def covers_fin(self) -> BoolArray:
        """Segments of the peer that acknowledge the FIN, and no more."""
        fin_end = np.where(self.fin_row >= 0, self.end[self.fin_row], -1)
        covering: BoolArray = self.peer_acks & (self.segments.ack == self.back.spread(fin_end))
        return covering

    def resent(self) -> BoolArray:
        """Data sent again while the peer has sent no segment but SYN-ACKs and RSTs."""
        first_answer = self.back.earliest(self.peer & self.marked.is_ordinary)
        data = self.sender & self.marked.is_ordinary & self.marked.has_data
        rows = np.flatnonzero(data & (self.back.rows < self.back.spread(first_answer)))
        repeats = ~begins(self.back.connection[rows])
        repeats[1:] &= distance(self.segments.seq[rows[1:]], self.end[rows[:-1]]) > 0
        return self._mask(rows[repeats])

    def new_isns(self) -> BoolArray:
        """SYN-ACKs with another ISN than the one before: a listener that still had the request would repeat that."""
        is_other = ~begins(self.back.connection[self.syns]) & begins(self.segments.seq[self.syns])
        return self._mask(self.syns[is_other & self.marked.has_ack[self.syns]])

    def new_data(self) -> BoolArray:
        """Segments whose payload goes beyond all that the sender had sent before."""
        rows, highest = self._highest(self.sends, self.end)
        is_new = begins(self.back.connection[rows])
        is_new[1:] |= distance(highest[:-1], self.marked.payload_end[rows[1:]]) > 0
        return self._mask(rows[is_new & self.marked.has_data[rows]])

    def acks_unseen(self) -> BoolArray:
        """Segments of the peer that acknowledge more than all bytes, SYN and FIN that were captured, if any was."""
        rows = np.flatnonzero(self.sends & (self.segments.seq != self.end))
        first = np.flatnonzero(begins(self.back.connection[rows]))
        end, is_known = np.zeros(len(self.back.starts), np.int64), np.zeros(len(self.back.starts), np.bool_)
        if len(rows):
            connection = self.back.connection[rows[first]]
            end[connection] = np.maximum.reduceat(self._unwrapped(rows, self.end), first)
            is_known[connection] = True
        lacking = self.back.spread(is_known) & (distance(self.back.spread(end), self.segments.ack) > 0)
        unseen: BoolArray = self.peer_acks & self.marked.is_sent & lacking
        return unseen

    def late(self, rtt: Int64Array) -> BoolArray:
        """Segments sent so long after the peer's last RST that it must have arrived."""
        reset_row = self.back.before(self.peer & self.marked.is_rst)
        waited = self.segments.time - self.segments.time[reset_row]
        late: BoolArray = self.sends & (reset_row >= 0) & (waited > 2 * rtt + LATE_MARGIN_NS)
        return late

    def resets(self) -> Int64Array:
        """Give the rows of the sender's RSTs."""
        return np.flatnonzero(self.sender & self.marked.is_rst)

    def long_after_syn(self, resets: Int64Array) -> BoolArray:
        """Tell which RSTs were sent when the sender would long have repeated its SYN-ACK, had no ACK of it come."""
        syn_row = self.back.before_rows(resets, self.syn)
        waited = self.segments.time[resets] - self.segments.time[syn_row]
        return (syn_row >= 0) & (waited > SYN_ACK_REPEAT_NS)

    def fitting(self, resets: Int64Array, answers_peer_syn: BoolArray) -> BoolArray:
        """Tell which RSTs the peer has to obey: RFC 9293 §3.5.3 and §3.10.7.3, RFC 5961 §3.2.

        In SYN-SENT that is one that acknowledges the SYN. Later its sequence number has to be RCV.NXT, which lies
        between what the peer last acknowledged and the end of what the sender has sent. One with the number of the
        sender's own FIN is a number below; Linux obeys it, and so it is taken to fit, unless the peer is seen to
        acknowledge the FIN afterwards.
        """
        peer_sends = self.peer & self.marked.is_sent
        peer_acks = self.back.before_rows(resets, peer_sends & self.marked.has_ack)
        peer_spoke = self.back.before_rows(resets, peer_sends) >= 0
        acknowledged = self.segments.ack[peer_acks]
        offset = distance(acknowledged, self.segments.seq[resets])
        at_most = np.maximum(distance(acknowledged, self._highest_before(resets, self.sends, self.end)), 0)
        fin_row = self.fin_row[self.back.connection[resets]]
        behind_fin = (fin_row >= 0) & (offset == -1) & (distance(self.end[fin_row], acknowledged) == 0)
        in_sequence = (((offset >= 0) & (offset <= at_most)) | behind_fin) & ~self._ignored_behind_fin(resets)
        return np.where(peer_acks >= 0, in_sequence, answers_peer_syn | ~peer_spoke)

    def _ignored_behind_fin(self, resets: Int64Array) -> BoolArray:
        """Tell which RSTs have the number of the sender's FIN, and the peer acknowledges that FIN after them."""
        connection = self.back.connection[resets]
        fin_end = self.end[self.fin_row[connection]]
        has_sent = self.back.before_rows(resets, self.final_fins()) >= 0
        last_ack = self.back.latest(self.covers_fin() & self.marked.is_sent)[connection]
        ignored: BoolArray = has_sent & (distance(self.segments.seq[resets], fin_end) == 1) & (last_ack > resets)
        return ignored

    def refusing(self, resets: Int64Array) -> BoolArray:
        """Tell which RSTs, of who has sent a SYN only, carry the number of an ACK beyond it.

        RFC 9293 §3.5.2 and §3.10.7.3. Such an RST takes its number from the ACK that it refuses; one that aborts goes
        on behind the SYN.
        """
        syn_row = self.back.before_rows(resets, self.syn)
        syn_seq = self.segments.seq[syn_row]
        beyond = distance(syn_seq, self.segments.seq[resets])
        is_own_number = (beyond > 0) & (beyond <= distance(syn_seq, self.end[syn_row]))
        is_opening = self.back.before_rows(resets, self.sends & ~self.marked.is_syn) < 0
        refusing: BoolArray = ~self.marked.has_ack[resets] & (syn_row >= 0) & is_opening & ~is_own_number
        return refusing

    def unacknowledged(self, resets: Int64Array) -> BoolArray:
        """Tell at which RSTs, of either side, the peer has not acknowledged some payload; an RST acknowledges too."""
        data = self.sends & self.marked.has_data
        acked_row = self.back.last(self.peer_acks)[resets]
        ends = self._highest_before(resets, data, self.marked.payload_end)
        missing = distance(self.segments.ack[acked_row], ends) > 0
        return (self.back.before_rows(resets, data) >= 0) & (missing | (acked_row < 0))

    def _unwrapped(self, rows: Int64Array, raw: Int64Array) -> Int64Array:
        return unwrap(raw[rows], begins(self.back.connection[rows]))

    def _highest(self, sends: BoolArray, raw: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Give the rows that are sent, and at each the highest number of its connection so far; raw."""
        rows = np.flatnonzero(sends)
        numbers = highest_so_far(self._unwrapped(rows, raw), begins(self.back.connection[rows]))
        return rows, numbers & LAST

    def _highest_before(self, rows: Int64Array, sends: BoolArray, raw: Int64Array) -> Int64Array:
        """Give, for rows that are not among those sent, the highest number of all before; raw, 0 where nothing was."""
        sent, highest = self._highest(sends, raw)
        found = self.back.before_rows(rows, sends)
        if not len(sent):
            return np.zeros(len(rows), np.int64)
        return np.where(found >= 0, highest[np.searchsorted(sent, found)], 0)


def evidence(segments: OrderedSegments) -> Codes:
    """Give each segment's code."""
    if len(segments.starts) == 0:
        return np.empty(0, np.uint32)
    marked = _Marked(segments)
    codes = _codes(marked)
    with_resets = np.flatnonzero(marked.back.spread(marked.back.latest(marked.is_rst)) >= 0)
    if len(with_resets):
        codes[with_resets] |= _codes_about_resets(_Marked(segments.at(with_resets)))
    return codes


def _codes(marked: _Marked) -> Codes:
    """Give the bits that don't depend on RSTs."""
    from_initiator = marked.segments.from_initiator
    codes = (~from_initiator).astype(np.uint32) * np.uint32(FROM_RESPONDER)

    def mark(bit: int, where: BoolArray) -> None:
        nonlocal codes
        codes |= where * np.uint32(bit)

    mark(ACK, marked.has_ack)
    mark(RST, marked.is_rst)
    mark(DATA, marked.has_data)
    for sender in (from_initiator, ~from_initiator):
        direction = _Direction(marked, sender)
        mark(SYN, direction.syn)
        mark(COVERS_SYN, direction.covers_syn())
        mark(FIN, direction.final_fins())
        mark(COVERS_FIN, direction.covers_fin())
        mark(RESENT, direction.resent())
        mark(NEW, direction.new_data())
        mark(ACKS_UNSEEN, direction.acks_unseen())
        mark(NEW_ISN, direction.new_isns())
    return codes


def _codes_about_resets(marked: _Marked) -> Codes:
    """Give the bits that only connections with an RST have."""
    from_initiator = marked.segments.from_initiator
    codes = np.zeros(len(from_initiator), np.uint32)
    measured = handshake_rtt(marked.segments, marked.back)
    rtt = np.where(measured >= 0, measured, ASSUMED_RTT_NS)
    all_resets = np.flatnonzero(marked.is_rst)
    directions = [_Direction(marked, sender) for sender in (from_initiator, ~from_initiator)]
    for direction, opposite in zip(directions, reversed(directions), strict=True):
        resets = direction.resets()
        codes[direction.late(rtt)] |= LATE
        codes[resets[direction.long_after_syn(resets)]] |= LONG_AFTER_SYN
        codes[resets[direction.fitting(resets, opposite.answers_syn(resets))]] |= RST_FITS
        codes[resets[direction.refusing(resets)]] |= REFUSES
        codes[all_resets[direction.unacknowledged(all_resets)]] |= OUTSTANDING
    return codes


def handshake_rtt(segments: OrderedSegments, back: Lookback) -> Int64Array:
    """Give each row its connection's round-trip time in ns; -1 where the handshake was not captured whole.

    It is the time from the last SYN before the first SYN-ACK to that one, and from the last SYN-ACK to the first ACK
    after it: what was repeated in between does not count.
    """
    last_row = len(segments.starts) - 1
    opening = segments.flags & (f.SYN | f.RST | f.ACK)
    is_syn_ack = (opening == (f.SYN | f.ACK)) & ~segments.from_initiator
    syn_ack = back.earliest(is_syn_ack)
    ack = back.earliest((opening == f.ACK) & segments.from_initiator)
    is_answered = (syn_ack <= last_row) & (ack <= last_row) & (ack > syn_ack)
    syn_ack_row, ack_row = np.minimum(syn_ack, last_row), np.minimum(ack, last_row)
    syn = back.before_rows(syn_ack_row, (opening == f.SYN) & segments.from_initiator)
    to_responder = segments.time[syn_ack_row] - segments.time[syn]
    measured = to_responder + segments.time[ack_row] - segments.time[back.before_rows(ack_row, is_syn_ack)]
    is_whole = is_answered & (syn >= 0) & (measured >= 0)
    return back.spread(np.where(is_whole, np.minimum(measured, LONGEST_RTT_NS), -1))


def control_rows(codes: Codes, starts: BoolArray) -> BoolArray:
    """Mark the segments that a shape is made of: the first and the last of each run of equal codes in a direction.

    Each SYN-ACK with an ISN of its own begins anew, and is one of them.
    """
    kept: BoolArray = (codes & NEW_ISN) != 0
    connection = np.cumsum(starts)
    from_responder = (codes & FROM_RESPONDER) != 0
    for sender in (~from_responder, from_responder):
        rows = np.flatnonzero(sender)
        is_first = begins(connection[rows]) | begins(codes[rows])
        kept[rows[is_first]] = True
        kept[rows[np.append(is_first[1:], True)[: len(rows)]]] = True  # the one before the first of the next
    return kept
