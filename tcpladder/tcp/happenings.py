"""From a connection's shape to what happened to one endpoint: what it sent, and what reached it when.

Rows here are places in the shape: the control rows of the connection, in frame order.
"""

from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tcpladder.tcp import evidence as e
from tcpladder.tcp.arrivals import Arrival, assumed_arrival, proven_arrival
from tcpladder.tcp.states import Basis, Endpoint
from tcpladder.tcp.transitions import Event

BEFORE_SENDING, AT_ROW, AFTER_ROW = range(3)
FINS = frozenset({Event.SENT_FIN, Event.RECEIVED_FIN, Event.RECEIVED_FIN_AND_ACK_OF_FIN})


@dataclass(frozen=True, slots=True, order=True)
class Happening:
    """An event of one endpoint. `row` and `place` order events; `cause` is the row of the segment behind it."""

    row: int
    place: int
    cause: int
    event: Event
    basis: Basis


class View:
    """A connection's shape as one endpoint sees it: its own rows and its peer's."""

    def __init__(self, codes: Sequence[int], endpoint: Endpoint) -> None:
        self.codes = codes
        self.own = [row for row, code in enumerate(codes) if (code & e.FROM_RESPONDER) == endpoint]
        self.peer = [row for row, code in enumerate(codes) if (code & e.FROM_RESPONDER) != endpoint]

    def having(self, rows: Sequence[int], bits: int, without: int = 0) -> list[int]:
        """Give those of the rows whose codes have all of `bits` and none of `without`."""
        return [row for row in rows if self.codes[row] & bits == bits and not self.codes[row] & without]

    def ordinary(self, rows: Sequence[int]) -> list[int]:
        """Give the rows of segments as synchronized endpoints send them: with ACK, neither SYN nor RST."""
        return self.having(rows, e.ACK, without=e.SYN | e.RST)


def happenings(view: View) -> list[Happening]:
    """List what happened to an endpoint, in order."""
    found = _sent(view)
    reset = _arrival_of_rst(view)
    arrivals = (
        (Event.RECEIVED_SYN, _arrival_of_syn(view)),
        (Event.RECEIVED_SYN_ACK, _arrival_of_syn_ack(view)),
        (Event.RECEIVED_ACK_OF_SYN, _arrival_of_ack_of_syn(view)),
        (Event.RECEIVED_ACK_OF_FIN, _arrival_of_ack_of_fin(view)),
        (_fin_event(view, by=view.peer, otherwise=Event.RECEIVED_FIN), _arrival_of_fin(view, reset)),
    )
    received = {event: arrival for event, arrival in arrivals if arrival is not None}
    _join_fin_and_ack(received)
    found += [_received(view, event, arrival) for event, arrival in received.items()]
    resets = [*_refused_requests(view), *([reset] if reset else [])]
    found += [_received(view, _rst_event(view), arrival) for arrival in resets]
    # Sorting is stable, so events of one place stay in the order above: RFC 9293 §3.10.7.4 looks at ACK before FIN.
    return sorted(found, key=lambda happening: (happening.row, happening.place))


def _fin_event(view: View, *, by: Sequence[int], otherwise: Event) -> Event:
    """Give the event of a FIN of one endpoint, whose rows are `by`: CLOSED_SOMEHOW when it may be the second FIN.

    It is the first, or its order is known, when the beginning was captured, or when the other endpoint sends data or a
    FIN too, and so had not closed before the capture began. Of an endpoint that was not captured nothing is known.
    """
    other = view.peer if by is view.own else view.own
    opened = bool(other) and any(code & e.SYN for code in view.codes)
    is_other_open = any(view.codes[row] & (e.FIN | e.DATA) for row in other)
    return otherwise if opened or is_other_open else Event.CLOSED_SOMEHOW


def _rst_event(view: View) -> Event:
    """Give the event of an RST; only who opened itself and answered a SYN too has no LISTEN to go back to."""
    crossed = view.having(view.own, e.SYN, without=e.ACK) and view.having(view.own, e.SYN | e.ACK)
    return Event.RECEIVED_RST_AS_OPENER if crossed else Event.RECEIVED_RST


def _sent(view: View) -> list[Happening]:
    own_sends = view.having(view.own, 0, without=e.RST)
    last_send = own_sends[-1] if own_sends else -1
    last_syn = max(view.having(view.own, e.SYN), default=-1)
    fin = _fin_event(view, by=view.own, otherwise=Event.SENT_FIN)
    fin_rows = view.having(view.own, e.FIN)[:1]
    # Before a repeated SYN or SYN-ACK a segment is a challenge ACK: the endpoint is not synchronized yet. A FIN that
    # may be the second one does not even tell that the endpoint was established.
    says_nothing = fin_rows if fin is Event.CLOSED_SOMEHOW else []
    # Who goes on sending has not ended the connection: the RST answered a stray segment, or was forged.
    resets = [row for row in view.having(view.own, e.RST) if row > last_send]
    refusals = _refusals(view, resets)
    groups = (
        (Event.SENT_SYN, view.having(view.own, e.SYN, without=e.ACK)),
        (Event.SENT_SYN_ACK, view.having(view.own, e.SYN | e.ACK)),
        (Event.SENT_SEGMENT, [row for row in view.ordinary(view.own) if row > last_syn and row not in says_nothing]),
        (fin, fin_rows),
        (Event.SENT_REFUSAL, refusals),
        (Event.SENT_RST, sorted({*resets}.difference(refusals))[:1]),
    )
    return [Happening(row, AT_ROW, row, event, _basis_of_sent(view, row)) for event, rows in groups for row in rows]


def _basis_of_sent(view: View, row: int) -> Basis:
    """Give what it rests on; that a FIN is the first is inferred only where it acknowledges what may be the other."""
    is_order_open = view.codes[row] & e.FIN and view.codes[row] & e.ACKS_UNSEEN
    return Basis.INFERRED if is_order_open else Basis.SEEN


def _refusals(view: View, resets: Sequence[int]) -> list[int]:
    """Give those of the RSTs that end nothing if their sender is in SYN-SENT (RFC 9293 §3.10.7.3).

    They refuse an ACK of what was never sent, or are like an earlier one after which the SYN was sent again.
    """
    alike = e.RST | e.ACK | e.REFUSES
    last_syn = max(view.having(view.own, e.SYN, without=e.ACK), default=-1)
    survived = {view.codes[row] & alike for row in view.having(view.own, e.RST) if row < last_syn}
    return [row for row in resets if view.codes[row] & e.REFUSES or view.codes[row] & alike in survived]


def _received(view: View, event: Event, arrival: Arrival) -> Happening:
    # Likewise that a FIN came before the endpoint's own, where the peer acknowledges what may be that.
    is_order_open = event in FINS and bool(view.having(view.peer, e.ACKS_UNSEEN))
    basis = Basis.SEEN if arrival.is_proven and not is_order_open else Basis.INFERRED
    place = AT_ROW
    if arrival.is_delayed:
        place = BEFORE_SENDING if arrival.is_proven else AFTER_ROW
    return Happening(arrival.row, place, arrival.cause, event, basis)


def _join_fin_and_ack(received: dict[Event, Arrival]) -> None:
    """Make one event of a FIN and the ACK of the endpoint's own FIN that arrive together."""
    fin, ack = received.get(Event.RECEIVED_FIN), received.get(Event.RECEIVED_ACK_OF_FIN)
    if fin and ack and (fin.row, fin.is_delayed) == (ack.row, ack.is_delayed):
        received[Event.RECEIVED_FIN_AND_ACK_OF_FIN] = fin
        del received[Event.RECEIVED_FIN], received[Event.RECEIVED_ACK_OF_FIN]


def _next_from_peer(view: View) -> Callable[[int, int], int | None]:
    return lambda after, before: next((row for row in view.peer if after < row < before), None)


def _arrival_of_syn(view: View) -> Arrival | None:
    """A SYN that crossed the endpoint's own: its SYN-ACK proves it (RFC 9293 §3.5, simultaneous open)."""
    if not view.having(view.own, e.SYN, without=e.ACK):
        return None
    proofs = view.having(view.own, e.SYN | e.ACK | e.COVERS_SYN)
    sent = view.having(view.peer, e.SYN, without=e.ACK)
    if not proofs or not sent:
        return None
    return proven_arrival(sent, proofs[0], view.having(view.own, e.SYN, without=e.ACK), _next_from_peer(view))


def _arrival_of_syn_ack(view: View) -> Arrival | None:
    """A SYN-ACK: any segment but a bare RST that acknowledges it proves it; a bare RST refuses it (§3.10.7.3)."""
    # Without the endpoint's own SYN nothing tells what has to be acknowledged.
    has_syn = view.having(view.own, e.SYN)
    sent = view.having(view.peer, e.SYN | e.ACK | e.COVERS_SYN if has_syn else e.SYN | e.ACK)
    if not sent:
        return None
    proofs = view.having(view.own, e.ACK | e.COVERS_SYN, without=e.SYN)
    if proofs:
        return proven_arrival(sent, proofs[0], view.having(view.own, e.SYN, without=e.ACK), _next_from_peer(view))
    return assumed_arrival(sent, view.own[-1] if view.own else -1)


def _arrival_of_ack_of_syn(view: View) -> Arrival | None:
    """The ACK that ends the handshake: a repeated SYN-ACK shows that it was lost, or dropped at a full accept queue.

    Proof is what only a synchronized endpoint sends: a segment with ACK and without SYN. A bare RST comes from a
    host that has no such connection.
    """
    repeats = view.having(view.own, e.SYN | e.ACK)
    if not repeats:
        return None
    sent = [row for row in view.having(view.peer, e.ACK | e.COVERS_SYN, without=e.SYN | e.RST) if row > repeats[0]]
    if not sent:
        return None
    proofs = [row for row in view.having(view.own, e.ACK, without=e.SYN) if row > sent[0]]
    if proofs:
        before_proof = [row for row in repeats if row < proofs[0]]
        settled = [row for row in sent if before_proof[-1] < row < proofs[0]]
        return Arrival(row=(settled or sent)[0], cause=(settled or sent)[0], is_proven=True)
    is_doubtful = (
        repeats[-1] > sent[0]
        or view.having(view.peer, e.RESENT)
        or view.having(view.own, e.RST, without=e.LONG_AFTER_SYN)
    )
    return None if is_doubtful else Arrival(row=sent[0], cause=sent[0], is_proven=False)


def _arrival_of_fin(view: View, reset: Arrival | None) -> Arrival | None:
    sent = view.having(view.peer, e.FIN)
    if not sent:
        return None
    proofs = view.having(view.own, e.ACK | e.COVERS_FIN, without=e.SYN)
    if proofs:
        doubts = view.having(view.own, e.ACK, without=e.SYN | e.COVERS_FIN)
        return proven_arrival(sent, proofs[0], doubts, _next_from_peer(view))
    # Of an endpoint that never speaks nothing is assumed.
    assumed = assumed_arrival(sent, view.own[-1]) if view.own else None
    return assumed or _arrival_before_reset(view, sent, reset)


def _arrival_before_reset(view: View, sent: Sequence[int], reset: Arrival | None) -> Arrival | None:
    """A FIN that the endpoint had no more time to acknowledge: the RST that was sent after it arrived after it."""
    if reset is None or len(sent) != 1 or sent[0] > reset.cause:
        return None
    crossing = view.having(view.own, e.ACK, without=e.SYN | e.COVERS_FIN)
    doubts = [row for row in crossing if sent[0] < row <= reset.row]
    row = doubts[-1] if doubts else sent[0]
    return Arrival(row=row, cause=sent[0], is_proven=False, is_delayed=bool(doubts))


def _arrival_of_ack_of_fin(view: View) -> Arrival | None:
    """The ACK of the endpoint's own FIN: the first one after which the endpoint does not repeat its FIN."""
    own_fins = view.having(view.own, e.FIN)
    acks = view.having(view.peer, e.ACK | e.COVERS_FIN, without=e.SYN | e.RST)
    if not own_fins or not acks:
        return None
    settled = [row for row in acks if row > own_fins[-1]]
    if settled:
        return Arrival(row=settled[0], cause=settled[0], is_proven=False)
    # It repeated its FIN after every ACK. That it acknowledges a FIN which came with an ACK proves that one.
    proofs = view.having(view.own, e.ACK | e.COVERS_FIN, without=e.SYN)
    with_fin = [row for row in view.having(acks, e.FIN) if proofs and own_fins[0] < row < proofs[-1]]
    return Arrival(row=with_fin[0], cause=with_fin[0], is_proven=True) if with_fin else None


def _arrival_of_rst(view: View) -> Arrival | None:
    """The first RST that fits and after which the endpoint sends nothing more than what was under way."""
    if not view.own and view.having(view.peer, e.SYN):
        return None  # nothing shows that there is anybody to be reset
    sends = view.having(view.own, 0, without=e.RST)
    without_effect = max([*view.having(view.own, e.LATE), *view.having(view.own, e.NEW_ISN)], default=-1)
    for row in view.having(view.peer, e.RST | e.RST_FITS):
        if row < without_effect:
            continue
        under_way = [send for send in sends if send > row]
        arrival = Arrival(row=row, cause=row, is_proven=False)
        return replace(arrival, row=under_way[-1], is_delayed=True) if under_way else arrival
    return None


def _refused_requests(view: View) -> list[Arrival]:
    """RSTs after which a listener, that had not seen its SYN-ACK acknowledged, answered the SYN with a new ISN."""
    acks = view.having(view.peer, e.ACK | e.COVERS_SYN, without=e.SYN | e.RST)
    resets = view.having(view.peer, e.RST | e.RST_FITS)
    found = []
    for before, after in pairwise(view.having(view.own, e.SYN | e.ACK)):
        first = resets[at] if (at := bisect(resets, before)) < len(resets) else after
        if view.codes[after] & e.NEW_ISN and first < after and not (acks and acks[0] < first):
            found.append(Arrival(row=first, cause=first, is_proven=True))
    return found
