"""The list of all marks and notes."""

import pytest
from textual.app import App
from textual.widgets import OptionList

from tcpladder.annotations.document import Annotation, Place, Subject
from tcpladder.report.annotation_list import Noted
from tcpladder.tui.screens import places
from tcpladder.tui.screens.places import PlacesScreen
from tests.tui.driving import screen_lines

FOUND = [
    Noted(connection=1, place=Place(Subject.CONNECTION, 1), what=Annotation(mark="c", note="slow\n\x1b[31m")),
    Noted(connection=1, place=Place(Subject.PACKET, 2), what=Annotation(note="why? " * 30)),
    *(Noted(connection=2, place=Place(Subject.PACKET, at), what=Annotation(mark="b")) for at in range(5, 25)),
]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [("b", 5), ("z down enter", 2), ("pagedown up enter", 11), ("up enter", 1), ("escape", None), ("apostrophe", None)],
)
async def test_a_letter_or_enter_goes_there(keys: str, answer: int | None) -> None:
    answers: list[Noted | None] = []
    app: App[None] = App()
    async with app.run_test(size=(60, 12)) as pilot:
        app.push_screen(PlacesScreen(FOUND), answers.append)
        await pilot.pause()
        shown = screen_lines(app)
        assert r"c #1               slow \x1b[31m" in shown[1]
        assert "#1 no.2          why? why?" in shown[2]
        assert "…" in shown[2]
        await pilot.press(*keys.split())
        await pilot.pause()
    assert [one and one.place.frame for one in answers] == [answer]


async def test_very_many_are_not_all_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST", 3)
    app: App[None] = App()
    async with app.run_test(size=(60, 12)) as pilot:
        app.push_screen(PlacesScreen(FOUND))
        await pilot.pause()
        options = app.screen.query_one(OptionList).options
        assert str(options[-1].prompt) == "19 more: n and N go to them"
        await pilot.press("pagedown", "pagedown")
        assert app.screen.query_one(OptionList).highlighted == 2
