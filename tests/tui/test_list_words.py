"""What the lines around the connection list say."""

import pytest

from tcpladder.analysis import Analysis, Progress
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tui.list_words import connection_name, counted, findings_in_short, reading_words, summary


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (
            200,
            "#1  85 B in 0.236937 s   CLOSED → SYN-SENT → ESTABLISHED → FIN-WAIT-1 → FIN-WAIT-2 → TIME-WAIT"
            "   |   LISTEN → SYN-RECEIVED → ESTABLISHED → CLOSE-WAIT → LAST-ACK → CLOSED",
        ),
        (78, "#1  85 B in 0.236937 s   … FIN-WAIT-2 → TIME-WAIT   |   … LAST-ACK → CLOSED"),
        (60, "#1  85 B in 0.236937 s   … TIME-WAIT   |   … CLOSED"),
        (10, "#1  85 B in 0.236937 s   … TIME-WAIT   |   … CLOSED"),
    ],
)
def test_the_summary_has_as_many_states_as_fit(showcase: Analysis, width: int, words: str) -> None:
    assert summary(showcase, 1, width, is_read=True) == words


def test_while_the_file_is_being_read_no_state_is_told_for_the_last(showcase: Analysis) -> None:
    assert summary(showcase, 1, 200, is_read=False) == "#1  85 B in 0.236937 s so far"


@pytest.mark.parametrize(
    ("progress", "width", "told"),
    [
        (None, 80, ""),
        (Progress(position=3_500_000, size=37_800_000, segments=35_997), 80, "3.5 of 37.8 MB"),
        (Progress(position=3_500_000, size=37_800_000, segments=35_997), 120, "35 997 segments · 3.5 of 37.8 MB"),
        (Progress(position=3_500_000, size=None, segments=35_997), 80, "3.5 MB"),
        (Progress(position=9, size=9, segments=1, is_final=True), 80, "1 segment"),
    ],
)
def test_how_far_reading_has_come(progress: Progress | None, width: int, told: str) -> None:
    assert reading_words(progress, width) == told


def test_numbers_are_written_in_groups_and_one_is_no_plural() -> None:
    assert counted(1, "segment") == "1 segment"
    assert counted(1234567, "segment") == "1 234 567 segments"


def test_the_gravest_finding_is_told_and_how_many_more_there_are(showcase: Analysis) -> None:
    found = showcase.judgement.findings_of(14)
    assert findings_in_short(found, UNICODE) == f"#14 ▲ (+1) {found[0].message}"
    assert findings_in_short(found[:1], UNICODE) == f"#14 ▲ {found[0].message}"


@pytest.mark.parametrize(
    ("width", "name"),
    [
        (78, "24/24  [2001:db8::10]:41950 ⇄ [2001:db8::20]:80"),
        (44, "24/24  [2001:db…0]:41950 ⇄ [2001:db8::20]:80"),
    ],
)
def test_a_connection_is_named_in_as_many_cells_as_there_are(showcase: Analysis, width: int, name: str) -> None:
    assert connection_name(showcase, 24, UNICODE, width, NO_NAMES) == name


def test_names_that_users_gave_to_endpoints_stand_before_them(showcase: Analysis) -> None:
    names = Names({"2001:db8::20": "shop"})
    assert connection_name(showcase, 24, UNICODE, 78, names) == "24/24  [2001:db8::10]:41950 ⇄ shop [2001:db8::20]:80"
