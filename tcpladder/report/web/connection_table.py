"""The connections of a report as columns of numbers, for a page's script to sort, and as rows of words without one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from tcpladder.ladder.notation import state_word
from tcpladder.printable import printable
from tcpladder.report.annotation_list import by_connection, in_short
from tcpladder.report.columns import BY_KEY, Column
from tcpladder.report.listing import STATE, Listing
from tcpladder.report.model import Report
from tcpladder.rulebook.levels import Level
from tcpladder.tcp.states import State

ANY_PORT = 0
MOST_LISTED = 100_000
"""Connections in a table; those that are listed are the gravest. A browser sorts so many at once."""
FIRST_ROWS = 200
"""Rows that are there without the script; it adds the others as they are asked for."""
KEYS = (
    *("level", "connection", "initiator", "responder", "start", "ending", "initiator_state", "responder_state"),
    *("segments", "bytes", "duration", "finding"),
)
NOTE = Column(key="note", heading="note", sorted_by=("note",), about="marks and notes")
KINDS = {"level": "level", "initiator": "end", "responder": "end", "start": "time", "duration": "time", "note": "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An entry of a row; `link` is the part of the page that it leads to, "" for none."""

    kind: str
    text: str
    name: str = ""  # beside an address
    link: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column: `kind` says how its numbers are written (level, end, time, number, word, text)."""

    key: str
    text: str
    about: str
    kind: str
    is_number: bool


class ConnectionTable:
    """The connections of a report, the gravest first; `linked` are those whose ladders are on the page."""

    def __init__(self, report: Report, linked: frozenset[int]) -> None:
        listing = Listing(report.analysis, report.judgement).filtered(report.kept)
        self._listing, self._names, self._linked = listing, report.names, linked
        self._notes = {number: in_short(own) for number, own in by_connection(report.noted).items()}
        self._rows = listing.order("level", is_descending=False)[:MOST_LISTED]
        self._columns = [*(BY_KEY[key] for key in KEYS), *([NOTE] if self._notes else [])]
        self._listed = frozenset((self._rows.astype(np.int64) + 1).tolist())
        self.left_out = len(listing) - len(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, number: object) -> bool:
        return number in self._listed

    @property
    def shown(self) -> int:
        """How many rows there are without the script."""
        return min(len(self), FIRST_ROWS)

    @property
    def headings(self) -> list[Heading]:
        """The columns."""
        return [
            Heading(
                key=column.key, text=column.heading, about=column.about, kind=_kind(column), is_number=column.is_number
            )
            for column in self._columns
        ]

    def first_rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Give the connections that are shown without a script, each by its number and in words."""
        for at in self._rows[:FIRST_ROWS].tolist():
            row = self._listing.row(at)
            yield row["connection"], [self._cell(row, column) for column in self._columns]

    def _cell(self, row: Mapping[str, int | str | None], column: Column) -> Cell:
        number = int(row["connection"] or 0)
        if column is NOTE:
            return Cell(kind="text", text=self._notes.get(number, ""))
        text, kind = self._listing.texts(row, [column])[0], _kind(column)
        if kind == "end":
            return Cell(kind=kind, text=text, name=self._name(int(row[column.key] or 0)))
        if kind == "level":
            level = _LEVELS.get(int(row["gravity"] or 0), "")
            return Cell(kind=kind, text=text, level=level)
        links = {
            "connection": f"c{number}" if number in self._linked else "",
            "finding": f"rule-{text}" if text else "",
        }
        return Cell(kind=kind, text=text, link=links.get(column.key, ""))

    def _name(self, address: int) -> str:
        return self._names.host(self._listing.addresses[address], ANY_PORT)

    def data(self) -> Iterator[str]:
        """Write all rows as JSON, a column at a time: numbers that sort as their words do, and the words.

        It may stand in an element of a page: there is neither `<` nor `&` in it.
        """
        table = self._listing.table[self._rows]
        yield '{"columns":{\n'
        for at, column in enumerate(self._columns):
            between = ",\n" if at else ""
            yield f'{between}"{column.key}":{inert(self._values(table, column))}'
        numbers = table["connection"].to_list()
        yield f'}},\n"ladders":{json.dumps([number for number in numbers if number in self._linked])}}}'

    def _values(self, table: pl.DataFrame, column: Column) -> dict[str, list[int] | list[str]]:
        match _kind(column):
            case "end":
                ids = table[column.key].to_numpy()
                places = self._listing.address_places.gather(ids).to_numpy()
                _, first, values = np.unique(places, return_index=True, return_inverse=True)
                own = ids[first].tolist()
                return {
                    "values": values.tolist(),
                    "ports": table[f"{column.key}_port"].to_list(),
                    "words": [printable(self._listing.addresses[at]) for at in own],
                    "names": [printable(self._name(at)) for at in own] if self._names else [],
                }
            case "level":
                return {"values": table["gravity"].to_list()}
            case "time":
                return {"values": (table[column.key] // 1000).to_list()}  # microseconds
            case "number":
                return {"values": table[column.key].to_list()}
        if column is NOTE:
            return _indexed([self._notes.get(number, "") for number in table["connection"].to_list()])
        if column.key in ("initiator_state", "responder_state"):
            return _indexed([state_word(State(state), STATE) for state in table[column.key].to_list()])
        return _indexed(table[column.key].fill_null("").to_list())


def _indexed(texts: list[str]) -> dict[str, list[int] | list[str]]:
    """Write texts as places in a list of words, which are in order."""
    words = sorted(set(texts))
    places = {word: place for place, word in enumerate(words)}
    return {"values": [places[text] for text in texts], "words": [printable(word) for word in words]}


def inert(value: object) -> str:
    """Write JSON that means nothing where it stands in an element of a page."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _kind(column: Column) -> str:
    return KINDS.get(column.key, "number" if column.is_number else "word")


_LEVELS = {Level.VIOLATION - level: level.word for level in Level}
