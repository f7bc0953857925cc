"""What the ladder's screen says of a row, and of a packet."""

import pytest

from tcpladder.analysis import Analysis
from tcpladder.ladder.folding import folding
from tcpladder.ladder.rungs import ladder_of
from tcpladder.tui.ladder_words import describe, status


@pytest.mark.parametrize(
    ("connection", "row", "told"),
    [
        (1, 0, "before the first segment   initiator CLOSED (seen)   responder LISTEN (seen)"),
        (1, 9, "no.9  9/11   initiator FIN-WAIT-2 (inferred)   responder CLOSE-WAIT (seen)"),
        (5, 10, "no.61  10/11   initiator CLOSING (seen)   responder CLOSING → TIME-WAIT (inferred)"),
        (10, 4, "no.95  4/4   initiator SYN-SENT (seen)   responder ?"),
    ],
)
def test_the_status_names_the_packet_and_both_states(showcase: Analysis, connection: int, row: int, told: str) -> None:
    shown = ladder_of(showcase, connection)
    assert status(shown, folding(shown).row(row - 1) if row else None) == told


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (356, "[2001:db8::10]:41950 → [2001:db8::20]:80"),
        (357, "[2001:db8::20]:80 → [2001:db8::10]:41950"),
    ],
)
def test_a_packet_is_described_by_who_sent_it(showcase: Analysis, frame: int, words: str) -> None:
    assert describe(ladder_of(showcase, 24), frame) == words
