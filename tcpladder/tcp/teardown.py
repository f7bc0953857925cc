"""How each connection ended, or why it never came about: exactly one of a closed list of endings.

The first condition that holds decides, and the last of each group holds always, so that every connection has one
ending. Everything is read from the connection's shape, so equal shapes are classified once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tcpladder.tcp import evidence as e
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.happenings import View
from tcpladder.tcp.inference import History
from tcpladder.tcp.states import Endpoint, State
from tcpladder.tcp.timeline import Histories
from tcpladder.tcp.transitions import Event

_RECEIVED_RST = frozenset({Event.RECEIVED_RST, Event.RECEIVED_RST_AS_OPENER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Teardown:
    """How a connection ended. Rows are places in the connection's shape (`Histories.control_rows`)."""

    ending: Ending
    closed_first: Endpoint | None = None  # who sent the first FIN
    reset_by: Endpoint | None = None  # who sent the RST that ended it
    fin_row: int | None = None
    reset_row: int | None = None
    tags: tuple[str, ...] = ()


def classify(codes: Sequence[int], histories: tuple[History, History]) -> Teardown:
    """Give the ending of a connection from its shape and both endpoints' histories."""
    shape = _Shape(codes, histories)
    reset, fins = shape.reset(), shape.fins()
    first_fin = fins[0] if fins else None
    ending = _ending(shape, reset, fins)
    return Teardown(
        ending=ending,
        closed_first=None if first_fin is None else shape.sender(first_fin),
        reset_by=None if reset is None else shape.sender(reset),
        fin_row=first_fin,
        reset_row=reset,
        tags=tuple(_tags(shape, ending, fins)),
    )


def teardowns(histories: Histories) -> list[Teardown]:
    """Give each connection's ending, in order of the connections."""
    by_shape = teardowns_by_shape(histories)
    return [by_shape[shape] for shape in histories.shape_of.tolist()]


def teardowns_by_shape(histories: Histories) -> list[Teardown]:
    """Give the ending that connections of each shape have."""
    return [classify(codes, pair) for codes, pair in zip(histories.shape_codes, histories.shapes, strict=True)]


class _Shape:
    """A connection's shape, asked about what endings depend on."""

    def __init__(self, codes: Sequence[int], histories: tuple[History, History]) -> None:
        self.codes = codes
        self.histories = histories
        self.view = View(codes, Endpoint.INITIATOR)  # own: the initiator's rows; peer: the responder's
        self.rows = range(len(codes))

    def sender(self, row: int) -> Endpoint:
        return Endpoint(self.codes[row] & e.FROM_RESPONDER)

    def of(self, endpoint: Endpoint) -> list[int]:
        return self.view.own if endpoint is Endpoint.INITIATOR else self.view.peer

    def having(self, rows: Sequence[int], bits: int, without: int = 0) -> list[int]:
        return self.view.having(rows, bits, without)

    def is_established(self) -> bool:
        """The handshake was completed, or everything captured lies after it (RFC 9293 §3.5)."""
        if not self.having(self.rows, e.SYN):
            # An RST or two of a connection that was captured otherwise: any other segment shows that there was one.
            return bool(self.having(self.rows, 0, without=e.RST))
        return any(self._proves_handshake(row) for row in self.view.ordinary(self.rows))

    def _proves_handshake(self, row: int) -> bool:
        """A segment of who opened proves that a SYN-ACK arrived; payload of the other, that its ACK did."""
        peer = self.of(self.sender(row).peer)
        is_opener = bool(self.having(self.of(self.sender(row)), e.SYN, without=e.ACK))
        if not self.having(peer, e.SYN):
            return is_opener or not peer
        covers = bool(self.codes[row] & e.COVERS_SYN)
        has_syn_ack = bool(self.having(self.rows, e.SYN | e.ACK))
        return covers and (is_opener or (has_syn_ack and bool(self.codes[row] & (e.DATA | e.FIN))))

    def reset(self) -> int | None:
        """The RST that ended the connection: the first after which an endpoint did no more, or only RSTs follow."""
        last = [history.transitions[-1] for history in self.histories if history.transitions]
        effective = [transition.cause for transition in last if transition.event in _RECEIVED_RST]
        if effective:
            return min(effective)
        resets = self.having(self.rows, e.RST)
        others = self.having(self.rows, 0, without=e.RST)
        last_other = others[-1] if others else -1
        return resets[0] if resets and resets[0] > last_other else None

    def fins(self) -> list[int]:
        """The first FIN of each endpoint that sent one; first that of who closed first.

        A FIN that acknowledges the other one came second, in whatever order they were captured (RFC 9293 §3.6).
        """
        firsts = [self.having(self.of(end), e.FIN)[:1] for end in Endpoint]
        found = sorted(row for rows in firsts for row in rows)
        if len(found) == 2 and self.codes[found[0]] & e.COVERS_FIN and not self.codes[found[1]] & e.COVERS_FIN:
            found.reverse()
        return found

    def used_half_close(self, second_fin: int) -> bool:
        """Up to its own FIN the second to close sent new payload that acknowledges the first FIN (RFC 9293 §3.6.1)."""
        sent = self.having(self.of(self.sender(second_fin)), e.NEW | e.COVERS_FIN)
        return any(row <= second_fin for row in sent)


def _ending(shape: _Shape, reset: int | None, fins: list[int]) -> Ending:
    if not shape.having(shape.rows, 0, without=e.RST):
        return Ending.STRAY_RESET
    if not shape.is_established():
        return _unestablished(shape, reset)
    if reset is not None:
        return _by_reset(shape, reset, [row for row in fins if row < reset])
    if not fins:
        is_half_open = (
            shape.histories[Endpoint.RESPONDER].states[-1] is State.SYN_RCVD
            and shape.histories[Endpoint.INITIATOR].states[-1] is State.ESTABLISHED
        )
        return Ending.HALF_OPEN_CLIENT if is_half_open else Ending.OPEN_AT_END
    return _by_fins(shape, fins)


def _unestablished(shape: _Shape, reset: int | None) -> Ending:
    initiator, responder = shape.view.own, shape.view.peer
    syn_acks = shape.having(responder, e.SYN | e.ACK)
    opener_resets = shape.having(initiator, e.RST)
    other_resets = shape.having(responder, e.RST)
    if shape.having(initiator, e.SYN) and not responder and not opener_resets and not shape.having(initiator, e.FIN):
        return Ending.HANDSHAKE_TIMEOUT
    if not syn_acks and other_resets and other_resets[0] == responder[0] and reset is not None and not opener_resets:
        return Ending.REFUSED
    if not syn_acks and shape.having(responder, e.ACK, without=e.SYN | e.RST):
        return Ending.STALE_PEER
    if syn_acks and (opener_resets or other_resets):
        first = min(opener_resets[:1] + other_resets[:1])
        is_by_client = shape.sender(first) is Endpoint.INITIATOR
        return Ending.HANDSHAKE_RESET_BY_CLIENT if is_by_client else Ending.HANDSHAKE_RESET_BY_SERVER
    if opener_resets and shape.having(initiator, e.SYN):
        return Ending.CLIENT_ABORT_BEFORE_SYNACK
    if shape.having(initiator, e.FIN) and not syn_acks:
        return Ending.FIN_WITHOUT_HANDSHAKE
    if syn_acks and not shape.having(initiator, 0, without=e.SYN):
        return Ending.HALF_OPEN_SERVER
    return Ending.HANDSHAKE_INCOMPLETE


def _by_reset(shape: _Shape, reset: int, fins: list[int]) -> Ending:
    before = range(reset)
    if not fins:
        if not shape.having(before, e.DATA):
            return Ending.ABORT_NO_DATA
        return Ending.ABORT_DATA_LOST if shape.codes[reset] & e.OUTSTANDING else Ending.ABORT_AFTER_DATA
    if len(fins) == 2:
        acked = {shape.sender(row).peer for row in shape.having(before, e.COVERS_FIN)}
        return Ending.RST_AFTER_CLOSE if len(acked) == 2 else Ending.RST_DURING_CLOSE
    closer = shape.sender(fins[0])
    peer_payload = [row for row in shape.having(shape.of(closer.peer), e.NEW) if fins[0] < row < reset]
    if shape.sender(reset) is not closer:
        return Ending.HALF_CLOSE_THEN_RESET if peer_payload else Ending.RST_REPLY_TO_FIN
    return Ending.LATE_DATA_RESET if peer_payload else Ending.FIN_THEN_RESET


def _by_fins(shape: _Shape, fins: list[int]) -> Ending:
    answering = shape.of(shape.sender(fins[0]).peer)
    acks = shape.having(answering, e.COVERS_FIN)
    if len(fins) == 1:
        return Ending.HALF_CLOSED_OPEN if acks else Ending.FIN_UNANSWERED
    if not any(shape.codes[row] & e.COVERS_FIN for row in fins):
        return Ending.SIMULTANEOUS_CLOSE
    if shape.used_half_close(fins[1]):
        return Ending.HALF_CLOSE
    return Ending.GRACEFUL_3WAY if acks and acks[0] == fins[1] else Ending.GRACEFUL_4WAY


def _tags(shape: _Shape, ending: Ending, fins: list[int]) -> list[str]:
    resets = shape.having(shape.rows, e.RST)
    by_end = [[row for row in resets if shape.sender(row) is end] for end in Endpoint]
    is_established = shape.is_established()
    last_fin = fins[-1] if fins else None
    is_last_fin_acked = last_fin is not None and bool(shape.having(shape.of(shape.sender(last_fin).peer), e.COVERS_FIN))
    graceful = {Ending.SIMULTANEOUS_CLOSE, Ending.HALF_CLOSE, Ending.GRACEFUL_3WAY, Ending.GRACEFUL_4WAY}
    held = {
        "client-first": bool(fins) and shape.sender(fins[0]) is Endpoint.INITIATOR,
        "server-first": bool(fins) and shape.sender(fins[0]) is Endpoint.RESPONDER,
        "final-ack-missing": ending in graceful and not is_last_fin_acked,
        "fin-retransmitted": any(len(shape.having(shape.of(end), e.FIN)) > 1 for end in Endpoint),
        "double-rst": any(len(rows) > 1 for rows in by_end),
        "rst-both-sides": all(by_end),
        "ineffective-rst": is_established and any(not shape.codes[row] & e.RST_FITS for row in resets),
        "loop": ending is Ending.HANDSHAKE_RESET_BY_CLIENT and len(by_end[Endpoint.INITIATOR]) > 1,
        "midstream": not shape.having(shape.rows, e.SYN),
        "one-sided": not shape.view.own or (not shape.view.peer and not shape.having(shape.view.own, e.SYN)),
    }
    return [tag for tag, holds in held.items() if holds]
