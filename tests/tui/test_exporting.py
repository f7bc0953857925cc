"""What can be exported, and how: scopes, names, and a look at what a file will be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tcpladder.ladder.folding import folding
from tcpladder.report.format import Covers, format_named, formats
from tcpladder.report.model import Ladders, Table
from tcpladder.tui.exporting import (
    MOST_PREVIEWED,
    Choices,
    Exported,
    Folds,
    Preview,
    Scope,
    file_name,
    format_by_ending,
    offered_formats,
    path_of,
    preview,
    scopes,
    with_ending,
)
from tests.samples import sample

SHOWCASE = sample("showcase")
USUAL = Choices()
FOUND = np.array([4, 14], np.uint32)
MARKDOWN, TEXT, CSV = (format_named(name) for name in ("markdown", "text", "csv"))


def scopes_of(
    *, this: int | None = 14, is_first: bool = False, filtered_by: str = "", selected: tuple[int, ...] = ()
) -> tuple[Scope, ...]:
    listed = np.array([9, 4], np.uint32)
    return scopes(
        SHOWCASE, this=this, is_first=is_first, selected=selected, listed=listed, filtered_by=filtered_by, found=FOUND
    )


def test_the_likeliest_connections_come_first() -> None:
    assert [scope.words for scope in scopes_of()] == ["all", "with findings", "this"]
    assert [scope.words for scope in scopes_of(is_first=True)] == ["this", "all", "with findings"]
    everything = scopes_of(filtered_by="class:refused", selected=(3, 1))
    assert [scope.words for scope in everything] == ["selected", "filtered", "all", "with findings", "this"]
    assert [scope.words for scope in scopes_of(this=None)] == ["all", "with findings"]


def test_a_scope_has_its_connections_in_order_and_says_which() -> None:
    selected, filtered, every, found, this = scopes_of(filtered_by="class:\x1brefused", selected=(3, 1))
    assert selected.numbers.tolist() == [1, 3]
    assert filtered.numbers.tolist() == [4, 9]
    assert filtered.sentence == r"connections filtered by class:\x1brefused"
    assert len(every.numbers) == 24
    assert found.numbers.tolist() == [4, 14]
    assert this.numbers.tolist() == [14]


def test_what_shows_one_connection_is_offered_for_one() -> None:
    every, _, this = scopes_of()
    assert offered_formats(this) == formats()
    assert offered_formats(every) == tuple(form for form in formats() if form.covers is Covers.CONNECTIONS)


def test_a_file_is_named_after_capture_and_connections_but_never_like_the_capture() -> None:
    every, found, this = scopes_of()
    names = [file_name(SHOWCASE, scope, MARKDOWN) for scope in (every, found, this)]
    assert names == ["showcase.md", "showcase-findings.md", "showcase-14.md"]
    assert file_name(SHOWCASE, this, MARKDOWN, is_disguised=True) == "capture-14.md"
    for capture, name in (
        ("web.pcapng", "web-report.pcapng"),
        ("web.pcap.gz", "web.pcapng"),
        ("~web.pcap", "./~web.pcapng"),
        (".pcap", ".pcap.pcapng"),
    ):
        analysis = replace(SHOWCASE, files=(Path(capture),))
        assert file_name(analysis, every, format_named("pcapng")) == name


def test_the_ending_follows_the_format_and_the_format_the_ending() -> None:
    assert with_ending("~/x.MD", CSV) == "~/x.csv"
    assert with_ending("x.markdown", MARKDOWN) == "x.markdown"
    assert with_ending("notes", CSV) == "notes"
    assert format_by_ending("x.CSV", formats()) is CSV
    assert format_by_ending("x.doc", formats()) is None
    assert format_by_ending("x.sarif.json", formats()) is format_named("sarif")
    assert with_ending("x.sarif.json", format_named("json")) == "x.json"
    assert with_ending("x.sarif.json", format_named("sarif")) == "x.sarif.json"


def test_a_path_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert path_of(" ~/x.md ") == path_of("x.md") == tmp_path / "x.md"


def test_a_ladder_looks_as_on_the_screen_where_that_is_wanted() -> None:
    scope = scopes_of(this=16, is_first=True)[0]
    exported = Exported(analysis=SHOWCASE, scopes=(scope,))
    folded = exported.report(scope, Choices(folds=Folds.EVERY)).drawn(16).rows
    assert len(folded) < len(exported.report(scope, Choices()).drawn(16).rows) == 49
    seen = replace(exported, foldings={16: folding(exported.report(scope, Choices()).ladder(16), folded=True)})
    assert seen.report(scope, Choices(folds=Folds.SEEN)).drawn(16).rows == folded
    assert len(seen.report(scope, Choices(folds=Folds.LONG)).drawn(16).rows) == 49


def looked(scope: Scope, form: str, choices: Choices = USUAL) -> Preview:
    return preview(Exported(analysis=SHOWCASE, scopes=(scope,)).report(scope, choices), format_named(form))


def test_what_reads_the_capture_once_more_does_so_with_the_same_tshark() -> None:
    scope = scopes_of()[0]
    exported = Exported(analysis=SHOWCASE, scopes=(scope,), tshark="/opt/tshark")
    assert exported.report(scope, Choices()).tshark == "/opt/tshark"


def test_a_preview_has_figures_and_the_first_lines_of_the_file() -> None:
    every = scopes_of()[0]
    seen = looked(every, "markdown")
    assert seen.told == "24 connections, 366 segments, 19 findings, 24 ladders"
    assert seen.lines[0] == "# TCP connections of `showcase.pcap`"
    assert seen.of is None
    assert looked(every, "markdown", Choices(ladders=Ladders.NONE)).told.endswith("19 findings, no ladders")


def test_a_table_is_told_by_its_rows() -> None:
    every = scopes_of()[0]
    assert looked(every, "csv").told == "24 rows, one a connection"
    assert looked(every, "csv", Choices(table=Table.SEGMENTS)).told == "366 rows, one a segment"
    assert looked(every, "parquet", Choices(table=Table.FINDINGS)).told == "19 rows, one a finding"


@pytest.mark.parametrize(
    ("form", "told", "shown"),
    [
        ("pcapng", "24 connections, 366 segments, 19 findings", "text"),
        ("html", "24 connections, 366 segments, 19 findings, 24 ladders", "text"),
        ("parquet", "24 rows, one a connection", "csv"),
    ],
)
def test_of_what_is_nothing_to_read_the_same_is_shown_in_words(form: str, told: str, shown: str) -> None:
    every = scopes_of()[0]
    seen = looked(every, form)
    assert seen.told == told
    assert seen.lines[:2] == (f"In {shown}, this would be:", "")
    assert seen.lines[2:] == looked(every, shown).lines


def test_json_is_looked_at_as_it_is() -> None:
    assert looked(scopes_of()[0], "json").lines[0].startswith("{")


def test_of_very_many_connections_the_lines_are_those_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpladder.tui.exporting.MOST_PREVIEWED", 3)
    seen = looked(scopes_of()[0], "text")
    assert MOST_PREVIEWED > 3
    assert seen.of == 3
    assert seen.told.startswith("24 connections")
    assert len([line for line in seen.lines if "192.0.2.10:4" in line and "0.000000" in line]) == 1


def test_while_a_filter_still_finds_connections_it_says_that_these_are_not_all() -> None:
    filtered, *_ = scopes(
        SHOWCASE,
        this=None,
        is_first=False,
        selected=(),
        listed=np.array([9]),
        filtered_by="display:http",
        found=FOUND,
        is_filtering=True,
    )
    assert filtered.words == "filtered so far"
    assert filtered.sentence == "connections filtered so far by display:http"
