"""The lines of the export dialog: what can be chosen in each, of what makes a difference to the format."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tcpladder.report.format import Format
from tcpladder.report.model import Ladders, Table
from tcpladder.tui.exporting import Choices, Exported, Folds

Words = dict[Any, str]
"""What can be chosen in a line, and what it is called."""

NOT_HERE = "makes no difference to this format"
LEFT_OUT = "left out where addresses are disguised"
NOTHING_NOTED = "nothing is marked or noted"

LINES = {
    "what": "What",
    "format": "Format",
    "ladders": "Ladders",
    "table": "Rows",
    "folds": "Folded",
    "notes": "Notes",
    "characters": "Text",
    "addresses": "Addresses",
}
"""What the lines are called, from the first to the last; only one of `ladders` and `table` is there at a time."""
FIELDS = {
    "format": "form",
    "ladders": "ladders",
    "table": "table",
    "folds": "folds",
    "notes": "has_notes",
    "characters": "is_ascii",
    "addresses": "is_disguised",
}
"""What of `Choices` is chosen in each line; the connections are not kept for the next time."""

LADDERS: Words = {
    Ladders.AUTO: "as many as fit",
    Ladders.ALL: "all",
    Ladders.FINDINGS: "with findings",
    Ladders.NONE: "none",
}
TABLES: Words = {
    Table.CONNECTIONS: "a row a connection",
    Table.SEGMENTS: "a segment",
    Table.FINDINGS: "a finding",
}
NOTES: Words = {True: "with", False: "without"}
CHARACTERS: Words = {False: "Unicode", True: "ASCII"}
ADDRESSES: Words = {False: "as they are", True: "disguised, and clients' ports"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be chosen in a line, and what is chosen; where there is nothing, `otherwise` says why."""

    words: Words
    chosen: object
    otherwise: str = ""


def offers(form: Format, choices: Choices, exported: Exported) -> Mapping[str, Offer]:
    """Give the choices beside connections and format, by line."""
    ladders = {each: words for each, words in LADDERS.items() if form.has_ladders or each is not Ladders.AUTO}
    folds = {each: each.value for each in Folds if each is not Folds.SEEN or exported.foldings}
    nothing = LEFT_OUT if choices.is_disguised else NOTHING_NOTED
    notes = NOTES if exported.annotations and not choices.is_disguised else {}
    found = {
        "ladders": ("ladders", ladders, choices.ladders if choices.ladders in ladders else Ladders.NONE, ""),
        "table": ("table", TABLES, choices.table, ""),
        "folds": ("is_folded", folds, choices.folds, ""),
        "notes": ("has_notes", notes, choices.has_notes, nothing),
        "characters": ("is_ascii", CHARACTERS, choices.is_ascii, ""),
    }
    offered = {
        name: Offer(words=words, chosen=chosen, otherwise=otherwise)
        if field in form.heeds
        else Offer(words={}, chosen=None, otherwise=NOT_HERE)
        for name, (field, words, chosen, otherwise) in found.items()
    }
    return offered | {"addresses": Offer(words=ADDRESSES, chosen=choices.is_disguised)}
