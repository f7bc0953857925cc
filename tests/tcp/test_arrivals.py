"""When a segment reached the other endpoint: what that endpoint acknowledged, and what it had not yet."""

from collections.abc import Callable

import pytest

from tcpladder.tcp.arrivals import Arrival, assumed_arrival, proven_arrival


def sends(*rows: int) -> Callable[[int, int], int | None]:
    """Give the sender's next row between two rows, of these."""
    return lambda after, before: next((row for row in rows if after < row < before), None)


@pytest.mark.parametrize(
    ("what", "transmissions", "proof", "contradictions", "sender_rows", "expected"),
    [
        ("acknowledged: it arrived when it was sent", [3], 5, [], [3], Arrival(3, 3, is_proven=True)),
        ("sent again: the last before the proof arrived", [3, 6, 9], 8, [], [3, 6, 9], Arrival(6, 6, is_proven=True)),
        ("a doubt before it was sent is none", [3], 5, [1], [3], Arrival(3, 3, is_proven=True)),
        ("a doubt after the proof is none", [3], 5, [7], [3], Arrival(3, 3, is_proven=True)),
        (
            "it had not arrived when the receiver sent row 4: the sender's next segment brought it at the latest",
            [3],
            9,
            [4],
            [3, 6, 7],
            Arrival(6, 3, is_proven=True, is_delayed=True),
        ),
        (
            "the sender sent nothing more: it arrived before the proof",
            [3],
            9,
            [4, 5],
            [3],
            Arrival(9, 3, is_proven=True, is_delayed=True),
        ),
        (
            "what the sender sent before the last doubt says nothing",
            [3],
            9,
            [4, 7],
            [3, 6],
            Arrival(9, 3, is_proven=True, is_delayed=True),
        ),
        ("captured after its proof", [8], 5, [], [8], Arrival(5, 8, is_proven=True, is_delayed=True)),
        ("not captured at all", [], 5, [], [], Arrival(5, 5, is_proven=True, is_delayed=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_acknowledged_arrived(
    what: str,
    transmissions: list[int],
    proof: int,
    contradictions: list[int],
    sender_rows: list[int],
    expected: Arrival,
) -> None:
    assert proven_arrival(transmissions, proof, contradictions, sends(*sender_rows)) == expected, what


@pytest.mark.parametrize(
    ("what", "transmissions", "last_of_receiver", "expected"),
    [
        ("the last word is taken to have arrived", [7], 5, Arrival(7, 7, is_proven=False)),
        ("whatever the receiver never answers too", [7], -1, Arrival(7, 7, is_proven=False)),
        ("the receiver went on without it", [7], 8, None),
        ("the sender repeated it", [7, 9], 5, None),
        ("nothing was sent", [], 5, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_nobody_proves(
    what: str, transmissions: list[int], last_of_receiver: int, expected: Arrival | None
) -> None:
    assert assumed_arrival(transmissions, last_of_receiver) == expected, what
