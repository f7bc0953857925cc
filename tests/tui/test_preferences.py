"""The app takes the settings that are in force, says what is wrong with them, and keeps a theme that is chosen."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.widgets._toast import Toast

from tcpladder.ladder.options import ColourMode, Detail, SequenceNumbers, TimeFormat
from tcpladder.settings.in_force import settings_in_force
from tcpladder.settings.kinds import OneOf
from tcpladder.settings.table import rows
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.screens.help import HelpScreen
from tcpladder.tui.widgets.find_line import FindInput
from tests.tui.driving import SHOWCASE, Driver, from_memory, ladder, lines, press, screen_lines, settled, table, words


@contextlib.asynccontextmanager
async def opened_with(path: Path, text: str | None) -> AsyncIterator[Driver]:
    if text is not None:
        path.write_text(text)
    in_force = settings_in_force(environment={"TCPLADDER_CONFIG": str(path)} if text is not None else {}, wanted=None)
    app = TcpladderApp(SHOWCASE, in_force=in_force)
    app.animation_level = "none"
    async with app.run_test(size=(100, 24), notifications=True) as pilot:
        await settled(pilot)
        yield pilot


def toasts(pilot: Driver) -> list[str]:
    return [str(toast._notification.message) for toast in pilot.app.screen.query(Toast)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


async def test_theme_and_keys_are_taken(monkeypatch: pytest.MonkeyPatch, path: Path):
    from_memory(monkeypatch)
    text = 'theme = "wireshark"\n[keys]\nlist.down = "b"\nlist.stop = "u"\napp.help = "f8"\napp.palette = "f3"\n'
    async with opened_with(path, text) as pilot:
        assert pilot.app.theme == "wireshark"
        assert toasts(pilot) == []
        first = table(pilot).connection
        await press(pilot, "j")
        assert table(pilot).connection == first
        await press(pilot, "b")
        assert table(pilot).connection != first
        assert "F8 Help" in screen_lines(pilot.app)[-1].replace("  ", " ")
        assert screen_lines(pilot.app)[-1].rstrip().endswith("F3 palette")
        await press(pilot, "f8")
        shown = pilot.app.screen
        assert isinstance(shown, HelpScreen)
        assert ("b", "Down") in shown._rows
        assert ("F8", "Show these keys") in shown._rows


async def test_columns_are_taken_and_those_that_are_chosen_kept(monkeypatch: pytest.MonkeyPatch, path: Path):
    from_memory(monkeypatch)
    async with opened_with(path, 'columns = ["connection", "segments:9", "nothing"]\n') as pilot:
        assert [column.key for column in table(pilot).columns] == ["connection", "segments"]
        assert toasts(pilot)[0].startswith(f"{path}:1: There is no column 'nothing', but level, connection")
        await press(pilot, "C space enter")
    assert path.read_text() == 'columns = ["segments:9"]\n'


async def test_names_are_said_of_the_connection_under_the_cursor_and_on_its_ladder(
    monkeypatch: pytest.MonkeyPatch, path: Path
):
    from_memory(monkeypatch)
    async with opened_with(path, '[names]\n"198.51.100.20:8080" = "web"\n"x" = "y"\n') as pilot:
        assert words(pilot, "#summary").startswith("192.0.2.10:41000 → web  #14 ")
        assert toasts(pilot) == [f"{path}:3: 'x' is no address, address with a port, or network."]
        await press(pilot, "enter")
        assert "192.0.2.10:41000 ⇄ web 198.51.100.20:8080" in screen_lines(pilot.app)[0]
        await press(pilot, "J")
        assert "web" not in screen_lines(pilot.app)[0]


NAMES = """
[names]
"192.0.2.10" = "laptop"
"198.51.100.20:8080" = "web"
"198.51.100.20" = "a name that has no room in any column"
"""


async def test_names_stand_for_addresses_until_a_key_shows_those_everywhere(
    monkeypatch: pytest.MonkeyPatch, path: Path
):
    from_memory(monkeypatch)
    async with opened_with(path, NAMES) as pilot:
        by_name = lines(table(pilot))
        assert " laptop:41000          web:8080 " in by_name[1]
        assert any(" laptop:" in line and " 198.51.100.20:" in line for line in by_name)  # whose name has no room
        await press(pilot, "A")
        by_address = lines(table(pilot))
        assert " 192.0.2.10:41000      198.51.100.20:8080 " in by_address[1]
        assert words(pilot, "#summary").startswith("#14 ")
        assert [line[50:] for line in by_name] == [line[50:] for line in by_address]  # no column moves
        await press(pilot, "enter")
        assert "192.0.2.10:41000 ⇄ 198.51.100.20:8080" in screen_lines(pilot.app)[0]
        await press(pilot, "A")
        assert "laptop 192.0.2.10:41000 ⇄ web 198.51.100.20:8080" in screen_lines(pilot.app)[0]
        assert "laptop:41000" in screen_lines(pilot.app)[1]
        await press(pilot, "escape")
        assert lines(table(pilot)) == by_name


@pytest.mark.parametrize(
    ("keys", "by_name", "by_address"),
    [
        ("f", "laptop 192.0.2.10:41000", "► 192.0.2.10:41000"),
        ("i", "#14 laptop:41000 > web:8080", "#14 192.0.2.10:41000 > 198.51.100.20:8080"),
        ("S G", "  laptop ", "  192.0.2.10 "),
        ("T", "laptop 192.0.2.10:41000", "/24  192.0.2.10:41000"),
        ("v j v", "laptop 192.0.2.10:41000", "/24  192.0.2.10:41000"),
        ("enter enter", "laptop → web", "192.0.2.10:41000 → 198.51.100.20:8080"),
    ],
)
async def test_every_screen_names_endpoints(
    monkeypatch: pytest.MonkeyPatch, path: Path, keys: str, by_name: str, by_address: str
):
    from_memory(monkeypatch)
    async with opened_with(path, NAMES) as pilot:
        await press(pilot, keys)
        shown = "\n".join(screen_lines(pilot.app))
        assert by_name in shown
        assert by_address not in shown
        await press(pilot, "A")
        shown = "\n".join(screen_lines(pilot.app))
        assert by_address in shown
        assert by_name not in shown


async def test_a_filter_finds_names_whether_they_are_shown_or_not(monkeypatch: pytest.MonkeyPatch, path: Path):
    from_memory(monkeypatch)
    async with opened_with(path, NAMES) as pilot:
        await press(pilot, "A slash h o s t colon W E B enter")
        found = table(pilot).numbers().to_list()
        assert 14 in found
        assert len(found) < 24
        await press(pilot, "escape slash w e b enter")
        assert table(pilot).numbers().to_list() == found
        await press(pilot, "escape ctrl+f W e B enter")
        assert words(pilot, "#found") == "no match"  # since nothing of it is to be seen
        await press(pilot, "escape A ctrl+f")
        pilot.app.screen.query_one(FindInput).value = "web"
        await press(pilot, "enter")
        assert words(pilot, "#found").endswith(f" of {len(found)} in names")


LADDER = """
[ladder]
time = "clock"
numbers = "raw"
labels = "short"
colours = "flags"
"""


async def test_a_ladder_begins_as_the_settings_say_and_what_is_changed_there_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, path: Path
):
    from_memory(monkeypatch)
    async with opened_with(path, LADDER) as pilot:
        await press(pilot, "enter")
        options = ladder(pilot).options
        assert (options.time, options.numbers, options.detail, options.colours) == ("clock", "raw", "short", "flags")
        await press(pilot, "Q escape j enter")
        assert ladder(pilot).options.numbers == "relative"
        assert toasts(pilot) == []
    assert path.read_text() == LADDER


def test_the_settings_of_ladders_take_what_ladders_know():
    known = {row.key: row.kind for row in rows()}
    for key, choices in (
        ("ladder.time", [each for each in TimeFormat if each is not TimeFormat.REFERENCE]),
        ("ladder.numbers", list(SequenceNumbers)),
        ("ladder.labels", list(Detail)),
        ("ladder.colours", list(ColourMode)),
    ):
        assert known[key] == OneOf(tuple(choices))


KEYS = """
[keys]
"list.clear_filter" = "u"
"list.leave" = "X"
"filter.complete" = "ctrl+t"
"filter.submit" = "f5"
"app.help" = "U,f4"
"ladder.next_finding" = "e"
"ladder.time" = "b"
"ladder.reference" = "B"
"why.close" = "u"
"""


async def test_what_texts_say_of_keys_is_what_they_are(monkeypatch: pytest.MonkeyPatch, path: Path):
    from_memory(monkeypatch)
    async with opened_with(path, KEYS) as pilot:
        assert toasts(pilot) == []
        await press(pilot, "slash")
        assert words(pilot, "#hint") == (
            "Ctrl+T completes port:, rtt> and so on; = begins a Wireshark filter; F4 explains."
        )
        await press(pilot, "p o r t colon 1")
        assert words(pilot, "#empty").endswith("u clears the filter.")
        await press(pilot, "f5 u enter j j B")
        assert words(pilot, "#status").startswith("[reference set: b tells times from it, B elsewhere compares]")
        await press(pilot, "g")
        assert "e and [ go to them, i explains them" in words(pilot, "#finding")
        await press(pilot, "w")
        assert "u closes" in "".join(screen_lines(pilot.app))
        await press(pilot, "u colon")
        offered = [str(option.prompt) for option in pilot.app.screen.query_one(CommandList).options]
        assert any(offer.startswith("Next finding   e") for offer in offered)
        assert any(offer.startswith("Show these keys   U F4") for offer in offered)


async def test_what_is_wrong_is_told_by_its_line_and_the_app_goes_on(monkeypatch: pytest.MonkeyPatch, path: Path):
    from_memory(monkeypatch)
    text = 'theme = "neon"\nascii = 3\n[keys]\nlist.opn = "n"\nlist.open = "i"\n'
    async with opened_with(path, text) as pilot:
        (told,) = toasts(pilot)
        assert [line.removeprefix(f"{path}:")[:2] for line in told.splitlines()[:3]] == ["2:", "1:", "4:"]
        assert told.splitlines()[3:] == ["1 more: tcpladder config tells them"]
        assert len(table(pilot).numbers()) == 24
        assert pilot.app.theme == "dark"


async def test_a_theme_that_is_chosen_is_kept_and_nothing_else_changed(monkeypatch: pytest.MonkeyPatch, path: Path):
    from_memory(monkeypatch)
    async with opened_with(path, '# mine\ntheme = "dark"\nbroken =\n') as pilot:
        pilot.app.theme = "light"
        await settled(pilot)
    assert path.read_text() == '# mine\ntheme = "light"\nbroken =\n'


async def test_a_theme_that_can_t_be_kept_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from_memory(monkeypatch)
    async with opened_with(tmp_path / "settings.toml", "ascii = false\n") as pilot:
        (tmp_path / "settings.toml").unlink()
        (tmp_path / "settings.toml").mkdir()
        pilot.app.theme = "light"
        await settled(pilot)
        assert "is not kept" in toasts(pilot)[0]


async def test_without_colours_nothing_but_the_terminal_s_own_two_are_used(monkeypatch: pytest.MonkeyPatch, path: Path):
    from_memory(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened_with(path, 'theme = "light"\n') as pilot:
        await press(pilot, "5 G enter")
        strips = pilot.app.screen._compositor.render_strips()
        for line_filter in pilot.app._filters:
            strips = [strip.apply_filter(line_filter, pilot.app.screen.background_colors[1]) for strip in strips]
        styles = {segment.style for strip in strips for segment in strip if segment.style}
        assert {colour.name for style in styles for colour in (style.color, style.bgcolor) if colour} == {"default"}
        assert any(style.reverse for style in styles)  # the cursor
