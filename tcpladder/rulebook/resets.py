"""What each RST of a connection answers, what it looks like, whether it counts, and why it was probably sent.

A live endpoint that aborts sends its RST where it goes on sending, usually with ACK, its window and its timestamps. One
that holds no connection answers a segment by that segment's own numbers, with nothing else to tell (RFC 9293 §3.5.2).
"""

import enum
from dataclasses import dataclass, field

from tcpladder.packets.flags import FIN, RST, SYN
from tcpladder.rulebook.reset_answers import answered, is_unacceptable, patience
from tcpladder.rulebook.reset_origin import ENOUGH, EXAMINED, Hint, foreign_hints, goes_on_after, points
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.tcp.states import Endpoint

LONG_SILENCE = 30 * SECOND
GIVEN_UP_AFTER = 3  # unanswered segments


class Form(enum.StrEnum):
    """What an RST looks like."""

    ACTIVE = "active"  # at SND.NXT, with a window or a running timestamp: an endpoint that has the connection
    REACTIVE = "reactive"  # an answer by the numbers of a segment, and bare: an endpoint that has not
    UNCLEAR = "unclear"


class Fit(enum.StrEnum):
    """How an RST's number lies to what its receiver expects: whether that has to obey it (RFC 5961 §3.2)."""

    EXACT = "exact"  # at RCV.NXT, or where that may be: between what was acknowledged and all that was sent
    BEHIND_FIN = "behind-fin"  # at its sender's own FIN, which was acknowledged: Linux obeys, others ignore it
    BEHIND = "behind"  # below what the receiver has acknowledged: ignored
    AHEAD = "ahead"  # in the window, and beyond all that was captured: it is challenged
    BEYOND = "beyond"  # at the window's right edge or beyond: ignored
    NOT_SYN_SENT = "not-syn-sent"  # the receiver is in SYN-SENT, and its SYN is not acknowledged: ignored
    UNKNOWN = "unknown"

    @property
    def is_effective(self) -> bool:
        """Whether every receiver obeys."""
        return self is Fit.EXACT

    @property
    def is_ignored(self) -> bool:
        """Whether a receiver that keeps to the RFCs drops it without a word."""
        return self in {Fit.BEHIND_FIN, Fit.BEHIND, Fit.BEYOND, Fit.NOT_SYN_SENT}


class Reason(enum.Enum):
    """Why an RST was probably sent, in words that follow "because"."""

    CLOSED_PORT = "nothing listens on the port, or something rejects the SYN"
    WRONG_ACK = "the SYN-ACK acknowledges something that was never sent"
    TIMESTAMPS = "the SYN-ACK echoes a timestamp that was never sent"
    CALLER_GONE = "the initiator no longer wanted the connection, or only asked whether the port is open"
    NOT_ACCEPTED = "the responder gave the connection up before it had sent anything: it was not accepted"
    RESET_BEFORE = "the connection had been reset before, and a segment was still under way"
    LATE_DATA = "data came after it had closed"
    GONE_AFTER_CLOSE = "a segment came for a connection that it had closed and forgotten"
    HALF_OPEN = "it knows nothing of the connection: half-open, since a restart or a time-out"
    ABORT_ON_FIN = "its application aborts where the other side closes"
    NO_SOCKET_ON_FIN = "its socket was gone when the FIN came, or a device answered"
    TIMEOUT = "what it sent was not answered, again and again"
    CLEAN_UP = "both sides had closed: a normal clean-up"
    FILTER = "a stateful filter took the segment before for invalid"
    DEVICE = "a device on the path sent it, by its looks"
    ABORT_WITH_DATA = "it was aborted with data outstanding"
    ABORT_AFTER_SILENCE = "it was aborted after a long silence"
    ABORTIVE_CLOSE = "its application closed it by abort"
    UNCLASSIFIED = "nothing captured tells"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """An RST and its circumstances.

    `answers` is the other side's segment whose numbers it repeats, soon after it: what it may well be a reply to. Each
    segment is answered once. `prompt` and `own_last` are the last segments before it of the other side and of its
    sender, RSTs aside. `unanswered` are the sender's last segments if they are retransmissions or keep-alives to which
    nothing came back. `own_fin`, `peer_fin`: the last captured before it. `own_at_risk`, `peer_at_risk`: bytes of
    payload that its sender, and the other side, sent and that were not acknowledged. `hints` speak for a foreign
    origin, and `goes_on` is the segment with which its sender went on regardless; they are looked for in the first few
    RSTs of each endpoint only.
    """

    segment: Segment
    answers: Segment | None
    prompt: Segment | None
    form: Form
    fit: Fit
    reason: Reason
    earlier_resets: int  # of the same sender
    unanswered: tuple[Segment, ...]
    own_last: Segment | None
    own_fin: Segment | None
    peer_fin: Segment | None
    own_at_risk: int
    peer_at_risk: int
    hints: tuple[Hint, ...]
    goes_on: Segment | None

    @property
    def is_foreign(self) -> bool:
        """Whether enough speaks for another origin than the endpoint."""
        return points(self.hints) >= ENOUGH

    @property
    def sender(self) -> Endpoint:
        """Who sent it, or in whose name it was sent."""
        return self.segment.sender

    @property
    def is_while_opening(self) -> bool:
        """Whether its sender had at most sent a SYN."""
        return self.own_last is None or self.own_last.is_syn

    @property
    def is_at_snd_nxt(self) -> bool:
        """Whether it stands where its sender goes on sending."""
        return self.segment.snd_nxt is not None and self.segment.seq == self.segment.snd_nxt


def resets(subject: Subject) -> tuple[Reset, ...]:
    """Give a connection's RSTs, in frame order."""
    return subject.once(_resets)


def ending_reset(subject: Subject) -> Reset | None:
    """Give the RST that ended the connection: the first that has to be obeyed, or None.

    One that refuses a SYN, or an old answer to one, ends nothing if the connection comes about later.
    """
    obeyed = [reset for reset in resets(subject) if reset.fit.is_effective]
    return next((reset for reset in obeyed if not reset.is_while_opening), obeyed[0] if obeyed else None)


@dataclass(slots=True)
class _Side:
    """What one endpoint has sent so far."""

    last: Segment | None = None  # RSTs aside
    fin: Segment | None = None
    resets: int = 0  # since its last SYN or SYN-ACK: a refused SYN may be repeated, and accepted
    examined: int = 0
    has_opened: bool = False  # sent anything but SYNs
    payload_after_peer_fin: bool = False
    tsvals: set[int] = field(default_factory=set)  # of its SYNs
    unanswered: list[Segment] = field(default_factory=list)

    def sends(self, segment: Segment, other: "_Side") -> None:
        flags = segment.flags
        if flags & RST:
            self.resets += 1
            self.examined += 1
            self.unanswered = []
            return
        self.last = segment
        if flags & SYN:
            self.tsvals.add(segment.tsval or 0)
            self.resets = 0
        else:
            self.has_opened = True
        if flags & FIN:
            self.fin = segment
        is_new, is_empty = segment.is_new, segment.end == segment.seq
        if segment.payload_length and is_new and other.fin is not None:
            self.payload_after_peer_fin = True
        if segment.is_keep_alive or not (is_new or is_empty):
            self.unanswered.append(segment)
        elif not segment.is_pure_ack:
            self.unanswered.clear()

    def hears(self, segment: Segment) -> None:
        """Take note of a segment of the other side."""
        if self.unanswered and not segment.flags & RST and _is_progress(segment, self.unanswered[-1]):
            self.unanswered.clear()


def _is_progress(segment: Segment, repeated: Segment) -> bool:
    if repeated.is_keep_alive or segment.ack is None:
        return True
    return segment.ack > repeated.seq


def _resets(subject: Subject) -> tuple[Reset, ...]:
    answers = subject.once(answered)
    sides = (_Side(), _Side())
    found = []
    for segment in subject.segments:
        own, other = sides[segment.sender], sides[segment.sender.peer]
        if segment.flags & RST:
            found.append(_reset(subject, segment, answers.get(segment.row), own, other))
        own.sends(segment, other)
        other.hears(segment)
    return tuple(found)


def _reset(subject: Subject, segment: Segment, answers: Segment | None, own: _Side, other: _Side) -> Reset:
    form = _form(segment, answers)
    own_at_risk, peer_at_risk = _at_risk(segment, own.fin, other.fin)
    is_examined = own.examined < EXAMINED
    hints = foreign_hints(subject, segment) if is_examined else ()
    goes_on = goes_on_after(subject, segment) if is_examined else None
    circumstances = _Circumstances(
        subject=subject,
        segment=segment,
        answers=answers,
        form=form,
        own=own,
        other=other,
        own_at_risk=own_at_risk,
        peer_at_risk=peer_at_risk,
        hints=hints,
        goes_on=goes_on,
    )
    return Reset(
        segment=segment,
        answers=answers,
        prompt=other.last,
        form=form,
        fit=_fit(segment, own, other),
        reason=circumstances.reason(),
        earlier_resets=own.resets,
        unanswered=tuple(own.unanswered),
        own_last=own.last,
        own_fin=own.fin,
        peer_fin=other.fin,
        own_at_risk=own_at_risk,
        peer_at_risk=peer_at_risk,
        hints=hints,
        goes_on=goes_on,
    )


def _form(reset: Segment, answers: Segment | None) -> Form:
    is_stateless_stamp = reset.tsval == 0 and answers is not None and reset.tsecr == answers.tsval  # RFC 7323 §5.2
    has_clock = reset.tsval is not None and not is_stateless_stamp
    if reset.has_ack and reset.seq == reset.snd_nxt:
        return Form.ACTIVE if reset.window or has_clock else Form.UNCLEAR
    is_of_answers = answers is not None and (not reset.has_ack or not answers.has_ack)
    return Form.REACTIVE if is_of_answers and not has_clock else Form.UNCLEAR


def _fit(reset: Segment, own: _Side, other: _Side) -> Fit:
    """Compare with RCV.NXT of the receiver, which lies between what it acknowledged and all that was sent to it."""
    if other.last is None:
        return Fit.UNKNOWN
    if other.last.is_syn and not other.has_opened and own.last is None:
        return Fit.EXACT if reset.fits else Fit.NOT_SYN_SENT
    expected = reset.snd_una
    if expected is None:
        return Fit.EXACT if reset.fits else Fit.UNKNOWN
    if own.fin is not None and reset.seq == own.fin.fin_position and not reset.fits:
        return Fit.BEHIND_FIN  # what came back shows that the FIN had arrived before it
    if reset.seq >= expected:
        if reset.seq <= max(expected, reset.snd_nxt or expected):
            return Fit.EXACT
        if reset.snd_edge is None:
            return Fit.UNKNOWN
        return Fit.AHEAD if reset.seq < reset.snd_edge else Fit.BEYOND
    is_at_fin = own.fin is not None and reset.seq == own.fin.fin_position == expected - 1
    return Fit.BEHIND_FIN if is_at_fin else Fit.BEHIND


def _at_risk(reset: Segment, own_fin: Segment | None, peer_fin: Segment | None) -> tuple[int, int]:
    received = [number for number in (reset.rcv_nxt, reset.ack) if number is not None]
    return (
        _unacknowledged(reset.snd_nxt, reset.snd_una, own_fin),
        _unacknowledged(reset.peer_nxt, max(received, default=None), peer_fin),
    )


def _unacknowledged(end: int | None, acknowledged: int | None, fin: Segment | None) -> int:
    if end is None or acknowledged is None:
        return 0
    has_fin = fin is not None and fin.end == end
    return max(end - has_fin - max(acknowledged, 1), 0)


@dataclass(slots=True, kw_only=True)
class _Circumstances:
    """An RST before the question why it was sent."""

    subject: Subject
    segment: Segment
    answers: Segment | None
    form: Form
    own: _Side
    other: _Side
    own_at_risk: int
    peer_at_risk: int
    hints: tuple[Hint, ...]
    goes_on: Segment | None

    def reason(self) -> Reason:
        """Give the first reason that holds."""
        for found in (
            self._from_elsewhere,
            self._while_opening,
            self._after_its_own_end,
            self._on_what_came,
            self._by_itself,
        ):
            reason = found()
            if reason is not None:
                return reason
        return Reason.UNCLASSIFIED

    def _from_elsewhere(self) -> Reason | None:
        if self.goes_on is not None and self.answers is not None and is_unacceptable(self.answers):
            hints_apart = [hint for hint in self.hints if self.goes_on.frame not in hint.frames]
            return Reason.DEVICE if hints_apart else Reason.FILTER
        return Reason.DEVICE if points(self.hints) >= ENOUGH else None

    def _while_opening(self) -> Reason | None:
        prompt = self.answers or self.other.last
        is_opener = self.own.last is not None and not self.own.has_opened and self.own.last.is_syn
        if self.own.last is None and prompt is not None and prompt.is_syn:
            return Reason.CLOSED_PORT
        if self.own.resets and not is_opener:
            return None
        if is_opener:
            return self._of_opener(prompt)
        if self.own.last is not None and self.own.last.is_syn_ack and not self.own.has_opened:
            if len(self.own.unanswered) >= GIVEN_UP_AFTER:
                return Reason.TIMEOUT
            return None if self.other.has_opened and self.segment.peer_nxt != 1 else Reason.NOT_ACCEPTED
        return None

    def _of_opener(self, prompt: Segment | None) -> Reason:
        if prompt is None or not prompt.has_ack:
            return Reason.CALLER_GONE
        if not prompt.is_syn_ack:
            return Reason.HALF_OPEN
        if prompt.ack is None or not 0 < prompt.ack <= max(self.segment.snd_nxt or 1, 1):
            return Reason.WRONG_ACK
        is_foreign_echo = prompt.tsecr is not None and any(self.own.tsvals) and prompt.tsecr not in self.own.tsvals
        return Reason.TIMESTAMPS if is_foreign_echo else Reason.CALLER_GONE

    def _after_its_own_end(self) -> Reason | None:
        if self.own.resets or (self.other.resets and self.form is Form.REACTIVE):
            return Reason.RESET_BEFORE
        if self.own.last is None:
            return Reason.HALF_OPEN if self.other.last is not None else None
        if self.own.fin is None:
            return None
        prompt = self.answers or self.other.last
        is_late = prompt is not None and (prompt.payload_length or self.peer_at_risk)
        if is_late and self.other.payload_after_peer_fin:
            return Reason.LATE_DATA
        if self.other.fin is not None and not self.own_at_risk + self.peer_at_risk:
            return Reason.CLEAN_UP
        is_forgotten = self.form is Form.REACTIVE or self.segment.seq != self.segment.snd_nxt
        return Reason.GONE_AFTER_CLOSE if is_forgotten else None

    def _on_what_came(self) -> Reason | None:
        prompt = self.answers or self.other.last
        if self.own.fin is None and self.other.fin is not None and prompt is not None and not self._has_peer_gone_on():
            return Reason.NO_SOCKET_ON_FIN if self.form is Form.REACTIVE else Reason.ABORT_ON_FIN
        return None

    def _has_peer_gone_on(self) -> bool:
        """Whether the other side's FIN is too long ago to be what prompted the RST."""
        fin = self.other.fin
        wait = max(patience(self.subject, self.segment.sender), SECOND)
        return fin is None or self.segment.time - fin.time > wait

    def _by_itself(self) -> Reason | None:
        if len(self.own.unanswered) >= GIVEN_UP_AFTER:
            return Reason.TIMEOUT
        if self.form is Form.REACTIVE or self.segment.seq != self.segment.snd_nxt:
            return Reason.HALF_OPEN if self.form is Form.REACTIVE else None
        if self.own_at_risk or self.peer_at_risk:
            return Reason.ABORT_WITH_DATA
        return Reason.ABORT_AFTER_SILENCE if self._silence() > LONG_SILENCE else Reason.ABORTIVE_CLOSE

    def _silence(self) -> int:
        times = [side.last.time for side in (self.own, self.other) if side.last is not None]
        return self.segment.time - max(times, default=self.segment.time)
