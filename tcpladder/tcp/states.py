"""The states of a connection's endpoint (RFC 9293 §3.3.2), and what a statement about one rests on."""

import enum


class State(enum.IntEnum):
    """A state of RFC 9293 §3.3.2, or UNKNOWN where the capture does not tell."""

    UNKNOWN = 0
    CLOSED = 1
    LISTEN = 2
    SYN_SENT = 3
    SYN_RCVD = 4
    ESTABLISHED = 5
    FIN_WAIT_1 = 6
    FIN_WAIT_2 = 7
    CLOSE_WAIT = 8
    CLOSING = 9
    LAST_ACK = 10
    TIME_WAIT = 11


class Basis(enum.IntEnum):
    """What a state rests on."""

    UNKNOWN = 0
    INFERRED = 1  # the ordinary reading: what was captured is taken to have arrived
    SEEN = 2  # the endpoint's own segments prove it

    @property
    def word(self) -> str:
        """Give the word for programs: `unknown`, `inferred` or `seen`."""
        return self.name.lower()


class Endpoint(enum.IntEnum):
    """The two ends of a connection."""

    INITIATOR = 0
    RESPONDER = 1

    @property
    def peer(self) -> "Endpoint":
        """Give the other end."""
        return Endpoint.INITIATOR if self else Endpoint.RESPONDER
