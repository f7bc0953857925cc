"""Choosing columns: what is chosen is shown at once, told when it is kept, and taken back when it is not."""

import pytest

from tcpladder.report.columns import OFFERED, ColumnChoice
from tcpladder.tui.screens.columns import Entry, entries_of
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.wanted import ColumnsChosen
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tests.tui.driving import Driver, from_memory, lines, opened, press, table


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ColumnChoice, ...]]:
    """Columns that the list has told to be chosen."""
    from_memory(monkeypatch)
    told: list[tuple[ColumnChoice, ...]] = []
    post = ConnectionsScreen.post_message

    def noted(screen: ConnectionsScreen, message: object) -> bool:
        if isinstance(message, ColumnsChosen):
            told.append(message.columns)
        return post(screen, message)  # type: ignore[arg-type]

    monkeypatch.setattr(ConnectionsScreen, "post_message", noted)
    return told


def keys_of(pilot: Driver) -> list[str]:
    return [column.key for column in table(pilot).columns]


async def test_a_choice_is_seen_at_once_and_told_when_it_is_kept(told: list[tuple[ColumnChoice, ...]]) -> None:
    async with opened(keys="C j j J j plus plus") as pilot:
        assert keys_of(pilot) == ["level", "connection", "responder", "initiator", "ending", "segments"]
        assert not told
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        (chosen,) = told
        assert [choice.key for choice in chosen] == keys_of(pilot)
        assert [choice.width for choice in chosen] == [None, None, None, None, 20, None]
        heading = lines(table(pilot))[0]
        assert heading.index("responder") < heading.index("initiator") < heading.index("ended")
        await press(pilot, "C enter")
        assert len(told) == 1  # nothing was changed
        await press(pilot, "C d enter")
        assert told[1] == ()
        assert keys_of(pilot) == ["level", "connection", "initiator", "responder", "ending", "segments"]


async def test_what_is_not_kept_is_taken_back(told: list[tuple[ColumnChoice, ...]]) -> None:
    async with opened(keys="C space j space j plus escape") as pilot:
        assert keys_of(pilot) == ["level", "connection", "initiator", "responder", "ending", "segments"]
        assert table(pilot).chosen == ()
        assert not told


async def test_the_last_column_stays(told: list[tuple[ColumnChoice, ...]]) -> None:
    async with opened(keys="C space j space j space j space j space j space enter") as pilot:
        assert keys_of(pilot) == ["segments"]
        assert lines(table(pilot))[1].split() == ["15"]
        await press(pilot, "> >")  # from a column that is not shown to one that is
        assert lines(table(pilot))[0].strip() == "segs▴"


async def test_the_list_begins_with_the_columns_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        given = ConnectionTable(chosen=(ColumnChoice(key="irtt", width=9), ColumnChoice(key="nonsense")))
        await pilot.app.screen.mount(given)
        listing = table(pilot)._listing
        assert listing is not None
        given.show(listing)
        assert given.shown_columns == [("irtt", 9)]


async def test_every_column_can_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(320, 40)) as pilot:
        table(pilot).choose_columns(tuple(ColumnChoice(key=column.key) for column in OFFERED))
        shown = lines(table(pilot))
        assert all(column.heading in shown[0] for column in OFFERED)
        row = next(line for line in shown if "[2001:db8::10]:41950" in line)
        assert all(word in row for word in ("graceful-4way", "SF", "ShADadFf"))


def test_columns_that_are_shown_come_first() -> None:
    entries = entries_of((ColumnChoice(key="bytes", width=7),), [("bytes", 7), ("ending", 10)])
    assert entries[:2] == [
        Entry(key="bytes", now=7, chosen=7, is_shown=True),
        Entry(key="ending", now=10, is_shown=True),
    ]
    assert len(entries) == len(OFFERED)
    assert not any(entry.is_shown for entry in entries[2:])
    assert entries[2].name == "level"
