"""Rows found by their words."""

from tcpladder.ladder.search import rows_with
from tests.building import ladder

TEXT = """
    initiator > responder  SYN mss=1460
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  FIN,ACK
"""


def found(part: str) -> list[int]:
    rows: list[int] = rows_with(ladder(TEXT), lambda words: part in words).tolist()
    return rows


def test_labels_and_notes_are_searched() -> None:
    assert found("SYN") == [0, 1]
    assert found("mss 1460") == [0]
    assert found("len 100") == [3]
    assert found("iRTT") == [2]
    assert found("nothing of that kind") == []


def test_a_search_can_be_stopped() -> None:
    assert rows_with(ladder(TEXT), lambda _: True, lambda: True).tolist() == []
