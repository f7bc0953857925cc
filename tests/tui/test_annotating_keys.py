"""The keys for marks and notes."""

from textual.binding import Binding

from tcpladder.tui.annotating_keys import annotating_keys


def keys(screen: str, *, goes: bool) -> dict[str, str | None]:
    return {binding.key: binding.id for binding in Binding.make_bindings(annotating_keys(screen, goes=goes))}


def test_each_screen_has_them_under_its_own_names() -> None:
    assert keys("list", goes=True) == {
        "m": "list.mark",
        "M": "list.note",
        "W": "list.save_notes",
        "apostrophe": "list.marks",
        "n": "list.next_note",
        "N": "list.previous_note",
    }
    assert keys("packet", goes=False) == {"m": "packet.mark", "M": "packet.note", "W": "packet.save_notes"}
