"""The states are those of RFC 9293, and an observer's ignorance has a name of its own."""

import pytest

from tcpladder.tcp.states import Basis, Endpoint, State

RFC_9293 = {
    "LISTEN",
    "SYN-SENT",
    "SYN-RECEIVED",
    "ESTABLISHED",
    "FIN-WAIT-1",
    "FIN-WAIT-2",
    "CLOSE-WAIT",
    "CLOSING",
    "LAST-ACK",
    "TIME-WAIT",
    "CLOSED",
}


def test_there_are_the_eleven_states_and_unknown() -> None:
    names = {state.name.replace("_", "-").replace("RCVD", "RECEIVED") for state in State}
    assert names == RFC_9293 | {"UNKNOWN"}


def test_a_state_fits_into_a_byte() -> None:
    assert all(0 <= state <= 255 for state in State)


@pytest.mark.parametrize(
    ("basis", "word"), [(Basis.SEEN, "seen"), (Basis.INFERRED, "inferred"), (Basis.UNKNOWN, "unknown")]
)
def test_what_a_state_rests_on_has_a_word(basis: Basis, word: str) -> None:
    assert basis.word == word


def test_the_peers_peer_is_the_endpoint_itself() -> None:
    assert Endpoint.INITIATOR.peer is Endpoint.RESPONDER
    assert all(endpoint.peer.peer is endpoint and endpoint.peer is not endpoint for endpoint in Endpoint)
