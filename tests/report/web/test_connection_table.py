"""The table of connections: as words for every reader, and as numbers for the page's script."""

import json
from typing import Any

import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.report.model import Report, whole_report
from tcpladder.report.web import connection_table
from tcpladder.report.web.connection_table import ConnectionTable, inert
from tcpladder.settings.names import Names
from tests.annotating import annotations
from tests.samples import sample

SHOWCASE = sample("showcase")
NAMED = Names({"198.51.100.20": "</script>\u202e"})


def data(table: ConnectionTable) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(table.data()))
    return found


def written(column: dict[str, Any], kind: str, row: int) -> str:
    """Write an entry as the script does."""
    value = column["values"][row]
    match kind:
        case "end":
            address = column["words"][value]
            return f"{f'[{address}]' if ':' in address else address}:{column['ports'][row]}"
        case "time":
            return f"{value / 1e6:.6f}"
        case "word" | "text":
            return str(column["words"][value])
        case "level":
            return {0: "■", 1: "▲", 2: "●"}.get(value, "")
    return str(value)


def test_the_script_has_the_same_words_as_the_rows() -> None:
    table = ConnectionTable(whole_report(SHOWCASE), frozenset())
    columns = data(table)["columns"]
    for row, (_, cells) in enumerate(table.first_rows()):
        for heading, cell in zip(table.headings, cells, strict=True):
            assert cell.text == written(columns[heading.key], heading.kind, row)


def test_numbers_sort_as_their_words_do() -> None:
    columns = data(ConnectionTable(whole_report(SHOWCASE), frozenset()))["columns"]
    assert columns["ending"]["words"] == sorted(columns["ending"]["words"])
    assert columns["initiator"]["words"] == ["192.0.2.10", "2001:db8::10"]
    assert columns["level"]["values"] == sorted(columns["level"]["values"])


def test_connections_lead_to_their_ladders_and_findings_to_their_rules() -> None:
    rows = dict(ConnectionTable(whole_report(SHOWCASE), frozenset({14})).first_rows())
    assert {cell.link for cell in rows[14]} == {"", "c14", "rule-hs-synack-after-ack"}
    assert {cell.link for cell in rows[1]} == {""}
    assert data(ConnectionTable(whole_report(SHOWCASE), frozenset({14})))["ladders"] == [14]


def test_notes_and_names_stand_in_it_and_mean_nothing_to_a_browser() -> None:
    notes = annotations({1: Annotation(note="<!-- </script> &")})
    whole = whole_report(SHOWCASE)
    report = Report(analysis=SHOWCASE, numbers=whole.numbers, scope="all", annotations=notes, names=NAMED)
    table = ConnectionTable(report, frozenset())
    text = "".join(table.data())
    assert not set("<&>\u202e") & set(text)
    columns = data(table)["columns"]
    assert columns["responder"]["names"][columns["responder"]["words"].index("198.51.100.20")] == r"</script>\u202e"
    assert 'no.1 "<!-- </script> &"' in columns["note"]["words"]
    assert r"</script>\u202e" in {cell.name for _, row in table.first_rows() for cell in row}


def test_of_very_many_connections_the_gravest_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_table, "MOST_LISTED", 3)
    monkeypatch.setattr(connection_table, "FIRST_ROWS", 2)
    table = ConnectionTable(whole_report(SHOWCASE), frozenset())
    assert (len(table), table.left_out, table.shown) == (3, 21, 2)
    assert [number for number, _ in table.first_rows()] == [14, 4]
    assert data(table)["columns"]["connection"]["values"] == [14, 4, 5]


def test_json_has_no_character_that_means_something_to_html() -> None:
    assert inert({"a": "</script>&<!--"}) == '{"a":"\\u003c/script\\u003e\\u0026\\u003c!--"}'
