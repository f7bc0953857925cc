"""Keys as they are written, and counts before a key."""

from typing import ClassVar

import pytest
from textual.app import App
from textual.binding import Binding, BindingType

from tcpladder.tui.keys import Count, key_name, key_of, words_of


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("j", "j"),
        ("J", "J"),
        ("escape", "Esc"),
        ("right_curly_bracket", "}"),
        ("ctrl+g", "Ctrl+G"),
        ("shift+tab", "Shift+Tab"),
        ("ctrl+pagedown", "Ctrl+PgDn"),
        ("f1", "F1"),
    ],
)
def test_key_name(key: str, name: str) -> None:
    assert key_name(key) == name


def test_words_are_the_long_ones_if_there_are_any() -> None:
    assert words_of(Binding("j", "down", "Down")) == "Down"
    assert words_of(Binding("j", "down", "Down", tooltip="Go down")) == "Go down"


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        ("", None),
        ("G", None),
        ("1 2 G", 12),
        ("1 2 G enter", 12),  # which came before what G does was done
        ("0 0 7 G", 7),
        ("1 2 j 3 G", 3),
        ("1 2 j G", None),
        ("9 9 9 9 9 9 9 9 9 9 9 9 G", 999_999_999),
        ("1 f1 G", None),
    ],
)
def test_a_count_is_what_was_typed_right_before(keys: str, count: int | None) -> None:
    counting = Count(lambda key: key == "G")
    for key in keys.split():
        assert counting.press(key) is key.isdigit()
    assert counting.take() == count
    assert counting.take() is None


class Keyed(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", id="keyed.help"),
        Binding("ctrl+q,q", "quit", id="keyed.quit"),
        Binding("x", "nothing", id="keyed.nothing"),
    ]


def test_the_key_of_an_action_is_the_one_that_users_gave_it_else_its_own():
    app = Keyed()
    assert [key_of(app, Keyed, f"keyed.{name}") for name in ("help", "quit", "nothing")] == ["?", "Ctrl+Q", "x"]
    app.set_keymap({"keyed.help": "h,f4", "keyed.quit": "left_square_bracket"})
    assert [key_of(app, Keyed, f"keyed.{name}") for name in ("help", "quit", "nothing")] == ["h", "[", "x"]


def test_while_somebody_types_characters_are_no_keys():
    app = Keyed()
    assert [key_of(app, Keyed, f"keyed.{name}", is_typing=True) for name in ("help", "quit", "nothing")] == [
        "F1",
        "Ctrl+Q",
        "",
    ]


def test_an_action_that_there_is_not_is_a_mistake():
    with pytest.raises(KeyError):
        key_of(Keyed(), Keyed, "keyed.nobody")
