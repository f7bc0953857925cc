"""Copying: every screen says what its cursor is on, and what is chosen goes to the clipboard."""

import pytest

from tests.tui.driving import Driver, from_memory, opened, press


def toasts(pilot: Driver) -> list[str]:
    return [notification.message for notification in pilot.app._notifications]


def clipboard(pilot: Driver) -> str:
    return pilot.app.clipboard


@pytest.mark.parametrize(
    ("keys", "beginning"),
    [
        ("5 G enter j y r", "+0.010365"),
        ("5 G T l y p", "frame.number == 53"),
        ("i y r", "deviation diag-accept-queue-overflow: "),
    ],
)
async def test_from_screens_beside_the_list(monkeypatch: pytest.MonkeyPatch, keys: str, beginning: str) -> None:
    from_memory(monkeypatch)
    async with opened(keys=keys) as pilot:
        assert " ".join(clipboard(pilot).split()).startswith(" ".join(beginning.split()))
        assert toasts(pilot)[-1].startswith("Copied the ")
        assert not pilot.app.screen.is_modal


async def test_it_is_written_as_osc_52(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="5 G y") as pilot:
        written: list[str] = []
        assert pilot.app._driver is not None
        monkeypatch.setattr(pilot.app._driver, "write", written.append)
        await press(pilot, "t")
        assert [text for text in written if "]52" in text] == [
            "\x1b]52;c;MTkyLjAuMi4xMDo0MDQwMiDihpIgMTk4LjUxLjEwMC4yMDo4MA==\a"
        ]


async def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    monkeypatch.setattr("tcpladder.report.copying.MOST_LINES", 10)
    async with opened(keys="1 6 G y l") as pilot:
        assert "only the first 10 lines; tcpladder ladder" in toasts(pilot)[-1]


async def test_nothing_is_copied_where_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="slash n o n e enter y") as pilot:
        assert not pilot.app.screen.is_modal
        assert clipboard(pilot) == ""
