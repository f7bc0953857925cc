"""One connection as a rule examines it: its segments, both endpoints' states, what the capture lacks."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets import flags as f
from tcpladder.packets.checksums import BAD
from tcpladder.rulebook.levels import Missing
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.evidence import COVERS_FIN, LATE_MARGIN_NS, RST_FITS
from tcpladder.tcp.states import Endpoint, State
from tcpladder.tcp.teardown import Teardown
from tcpladder.tcp.timeline import Histories, Timeline

Int64Array = npt.NDArray[np.int64]
Told = TypeVar("Told")

MS = 1_000_000
SECOND = 1_000 * MS
ASSUMED_RTT = 200 * MS
SHORTEST_ANSWER = 3 * SECOND  # what came this close before the capture's end may have been answered after it


class Segment(NamedTuple):
    """A segment in plain numbers. `seq`, `ack`, `end` are relative to the ISNs and do not wrap; times are ns.

    `snd_nxt` to `snd_edge` tell what had been captured before it (`tcp.tracking.TRACKED`), from its sender's view.
    """

    row: int  # place in the connection, from 0: index into the timeline
    from_initiator: bool
    code: int  # tcp.evidence
    frame: int
    time: int
    flags: int
    seq: int
    ack: int | None  # None without the ACK flag
    payload_length: int
    end: int  # seq + SEG.LEN, in which SYN and FIN count
    snd_nxt: int | None
    snd_una: int | None
    rcv_nxt: int | None
    peer_nxt: int | None
    snd_edge: int | None
    window: int
    window_scaled: int | None
    tsval: int | None
    tsecr: int | None
    mss: int | None
    wscale: int | None
    sack_permitted: bool
    sack_count: int | None
    sack_left: int | None  # raw
    sack_right: int | None  # raw
    ttl: int | None
    ip_id: int | None
    seq_raw: int
    ack_raw: int
    option_faults: int | None  # packets.options
    option_kinds: int | None
    payload_sum: int | None
    checksum_status: int | None  # packets.checksums
    is_header_cut: bool

    @property
    def sender(self) -> Endpoint:
        """Who sent it."""
        return Endpoint.INITIATOR if self.from_initiator else Endpoint.RESPONDER

    @property
    def has_ack(self) -> bool:
        """Whether the ACK flag is set."""
        return bool(self.flags & f.ACK)

    @property
    def is_rst(self) -> bool:
        """Whether the RST flag is set."""
        return bool(self.flags & f.RST)

    @property
    def is_syn(self) -> bool:
        """Whether it is a SYN without ACK."""
        return self.flags & (f.SYN | f.ACK | f.RST) == f.SYN

    @property
    def is_syn_ack(self) -> bool:
        """Whether it is a SYN-ACK."""
        return self.flags & (f.SYN | f.ACK | f.RST) == f.SYN | f.ACK

    @property
    def is_fin(self) -> bool:
        """Whether it carries a FIN, and no RST."""
        return self.flags & (f.FIN | f.RST) == f.FIN

    @property
    def is_ordinary(self) -> bool:
        """Whether it is one as synchronized endpoints send them: with ACK, neither SYN nor RST."""
        return self.flags & (f.SYN | f.RST | f.ACK) == f.ACK

    @property
    def is_pure_ack(self) -> bool:
        """Whether it carries nothing but an acknowledgment."""
        return self.flags & (f.SYN | f.FIN | f.RST | f.ACK) == f.ACK and not self.payload_length

    @property
    def fin_position(self) -> int:
        """The sequence number of its FIN itself."""
        return self.end - 1

    @property
    def is_new(self) -> bool:
        """Whether it occupies sequence numbers that its sender had not used before."""
        return self.end > self.seq and (self.snd_nxt is None or self.end > self.snd_nxt)

    @property
    def is_keep_alive(self) -> bool:
        """Whether it is a keep-alive: one below SND.NXT, with at most one byte (RFC 9293 §3.8.4)."""
        return (
            self.payload_length <= 1
            and not self.flags & (f.SYN | f.FIN | f.RST)
            and self.snd_nxt is not None
            and self.seq == self.snd_nxt - 1
        )

    @property
    def fits(self) -> bool:
        """Whether this RST is one that its receiver has to obey (RFC 9293 §3.5.3, RFC 5961 §3.2)."""
        return bool(self.code & RST_FITS)

    @property
    def covers_fin(self) -> bool:
        """Whether it acknowledges the other side's FIN."""
        return bool(self.code & COVERS_FIN)


COLUMNS = {
    "from_initiator": "from_initiator",
    "code": "code",
    "seq": "seq_relative",
    "ack": "ack_relative",
    "end": "end_relative",
    "seq_raw": "seq",
    "ack_raw": "ack",
}
"""Fields of Segment that are called otherwise in the table; the others have its columns' names."""


def as_subjects_see(tracked: pl.DataFrame) -> pl.DataFrame:
    """Give of tracked segments, with `code`, the columns of Segment in its order, and `is_duplicate`."""
    return tracked.select(*(COLUMNS.get(name, name) for name in Segment._fields[1:]), "is_duplicate")


_AS_SEGMENT = partial(tuple.__new__, Segment)


def plain_segments(
    table: pl.DataFrame, offsets: Int64Array, groups: Sequence[Int64Array]
) -> Iterator[dict[int, tuple[Segment, ...]]]:
    """Give the segments of connections, a group at a time, in frame order and without what was captured twice.

    `table` has the segments of a shard `as_subjects_see` them, those of connection n, from 0, in the rows `offsets[n]`
    to `offsets[n + 1]`.
    """
    places = np.concatenate(groups)
    starts, lengths = offsets[places], offsets[places + 1] - offsets[places]
    row = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    chosen = table[row + np.repeat(starts, lengths)]
    if chosen["is_duplicate"].any():
        is_kept = ~chosen["is_duplicate"].to_numpy()
        owner = np.repeat(np.arange(len(places)), lengths)
        row, chosen, lengths = row[is_kept], chosen.filter(is_kept), np.bincount(owner[is_kept], minlength=len(places))
    chosen = chosen.drop("is_duplicate")
    done = start = 0
    for group in groups:
        own = lengths[done : done + len(group)].tolist()
        end = start + sum(own)
        columns = (column.to_list() for column in chosen[start:end].get_columns())
        segments = map(_AS_SEGMENT, zip(row[start:end].tolist(), *columns, strict=True))
        yield {place: tuple(islice(segments, length)) for place, length in zip(group.tolist(), own, strict=True)}
        done, start = done + len(group), end


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A connection under examination: the one at `place`, from 0, among those of `histories`, `length` segments long.

    `find_segments` gives its segments in frame order, each once: what was captured twice is left out.
    """

    number: int
    ends: tuple[tuple[int, int], tuple[int, int]]  # address id and port of the initiator and of the responder
    histories: Histories
    place: int
    length: int
    teardown: Teardown
    capture_end: int  # ns since 1970: the latest time in the capture
    find_segments: Callable[[int], tuple[Segment, ...]]  # by place
    find_previous: Callable[[int], "Subject | None"]  # by number
    _told: dict[Callable[["Subject"], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, tell: Callable[["Subject"], Told]) -> Told:
        """Give what a function tells of this connection, which is worked out once for all rules that ask."""
        if tell not in self._told:
            self._told[tell] = tell(self)
        told: Told = self._told[tell]
        return told

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Its segments in frame order."""
        return self.find_segments(self.place)

    @cached_property
    def timeline(self) -> Timeline:
        """Both endpoints' states, segment by segment."""
        return self.histories.timeline(self.place + 1, self.length)

    @cached_property
    def _rows(self) -> list[int]:
        return [segment.row for segment in self.segments]

    @cached_property
    def previous(self) -> "Subject | None":
        """The connection before it between the same addresses and ports."""
        return self.find_previous(self.number)

    def same_end(self, endpoint: Endpoint, other: "Subject") -> Endpoint:
        """Give the endpoint of another connection that has the address and port of this one's `endpoint`."""
        return Endpoint(other.ends.index(self.ends[endpoint]))

    @property
    def reset_row(self) -> int | None:
        """The place of the RST that ended it."""
        row = self.teardown.reset_row
        return None if row is None else int(self.histories.control_rows(self.place + 1)[row])

    @property
    def ending(self) -> Ending:
        """How it ended."""
        return self.teardown.ending

    @cached_property
    def _by(self) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        sent = tuple([segment for segment in self.segments if segment.from_initiator])
        return sent, tuple([segment for segment in self.segments if not segment.from_initiator])

    @cached_property
    def _syns(self) -> tuple[tuple[Segment, ...], ...]:
        return tuple([tuple([s for s in sent if s.flags & (f.SYN | f.RST) == f.SYN]) for sent in self._by])

    def by(self, endpoint: Endpoint) -> Sequence[Segment]:
        """Give what an endpoint sent, in frame order."""
        return self._by[endpoint]

    def syns(self, endpoint: Endpoint) -> Sequence[Segment]:
        """Give an endpoint's SYNs and SYN-ACKs."""
        return self._syns[endpoint]

    def fins(self, endpoint: Endpoint) -> list[Segment]:
        """Give an endpoint's FINs, retransmissions included."""
        return [segment for segment in self.by(endpoint) if segment.flags & (f.FIN | f.RST) == f.FIN]

    def resets(self, endpoint: Endpoint) -> list[Segment]:
        """Give an endpoint's RSTs."""
        return [segment for segment in self.by(endpoint) if segment.flags & f.RST]

    def after(self, segment: Segment) -> Iterator[Segment]:
        """Give what was captured after a segment."""
        return iter(self.segments[bisect_right(self._rows, segment.row) :])

    def last_before(self, segment: Segment, sender: Endpoint) -> Segment | None:
        """Give the last segment that `sender` sent before a segment was captured."""
        before = bisect_left(self._rows, segment.row)
        return first(self.segments[at] for at in range(before - 1, -1, -1) if self.segments[at].sender is sender)

    def state_before(self, segment: Segment, endpoint: Endpoint) -> State:
        """Give an endpoint's state before a segment."""
        return self.timeline.before(segment.row, endpoint)

    def state_after(self, segment: Segment, endpoint: Endpoint) -> State:
        """Give an endpoint's state after a segment."""
        return self.timeline.after(segment.row, endpoint)

    def last_state(self, endpoint: Endpoint) -> State:
        """Give the last known state of an endpoint."""
        return State(self.histories.of(self.place + 1)[endpoint].states[-1])

    def has_sent_payload(self, endpoint: Endpoint) -> bool:
        """Tell whether an endpoint sent any payload."""
        return any(segment.payload_length and not segment.is_rst for segment in self.by(endpoint))

    @cached_property
    def half_rtts(self) -> tuple[int, int] | None:
        """The time in ns from the capture point to the initiator and back, and to the responder and back.

        Taken from the handshake: SYN to SYN-ACK is the responder's half, SYN-ACK to ACK the initiator's (RFC 9293
        §3.5). None where a SYN, SYN-ACK or ACK was not captured, or the SYN or SYN-ACK was repeated.
        """
        openings = [self.syns(end) for end in Endpoint]
        if [len(found) for found in openings] != [1, 1] or not openings[1][0].is_syn_ack:
            return None
        syn, syn_ack = openings[0][0], openings[1][0]
        acks = [s for s in self.by(Endpoint.INITIATOR) if s.row > syn_ack.row and s.has_ack and not s.is_rst]
        if not acks or syn.row > syn_ack.row:
            return None
        return max(acks[0].time - syn_ack.time, 0), max(syn_ack.time - syn.time, 0)

    @property
    def rtt(self) -> int:
        """The round-trip time in ns, as the handshake shows it; ASSUMED_RTT where it does not."""
        return sum(self.half_rtts) if self.half_rtts else ASSUMED_RTT

    def time_to_and_back(self, endpoint: Endpoint) -> int:
        """Give the time in ns within which a segment captured here reaches an endpoint and its answer is back here."""
        return self.half_rtts[endpoint] if self.half_rtts else ASSUMED_RTT

    def had_time_to_see(self, endpoint: Endpoint, segment: Segment, later: Segment) -> bool:
        """Tell whether, when `later` was sent, its sender had surely had the time to receive `segment`.

        That it received it is an assumption all the same: it may have been lost behind the capture point. A proof is
        an acknowledgment, or an echoed timestamp.
        """
        return later.time - segment.time > 2 * self.time_to_and_back(endpoint) + LATE_MARGIN_NS

    @cached_property
    def has_timestamps(self) -> bool | None:
        """Whether timestamps were negotiated (RFC 7323 §3.2); None where that is not known."""
        openings = [self.syns(end) for end in Endpoint]
        if not all(openings) or any(segment.is_header_cut for found in openings for segment in found):
            return None
        return all(any(segment.tsval is not None for segment in found) for found in openings)

    @cached_property
    def missing(self) -> Missing:
        """What the capture lacks of this connection."""
        found = Missing.NOTHING
        if not all(self.syns(end) for end in Endpoint):
            found |= Missing.BEGINNING
        if not all(self.by(end) for end in Endpoint):
            found |= Missing.DIRECTION
        if any(segment.is_header_cut for segment in self.segments):
            found |= Missing.HEADERS
        if self.capture_end - self.segments[-1].time < max(SHORTEST_ANSWER, 4 * self.rtt):
            found |= Missing.END
        if any(self.has_gap(end) for end in Endpoint):
            found |= Missing.SEGMENTS
        return found

    @cached_property
    def damaged_frames(self) -> frozenset[int]:
        """The frames whose checksum is wrong, if most are right: damaged on the way, and ignored where they arrived."""
        statuses = [segment.checksum_status for segment in self.segments]
        if BAD not in statuses:
            return frozenset()
        bad = frozenset(segment.frame for segment in self.segments if segment.checksum_status == BAD)
        verified = sum(status is not None for status in statuses)
        return bad if 2 * len(bad) < verified else frozenset()

    def has_gap(self, endpoint: Endpoint) -> bool:
        """Tell whether sequence numbers of an endpoint were acknowledged or passed over, and never captured."""
        spans = sorted((s.seq, s.end) for s in self.by(endpoint) if not s.is_rst and s.end > s.seq)
        acked = [s.ack for s in self.by(endpoint.peer) if s.ack is not None and not s.is_rst]
        starts = [s.seq for s in self.by(endpoint) if not s.is_rst]
        if not starts:
            return bool(acked)
        reached = spans[0][0] if spans else starts[0]
        for start, end in spans:
            if start > reached:
                return True
            reached = max(reached, end)
        return max((*acked, *starts), default=reached) > reached


def first(segments: Iterable[Segment]) -> Segment | None:
    """Give the first of some segments, or None."""
    return next(iter(segments), None)
