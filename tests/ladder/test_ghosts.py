"""What should have come and did not, drawn where it is missing."""

import pytest

from tcpladder.ladder.ghosts import Ghost, ghosts
from tcpladder.ladder.rungs import Ladder, ladder_of
from tcpladder.tcp.states import Endpoint, State
from tests.building import analysed

I, R = Endpoint.INITIATOR, Endpoint.RESPONDER  # noqa: E741 - the two columns of a ladder


@pytest.mark.parametrize(
    ("last", "missing"),
    [
        ((State.SYN_SENT, State.UNKNOWN), [(R, "SYN,ACK")]),
        ((State.SYN_SENT, State.SYN_RCVD), [(R, "SYN,ACK"), (I, "ACK of the SYN,ACK")]),
        ((State.FIN_WAIT_2, State.CLOSE_WAIT), [(R, "FIN")]),
        ((State.FIN_WAIT_1, State.ESTABLISHED), [(R, "ACK of the FIN")]),
        ((State.TIME_WAIT, State.LAST_ACK), [(I, "ACK of the FIN")]),
        ((State.TIME_WAIT, State.CLOSED), []),
        ((State.ESTABLISHED, State.ESTABLISHED), []),
    ],
)
def test_what_is_due(last: tuple[State, State], missing: list[tuple[Endpoint, str]]) -> None:
    assert ghosts(last) == tuple(Ghost(sender=sender, words=words) for sender, words in missing)


def judged(text: str) -> Ladder:
    analysis = analysed(text)
    return ladder_of(analysis, 1, analysis.judgement)


def test_a_capture_that_ends_too_soon_misses_nothing() -> None:
    waiting = "initiator > responder  SYN"
    assert judged(waiting).ghosts == ()
    assert [ghost.words for ghost in judged(f"{waiting}\n... +60s").ghosts] == ["SYN,ACK"]
