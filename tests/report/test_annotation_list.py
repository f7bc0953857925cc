"""All marks and notes of a capture, by its connections."""

import numpy as np

from tcpladder.annotations.document import Annotation
from tcpladder.report.annotation_list import by_connection, in_short, noted
from tcpladder.report.text_findings import annotation_lines
from tests.annotating import annotations
from tests.building import analysed

ANALYSIS = analysed("""
    initiator > responder  SYN
    client = 192.0.2.10:40000
    server = 192.0.2.20:443
    client > server  SYN
    initiator < responder  SYN,ACK
    client < server  SYN,ACK
    """)
WRITTEN = annotations(
    packets={
        4: Annotation(note="late\x1b[m"),
        2: Annotation(mark="b"),
        3: Annotation(mark="c"),
        77: Annotation(mark="d"),
    },
    connections={2: Annotation(mark="e", note="slow"), 99: Annotation(note="of no connection here")},
)


def test_they_stand_by_connection_its_own_first_and_without_those_of_frames_that_are_not_there() -> None:
    found = [(each.connection, each.frame) for each in noted(ANALYSIS, WRITTEN)]
    assert found == [(1, 3), (2, None), (2, 2), (2, 4)]
    assert noted(ANALYSIS, None) == []


def test_they_are_put_into_words() -> None:
    words = {number: in_short(found) for number, found in by_connection(noted(ANALYSIS, WRITTEN)).items()}
    assert words == {
        1: "no.3 [c]",
        2: r'[e] "slow"; no.2 [b]; no.4 "late\x1b[m"',
    }


def test_they_are_listed_where_there_are_any() -> None:
    lines = ["".join(span.text for span in line) for line in annotation_lines(ANALYSIS, WRITTEN)]
    assert lines == [
        "",
        "Marks and notes",
        "  #1 no.3  [c]",
        '  #2  [e] "slow"',
        "  #2 no.2  [b]",
        r'  #2 no.4  "late\x1b[m"',
    ]
    only_first = annotation_lines(ANALYSIS, WRITTEN, np.array([True, False]))
    assert ["".join(span.text for span in line) for line in only_first][2:] == ["  #1 no.3  [c]"]
    assert list(annotation_lines(ANALYSIS, annotations())) == []
