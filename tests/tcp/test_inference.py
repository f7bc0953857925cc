"""The state machine run on shapes: what each endpoint began in, went through, and on what basis."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.tcp import evidence as e
from tcpladder.tcp.inference import SHORT, infer
from tcpladder.tcp.states import Basis, State
from tests.tcp.graph import is_possible

R = e.FROM_RESPONDER
SYN = e.SYN
SYN_ACK = R | e.SYN | e.ACK | e.COVERS_SYN
ACK = e.ACK | e.COVERS_SYN
FIN = ACK | e.FIN
ACK_OF_FIN = ACK | e.COVERS_FIN
BOTH = ACK | e.FIN | e.COVERS_FIN
HANDSHAKE = [SYN, SYN_ACK, ACK]


@pytest.mark.parametrize(
    ("what", "codes", "initiator", "responder"),
    [
        ("nothing but a SYN", [SYN], "CLOSED SYN_SENT", "UNKNOWN"),
        ("a refusal", [SYN, R | e.RST | ACK | e.RST_FITS], "CLOSED SYN_SENT CLOSED", "CLOSED"),
        ("a SYN-ACK without a SYN", [SYN_ACK], "SYN_SENT ESTABLISHED", "LISTEN SYN_RCVD"),
        ("a handshake", HANDSHAKE, "CLOSED SYN_SENT ESTABLISHED", "LISTEN SYN_RCVD ESTABLISHED"),
        ("nothing but a RST", [e.RST | e.RST_FITS], "UNKNOWN CLOSED", "UNKNOWN CLOSED"),
        ("joined late", [ACK, R | ACK], "UNKNOWN ESTABLISHED", "UNKNOWN ESTABLISHED"),
        ("joined while it closed, from one side", [FIN, R | ACK_OF_FIN], "UNKNOWN", "UNKNOWN"),
        (
            "three segments close",
            [*HANDSHAKE, FIN, R | BOTH, ACK_OF_FIN],
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 TIME_WAIT",
            "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
        ),
        (
            "both close at once",
            [*HANDSHAKE, FIN, R | FIN, ACK_OF_FIN, R | ACK_OF_FIN],
            "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT",
            "LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT",
        ),
        (
            "both open at once",
            [SYN, R | SYN, SYN | ACK, R | SYN | ACK, ACK],
            "CLOSED SYN_SENT SYN_RCVD ESTABLISHED",
            "CLOSED SYN_SENT SYN_RCVD ESTABLISHED",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and not value.isupper() else "",
)
def test_the_states_that_endpoints_go_through(what: str, codes: list[int], initiator: str, responder: str) -> None:
    found = [" ".join(state.name for state in history.states) for history in infer(codes)]
    assert found == [initiator, responder], what


@pytest.mark.parametrize(
    ("what", "codes", "initiator", "responder"),
    [
        ("its own SYN-ACK proves it", [SYN, SYN_ACK], Basis.INFERRED, Basis.SEEN),
        ("the ACK that ends the handshake proves one end only", HANDSHAKE, Basis.SEEN, Basis.INFERRED),
        ("an answer proves the other", [*HANDSHAKE, R | ACK], Basis.SEEN, Basis.SEEN),
        ("nothing proves that a last ACK came", [*HANDSHAKE, FIN, R | BOTH, ACK_OF_FIN], Basis.SEEN, Basis.INFERRED),
        ("joined late: some synchronized state", [ACK], Basis.INFERRED, Basis.UNKNOWN),
    ],
)
def test_what_the_last_state_rests_on(what: str, codes: list[int], initiator: Basis, responder: Basis) -> None:
    found = [
        history.transitions[-1].basis if history.transitions else history.initial_basis for history in infer(codes)
    ]
    assert found == [initiator, responder], what


@settings(max_examples=500)
@given(st.lists(st.integers(0, (1 << 17) - 1), max_size=14))
def test_any_shape_is_a_possible_way_through_the_states(codes: list[int]) -> None:
    for history in infer(codes):
        assert [pair for pair in itertools.pairwise(history.states) if not is_possible(*pair)] == []
        assert [pair for pair in itertools.pairwise(history.states) if pair[0] is pair[1]] == []
        assert all(0 <= transition.row < len(codes) for transition in history.transitions)
        for transition in history.transitions:
            assert (transition.basis is Basis.UNKNOWN) == (transition.state is State.UNKNOWN)


def test_a_short_shape_is_inferred_once() -> None:
    assert infer([*HANDSHAKE, FIN]) is infer((*HANDSHAKE, FIN))


def test_a_shape_too_long_to_be_remembered_is_inferred_too() -> None:
    data = [ACK | e.DATA, R | ACK] * SHORT
    for short, long in zip(infer([*HANDSHAKE, FIN]), infer([*HANDSHAKE, *data, FIN]), strict=True):
        assert long.states == short.states
