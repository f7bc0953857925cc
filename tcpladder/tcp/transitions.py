"""The state machine of RFC 9293 §3.3.2 as an observer can run it: (state, event) -> state.

An event is something that an endpoint did, or something that reached it. What the table does not list changes
nothing: a challenge ACK, a retransmission, a SYN in a synchronized state.
"""

import enum
from types import MappingProxyType

from tcpladder.tcp.states import State


class Event(enum.Enum):
    """What can move an endpoint from one state to another."""

    SENT_SYN = "sent SYN"
    SENT_SYN_ACK = "sent SYN-ACK"
    SENT_SEGMENT = "sent a segment with ACK and without SYN"
    SENT_FIN = "sent FIN"
    SENT_RST = "sent RST"
    SENT_REFUSAL = "sent RST that refuses a segment"
    RECEIVED_SYN = "received SYN"
    RECEIVED_SYN_ACK = "received SYN-ACK"
    RECEIVED_ACK_OF_SYN = "received the ACK of its SYN"
    RECEIVED_FIN = "received FIN"
    RECEIVED_ACK_OF_FIN = "received the ACK of its FIN"
    RECEIVED_FIN_AND_ACK_OF_FIN = "received FIN with the ACK of its FIN"
    RECEIVED_RST = "received RST"
    RECEIVED_RST_AS_OPENER = "received RST after its own SYN had crossed another"
    CLOSED_SOMEHOW = "began or went through a close whose other half was not captured"


_S = State
_E = Event

TRANSITIONS = MappingProxyType(
    {
        # Opening, RFC 9293 §3.5 and §3.10.7.1 to §3.10.7.3. A SYN alone does not move a listener: it may be dropped.
        (_S.CLOSED, _E.SENT_SYN): _S.SYN_SENT,
        (_S.UNKNOWN, _E.SENT_SYN): _S.SYN_SENT,
        (_S.LISTEN, _E.SENT_SYN_ACK): _S.SYN_RCVD,
        (_S.UNKNOWN, _E.SENT_SYN_ACK): _S.SYN_RCVD,
        (_S.SYN_SENT, _E.RECEIVED_SYN): _S.SYN_RCVD,
        (_S.SYN_SENT, _E.RECEIVED_SYN_ACK): _S.ESTABLISHED,
        (_S.SYN_RCVD, _E.RECEIVED_SYN_ACK): _S.ESTABLISHED,
        (_S.SYN_RCVD, _E.RECEIVED_ACK_OF_SYN): _S.ESTABLISHED,
        # Its own segments prove the handshake, whose other segments were not captured.
        (_S.SYN_SENT, _E.SENT_SEGMENT): _S.ESTABLISHED,
        (_S.SYN_RCVD, _E.SENT_SEGMENT): _S.ESTABLISHED,
        (_S.UNKNOWN, _E.SENT_SEGMENT): _S.ESTABLISHED,
        # Closing, §3.6 and §3.10.4, §3.10.7.4 (fifth and eighth step).
        (_S.ESTABLISHED, _E.SENT_FIN): _S.FIN_WAIT_1,
        (_S.SYN_RCVD, _E.SENT_FIN): _S.FIN_WAIT_1,
        (_S.CLOSE_WAIT, _E.SENT_FIN): _S.LAST_ACK,
        (_S.ESTABLISHED, _E.RECEIVED_FIN): _S.CLOSE_WAIT,
        (_S.SYN_RCVD, _E.RECEIVED_FIN): _S.CLOSE_WAIT,
        (_S.UNKNOWN, _E.RECEIVED_FIN): _S.CLOSE_WAIT,  # it has not closed yet, else this would be CLOSED_SOMEHOW
        (_S.FIN_WAIT_1, _E.RECEIVED_FIN): _S.CLOSING,
        (_S.FIN_WAIT_1, _E.RECEIVED_ACK_OF_FIN): _S.FIN_WAIT_2,
        (_S.FIN_WAIT_1, _E.RECEIVED_FIN_AND_ACK_OF_FIN): _S.TIME_WAIT,  # §3.3.2, note 2 to figure 5
        (_S.FIN_WAIT_2, _E.RECEIVED_FIN): _S.TIME_WAIT,
        (_S.FIN_WAIT_2, _E.RECEIVED_FIN_AND_ACK_OF_FIN): _S.TIME_WAIT,
        (_S.CLOSING, _E.RECEIVED_ACK_OF_FIN): _S.TIME_WAIT,
        (_S.LAST_ACK, _E.RECEIVED_ACK_OF_FIN): _S.CLOSED,
        # Whether the peer had closed before the capture began is open, so FIN-WAIT-1 and LAST-ACK are both possible.
        **{(state, _E.CLOSED_SOMEHOW): _S.UNKNOWN for state in (_S.UNKNOWN, _S.ESTABLISHED)},
        # Resets, §3.5.2, §3.5.3 and §3.10.5. RFC 9293 would have the resetting endpoint in TIME-WAIT (note 3 to
        # figure 5) and deletes its TCB (§3.10.5): what stacks do.
        **{(state, _E.SENT_RST): _S.CLOSED for state in State},
        **{(state, _E.SENT_REFUSAL): _S.CLOSED for state in State if state is not _S.SYN_SENT},  # §3.10.7.3
        **{(state, _E.RECEIVED_RST): _S.CLOSED for state in State if state is not _S.LISTEN},
        **{(state, _E.RECEIVED_RST_AS_OPENER): _S.CLOSED for state in State if state is not _S.LISTEN},
        (_S.SYN_RCVD, _E.RECEIVED_RST): _S.LISTEN,  # §3.10.7.4, second step: after a passive OPEN
        # §3.10.7.2: it refuses a segment, and goes on listening.
        **{(_S.LISTEN, event): _S.LISTEN for event in (_E.SENT_RST, _E.SENT_REFUSAL)},
    }
)


def next_state(state: State, event: Event) -> State:
    """Give the state after the event; the same state where the event changes nothing."""
    return TRANSITIONS.get((state, event), state)
