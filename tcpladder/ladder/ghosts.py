"""Ghost rows: what should have come next and did not, as far as the last states tell (RFC 9293 §3.3.2)."""

from dataclasses import dataclass

from tcpladder.tcp.states import Endpoint, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """A segment that was due and was not captured, and who should have sent it."""

    sender: Endpoint
    words: str


# What an endpoint that ended in a state still waits for from its peer, and what it still owes.
_AWAITED = {
    State.SYN_SENT: "SYN,ACK",
    State.SYN_RCVD: "ACK of the SYN,ACK",
    State.FIN_WAIT_1: "ACK of the FIN",
    State.CLOSING: "ACK of the FIN",
    State.LAST_ACK: "ACK of the FIN",
}
_OWED = {State.CLOSE_WAIT: "FIN"}


def ghosts(last: tuple[State, State]) -> tuple[Ghost, ...]:
    """Give what is missing at the end of a connection that had the time to go on, from both last known states."""
    found = []
    for endpoint in Endpoint:
        if words := _AWAITED.get(last[endpoint]):
            found.append(Ghost(sender=endpoint.peer, words=words))
        if words := _OWED.get(last[endpoint]):
            found.append(Ghost(sender=endpoint, words=words))
    return tuple(found)
