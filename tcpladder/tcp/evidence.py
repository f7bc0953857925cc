"""What of each segment matters for states, as one small code; columnar, over all connections at once.

Everything numeric is decided here: which sequence numbers an ACK covers, whether an RST fits the window. What is
left is a string of codes a connection, its *shape*, and thousands of connections share a few hundred of them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets import flags as f
from tcpladder.sequence import MODULUS, distance, unwrap
from tcpladder.tcp.lookback import Lookback

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]
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


def ordered(segments: pl.DataFrame) -> OrderedSegments:
    """Take the needed columns of segments that are sorted by connection, then frame."""
    connection = segments["connection"].to_numpy()
    starts = np.ones(len(connection), np.bool_)
    starts[1:] = connection[1:] != connection[:-1]
    numbers = ("time", "flags", "seq", "ack", "payload_length")
    return OrderedSegments(
        starts=starts,
        from_initiator=segments["from_initiator"].to_numpy(),
        **{name: segments[name].cast(pl.Int64).to_numpy() for name in numbers},
    )


class _Direction:
    """The segments of one direction: what `sender` sent, and what `peer` sent back; masks over all rows."""

    def __init__(self, segments: OrderedSegments, back: Lookback, sender: BoolArray) -> None:
        self.segments = segments
        self.back = back
        self.sender = sender
        self.peer = ~sender
        self.syn = _with_own_isn(segments, back, sender & is_syn(segments))
        self.fin = sender & has(segments, f.FIN) & ~has(segments, f.RST)
        self.rst = sender & has(segments, f.RST)
        self.peer_acks = self.peer & has(segments, f.ACK)
        length = segments.payload_length + has(segments, f.SYN) + has(segments, f.FIN)
        self.end = (segments.seq + length) % MODULUS

    def covers_syn(self) -> BoolArray:
        """Segments of the peer that acknowledge the latest SYN; a SYN-ACK has to acknowledge nothing else."""
        covering: BoolArray = (self._beyond_syn() > 0) & (~is_syn(self.segments) | self.answers_syn())
        return covering

    def answers_syn(self) -> BoolArray:
        """Segments of the peer that acknowledge what a SYN carries: itself, and data (RFC 9293 §3.10.7.3, RFC 7413)."""
        beyond = self._beyond_syn()
        carried = np.where(self.syn, distance(self.segments.seq, self.end), 0)
        most = self.back.best(carried)[self.back.connection]
        answering: BoolArray = (beyond > 0) & (beyond <= most)
        return answering

    def _beyond_syn(self) -> Int64Array:
        """Give how far beyond the latest SYN's number the peer's segments acknowledge; 0 for all others.

        A SYN-ACK may have been captured before the SYN.
        """
        earliest = self.back.earliest(self.syn)[self.back.connection]
        ahead = np.where(is_syn(self.segments) & (earliest < len(self.back.rows)), earliest, -1)
        latest = self.back.last(self.syn)
        syn_row = np.where(latest >= 0, latest, ahead)
        beyond = distance(self.segments.seq[syn_row], self.segments.ack)
        return np.where(self.peer_acks & (syn_row >= 0), beyond, 0)

    def fin_row(self) -> Int64Array:
        """For each row, the connection's FIN that counts: the last that the peer acknowledged, else the last; or -1."""
        acked_row = self.back.best(np.where(self.peer_acks, self.back.rows, -1))[self.back.connection]
        is_acked = (acked_row >= 0) & (distance(self.end, self.segments.ack[acked_row]) >= 0)
        score = np.where(self.fin, self.back.rows + np.where(is_acked, len(self.fin), 0), -1)
        best = self.back.best(score)[self.back.connection]
        row: Int64Array = np.where(best >= len(self.fin), best - len(self.fin), best)
        return row

    def late(self, rtt: Int64Array) -> BoolArray:
        """Segments sent so long after the peer's last RST that it must have arrived."""
        reset_row = self.back.before(self.peer & has(self.segments, f.RST))
        waited = self.segments.time - self.segments.time[reset_row]
        return self.sender & ~has(self.segments, f.RST) & (reset_row >= 0) & (waited > 2 * rtt + LATE_MARGIN_NS)

    def resets_long_after_syn(self) -> BoolArray:
        """RSTs sent when the sender would long have repeated its SYN-ACK, had no ACK of it come."""
        syn_row = self.back.before(self.syn)
        waited = self.segments.time - self.segments.time[syn_row]
        return self.rst & (syn_row >= 0) & (waited > SYN_ACK_REPEAT_NS)

    def resent(self) -> BoolArray:
        """Data sent again while the peer has sent no segment but SYN-ACKs and RSTs."""
        ordinary = ~has(self.segments, f.SYN) & ~has(self.segments, f.RST)
        data = self.sender & ordinary & (self.segments.payload_length > 0)
        earlier = self.back.before(data)
        repeats = (earlier >= 0) & (distance(self.segments.seq, self.end[earlier]) > 0)
        return data & repeats & (self.back.before(self.peer & ordinary) < 0)

    def fitting_resets(self, answers_peer_syn: BoolArray, fin_row: Int64Array) -> BoolArray:
        """RSTs that the peer has to obey: RFC 9293 §3.5.3 and §3.10.7.3, RFC 5961 §3.2.

        In SYN-SENT that is one that acknowledges the SYN. Later its sequence number has to be RCV.NXT, which lies
        between what the peer last acknowledged and the end of what the sender has sent. One with the number of the
        sender's own FIN is a number below; Linux obeys it, and so it is taken to fit, unless the peer is seen to
        acknowledge the FIN afterwards.
        """
        peer_acks = self.back.before(self.peer_acks & ~has(self.segments, f.RST))
        peer_spoke = self.back.before(self.peer & ~has(self.segments, f.RST)) >= 0
        acknowledged = self.segments.ack[peer_acks]
        offset = distance(acknowledged, self.segments.seq)
        at_most = np.maximum(distance(acknowledged, self._highest_end()), 0)
        behind_fin = (fin_row >= 0) & (offset == -1) & (distance(self.end[fin_row], acknowledged) == 0)
        in_sequence = (((offset >= 0) & (offset <= at_most)) | behind_fin) & ~self._ignored_behind_fin(fin_row)
        fitting: BoolArray = self.rst & np.where(peer_acks >= 0, in_sequence, answers_peer_syn | ~peer_spoke)
        return fitting

    def _ignored_behind_fin(self, fin_row: Int64Array) -> BoolArray:
        """RSTs with the number of the sender's FIN, after which the peer acknowledges that FIN."""
        fin_end = self.end[fin_row]
        has_sent = (fin_row >= 0) & (self.back.before(self.fin & (self.end == fin_end)) >= 0)
        acks = self.peer_acks & ~has(self.segments, f.RST) & (self.segments.ack == fin_end)
        last_ack = self.back.best(np.where(acks, self.back.rows, -1))[self.back.connection]
        ignored: BoolArray = has_sent & (distance(self.segments.seq, fin_end) == 1) & (last_ack > self.back.rows)
        return ignored

    def refusals(self) -> BoolArray:
        """RSTs of who has sent a SYN only that carry the number of an ACK beyond it: RFC 9293 §3.5.2 and §3.10.7.3.

        Such an RST takes its number from the ACK that it refuses; one that aborts goes on behind the SYN.
        """
        syn_row = self.back.before(self.syn)
        beyond = distance(self.segments.seq[syn_row], self.segments.seq)
        is_own_number = (beyond > 0) & (beyond <= distance(self.segments.seq, self.end)[syn_row])
        is_opening = self.back.before(self.sender & ~is_syn(self.segments) & ~has(self.segments, f.RST)) < 0
        refusing: BoolArray = self.rst & ~has(self.segments, f.ACK) & (syn_row >= 0) & is_opening & ~is_own_number
        return refusing

    def new_isns(self) -> BoolArray:
        """SYN-ACKs with another ISN than the one before: a listener that still had the request would repeat that."""
        earlier = self.back.before(self.syn)
        is_other = self.segments.seq != self.segments.seq[earlier]
        anew: BoolArray = self.syn & has(self.segments, f.ACK) & (earlier >= 0) & is_other
        return anew

    def new_data(self) -> BoolArray:
        """Segments whose payload goes beyond all that the sender had sent before."""
        data = self.sender & ~has(self.segments, f.RST) & (self.segments.payload_length > 0)
        earlier = self.back.before(self.sender & ~has(self.segments, f.RST))
        beyond = distance(self._highest_end()[earlier], self._payload_end())
        return data & ((earlier < 0) | (beyond > 0))

    def unacknowledged(self) -> BoolArray:
        """Rows up to which the sender sent payload that the peer has not acknowledged; an RST acknowledges too."""
        data = self.sender & ~has(self.segments, f.RST) & (self.segments.payload_length > 0)
        ends = self._highest_of(data, self._payload_end())
        acked_row = self.back.last(self.peer_acks)
        missing = distance(self.segments.ack[acked_row], ends) > 0
        return (self.back.last(data) >= 0) & (missing | (acked_row < 0))

    def lacks_acknowledged(self) -> BoolArray:
        """Rows whose ACK number is beyond all of the sender's bytes, SYN and FIN that were captured, if any was."""
        occupies = self.sender & ~has(self.segments, f.RST) & (self.segments.seq != self.end)
        last = self.back.best(self.back.rows)[self.back.connection]
        end = self._highest_of(occupies, self.end)[last]
        lacking: BoolArray = self.back.best(occupies)[self.back.connection] & (distance(end, self.segments.ack) > 0)
        return lacking

    def _payload_end(self) -> Int64Array:
        return (self.segments.seq + has(self.segments, f.SYN) + self.segments.payload_length) % MODULUS

    def _highest_end(self) -> Int64Array:
        """Give, at each row, the end of all that was sent so far in its connection; raw, 0 where nothing was."""
        return self._highest_of(self.sender & ~has(self.segments, f.RST), self.end)

    def _highest_of(self, sends: BoolArray, raw: Int64Array) -> Int64Array:
        connection = self.back.connection[sends]
        begins = np.ones(len(connection), np.bool_)
        begins[1:] = connection[1:] != connection[:-1]
        ends = np.full(len(sends), np.iinfo(np.int64).min)
        ends[sends] = unwrap(raw[sends], begins)
        table = pl.DataFrame({"connection": self.back.connection, "end": ends})
        highest = table.select(pl.col("end").cum_max().over("connection")).to_series().to_numpy()
        return highest % MODULUS


def has(segments: OrderedSegments, flag: int) -> BoolArray:
    """Tell for each segment whether it has the flag."""
    flagged: BoolArray = (segments.flags & flag) != 0
    return flagged


def is_syn(segments: OrderedSegments) -> BoolArray:
    """Tell for each segment whether it opens: a SYN or a SYN-ACK, and no RST."""
    opening: BoolArray = (segments.flags & (f.SYN | f.RST)) == f.SYN
    return opening


def _with_own_isn(segments: OrderedSegments, back: Lookback, syn: BoolArray) -> BoolArray:
    """Take one sender's SYNs with its ISN. After a refusal a SYN-ACK may come back with another one; a SYN may not."""
    first_row = np.minimum(back.earliest(syn), len(syn) - 1)
    first_isn = segments.seq[first_row][back.connection]
    own: BoolArray = syn & (has(segments, f.ACK) | (segments.seq == first_isn))
    return own


def evidence(segments: OrderedSegments) -> Codes:
    """Give each segment's code."""
    if len(segments.starts) == 0:
        return np.empty(0, np.uint32)
    back = Lookback(segments.starts)
    measured = handshake_rtt(segments, back)
    rtt = np.where(measured >= 0, measured, ASSUMED_RTT_NS)
    codes = np.where(segments.from_initiator, 0, FROM_RESPONDER).astype(np.uint32)

    def mark(bit: int, where: BoolArray) -> None:
        codes[where] |= bit

    mark(ACK, has(segments, f.ACK))
    mark(RST, has(segments, f.RST))
    mark(DATA, (segments.payload_length > 0) & ~has(segments, f.RST))
    directions = [_Direction(segments, back, sender) for sender in (segments.from_initiator, ~segments.from_initiator)]
    for direction, opposite in zip(directions, reversed(directions), strict=True):
        mark(SYN, direction.syn)
        mark(COVERS_SYN, direction.covers_syn())
        mark(LATE, direction.late(rtt))
        mark(RESENT, direction.resent())
        mark(LONG_AFTER_SYN, direction.resets_long_after_syn())
        fin_row = direction.fin_row()
        fin_end = direction.end[fin_row]
        mark(FIN, direction.fin & (direction.end == fin_end))
        mark(COVERS_FIN, direction.peer_acks & (fin_row >= 0) & (segments.ack == fin_end))
        mark(RST_FITS, direction.fitting_resets(opposite.answers_syn(), fin_row))
        mark(NEW, direction.new_data())
        mark(ACKS_UNSEEN, direction.peer_acks & ~has(segments, f.RST) & direction.lacks_acknowledged())
        mark(REFUSES, direction.refusals())
        mark(NEW_ISN, direction.new_isns())
        mark(OUTSTANDING, has(segments, f.RST) & direction.unacknowledged())
    return codes


def handshake_rtt(segments: OrderedSegments, back: Lookback) -> Int64Array:
    """Give each row its connection's round-trip time in ns; -1 where the handshake was not captured whole.

    It is the time from the last SYN before the first SYN-ACK to that one, and from the last SYN-ACK to the first ACK
    after it: what was repeated in between does not count.
    """
    last_row = len(back.rows) - 1
    pure_syn = is_syn(segments) & ~has(segments, f.ACK) & segments.from_initiator
    is_syn_ack = is_syn(segments) & has(segments, f.ACK) & ~segments.from_initiator
    syn_ack = back.earliest(is_syn_ack)
    plain_ack = (segments.flags & (f.SYN | f.RST | f.ACK)) == f.ACK
    ack = back.earliest(plain_ack & segments.from_initiator)
    syn = back.before(pure_syn)[np.minimum(syn_ack, last_row)]
    is_whole = (syn_ack <= last_row) & (ack <= last_row) & (ack > syn_ack) & (syn >= 0)
    ack_row = np.minimum(ack, last_row)
    to_responder = segments.time[np.minimum(syn_ack, last_row)] - segments.time[syn]
    measured = to_responder + segments.time[ack_row] - segments.time[back.before(is_syn_ack)[ack_row]]
    rtt = np.where(is_whole & (measured >= 0), np.minimum(measured, LONGEST_RTT_NS), -1)
    of_row: Int64Array = rtt[back.connection]
    return of_row


def control_rows(codes: Codes, starts: BoolArray) -> BoolArray:
    """Mark the segments that a shape is made of: the first and the last of each run of equal codes in a direction.

    Each SYN-ACK with an ISN of its own begins anew, and is one of them.
    """
    if len(codes) == 0:
        return np.empty(0, np.bool_)
    back = Lookback(starts)
    kept: BoolArray = (codes & NEW_ISN) != 0
    for sender in (codes & FROM_RESPONDER == 0, codes & FROM_RESPONDER != 0):
        earlier = back.before(sender)
        begins = sender & ((earlier < 0) | (codes != codes[earlier]))
        kept |= begins
        kept[earlier[begins & (earlier >= 0)]] = True
        last_of_all = back.best(np.where(sender, back.rows, -1))
        kept[last_of_all[last_of_all >= 0]] = True
    return kept
