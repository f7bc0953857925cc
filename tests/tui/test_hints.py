"""New users are told the first keys, in a line that goes: key by key, and after three starts."""

from pathlib import Path

import pytest
from textual.binding import Binding

from tcpladder.settings.in_force import InForce
from tcpladder.settings.table import Settings
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.hints import LARGEST_FILE, WORDS, Experience, HintLine, Hints
from tests.tui.driving import SHOWCASE, Driver, from_memory, press, press_last, settled, table

ALL = ["Enter opens the connection", "/ filters the list", "? tells all keys", "q quits"]


def told(pilot: Driver) -> list[str]:
    return [str(line.content) for line in pilot.app.screen_stack[1].query(HintLine)]


def app(tmp_path: Path, settings: Settings | None = None) -> TcpladderApp:
    return TcpladderApp(SHOWCASE, in_force=InForce(settings=settings or Settings(), path=tmp_path / "config.toml"))


async def test_a_hint_goes_when_its_key_was_used_and_nothing_moves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from_memory(monkeypatch)
    async with app(tmp_path).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        height = table(pilot).size.height
        assert told(pilot) == ["   ".join(ALL)]
        await press(pilot, "enter escape")
        assert told(pilot) == ["   ".join(ALL[1:])]
        await press(pilot, "slash escape j question_mark escape")
        assert (told(pilot), table(pilot).size.height) == (["q quits"], height)
        await press_last(pilot, "q")
    async with app(tmp_path).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert (told(pilot), table(pilot).size.height) == ([], height + 1)


async def test_keys_are_those_that_the_user_gave(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from_memory(monkeypatch)
    settings = Settings(keys={"list.filter": "F"})
    async with app(tmp_path, settings).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert told(pilot) == ["   ".join(["Enter opens the connection", "F filters the list", *ALL[2:]])]


async def test_who_wants_none_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from_memory(monkeypatch)
    async with app(tmp_path, Settings(has_hints=False)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert told(pilot) == []
    assert Experience.kept() == Experience()  # and it counts as no start


def test_three_starts_are_enough() -> None:
    assert [Hints(are_wanted=True).are_shown for _ in range(4)] == [True, True, True, False]


def test_help_goes_on_being_named_when_all_were_used() -> None:
    hints = Hints(are_wanted=True)
    for name in WORDS:
        hints.use("act", [Binding("x", "act", id=name)])
    assert hints.words({name: name[-1] for name in WORDS}) == "p tells all keys"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"[" * 4000,
        b'{"starts": "2", "used": 3}',
        b'{"starts": -1, "used": [1, "no"]}',
        b"9" * 5000,
    ],
)
def test_a_file_that_is_none_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "hints.json").write_bytes(content)
    assert Experience.kept() == Experience()
    assert LARGEST_FILE < 5000


def test_where_nothing_can_be_kept_hints_are_shown_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder would be")
    assert Hints(are_wanted=True).are_shown
