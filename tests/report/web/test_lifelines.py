"""Lifelines change their looks where states change, and are broken where none are known to pass."""

from tcpladder.ladder.options import LadderOptions
from tcpladder.report.web.lifelines import LINE, Band, lifelines
from tcpladder.report.web.measures import measures
from tcpladder.tcp.states import State
from tests.building import ladder

OPEN, CLOSED, SENT = State.ESTABLISHED, State.CLOSED, State.SYN_SENT


def test_a_line_is_drawn_for_each_look() -> None:
    one = ladder("initiator > responder  SYN")
    columns = measures(one, [one.rung(0)], LadderOptions())
    bands = [
        Band(height=30),
        Band(height=20, before=(CLOSED, OPEN), after=(SENT, OPEN)),
        Band(height=20, before=(SENT, OPEN), after=(SENT, OPEN)),
        Band(height=20),
    ]
    left, right = (f"{x:.6g}" for x in columns.lifelines)
    assert list(lifelines(bands, columns)) == [
        f'<path class="life closed" d="M{left} 30V{30 + LINE}"/>',
        f'<path class="life opening" d="M{left} {30 + LINE}V70"/>',
        f'<path class="life established" d="M{right} 30V70"/>',
    ]
