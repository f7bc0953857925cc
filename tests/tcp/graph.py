"""The edges between states that RFC 9293 knows, for tests to compare with."""

from tcpladder.tcp.states import State

_S = State

FIGURE_5 = {
    (_S.CLOSED, _S.LISTEN),
    (_S.CLOSED, _S.SYN_SENT),
    (_S.LISTEN, _S.SYN_RCVD),
    (_S.LISTEN, _S.SYN_SENT),
    (_S.LISTEN, _S.CLOSED),
    (_S.SYN_SENT, _S.SYN_RCVD),
    (_S.SYN_SENT, _S.ESTABLISHED),
    (_S.SYN_SENT, _S.CLOSED),
    (_S.SYN_RCVD, _S.LISTEN),
    (_S.SYN_RCVD, _S.ESTABLISHED),
    (_S.SYN_RCVD, _S.FIN_WAIT_1),
    (_S.ESTABLISHED, _S.FIN_WAIT_1),
    (_S.ESTABLISHED, _S.CLOSE_WAIT),
    (_S.FIN_WAIT_1, _S.FIN_WAIT_2),
    (_S.FIN_WAIT_1, _S.CLOSING),
    (_S.FIN_WAIT_1, _S.TIME_WAIT),  # note 2
    (_S.FIN_WAIT_2, _S.TIME_WAIT),
    (_S.CLOSE_WAIT, _S.LAST_ACK),
    (_S.CLOSING, _S.TIME_WAIT),
    (_S.LAST_ACK, _S.CLOSED),
    (_S.TIME_WAIT, _S.CLOSED),
}
"""RFC 9293 §3.3.2, figure 5."""

IN_WORDS = {
    (_S.SYN_RCVD, _S.CLOSE_WAIT),  # §3.10.7.4, eighth step: a FIN in SYN-RECEIVED
    *((state, _S.CLOSED) for state in State if state is not _S.CLOSED),  # §3.10.5 ABORT, §3.10.7.4 second step: RST
}
"""What the text says and the figure does not draw."""

EDGES = FIGURE_5 | IN_WORDS


def is_possible(before: State, after: State) -> bool:
    """Tell whether RFC 9293 knows the edge; to and from UNKNOWN everything is possible."""
    return State.UNKNOWN in (before, after) or (before, after) in EDGES
