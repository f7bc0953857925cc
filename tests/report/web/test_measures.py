"""The columns of a ladder's picture have the room that their texts need."""

from tcpladder.ladder.options import Detail, LadderOptions, TimeFormat
from tcpladder.ladder.rungs import Ladder
from tcpladder.ladder.wording import STANDARD
from tcpladder.report.web.measures import CELL, LEAST_LABEL, MOST_LABEL, Measures, measures, time_heading, time_words
from tests.building import ladder

HANDSHAKE = """
    initiator > responder  SYN mss=1460 wscale=7 sackok tsval=1
    initiator < responder  SYN,ACK  +20ms
    initiator > responder  ACK  +{}s
    """
CLOCK = LadderOptions(time=TimeFormat.CLOCK)


def measured(drawn: Ladder, options: LadderOptions = STANDARD) -> Measures:
    return measures(drawn, [drawn.rung(row) for row in range(len(drawn))], options)


def test_columns_stand_side_by_side() -> None:
    found = measured(ladder(HANDSHAKE.format(1)))
    edges = [found.frame, found.time, found.delta, *found.lifelines, found.note_at, found.width]
    assert edges == sorted(edges)
    assert found.middle == sum(found.lifelines) / 2


def test_longer_times_and_labels_have_more_room() -> None:
    short, long = (measured(ladder(HANDSHAKE.format(seconds))) for seconds in (1, 100_000))
    assert long.time - short.time == 5 * CELL
    assert short.label == LEAST_LABEL
    full = measured(ladder(HANDSHAKE.format(1)), LadderOptions(detail=Detail.FULL))
    assert full.label > MOST_LABEL
    assert full.lifelines[1] - full.lifelines[0] > CELL * full.label


def test_the_time_of_day_is_told_where_that_was_chosen() -> None:
    drawn = ladder(HANDSHAKE.format(1))
    assert time_words(drawn.rung(1), LadderOptions()) == "0.020000"
    assert (time_heading(STANDARD), time_heading(CLOCK)) == ("time", "UTC")
    assert time_words(drawn.rung(1), CLOCK) == "22:13:20.020000"
    assert measured(drawn, CLOCK).time > measured(drawn).time
