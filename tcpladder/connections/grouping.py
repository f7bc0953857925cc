"""Segments into connections: a 4-tuple and an incarnation of it (RFC 9293 §3.4.1 calls it so).

A new SYN starts a new incarnation when the old one has ended, was never answered, or when the segments that follow
prove that the SYN was accepted. A SYN that repeats the ISN is a retransmission. A stray SYN that the peer refuses,
by a challenge ACK (RFC 9293 §3.10.7.4, fourth step) or by silence, stays in the connection that it disturbed:
Wireshark opens a new stream for it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.sequence import MODULUS

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TupleRows:
    """The segments of one 4-tuple in frame order; `from_low` tells which of the two endpoints sent each."""

    flags: Int64Array
    seq: Int64Array
    ack: Int64Array
    payload_length: Int64Array
    from_low: BoolArray

    def slice(self, start: int, end: int) -> "TupleRows":
        """Give the rows from `start` to before `end`."""
        return TupleRows(*(getattr(self, name)[start:end] for name in self.__slots__))


def connection_ids(segments: pl.DataFrame) -> Int64Array:
    """Give each row the number of its connection, from 1, in order of the connections' first rows."""
    if segments.is_empty():
        return np.empty(0, np.int64)
    keyed = segments.select(
        *(pl.col(name).cast(pl.Int64) for name in ("flags", "seq", "ack", "payload_length")),
        source=_endpoint("source", "source_port"),
        destination=_endpoint("destination", "destination_port"),
    ).with_columns(low=pl.min_horizontal("source", "destination"), high=pl.max_horizontal("source", "destination"))
    keys = keyed.with_row_index("row").select(pl.col("row").first().over("low", "high")).to_series().to_numpy()
    order = np.argsort(keys, kind="stable")
    in_order = keyed[order]
    flags, seq, ack, payload_length = (in_order[name].to_numpy() for name in ("flags", "seq", "ack", "payload_length"))
    rows = TupleRows(flags, seq, ack, payload_length, (in_order["source"] == in_order["low"]).to_numpy())
    ordered_keys = keys[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = ordered_keys[1:] != ordered_keys[:-1]
    for start, end in _tuples_with_several_openings(rows, begins):
        begins[np.array(incarnation_starts(rows.slice(start, end))) + start] = True
    return _numbered_by_first_row(order, begins)


def _endpoint(address: str, port: str) -> pl.Expr:
    return pl.col(address).cast(pl.Int64) * 65536 + pl.col(port).cast(pl.Int64)


def _numbered_by_first_row(order: Int64Array, begins: BoolArray) -> Int64Array:
    first_rows = order[begins]
    rank = np.empty(len(first_rows), np.int64)
    rank[np.argsort(first_rows)] = np.arange(1, len(first_rows) + 1)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = rank[np.cumsum(begins) - 1]
    return numbers


def _tuples_with_several_openings(rows: TupleRows, begins: BoolArray) -> list[tuple[int, int]]:
    """List the row ranges of 4-tuples where some SYN is neither the first row nor a plain repetition of it."""
    starts = np.flatnonzero(begins)
    tuple_of = np.cumsum(begins) - 1
    first = starts[tuple_of]
    opens = (rows.flags & (SYN | RST)) == SYN
    repeats_first = (rows.seq == rows.seq[first]) & (rows.from_low == rows.from_low[first]) & opens[first]
    answers = ((rows.flags & ACK) != 0) & (rows.from_low != rows.from_low[first])
    unusual = opens & ~repeats_first & ~answers & ~begins
    # A SYN-ACK in answer to the first row is usual; a second one with another ISN may open a one-sided incarnation.
    second_isn = opens & answers & (rows.seq != _first_answer_seq(rows, opens & answers, starts)[tuple_of])
    wanted = np.unique(tuple_of[unusual | second_isn])
    ends = np.append(starts[1:], len(begins))
    return [(int(starts[at]), int(ends[at])) for at in wanted]


def _first_answer_seq(rows: TupleRows, answers: BoolArray, starts: Int64Array) -> Int64Array:
    positions = np.where(answers, np.arange(len(answers)), len(answers))
    first = np.minimum.reduceat(positions, starts)
    return np.where(first < len(answers), rows.seq[np.minimum(first, len(answers) - 1)], -1)


class _Incarnation:
    """What has been seen since an incarnation's first row, of either endpoint (key: `from_low`)."""

    def __init__(self) -> None:
        self.isn: dict[bool, int] = {}
        self.fins: set[bool] = set()
        self.was_reset = False

    def has_ended(self) -> bool:
        return self.was_reset or len(self.fins) == 2


def incarnation_starts(rows: TupleRows) -> list[int]:
    """Give the rows of one 4-tuple at which an incarnation begins; the first is always row 0."""
    starts = [0]
    current = _Incarnation()
    for at in np.flatnonzero(rows.flags & (SYN | FIN | RST)).tolist():
        flags, seq, sender = int(rows.flags[at]), int(rows.seq[at]), bool(rows.from_low[at])
        if flags & SYN and not flags & RST and current.isn.get(sender) != seq:
            opens_new = _synack_opens_new if flags & ACK else _syn_opens_new
            if at > starts[-1] and opens_new(rows, current, starts[-1], at):
                starts.append(at)
                current = _Incarnation()
                current.isn[sender] = seq
            else:
                current.isn.setdefault(sender, seq)
        if flags & FIN:
            current.fins.add(sender)
        if flags & RST:
            current.was_reset = True
    return starts


def _syn_opens_new(rows: TupleRows, current: _Incarnation, start: int, at: int) -> bool:
    sender = bool(rows.from_low[at])
    next_seq = (int(rows.seq[at]) + 1) % MODULUS
    earlier = slice(start, at)
    own = rows.from_low[earlier] == sender
    has_spoken, peer_has_spoken = bool(own.any()), not own.all()
    if sender not in current.isn:
        if not has_spoken and (not sender) in current.isn and not current.has_ended():
            return False  # simultaneous open, RFC 9293 §3.5 figure 7
        if _is_late_captured(rows, earlier, own, next_seq):
            return False
    never_answered = sender in current.isn and not peer_has_spoken
    has_made_room = never_answered or (current.has_ended() and not _was_challenged(rows, at, next_seq))
    return has_made_room or _was_accepted(rows, at, next_seq)


def _is_late_captured(rows: TupleRows, earlier: slice, own: BoolArray, next_seq: int) -> bool:
    """Tell whether the SYN belongs before rows that were captured ahead of it."""
    continues = own & (rows.seq[earlier] == next_seq)
    acknowledged = ~own & (rows.ack[earlier] == next_seq) & ((rows.flags[earlier] & ACK) != 0)
    return bool((continues | acknowledged).any())


def _was_challenged(rows: TupleRows, at: int, next_seq: int) -> bool:
    """Tell whether the peer answers with an ACK of something else: its TIME-WAIT is still there, and refuses."""
    answers = np.flatnonzero(rows.from_low[at + 1 :] != rows.from_low[at]) + at + 1
    if not len(answers):
        return False
    first = answers[0]
    covered = (rows.ack[first] - next_seq) % MODULUS <= rows.payload_length[at]
    return bool((rows.flags[first] & (SYN | RST | ACK)) == ACK and not covered)


def _was_accepted(rows: TupleRows, at: int, next_seq: int) -> bool:
    """Tell whether a SYN-ACK acknowledges this SYN, or its sender goes on right after it, before the next SYN."""
    sender = rows.from_low[at]
    later = slice(at + 1, len(rows.flags))
    flags, own = rows.flags[later], rows.from_low[later] == sender
    is_other_syn = own & ((flags & (SYN | ACK)) == SYN) & (rows.seq[later] != rows.seq[at])
    within = np.arange(len(flags)) < (int(is_other_syn.argmax()) if is_other_syn.any() else len(flags))
    # Data in the SYN may be acknowledged with it: RFC 7413.
    covered = (rows.ack[later] - next_seq) % MODULUS <= rows.payload_length[at]
    accepted = ~own & ((flags & (SYN | ACK)) == (SYN | ACK)) & covered
    continued = own & ((flags & (SYN | RST | ACK)) == ACK) & (rows.seq[later] == next_seq)
    return bool((within & (accepted | continued)).any())


def _synack_opens_new(rows: TupleRows, current: _Incarnation, start: int, at: int) -> bool:
    """Tell it where the SYN before was not captured.

    With one direction only, a SYN-ACK with another ISN after a FIN is all that shows of an opening. With both, one that
    acknowledges no SYN of this incarnation, after its initiator has closed, answers a later SYN.
    """
    sender = bool(rows.from_low[at])
    if bool((rows.from_low[start:at] == sender).all()):
        return sender in current.fins
    isn = current.isn.get(not sender)
    return (not sender) in current.fins and isn is not None and int(rows.ack[at]) != (isn + 1) % MODULUS
