"""The keys of the connection list; what they do is in tests/tui/test_bindings.py."""

from textual.binding import Binding

from tcpladder.tui.widgets.list_keys import LIST_KEYS, SCREEN_KEYS


def test_list_and_screen_share_no_key() -> None:
    keys = [binding.key for own in (LIST_KEYS, SCREEN_KEYS) for binding in Binding.make_bindings(own)]
    # Of the screen, twice: never are both offered.
    assert {key for key in keys if keys.count(key) > 1} == {"escape", "n", "N"}
