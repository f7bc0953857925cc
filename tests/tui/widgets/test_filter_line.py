"""The filter line says as one types whether it is a filter, completes it, and remembers what was typed before."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual import events

from tcpladder.filters.parsing import LONGEST
from tcpladder.ladder.glyphs import ASCII
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.widgets.filter_line import HINT, FilterInput, FilterLine
from tests.capture.stand_ins import stand_in
from tests.samples import path_of
from tests.tui.driving import Driver, from_memory, opened, press, screen_lines, settled, table, words


@pytest.fixture
async def pilot(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Driver]:
    """Open the list with the cursor in the filter line."""
    from_memory(monkeypatch)
    async with opened(keys="slash") as driver:
        yield driver


async def write(pilot: Driver, text: str) -> None:
    """Type a text, fast."""
    field(pilot).insert_text_at_cursor(text)
    await pilot.pause()
    await settled(pilot)


def field(pilot: Driver) -> FilterInput:
    return pilot.app.screen.query_one(FilterInput)


def line(pilot: Driver) -> FilterLine:
    return pilot.app.screen.query_one(FilterLine)


def shown(pilot: Driver) -> list[int]:
    return sorted(table(pilot).numbers().to_list())


def told(pilot: Driver) -> tuple[str, str]:
    """Give the sign before the line, and the sentence below it."""
    return words(pilot, "#prompt")[0], words(pilot, "#hint")


async def test_it_takes_no_room_until_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        assert "initiator" in screen_lines(pilot.app)[1]
        await press(pilot, "slash")
        assert screen_lines(pilot.app)[1].startswith("   filter> ")
        assert screen_lines(pilot.app)[2].strip() == HINT.format(complete="Tab", help="; F1 explains")
        await press(pilot, "escape")
        assert "initiator" in screen_lines(pilot.app)[1]


async def test_no_key_goes_into_a_line_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="slash a escape") as pilot:
        pilot.app.screen.set_focus(None)
        await press(pilot, "f1 escape tilde")
        assert field(pilot).value == ""
        assert not field(pilot).has_focus


async def test_the_list_is_filtered_as_one_types(pilot: Driver) -> None:
    for keys, numbers in (("8 0", 22), ("8", 5), ("0", 4)):
        await press(pilot, keys)
        assert len(shown(pilot)) == numbers
    assert screen_lines(pilot.app)[0].startswith(" showcase.pcap · 4 of 24 connections")
    assert told(pilot)[0] == "✓"


async def test_what_is_no_filter_is_said_at_once_and_the_list_stays(pilot: Driver) -> None:
    await write(pilot, "class:refused prot:3")
    assert told(pilot) == ("✗", "There is no token 'prot': perhaps port?")
    assert line(pilot).has_class("-bad")
    underlined = [span for span in field(pilot)._value.spans if span.style == "underline"]
    assert [(span.start, span.end) for span in underlined] == [(14, 20)]
    await press(pilot, "enter")
    assert pilot.app.focused is field(pilot)
    await press(pilot, "backspace " * 7)
    assert field(pilot).value == "class:refused"
    assert told(pilot)[0] == "✓"
    assert shown(pilot) == [9]


async def test_enter_goes_to_the_list_which_stays_filtered(pilot: Driver) -> None:
    await write(pilot, "class:refused")
    await press(pilot, "enter")
    assert pilot.app.focused is table(pilot)
    assert shown(pilot) == [9]
    assert screen_lines(pilot.app)[1].startswith(" ✓ filter> class:refused")
    assert "initiator" in screen_lines(pilot.app)[2]
    await press(pilot, "slash")
    assert field(pilot).cursor_position == len("class:refused")


@pytest.mark.parametrize("keys", ["escape", "enter escape"])
async def test_escape_clears_the_filter_in_the_line_and_in_the_list(pilot: Driver, keys: str) -> None:
    await write(pilot, "class:refused")
    await press(pilot, keys)
    assert len(shown(pilot)) == 24
    assert pilot.app.focused is table(pilot)
    assert not line(pilot).has_class("-open")
    await press(pilot, "slash up")
    assert field(pilot).value == "class:refused"


async def test_an_empty_line_closes_on_enter(pilot: Driver) -> None:
    await press(pilot, "enter")
    assert not line(pilot).has_class("-open")
    assert len(shown(pilot)) == 24


async def test_keys_of_the_list_are_letters_in_the_line(pilot: Driver) -> None:
    await press(pilot, "q i w colon question_mark 1 G")
    assert field(pilot).value == "qiw:?1G"


async def test_nothing_matching_says_what_to_do(pilot: Driver) -> None:
    await write(pilot, "rtt>5s")
    assert "No connection matches rtt>5s." in " ".join(screen_lines(pilot.app))
    assert words(pilot, "#empty").endswith("Esc clears the filter.")
    await press(pilot, "enter enter j")
    assert pilot.app.focused is table(pilot)
    await press(pilot, "escape")
    assert not pilot.app.screen.query_one("#empty").display
    assert len(shown(pilot)) == 24


async def test_tab_goes_through_what_may_follow(pilot: Driver) -> None:
    await write(pilot, "class:half")
    await press(pilot, "tab")
    assert field(pilot).value == "class:half-close"
    assert told(pilot)[1].split()[:2] == ["half-close", "half-open-server"]
    await press(pilot, "tab")
    assert field(pilot).value == "class:half-open-server"
    await press(pilot, "shift+tab")
    assert field(pilot).value == "class:half-close"
    assert shown(pilot) == [4]
    await press(pilot, "space p o tab")
    assert field(pilot).value == "class:half-close port:"
    await press(pilot, "8 tab")
    assert field(pilot).value == "class:half-close port:80"


async def test_tab_completes_in_the_middle(pilot: Driver) -> None:
    await write(pilot, "cla port:80")
    await press(pilot, "home right right right tab")
    assert field(pilot).value == "class: port:80"
    assert field(pilot).cursor_position == 6


async def test_what_is_suggested_is_taken_by_going_right(pilot: Driver) -> None:
    await write(pilot, "rule:td-tim")
    assert field(pilot)._suggestion == "rule:td-timewait-syn"
    await press(pilot, "right")
    assert field(pilot).value == "rule:td-timewait-syn"
    assert shown(pilot) == [22]


async def test_a_token_is_explained_while_it_is_typed(pilot: Driver) -> None:
    await write(pilot, "segments>4")
    assert told(pilot)[1] == "segments: how many were captured, as in segments>100"


async def test_older_and_newer_filters_come_back(pilot: Driver) -> None:
    await write(pilot, "port:80")
    await press(pilot, "enter slash ctrl+u")
    await write(pilot, "port:8080")
    await press(pilot, "enter slash ctrl+u")
    await write(pilot, "unfinished")
    await press(pilot, "up up")
    assert field(pilot).value == "port:80"
    await press(pilot, "up")
    assert field(pilot).value == "port:80"
    await press(pilot, "down")
    assert field(pilot).value == "port:8080"
    await press(pilot, "down down")
    assert field(pilot).value == "unfinished"


async def test_filters_of_another_session_come_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from_memory(monkeypatch)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "filters.txt").write_text("class:refused\n")
    async with opened(keys="slash up enter slash comma r * enter") as pilot:
        assert shown(pilot) == [8, 9]
    assert (tmp_path / "state" / "filters.txt").read_text() == "class:refused\nclass:refused,r*\n"


async def test_what_is_wrong_is_not_remembered(pilot: Driver) -> None:
    await write(pilot, "prot:3")
    await press(pilot, "escape slash up")
    assert field(pilot).value == ""


async def test_a_display_filter_is_checked_by_tshark_and_searched_for_on_enter(pilot: Driver) -> None:
    await write(pilot, "= tcp.flags.rese == 1")
    assert told(pilot)[0] == "✗"
    assert "tcp.flags.rese" in told(pilot)[1]
    await press(pilot, "ctrl+u")
    await write(pilot, "= tcp.flags.rese")
    await press(pilot, "tab space")
    await write(pilot, "== 1")
    assert field(pilot).value == "= tcp.flags.reset == 1"
    assert told(pilot) == ("✓", "Enter has tshark search the capture for it.")
    assert len(shown(pilot)) == 24
    await press(pilot, "enter")
    assert shown(pilot) == [7, 8, 9, 14]
    assert pilot.app.focused is table(pilot)
    await press(pilot, "slash")
    assert told(pilot) == ("✓", "4 packets in the capture match.")
    await press(pilot, "escape")
    assert len(shown(pilot)) == 24


async def test_escape_ends_a_search(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from_memory(monkeypatch)
    pid = tmp_path / "pid"
    tshark = stand_in(tmp_path, f"echo $$ > {pid}; exec sleep 60")
    app = TcpladderApp(path_of("showcase"), tshark=tshark)
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "slash")
        field(pilot).value = "= tcp"
        await pilot.pause()
        await pilot.press("enter")
        while "searches" not in words(pilot, "#hint"):
            await pilot.pause(0.01)
        assert words(pilot, "#prompt")[0] == "…"
        await press(pilot, "escape")  # waits for all threads
        assert not line(pilot).has_class("-busy")
        assert len(shown(pilot)) == 24


async def test_without_tshark_tokens_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from_memory(monkeypatch)
    app = TcpladderApp(path_of("showcase"), tshark=str(tmp_path / "none"))
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "slash")
        await write(pilot, "= tcp")
        assert told(pilot)[0] == "✗"
        assert told(pilot)[1].startswith("There is no program")
        await press(pilot, "ctrl+u")
        await write(pilot, "class:refused")
        assert shown(pilot) == [9]


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("\x1b[31mred\x07\n", r"\x1b[31mred\x07"),
        ("a\u202eb", r"a\u202eb"),
        ("x" * (LONGEST + 1), ""),
        ('"((((', '"(((('),
        ("(" * LONGEST, "(" * LONGEST),
    ],
)
async def test_whatever_is_pasted_does_no_harm(pilot: Driver, pasted: str, value: str) -> None:
    pilot.app.post_message(events.Paste(pasted))
    await settled(pilot)
    assert field(pilot).value == value
    await press(pilot, "tab up down left enter")
    assert not any(character in "\x1b\x07\u202e" for text in screen_lines(pilot.app) for character in text)


async def test_signs_are_ascii_where_only_that_can_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(glyphs=ASCII, keys="slash") as pilot:
        await write(pilot, "port:80")
        assert told(pilot)[0] == "+"
        await write(pilot, "x")
        assert told(pilot)[0] == "X"
