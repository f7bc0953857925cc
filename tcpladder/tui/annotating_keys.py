"""The keys for marks and notes, which several screens have."""

from textual.binding import Binding, BindingType

WRITING = (
    ("m", "mark", "mark", "Mark", "Mark this with a letter; again: take it away"),
    ("M", "note", "note", "Note", "Write a note about this"),
    ("W", "save", "save_notes", "Save notes", "Save marks and notes beside the capture"),
)
GOING = (
    ("apostrophe", "jump", "marks", "Marks", "List all marks and notes; a letter goes to its mark"),
    ("n", "next", "next_note", "Next note", "Next mark or note"),
    ("N", "previous", "previous_note", "Previous note", "Previous mark or note"),
)
"""Keys: what Textual calls it, what it does, its name in ids, words for the key bar and for help."""


def annotating_keys(screen: str, *, goes: bool = True) -> list[BindingType]:
    """Give the keys of a screen for marks and notes; `goes` adds those that go from one to the other."""
    return [
        Binding(key, f"app.annotate('{what}')", words, tooltip=tip, show=False, id=f"{screen}.{name}")
        for key, what, name, words, tip in (*WRITING, *(GOING if goes else ()))
    ]
