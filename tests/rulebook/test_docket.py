"""Connections are made ready to be judged alone or many together, and are the same."""

import numpy as np
import pytest

from tcpladder.rulebook.docket import TOGETHER, docket
from tests.building import analysed

CLOSED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK ip_id=7
    initiator > responder  FIN,ACK ip_id=7 seq=1 +0ms
    initiator < responder  FIN,ACK
    initiator > responder  ACK
"""
AGAIN = (
    CLOSED
    + "other = 192.0.2.11:5\nother > responder  SYN\n"
    + CLOSED.replace("  SYN\n", "  SYN isn=70000\n").replace("SYN,ACK", "SYN,ACK isn=90000")
)


@pytest.mark.parametrize("places", [[], [0], [2], [0, 1, 2]])
def test_connections_are_the_same_alone_and_together(places: list[int]) -> None:
    capture = analysed(AGAIN).judgement.capture
    numbers = np.array([1, 2, 3])
    alone, together = docket(capture.brief(numbers), capture.subject), docket(capture.brief(numbers), capture.subject)
    found = dict(together.subjects(np.array(places, np.int64)))
    assert list(found) == places
    for place, subject in found.items():
        assert subject.segments == alone.subject(place).segments == capture.subject(place + 1).segments
        assert subject.number == place + 1


def test_what_was_captured_twice_is_left_out_and_the_rows_are_those_of_the_capture() -> None:
    capture = analysed(AGAIN).judgement.capture
    ((_, subject),) = docket(capture.brief(np.array([1, 2, 3])), capture.subject).subjects(np.array([2]))
    assert [segment.row for segment in subject.segments] == [0, 1, 2, 3, 5, 6]
    assert [segment.frame for segment in subject.segments] == [9, 10, 11, 12, 14, 15]


def test_the_connection_before_is_found_here_or_in_the_capture() -> None:
    capture = analysed(AGAIN).judgement.capture
    for numbers in (np.array([1, 2, 3]), np.array([3])):
        subject = docket(capture.brief(numbers), capture.subject).subject(len(numbers) - 1)
        assert subject.previous is not None
        assert (subject.previous.number, subject.previous.previous) == (1, None)


def test_a_long_connection_is_made_ready_by_itself() -> None:
    text = "initiator > responder  SYN\n" + "initiator > responder  ACK len=1\n" * TOGETHER
    capture = analysed(text + "other = 192.0.2.11:5\nother > responder  SYN\n").judgement.capture
    found = docket(capture.brief(np.array([1, 2])), capture.subject).subjects(np.array([0, 1]))
    assert [len(subject.segments) for _, subject in found] == [TOGETHER + 1, 1]
