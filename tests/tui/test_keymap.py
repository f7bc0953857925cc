"""Other keys for actions: taken where they are fit, else told, and the action keeps its own."""

from pathlib import Path

import pytest

from tcpladder.settings.reading import Problem
from tcpladder.tui.keymap import actions, keymap, textual_key


def judged(**wanted: str) -> tuple[dict[str, str], list[str]]:
    keys, problems = keymap(
        {name.replace("__", "."): text for name, text in wanted.items()},
        lambda key, sentence: Problem(path=Path(key), line=None, sentence=sentence),
    )
    return keys, [problem.sentence for problem in problems]


def test_actions_of_all_screens_are_known():
    by_id = {action.id: action for action in actions()}
    assert by_id["list.open"].keys == ["Enter"]
    assert by_id["ladder.back"].keys == ["Esc", "q"]
    assert by_id["app.help"].words == "Show these keys"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("?", "question_mark"),
        ("g", "g"),
        ("G", "G"),
        ("Ctrl+F", "ctrl+f"),
        ("shift+ctrl+Up", "ctrl+shift+up"),
        ("ctrl++", "ctrl+plus"),
        ("comma", "comma"),
        ("PgDn", "pagedown"),
        ("↓", "down"),
        ("less_than_sign", "less_than_sign"),
        ("é", "é"),
        ("ctrl+m", "enter"),  # a terminal sends the same
        ("ctrl+i", "tab"),
        ("", None),
        ("ctrl+", None),
        ("hyper+x", None),
        ("ctrl+ctrl+x", None),
        ("ab", None),
        ("f99", None),
        ("\x1b", None),
    ],
)
def test_keys_are_written_as_on_the_keyboard(written: str, key: str | None):
    assert textual_key(written) == key


def test_keys_that_are_fit_are_taken():
    assert judged(ladder__back="b, Esc") == ({"ladder.back": "b,escape", "ladder.close_find": "escape"}, [])


def test_two_actions_may_exchange_their_keys():
    assert judged(list__down="k", list__up="j") == ({"list.down": "k", "list.up": "j"}, [])


def test_who_shared_a_key_keeps_it():
    kept = {"list.clear_filter": "escape", "list.close_find": "escape"}
    assert judged(list__stop="u") == ({"list.stop": "u", **kept}, [])


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("list__opn", "o", "There is no action 'list.opn'. Did you mean list.open?"),
        ("list__open", "ctrl+foo", "There is no key 'ctrl+foo' for list.open."),
        ("list__open", "", "list.open has to have a key."),
        ("list__open", "o,", "list.open has to have a key."),
        ("list__open", "3", "list.open can't have a digit for a key: digits are typed before keys."),
        ("filter__leave", "x", "filter.leave can't have the key x: it is typed there."),
        ("list__open", "i", "The key i of list.open is that of list.findings too; list.open keeps its own."),
        ("app__help", "J", "The key J of app.help is that of columns.right too; app.help keeps its own."),
    ],
)
def test_keys_that_are_unfit_are_told_and_the_action_keeps_its_own(name: str, text: str, sentence: str):
    assert judged(**{name: text}) == ({}, [sentence])


def test_what_is_left_out_may_not_make_room_for_others():
    keys, sentences = judged(list__findings="3", list__open="i")
    assert keys == {}
    assert len(sentences) == 2


def test_panes_of_one_screen_have_each_their_own_keys():
    assert judged(packet__bytes_down="n", packet__field_down="n")[1] == []
