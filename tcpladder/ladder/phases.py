"""The phases of a connection: its handshake, turns in which one side sends data, idle times, its teardown."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tcpladder.ladder.folding import idle_gaps
from tcpladder.ladder.rungs import Ladder
from tcpladder.packets.flags import FIN, RST, SYN
from tcpladder.tcp.numbers import BoolArray
from tcpladder.tcp.states import Endpoint, State


class Kind(enum.Enum):
    """What a phase is."""

    HANDSHAKE = "handshake"
    TURN = "data"
    IDLE = "idle"
    TEARDOWN = "teardown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The rows from `begin` up to, and without, `end`; an idle time has none. `duration` is in ns.

    `sender` is who sends the data of a turn; `payload` is how many bytes both sides sent in it.
    """

    kind: Kind
    begin: int
    end: int
    duration: int
    payload: int = 0
    sender: Endpoint | None = None

    def __len__(self) -> int:
        return self.end - self.begin


def phases(ladder: Ladder) -> list[Phase]:
    """Part a connection into phases, in order; every row is in one of them.

    The handshake lasts to the first data, the first FIN, or the RST of an established connection; the teardown begins
    with that FIN or RST. In between a turn begins when the other side sends data, or after an idle time.
    """
    if not len(ladder):
        return []
    flags, payload, time = (ladder.column(name) for name in ("flags", "payload_length", "time"))
    begins_data = (payload > 0) & ((flags & SYN) == 0)
    closes = ((flags & FIN) != 0) | (((flags & RST) != 0) & _is_established(ladder))
    has_syn = bool(flags[0] & SYN)
    opened = _first(begins_data | closes) if has_syn else 0
    closing = max(_first(closes), opened)
    starts = _turns(ladder, begins_data, opened, closing)
    edges = [
        (Kind.HANDSHAKE, 0, opened),
        *((Kind.TURN, *turn) for turn in starts),
        (Kind.TEARDOWN, closing, len(flags)),
    ]
    gaps = set(idle_gaps(time).tolist())
    found = []
    for kind, begin, end in edges:
        if begin == end:
            continue
        if begin in gaps:
            found.append(Phase(kind=Kind.IDLE, begin=begin, end=begin, duration=int(time[begin] - time[begin - 1])))
        sending = np.flatnonzero(begins_data[begin:end])[:1]
        sender = Endpoint(int(~ladder.from_initiator[begin + sending[0]] & 1)) if len(sending) else None
        found.append(
            Phase(
                kind=kind,
                begin=begin,
                end=end,
                duration=int(time[end - 1] - time[begin]),
                payload=int(payload[begin:end].sum()),
                sender=sender if kind is Kind.TURN else None,
            )
        )
    return found


def _first(mask: BoolArray) -> int:
    """Give the first row of a mask, or the number of rows."""
    rows = np.flatnonzero(mask)
    return int(rows[0]) if len(rows) else len(mask)


def _is_established(ladder: Ladder) -> BoolArray:
    """Mark the rows before which either endpoint had come to ESTABLISHED, or that come amid a connection."""
    known = (ladder.timeline.states[:, :-1] == State.ESTABLISHED).any(axis=0)
    was: BoolArray = np.logical_or.accumulate(known)
    return was


def _turns(ladder: Ladder, has_data: BoolArray, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the turns between two rows: each begins with data of another sender, or after an idle time."""
    if begin >= end:
        return
    rows = begin + np.flatnonzero(has_data[begin:end])
    senders = ladder.from_initiator[rows]
    changes = rows[1:][senders[1:] != senders[:-1]]
    gaps = idle_gaps(ladder.column("time"))
    inner = np.unique(np.concatenate([changes, gaps[(gaps > begin) & (gaps < end)]])).tolist()
    yield from zip([begin, *inner], [*inner, end], strict=True)
