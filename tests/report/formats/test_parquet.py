"""Reports as Parquet: what is read back is the data frames, with all types, and what goes wrong is told as it is."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.report import segment_frames, tables
from tcpladder.report.format import format_named
from tcpladder.report.formats.parquet import write
from tcpladder.report.frame_columns import TIME, schema
from tcpladder.report.model import Contents, Report, Table, whole_report
from tcpladder.report.writing import write_report
from tests.annotating import annotations
from tests.samples import sample


@pytest.mark.parametrize("table", Table)
def test_polars_and_duckdb_read_the_data_frames_back(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_frames, "SEGMENTS_AT_ONCE", 100)
    monkeypatch.setattr(tables, "AT_ONCE", 7)
    report = whole_report(sample("showcase"), Contents(table=table))
    path = tmp_path / "out.parquet"
    write_report(report, format_named("parquet"), path)
    expected = pl.concat(tables.parts(report))
    read = pl.read_parquet(path)
    assert dict(read.schema) == schema(tables.COLUMNS[table])
    assert read.equals(expected)

    names = [name if dtype != TIME else f"epoch_ns({name})" for name, dtype in read.schema.items()]
    with duckdb.connect() as connection:
        rows = connection.read_parquet(str(path)).project(", ".join(names)).fetchall()
    assert rows == expected.with_columns(pl.col(TIME).to_physical()).rows()


def test_without_rows_the_columns_are_there() -> None:
    for table in Table:
        out = io.BytesIO()
        nothing = Report(
            analysis=sample("showcase"), numbers=np.empty(0, np.int64), scope="", contents=Contents(table=table)
        )
        write(nothing, out)
        read = pl.read_parquet(io.BytesIO(out.getvalue()))
        assert dict(read.schema) == schema(tables.COLUMNS[table])
        assert read.is_empty()


def test_texts_are_as_they_are_but_for_what_utf_8_can_not_have() -> None:
    note = "=1+1\t\x1b[2J \u202e \0" + "x" * 10_000
    written = annotations(connections={1: Annotation(note=note), 12: Annotation(note="lone \ud800")})
    out = io.BytesIO()
    write(replace(whole_report(sample("showcase")), annotations=written), out)
    assert pl.read_parquet(io.BytesIO(out.getvalue()))["note"].drop_nulls().to_list() == [note, "lone \\ud800"]


def test_what_fails_while_rows_are_made_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Report) -> Any:
        raise LookupError("no such row")

    monkeypatch.setattr("tcpladder.report.formats.parquet.parts", broken)
    with pytest.raises(LookupError, match="no such row"):
        write(whole_report(sample("showcase")), io.BytesIO())
