"""Which time stamps an endpoint may echo: TS.Recent (RFC 7323 §4.3 and §5.3), as far as an observer can know it.

TS.Recent is the TSval of the last accepted segment that begins at or before Last.ACK.sent; it never goes back. An
observer knows neither what has arrived nor every acknowledgment, so it knows TS.Recent only between two bounds:

* at least the TSval of each segment that began just where the endpoint's acknowledgments stood before they moved on,
  once they have moved on again: some stacks are one acknowledgment late; and what the endpoint has echoed in an
  earlier tick of its own clock;
* at most the newest TSval of a segment that begins at or before what the endpoint acknowledges: beyond, there is a
  hole, or what was captured has not arrived.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import NamedTuple, Protocol

from tcpladder.packets.flags import RST
from tcpladder.sequence import is_at_or_before, is_before
from tcpladder.tcp.states import Endpoint

REORDERED_NS = 3_000_000
"""So much later a segment may be captured that was there earlier: of two directions, or of two queues."""


class Stamped(Protocol):
    """What is asked of a segment. `seq`, `end` and `ack` are relative and do not wrap; `ack` is None without ACK."""

    @property
    def from_initiator(self) -> bool: ...  # noqa: D102
    @property
    def time(self) -> int: ...  # noqa: D102
    @property
    def flags(self) -> int: ...  # noqa: D102
    @property
    def seq(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def ack(self) -> int | None: ...  # noqa: D102
    @property
    def tsval(self) -> int | None: ...  # noqa: D102
    @property
    def tsecr(self) -> int | None: ...  # noqa: D102


class EchoRange(NamedTuple):
    """What a segment may echo: from `lowest` to `highest`, both raw. Without proof of any, `lowest` is None.

    `newest` is the newest TSval that the other side had sent. What is newer than that was not captured, and is judged
    neither here nor there.
    """

    lowest: int | None
    highest: int
    newest: int

    def is_too_old(self, tsecr: int) -> bool:
        """Tell whether the endpoint must have taken over a newer value."""
        return self.lowest is not None and is_before(tsecr, self.lowest)

    def is_too_new(self, tsecr: int) -> bool:
        """Tell whether the value can only come from a segment that the endpoint must not take it from."""
        return is_before(self.highest, tsecr) and is_at_or_before(tsecr, self.newest)


def ts_recent(segments: Sequence[Stamped], endpoint: Endpoint) -> list[EchoRange | None]:
    """Give for each segment of a connection, in frame order, what it may echo.

    None where that can't be told: the other endpoint's segments, those without time stamps or ACK, RSTs, those that
    acknowledge what was not captured, and all where the other endpoint opened with a TSval of 0, which some stacks
    take for none.
    """
    ranges: list[EchoRange | None] = [None] * len(segments)
    is_initiator = endpoint is Endpoint.INITIATOR
    peer = _Peer([s for s in segments if s.from_initiator != is_initiator and not s.flags & RST])
    if peer.opens_with_zero():
        return ranges
    places = _places(segments, is_initiator=is_initiator)
    own = _Echoes()
    for row, segment in enumerate(segments):
        if segment.from_initiator != is_initiator or segment.flags & RST or segment.ack is None:
            continue
        peer.take(places[row], segment)
        lowest = own.lowest(segment, segment.ack, peer)
        if segment.tsecr is None or peer.highest is None or peer.newest is None or segment.ack > peer.end:
            continue
        legal = EchoRange(lowest, peer.highest, peer.newest)
        if not legal.is_too_old(segment.tsecr) and is_at_or_before(segment.tsecr, peer.highest):
            own.note(segment.tsecr)
        ranges[row] = legal
    return ranges


def _places(segments: Sequence[Stamped], *, is_initiator: bool) -> list[int]:
    """Give for each segment how many of the other side's, without RSTs, come before it."""
    places, count = [], 0
    for segment in segments:
        places.append(count)
        count += segment.from_initiator != is_initiator and not segment.flags & RST
    return places


def _later(a: int | None, b: int) -> int:
    return b if a is None or is_before(a, b) else a


class _Peer:
    """What the other endpoint had sent, up to a place, and what of that the endpoint can have taken over."""

    def __init__(self, segments: Sequence[Stamped]) -> None:
        self.segments = segments
        self.taken = 0
        self.end = -1  # of all that it sent
        self.acknowledging = -1  # the highest number that it acknowledged
        self.acknowledged = -1  # the highest of its numbers that the endpoint acknowledged
        self.newest: int | None = None
        self.highest: int | None = None
        self.beginning: dict[int, int] = {}  # TSval of the segment that was first to occupy a number, by that number
        self.beyond: list[tuple[int, int]] = []  # heap: number, TSval of what begins beyond the acknowledgment

    def opens_with_zero(self) -> bool:
        return bool(self.segments) and self.segments[0].tsval == 0

    def take(self, place: int, until: Stamped) -> None:
        """Take in all that was captured before a segment of the endpoint, or hardly later."""
        while self.taken < len(self.segments) and (
            self.taken < place or 0 <= self.segments[self.taken].time - until.time <= REORDERED_NS
        ):
            self._add(self.segments[self.taken])
            self.taken += 1
        self.acknowledged = max(self.acknowledged, until.ack or 0)
        while self.beyond and self.beyond[0][0] <= self.acknowledged:
            self.highest = _later(self.highest, heappop(self.beyond)[1])

    def _add(self, segment: Stamped) -> None:
        if segment.ack is not None and segment.ack > self.acknowledging:
            # Linux takes nothing over from a segment that a later acknowledgment overtook on the way.
            self.acknowledging = segment.ack
            self.beginning.clear()
        if segment.tsval is not None:
            self.newest = _later(self.newest, segment.tsval)
            heappush(self.beyond, (segment.seq, segment.tsval))
            if segment.end > segment.seq >= self.end:
                self.beginning[segment.seq] = segment.tsval
        self.end = max(self.end, segment.end)


class _Echoes:
    """The endpoint's own segments so far: what they acknowledge, and what they prove of TS.Recent."""

    def __init__(self) -> None:
        self.acknowledged = 0  # nothing is acknowledged before a SYN, whose number is 0
        self.taken_over: int | None = None  # by acknowledgments before the latest step
        self.begun: int | None = None  # at the start of the latest step
        self.tick: int | None = None
        self.echoed_before: int | None = None  # in earlier ticks
        self.echoed: int | None = None  # in this tick

    def lowest(self, segment: Stamped, ack: int, peer: _Peer) -> int | None:
        """Give what TS.Recent is at least, if the segment is no older than those captured before it."""
        if ack < self.acknowledged or not self._keeps_time(segment):
            return None
        if ack > self.acknowledged:
            if self.begun is not None:
                self.taken_over = _later(self.taken_over, self.begun)
            self.begun = peer.beginning.get(self.acknowledged)
            self.acknowledged = ack
        if self.echoed_before is None or self.taken_over is None:
            return self.taken_over if self.echoed_before is None else self.echoed_before
        return _later(self.taken_over, self.echoed_before)

    def _keeps_time(self, segment: Stamped) -> bool:
        """Tell whether its sender's clock shows it no earlier than others; enter a new tick."""
        if segment.tsval is None:
            return False
        if self.tick is not None and is_before(segment.tsval, self.tick):
            return False
        if self.tick != segment.tsval:
            self.tick = segment.tsval
            if self.echoed is not None:
                self.echoed_before = _later(self.echoed_before, self.echoed)
        return True

    def note(self, tsecr: int) -> None:
        """Note what was echoed, and is legal."""
        self.echoed = _later(self.echoed, tsecr)
