"""Whether an RST came from the endpoint in whose name it was sent: hints, none of which is a proof alone.

Firewalls, load balancers and injectors write RSTs in an endpoint's name. They can copy its addresses and numbers; its
TTL, its IP identification and its distance they copy less well, and the endpoint itself knows nothing of it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.reset_answers import answered
from tcpladder.rulebook.subject import MS, Segment, Subject, first
from tcpladder.tcp.states import Endpoint

ENOUGH = 3
"""Points from which on an RST is taken for foreign."""

EXAMINED = 10
"""So many RSTs of an endpoint are compared with its other segments, and with each other."""

REORDERED_WITHIN = 50 * MS
MIRRORED_WITHIN = 5 * MS
FAR_HOPS = 5
NEAR_HOPS = 2
SHORTEST_RTT = 2 * MS  # below it, an early answer proves nothing
RTT_SAMPLES = 2


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that speaks for a foreign origin, in words that follow "it" and name the frames it rests on."""

    points: int
    words: str
    frames: tuple[int, ...] = ()


def foreign_hints(subject: Subject, reset: Segment) -> tuple[Hint, ...]:
    """Give what speaks against the endpoint as the origin of an RST."""
    habits = subject.once(_habits)[reset.sender]
    found = (
        _by_ttl(reset, habits),
        _by_ip_id(reset, habits),
        _by_shape(reset),
        _by_haste(reset, habits),
        _by_what_follows(subject, reset),
        _by_steps(subject, reset),
        _by_mirror(reset, subject.once(_resets)[reset.sender.peer]),
    )
    return tuple(hint for hint in found if hint is not None)


def points(hints: Sequence[Hint]) -> int:
    """Add up hints."""
    return sum(hint.points for hint in hints)


@dataclass(frozen=True, kw_only=True)
class _Habits:
    """What an endpoint's segments look like, RSTs aside."""

    subject: Subject
    endpoint: Endpoint

    @cached_property
    def own(self) -> list[Segment]:
        """What it sent."""
        return [segment for segment in self.subject.by(self.endpoint) if not segment.flags & RST]

    @cached_property
    def ttls(self) -> list[int]:
        """The TTLs, as far as they are known."""
        return [segment.ttl for segment in self.own if segment.ttl is not None]

    @cached_property
    def has_ip_ids(self) -> bool | None:
        """Whether they are not 0, SYN-ACKs aside: Linux gives those none; None where both occur."""
        ids = {bool(segment.ip_id) for segment in self.own if segment.ip_id is not None and not segment.is_syn_ack}
        return ids.pop() if len(ids) == 1 else None

    @cached_property
    def spoke_at(self) -> int | None:
        """The row of the first of them that acknowledges anything."""
        return next((segment.row for segment in self.own if segment.has_ack), None)

    @cached_property
    def first_with(self) -> dict[int, Segment]:
        """The other side's first segment that ends at a number."""
        found: dict[int, Segment] = {}
        for segment in self.subject.by(self.endpoint.peer):
            if segment.is_new and not segment.flags & RST:
                found.setdefault(segment.end, segment)
        return found

    @cached_property
    def shortest_rtt(self) -> int | None:
        """The shortest time in ns from the capture point to it and back: in which it acknowledged a segment's end."""
        waits = [
            segment.time - self.first_with[segment.ack].time
            for segment in self.own
            if segment.ack is not None and segment.ack in self.first_with
            if self.first_with[segment.ack].row < segment.row
        ]
        return min(waits) if len(waits) >= RTT_SAMPLES else None

    @cached_property
    def progress(self) -> list[Segment]:
        """What it sent that was new: data, FIN, or an acknowledgment of more than before."""
        return [segment for segment in self.own if _is_news(segment)]


def _habits(subject: Subject) -> tuple[_Habits, _Habits]:
    initiator, responder = (_Habits(subject=subject, endpoint=endpoint) for endpoint in Endpoint)
    return initiator, responder


def _resets(subject: Subject) -> tuple[list[Segment], list[Segment]]:
    """Give the first EXAMINED RSTs of each endpoint."""
    return subject.resets(Endpoint.INITIATOR)[:EXAMINED], subject.resets(Endpoint.RESPONDER)[:EXAMINED]


def _is_news(segment: Segment) -> bool:
    if segment.flags & SYN:
        return False
    acknowledges_more = segment.ack is not None and segment.rcv_nxt is not None and segment.ack > segment.rcv_nxt
    return segment.is_new or acknowledges_more


def _by_ttl(reset: Segment, habits: _Habits) -> Hint | None:
    if reset.ttl is None or not habits.ttls or min(habits.ttls) <= reset.ttl <= max(habits.ttls):
        return None
    usual = round(median(habits.ttls))
    hops = abs(reset.ttl - usual)
    if hops < NEAR_HOPS:
        return None
    weight = 1 if hops < FAR_HOPS else 2 if _initial_ttl(usual) == _initial_ttl(reset.ttl) else 3
    return Hint(weight, f"has TTL {reset.ttl}, where the endpoint's segments have {usual}")


def _initial_ttl(ttl: int) -> int:
    """Give what a TTL probably was where the packet was sent: systems begin with 32, 64, 128 or 255."""
    return next(initial for initial in (32, 64, 128, 255) if ttl <= initial)


def _by_ip_id(reset: Segment, habits: _Habits) -> Hint | None:
    """Compare the IP identification. Linux gives none to an RST that only answers: that is no hint."""
    number = reset.ip_id
    if number is None or habits.has_ip_ids is None or bool(number) is habits.has_ip_ids:
        return None
    if number:
        return Hint(1, f"has IP ID {number}, where the endpoint's segments have 0")
    return Hint(1, "has IP ID 0, where the endpoint's segments have others") if reset.window else None


def _by_shape(reset: Segment) -> Hint | None:
    if reset.has_ack or not reset.window or reset.tsval is not None:
        return None
    return Hint(1, f"has no ACK, and yet a window of {reset.window}")


def _by_haste(reset: Segment, habits: _Habits) -> Hint | None:
    """Look whether it acknowledges a segment that can hardly have arrived."""
    acknowledged = habits.first_with.get(reset.ack) if reset.ack is not None else None
    if acknowledged is None or habits.shortest_rtt is None or habits.shortest_rtt < SHORTEST_RTT:
        return None
    waited = reset.time - acknowledged.time
    if not 0 <= waited < habits.shortest_rtt / 2:
        return None
    words = (
        f"acknowledges frame {acknowledged.frame} after {waited / MS:.1f} ms, where the endpoint has never been faster "
        f"than {habits.shortest_rtt / MS:.1f} ms"
    )
    return Hint(2, words, (acknowledged.frame,))


def _by_what_follows(subject: Subject, reset: Segment) -> Hint | None:
    later = goes_on_after(subject, reset) or goes_on_after(subject, reset, sooner=True)
    if later is None:
        return None
    is_last = later.row == subject.once(_habits)[reset.sender].progress[-1].row
    weight = 1 if later.time - reset.time <= REORDERED_WITHIN else 2 if is_last else 3
    return Hint(weight, f"is followed by frame {later.frame}, with which the endpoint goes on", (later.frame,))


def goes_on_after(subject: Subject, reset: Segment, *, sooner: bool = False) -> Segment | None:
    """Give the first segment with which an RST's own sender goes on after it, as no endpoint does that has sent it.

    It has to have been at work before: one that refuses an old segment while it opens goes on opening. What comes soon
    after the RST may have been overtaken by it: it counts only where `sooner` is asked for.
    """
    habits = subject.once(_habits)[reset.sender]
    if not habits.own or habits.own[-1].row < reset.row:
        return None
    progress, spoke_at = habits.progress, habits.spoke_at
    at = bisect_right(progress, reset.row, key=lambda segment: segment.row)
    if not at and not (sooner and spoke_at is not None and spoke_at < reset.row):
        return None
    wait = 0 if sooner else REORDERED_WITHIN
    return first(segment for segment in progress[at:] if segment.time - reset.time > wait)


def _by_steps(subject: Subject, reset: Segment) -> Hint | None:
    answers = subject.once(answered)
    near = [other for other in subject.once(_resets)[reset.sender] if abs(other.time - reset.time) < REORDERED_WITHIN]
    burst = [other for other in near if other.row not in answers]
    numbers = sorted({other.seq for other in burst})
    if len(numbers) < 2 or reset not in burst:
        return None
    frames = tuple(other.frame for other in burst if other is not reset)
    return Hint(2, f"is one of {len(burst)} that guess at the number: {', '.join(map(str, numbers))}", frames)


def _by_mirror(reset: Segment, resets: Sequence[Segment]) -> Hint | None:
    for other in resets:
        is_near = abs(other.time - reset.time) < MIRRORED_WITHIN
        if is_near and reset.ack is not None and (other.seq, other.ack) == (reset.ack, reset.seq):
            return Hint(2, f"has a mirror image in frame {other.frame}, sent to the other side", (other.frame,))
    return None
