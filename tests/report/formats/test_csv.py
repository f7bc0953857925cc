"""Reports as CSV: what programs read back is the data frames, and what people open in a spreadsheet is harmless."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.report.formats.csv import write
from tcpladder.report.frame_columns import TIME
from tcpladder.report.model import Contents, Report, Table, whole_report
from tcpladder.report.tables import COLUMNS, parts
from tests.annotating import annotations
from tests.building import analysed
from tests.samples import sample

HOSTILE = {
    '=HYPERLINK("//evil")': '\'=HYPERLINK("//evil")',
    "+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0",
    "-2+3": "'-2+3",
    "@SUM(1)": "'@SUM(1)",
    "＝1+1": "'＝1+1",
    "-": "-",
    "\t=1+1": "\\t=1+1",
    "\r=1+1": "\\r=1+1",
    "a\x1b[31m\u202eb\u200bc": "a\\x1b[31m\\u202eb\\u200bc",
    "lone \ud800 surrogate": "lone \\ud800 surrogate",
    'quotes " and, commas\nand lines': 'quotes " and, commas\\nand lines',
    "naïve, 日本語": "naïve, 日本語",
    "x" * 10_000: "x" * 10_000,
}
"""Notes, and the cells that they become."""


def csv_of(report: Report) -> bytes:
    out = io.BytesIO()
    write(report, out)
    return out.getvalue()


@pytest.mark.parametrize("table", Table)
def test_polars_and_duckdb_read_the_data_frames_back(table: Table, tmp_path: Path) -> None:
    report = whole_report(sample("showcase"), Contents(table=table))
    found = csv_of(report)
    expected = pl.concat(parts(report))
    types = dict(expected.schema)
    times = [name for name, dtype in types.items() if dtype == TIME]

    read = pl.read_csv(found, schema_overrides={n: pl.String if n in times else t for n, t in types.items()})
    for name in times:
        assert (
            read[name].str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ns", time_zone="UTC").equals(expected[name])
        )
        assert read[f"{name}_ns"].equals(expected[name].to_physical())
    plain = [name for name in types if name not in times]
    assert read.select(plain).equals(expected.select(plain))

    path = tmp_path / "out.csv"
    path.write_bytes(found)
    with duckdb.connect() as connection:
        rows = connection.read_csv(str(path)).project(", ".join(plain)).fetchall()
    for name, values in zip(plain, zip(*rows, strict=True), strict=True):
        assert pl.Series(name, values).cast(types[name]).equals(expected[name]), name


def test_it_is_as_rfc_4180_has_it() -> None:
    report = whole_report(sample("showcase"), Contents(table=Table.FINDINGS))
    text = csv_of(report).decode()
    assert text.count("\r\n") == text.count("\n") == len(report.findings) + 1
    assert not text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(COLUMNS[Table.FINDINGS]) + 1}
    assert [row[rows[0].index("message")] for row in rows[1:]] == [finding.message for finding in report.findings]


def test_hostile_notes_are_inert_and_numbers_are_left_alone() -> None:
    analysis = sample("showcase")
    frames = analysis.connections.table["first_frame"].to_list()
    notes = {frame: Annotation(note=note) for frame, note in zip(frames, HOSTILE, strict=False)}
    assert len(notes) == len(HOSTILE)
    report = Report(
        analysis=analysis, numbers=whole_report(analysis).numbers, scope="", annotations=annotations(connections=notes)
    )
    rows = list(csv.DictReader(io.StringIO(csv_of(report).decode(), newline=""), strict=True))
    assert [row["note"] for row in rows][: len(HOSTILE)] == list(HOSTILE.values())

    backwards = analysed("initiator > responder  SYN\n initiator < responder  SYN,ACK -5s")
    table = csv_of(whole_report(backwards, Contents(table=Table.SEGMENTS))).decode().splitlines()
    assert dict(zip(table[0].split(","), next(csv.reader([table[2]])), strict=True))["delta_s"] == "-5.0"


def test_ascii_is_ascii() -> None:
    written = annotations(connections={1: Annotation(note="naïve ＝1")})
    report = replace(whole_report(sample("showcase"), Contents(is_ascii=True)), annotations=written)
    assert csv_of(report).isascii()
    assert rb"na\xefve \uff1d1" in csv_of(report)


def test_any_time_that_a_capture_can_have_is_written_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    times = [-(2**63) + 1, -1, 0, 2**63 - 1]
    rows = pl.Series("time", times, pl.Int64).cast(TIME).to_frame()
    monkeypatch.setattr("tcpladder.report.formats.csv.parts", lambda _: [rows])
    lines = csv_of(whole_report(sample("showcase"))).decode().splitlines()[1:]
    assert lines == [
        "1677-09-21T00:12:43.145224193Z,-9223372036854775807",
        "1969-12-31T23:59:59.999999999Z,-1",
        "1970-01-01T00:00:00.000000000Z,0",
        "2262-04-11T23:47:16.854775807Z,9223372036854775807",
    ]
