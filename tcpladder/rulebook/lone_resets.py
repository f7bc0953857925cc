"""Connections with one RST that is plainly what it seems, by column: what `rulebook.resets` would say of each.

There are three kinds: a SYN and the RST that refuses it, and nothing else; a SYN, the SYN-ACK to it and the RST by
which the initiator declines that; and a connection without a FIN that an endpoint aborts. Whatever might speak for
another origin, a time-out or a late answer leaves a connection to `resets`.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.rulebook.decided import first, is_plain, last, some
from tcpladder.rulebook.reset_answers import ANSWER_MARGIN
from tcpladder.rulebook.reset_screens import is_reset
from tcpladder.rulebook.resets import GIVEN_UP_AFTER, LONG_SILENCE, Reason
from tcpladder.rulebook.shard import BoolArray, Int64Array, Shard
from tcpladder.rulebook.subject import ASSUMED_RTT
from tcpladder.sequence import LAST
from tcpladder.tcp.evidence import RST_FITS

REASONS = tuple(Reason)
_PLACE = {reason: place for place, reason in enumerate(REASONS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneResets:
    """The RSTs of connections that have one, with the columns of `resets.Reset`; one entry each.

    `place` is that of the connection, `row` and `answers` are rows of the shard, -1 without one. `reason` is a place in
    REASONS. `silence` (ns) is the time since the last segment before.
    """

    place: Int64Array
    row: Int64Array
    answers: Int64Array
    reason: Int64Array
    is_refusal: BoolArray
    is_decline: BoolArray
    is_active: BoolArray  # of Form.ACTIVE
    is_effective: BoolArray  # of Fit.EXACT
    own_at_risk: Int64Array
    peer_at_risk: Int64Array
    silence: Int64Array

    def __len__(self) -> int:
        return len(self.place)

    def only(self, kept: BoolArray) -> "LoneResets":
        """Leave out what is not marked."""
        return LoneResets(**{field.name: getattr(self, field.name)[kept] for field in fields(self)})


def lone_resets(shard: Shard) -> LoneResets:
    """Give the RSTs that are plainly what they seem."""
    return shard.once(_lone_resets)


def has_plain_reset(shard: Shard) -> BoolArray:
    """Mark the connections of which `lone_resets` tells."""
    marked = np.zeros(len(shard), np.bool_)
    marked[lone_resets(shard).place] = True
    return marked


def _lone_resets(shard: Shard) -> LoneResets:
    found = [find(shard, rows) for find, rows in zip((_refusals, _declines, _aborts), _by_kind(shard), strict=True)]
    return LoneResets(
        **{field.name: np.concatenate([getattr(part, field.name) for part in found]) for field in fields(LoneResets)}
    )


def _by_kind(shard: Shard) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Give the RSTs that are the only one of their connection: those of two segments, of three, and of more."""
    rows = np.flatnonzero(shard.once(is_reset))
    places = shard.connection[rows]
    is_lone = (np.bincount(places, minlength=len(shard)) == 1) & is_plain(shard)
    rows = rows[is_lone[places]]
    place = shard.connection[rows]
    begin, length = shard.offsets[place], shard.offsets[place + 1] - shard.offsets[place]
    is_decline = (length == 3) & (rows == begin + 2) & shard.from_initiator[rows]
    is_decline[is_decline] = _is_decline(shard, rows[is_decline])
    return rows[length == 2], rows[is_decline], rows[(length > 2) & ~is_decline]


def _is_decline(shard: Shard, rows: Int64Array) -> BoolArray:
    """Tell which RSTs follow a SYN of the same side and a SYN-ACK with which nothing is wrong, by that one's number."""
    syn, syn_ack = rows - 2, rows - 1
    flags, seq, ack = shard.flags & (SYN | ACK | RST), shard.column("seq_relative"), shard.column("ack_relative")
    stamp, echo = shard.column("tsval")[syn], shard.column("tsecr")[syn_ack]
    is_echo = ~shard.is_known("tsval")[syn] | ~shard.is_known("tsecr")[syn_ack] | (stamp == echo)
    is_opening = shard.from_initiator[syn] & (flags[syn] == SYN) & (seq[syn] == 0)
    is_answer = ~shard.from_initiator[syn_ack] & (flags[syn_ack] == SYN | ACK)
    end = np.minimum(shard.column("end_relative")[syn], np.maximum(shard.column("snd_nxt")[rows], 1))
    is_right = is_echo & (ack[syn_ack] >= 1) & (ack[syn_ack] <= end) & (seq[rows] == ack[syn_ack])
    usual: BoolArray = is_opening & is_answer & is_right
    return usual


def _refusals(shard: Shard, rows: Int64Array) -> LoneResets:
    """Judge RSTs that came back for a SYN: an answer has its number (RFC 9293 §3.5.2)."""
    syn = np.maximum(rows - 1, 0)
    is_answered = (shard.connection[syn] == shard.connection[rows]) & (syn != rows)
    is_answered &= shard.from_initiator[syn] & ~shard.from_initiator[rows]
    is_answered &= (shard.flags[syn] & (SYN | ACK | RST)) == SYN
    is_answered &= shard.column("seq_relative")[syn] == 0
    rows, syn = rows[is_answered], syn[is_answered]
    end = shard.column("seq")[syn] + shard.column("end_relative")[syn] - shard.column("seq_relative")[syn]
    waited = shard.column("time")[rows] - shard.column("time")[syn]
    is_answer = ((shard.flags[rows] & ACK) != 0) & (shard.column("seq")[rows] == 0)
    is_answer &= shard.column("ack")[rows] == (end & LAST)
    is_answer &= waited <= 2 * ASSUMED_RTT + ANSWER_MARGIN
    nothing = np.zeros(len(rows), np.int64)
    return LoneResets(
        place=shard.connection[rows],
        row=rows,
        answers=np.where(is_answer, syn, -1),
        reason=np.full(len(rows), _PLACE[Reason.CLOSED_PORT]),
        is_refusal=np.ones(len(rows), np.bool_),
        is_decline=np.zeros(len(rows), np.bool_),
        is_active=np.zeros(len(rows), np.bool_),
        is_effective=(shard.column("code")[rows] & RST_FITS) != 0,
        own_at_risk=nothing,
        peer_at_risk=nothing,
        silence=waited,
    )


def _declines(shard: Shard, resets: Int64Array) -> LoneResets:
    """Judge RSTs by which initiators give up what they have just opened."""
    context = _Context(shard, resets)
    context = _Context(shard, resets[context.is_of_endpoint() & ~context.may_answer_syn])
    return context.declines()


def _aborts(shard: Shard, resets: Int64Array) -> LoneResets:
    """Judge RSTs amid connections whose sender had taken part, and sent nothing afterwards."""
    context = _Context(shard, resets)
    return _Context(shard, resets[context.is_usual()]).aborts()


class _Context:
    """The segments of connections with one RST each; arrays over these segments, or one entry a connection."""

    def __init__(self, shard: Shard, resets: Int64Array) -> None:
        self.shard = shard
        self.resets = resets
        self.place = shard.connection[resets]
        self.rows, self.starts = shard.rows_of(self.place)
        self.owner = np.repeat(np.arange(len(resets)), np.diff(self.starts, append=len(self.rows)))
        self.flags = shard.flags[self.rows]
        self.from_initiator = shard.from_initiator[self.rows]
        self.by_initiator = shard.from_initiator[resets]
        self.is_own = self.from_initiator == self.by_initiator[self.owner]
        self.is_reset = self.rows == resets[self.owner]
        self.is_before = self.rows < resets[self.owner]
        self.time = self.of("time")

    def of(self, name: str) -> Int64Array:
        """Give a column of the segments, 0 where it is null."""
        return self.shard.column(name)[self.rows]

    def knows(self, name: str) -> BoolArray:
        return self.shard.is_known(name)[self.rows]

    def at(self, name: str) -> Int64Array:
        """Give a column of the RSTs, 0 where it is null."""
        return self.shard.column(name)[self.resets]

    def has(self, name: str) -> BoolArray:
        return self.shard.is_known(name)[self.resets]

    def some(self, marked: BoolArray) -> BoolArray:
        return some(marked, self.starts)

    @property
    def has_ack(self) -> BoolArray:
        """Whether the RSTs have ACK."""
        return self.shard.has(ACK)[self.resets]

    def is_usual(self) -> BoolArray:
        """Mark the RSTs for which nothing speaks but an abort, or a host that no longer knows the connection."""
        own, others = self.is_own & ~self.is_reset, ~self.is_reset
        has_taken_part = self.some(own & self.is_before & ((self.flags & SYN) == 0))
        has_peer = self.some(~self.is_own & self.is_before)
        is_over = ~self.some(own & ~self.is_before)
        has_fin = self.some(others & ((self.flags & FIN) != 0))
        unanswered = np.add.reduceat(own & self.is_before & self._is_repeated(), self.starts, dtype=np.int64)
        usual: BoolArray = has_taken_part & has_peer & is_over & ~has_fin & ~self.may_answer_syn
        return usual & (unanswered < GIVEN_UP_AFTER) & self.is_of_endpoint()

    @property
    def may_answer_syn(self) -> BoolArray:
        """Whether the RSTs have the form of answers to segments without ACK."""
        may_answer: BoolArray = self.has_ack & (self.at("seq") == 0)
        return may_answer

    def is_of_endpoint(self) -> BoolArray:
        """Mark the RSTs that look like the other segments of their senders."""
        own = self.is_own & ~self.is_reset
        return self._has_usual_ttl(own) & self._has_usual_ip_id(own)

    def _is_repeated(self) -> BoolArray:
        """Mark what is sent again, and keep-alives: `_Side.unanswered` has no others."""
        seq, end, nxt, is_sent = (
            self.of("seq_relative"),
            self.of("end_relative"),
            self.of("snd_nxt"),
            self.knows("snd_nxt"),
        )
        is_new = (end > seq) & (~is_sent | (end > nxt))
        is_keep_alive = (self.of("payload_length") <= 1) & ((self.flags & (SYN | FIN)) == 0)
        is_keep_alive &= is_sent & (seq == nxt - 1)
        marked: BoolArray = is_keep_alive | ~(is_new | (end == seq))
        return marked

    def _has_usual_ttl(self, own: BoolArray) -> BoolArray:
        ttl, is_known = self.of("ttl"), self.knows("ttl") & own
        lowest = np.minimum.reduceat(np.where(is_known, ttl, 256), self.starts)
        highest = np.maximum.reduceat(np.where(is_known, ttl, -1), self.starts)
        reset = self.at("ttl")
        marked: BoolArray = ~self.has("ttl") | (highest < 0) | ((lowest <= reset) & (reset <= highest))
        return marked

    def _has_usual_ip_id(self, own: BoolArray) -> BoolArray:
        """Mark RSTs whose IP identification is, or is not, 0 as that of their senders' other segments is."""
        counts = own & self.knows("ip_id") & ((self.flags & (SYN | ACK | RST)) != SYN | ACK)
        has_some, has_none = self.some(counts & (self.of("ip_id") != 0)), self.some(counts & (self.of("ip_id") == 0))
        is_strange = np.where(self.at("ip_id") != 0, has_none & ~has_some, has_some & ~has_none)
        marked: BoolArray = ~self.has("ip_id") | ~is_strange
        return marked

    def aborts(self) -> LoneResets:
        """Judge the RSTs, which are usual ones."""
        answers = self._answers()
        seq, nxt = self.at("seq_relative"), self.at("snd_nxt")
        is_next = self.has("snd_nxt") & (seq == nxt)
        has_clock = self.has("tsval") & ~self._is_stateless(answers)
        is_reactive = (~(is_next & self.has_ack)) & (answers >= 0) & ~self.has_ack & ~has_clock
        own, peer = self._own_at_risk(), self._peer_at_risk()
        nothing = np.zeros(len(self.resets), np.bool_)
        reasons = (
            (is_reactive, Reason.HALF_OPEN),
            (~is_next, Reason.UNCLASSIFIED),
            ((own > 0) | (peer > 0), Reason.ABORT_WITH_DATA),
            (self._silence() > LONG_SILENCE, Reason.ABORT_AFTER_SILENCE),
        )
        return LoneResets(
            place=self.place,
            row=self.resets,
            answers=np.where(answers >= 0, self._row(answers), -1),
            reason=np.select(
                [where for where, _ in reasons],
                [_PLACE[reason] for _, reason in reasons],
                _PLACE[Reason.ABORTIVE_CLOSE],
            ),
            is_refusal=nothing,
            is_decline=nothing,
            is_active=self.has_ack & is_next & ((self.at("window") != 0) | has_clock),
            is_effective=self._is_effective(),
            own_at_risk=own,
            peer_at_risk=peer,
            silence=self._longest_silence(),
        )

    def declines(self) -> LoneResets:
        """Judge the RSTs as answers to SYN-ACKs that are as they should be."""
        own_reason = np.full(len(self.resets), _PLACE[Reason.CALLER_GONE])
        return replace(self.aborts(), reason=own_reason, is_decline=np.ones(len(self.resets), np.bool_))

    def _row(self, places: Int64Array) -> Int64Array:
        """Give the shard's rows of places among these segments."""
        return self.rows[np.minimum(places, len(self.rows) - 1)]

    def _answers(self) -> Int64Array:
        """Give the last segment of the other side whose number each RST repeats, if that is not too long ago; or -1."""
        is_like = ~self.is_own & self.is_before & ((self.flags & ACK) != 0)
        is_like &= self.of("ack") == self.at("seq")[self.owner]
        found = last(is_like, self.starts)
        waited = self.at("time") - self.time[found]
        return np.where((found >= 0) & (waited <= 2 * self._time_to_and_back() + ANSWER_MARGIN), found, -1)

    def _time_to_and_back(self) -> Int64Array:
        """Give the time in ns to each RST's sender and back, as `Subject.time_to_and_back` does."""
        is_syn = (self.flags & (SYN | RST)) == SYN
        by_initiator, by_responder = is_syn & self.from_initiator, is_syn & ~self.from_initiator
        counts = [np.add.reduceat(marked, self.starts, dtype=np.int64) for marked in (by_initiator, by_responder)]
        syn, syn_ack = (
            np.minimum(first(marked, self.starts), len(self.rows) - 1) for marked in (by_initiator, by_responder)
        )
        is_ack = self.from_initiator & ((self.flags & (ACK | RST)) == ACK)
        ack = first(is_ack & (np.arange(len(self.rows)) > syn_ack[self.owner]), self.starts)
        is_told = (counts[0] == 1) & (counts[1] == 1) & ((self.flags[syn_ack] & ACK) != 0)
        is_told &= (ack < len(self.rows)) & (syn < syn_ack)
        to_initiator = self.time[np.minimum(ack, len(self.rows) - 1)] - self.time[syn_ack]
        to_responder = self.time[syn_ack] - self.time[syn]
        told = np.maximum(np.where(self.by_initiator, to_initiator, to_responder), 0)
        return np.where(is_told, told, ASSUMED_RTT)

    def _is_stateless(self, answers: Int64Array) -> BoolArray:
        """Mark RSTs with the time stamps of who holds no connection: TSval 0, and what it answers echoed."""
        echoed, is_echoed = self.of("tsval")[answers], self.knows("tsval")[answers]
        is_echo = (self.has("tsecr") == is_echoed) & (~is_echoed | (self.at("tsecr") == echoed))
        marked: BoolArray = self.has("tsval") & (self.at("tsval") == 0) & (answers >= 0) & is_echo
        return marked

    def _silence(self) -> Int64Array:
        """Give the time since what each side sent last."""
        own, peer = (self.time[last(self.is_before & side, self.starts)] for side in (self.is_own, ~self.is_own))
        return self.at("time") - np.maximum(own, peer)

    def _longest_silence(self) -> Int64Array:
        lowest = np.iinfo(np.int64).min
        return self.at("time") - np.maximum.reduceat(np.where(self.is_before, self.time, lowest), self.starts)

    def _is_effective(self) -> BoolArray:
        """Mark the RSTs that have to be obeyed, as `resets._fit` tells where neither side has sent a FIN."""
        seq, una, nxt = self.at("seq_relative"), self.at("snd_una"), self.at("snd_nxt")
        is_in_sequence = (seq >= una) & (seq <= np.maximum(una, np.where(nxt == 0, una, nxt)))
        marked: BoolArray = np.where(self.has("snd_una"), is_in_sequence, (self.at("code") & RST_FITS) != 0)
        return marked

    def _own_at_risk(self) -> Int64Array:
        is_known = self.has("snd_nxt") & self.has("snd_una")
        return np.where(is_known, np.maximum(self.at("snd_nxt") - np.maximum(self.at("snd_una"), 1), 0), 0)

    def _peer_at_risk(self) -> Int64Array:
        lowest = np.iinfo(np.int64).min
        received = np.maximum(
            np.where(self.has("rcv_nxt"), self.at("rcv_nxt"), lowest),
            np.where(self.has("ack_relative"), self.at("ack_relative"), lowest),
        )
        is_known = self.has("peer_nxt") & (received != lowest)
        return np.where(is_known, np.maximum(self.at("peer_nxt") - np.maximum(received, 1), 0), 0)
