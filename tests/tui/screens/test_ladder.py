"""The ladder's line about its cursor's row, and names of packets."""

import pytest

from tcpladder.analysis import Analysis
from tcpladder.ladder.folding import folding
from tcpladder.ladder.rungs import ladder_of
from tcpladder.tui.screens.ladder import LadderScreen, _status, describe
from tests.tui.driving import from_memory, ladder, opened, press, words


@pytest.mark.parametrize(
    ("connection", "row", "status"),
    [
        (1, 0, "before the first segment   initiator CLOSED (seen)   responder LISTEN (seen)"),
        (1, 9, "no.9  9/11   initiator FIN-WAIT-2 (inferred)   responder CLOSE-WAIT (seen)"),
        (5, 10, "no.61  10/11   initiator CLOSING (seen)   responder CLOSING → TIME-WAIT (inferred)"),
        (10, 4, "no.95  4/4   initiator SYN-SENT (seen)   responder ?"),
    ],
)
def test_the_status_names_the_packet_and_both_states(
    showcase: Analysis, connection: int, row: int, status: str
) -> None:
    shown = ladder_of(showcase, connection)
    assert _status(shown, folding(shown).row(row - 1) if row else None) == status


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (356, "[2001:db8::10]:41950 → [2001:db8::20]:80"),
        (357, "[2001:db8::20]:80 → [2001:db8::10]:41950"),
    ],
)
def test_a_packet_is_described_by_who_sent_it(showcase: Analysis, frame: int, words: str) -> None:
    assert describe(ladder_of(showcase, 24), frame) == words


async def test_the_status_follows_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter") as pilot:
        assert words(pilot, "#status").startswith("no.1  1/11 ")
        await press(pilot, "G")
        assert words(pilot, "#status").startswith("no.11  11/11 ")
        await press(pilot, "J")
        assert words(pilot, "#status").startswith("no.12  1/11 ")


async def test_a_frame_of_another_connection_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter 4 G") as pilot:
        shown = pilot.app.screen
        assert isinstance(shown, LadderScreen)
        shown.show_frame(100)
        assert ladder(pilot).cursor == 4
        shown.show_frame(7)
        assert ladder(pilot).cursor == 7


async def test_the_finding_of_a_row_is_told_and_elsewhere_how_many_there_are(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch)
    async with opened(keys="9 G enter g") as pilot:
        assert words(pilot, "#finding") == "●1 in this connection: ] and [ go to them, i explains them"
        await press(pilot, "right_square_bracket")
        assert words(pilot, "#finding") == f"● {showcase.judgement.findings_of(9)[0].message}"


async def test_a_connection_without_findings_has_no_line_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="9 G enter") as pilot:
        assert pilot.app.screen.query_one("#finding").display
        await press(pilot, "escape 1 G enter i")
        assert isinstance(pilot.app.screen, LadderScreen)
        assert not pilot.app.screen.query_one("#finding").display
        await press(pilot, "escape 8 G enter J")  # in the order of the list
        assert ladder(pilot).ladder.heading.connection == 9
        assert pilot.app.screen.query_one("#finding").display


async def test_digits_typed_before_the_ladder_has_the_focus_are_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter") as pilot:
        pilot.app.screen.set_focus(None)
        await press(pilot, "5")
        pilot.app.screen.set_focus(ladder(pilot))
        await press(pilot, "G")
        assert ladder(pilot).cursor == 5
