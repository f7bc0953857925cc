"""The table of a report: its parts are small, and together the data frames."""

import numpy as np
import polars as pl
import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.report import tables
from tcpladder.report.frames import connection_frame, finding_frame
from tcpladder.report.model import Contents, Report, Table
from tcpladder.report.segment_frames import segment_frame
from tests.annotating import annotations
from tests.samples import sample

NUMBERS = np.array([2, 4, 14])


def report(table: Table, *, has_notes: bool = True) -> Report:
    return Report(
        analysis=sample("showcase"),
        numbers=NUMBERS,
        scope="some",
        contents=Contents(table=table, has_notes=has_notes),
        annotations=annotations({13: Annotation(mark="b")}, {12: Annotation(note="slow")}),
    )


def rows(wanted: Report) -> pl.DataFrame:
    return pl.concat(tables.parts(wanted))


def test_parts_are_small_and_together_the_data_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "AT_ONCE", 2)
    analysis = sample("showcase")
    assert rows(report(Table.CONNECTIONS, has_notes=False)).equals(connection_frame(analysis, NUMBERS))
    assert rows(report(Table.SEGMENTS, has_notes=False)).equals(segment_frame(analysis, NUMBERS))
    assert rows(report(Table.FINDINGS)).equals(finding_frame(analysis, NUMBERS))
    for table in (Table.CONNECTIONS, Table.FINDINGS):
        assert max(map(len, tables.parts(report(table)))) == 2


def test_notes_are_there_where_they_are_wanted() -> None:
    for table, place, written in ((Table.CONNECTIONS, 1, "slow"), (Table.SEGMENTS, 0, "b")):
        for has_notes in (True, False):
            found = rows(report(table, has_notes=has_notes)).select("mark", "note").to_series(place).drop_nulls()
            assert found.to_list() == [written] * has_notes
