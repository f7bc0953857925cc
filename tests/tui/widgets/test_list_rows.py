"""Rows of the list as cells."""

import pytest

from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.report.columns import BY_KEY
from tcpladder.report.listing import Listing
from tcpladder.tui.widgets.column_fitting import Place
from tcpladder.tui.widgets.list_rows import cells, fitted, heading
from tests.samples import sample


def drawn(key: str, width: int, connection: int, glyphs: Glyphs = UNICODE) -> tuple[str, str]:
    analysis = sample("showcase")
    listing = Listing(analysis, analysis.judgement, glyphs.levels)
    (cell,) = cells(listing, connection - 1, [Place(column=BY_KEY[key], start=0, width=width)], glyphs)
    return cell


@pytest.mark.parametrize(
    ("key", "width", "connection", "cell"),
    [
        ("connection", 4, 14, ("   14 ", "")),
        ("initiator", 12, 14, (" 192.0…:41000 ", "")),
        ("level", 1, 14, (" ▲ ", "deviation")),
        ("level", 1, 1, ("   ", "")),
        ("initiator_state", 10, 14, (" CLOSED     ", "closed")),
        ("finding", 8, 9, (" hs-refu… ", "")),
        ("activity", 4, 24, (" ···▄ ", "activity")),
    ],
)
def test_a_cell(key: str, width: int, connection: int, cell: tuple[str, str]) -> None:
    expected = (cell[0], "note") if key == "finding" else cell
    assert drawn(key, width, connection) == expected


@pytest.mark.parametrize("key", ["level", "activity", "initiator"])
def test_ascii_is_kept_to(key: str) -> None:
    assert drawn(key, 6, 14, ASCII)[0].isascii()


def test_a_heading_stands_over_its_entries_with_its_mark() -> None:
    assert heading(Place(column=BY_KEY["segments"], start=0, width=7), "▴", UNICODE) == "   segs▴ "
    assert heading(Place(column=BY_KEY["ending"], start=0, width=7), "", UNICODE) == " ended   "
    assert heading(Place(column=BY_KEY["responder"], start=0, width=4), "▴", UNICODE) == " res… "


def test_what_is_wider_than_its_place_ends_in_an_ellipsis() -> None:
    assert fitted("12345", 4, "…", is_number=True) == "123…"
    assert fitted("漢字漢字", 5, "…", is_number=False) == "漢字…"
    assert fitted("x", 0, "…", is_number=False) == ""
