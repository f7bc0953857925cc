"""Every export format, on a few sample captures: what it writes is that of the golden files, byte by byte.

The golden files are tests/golden/report/NAME.SUFFIX. After a change of a format that is meant,
`TCPLADDER_GOLDEN=1 pytest tests/report/formats/test_every_format.py` writes them anew; read the difference.
"""

import errno
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation
from tcpladder.report.format import Covers, Format, formats
from tcpladder.report.model import Contents, Ladders, Report, Table, whole_report
from tests.annotating import annotations
from tests.samples import sample

GOLDEN = Path(__file__).parents[2] / "golden" / "report"
SAMPLES = ("graceful-close-by-client.client", "reset-in-reply-to-fin.server", "half-close-with-data.server")
NOT_COMPARED = {"parquet"}
"""Formats whose bytes depend on the version of the library that writes them; tests of their own read them."""


def written(report: Report, form: Format) -> bytes:
    """Write a report in a format."""
    out = io.BytesIO()
    form.write(report, out)
    return out.getvalue()


def report_for(form: Format, analysis: Analysis) -> Report:
    """Make a report of all that a format can have."""
    if form.covers is Covers.CONNECTIONS:
        return whole_report(analysis)
    return Report(analysis=analysis, numbers=np.array([1]), scope="connection number 1")


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(
    "form", [each for each in formats() if each.name not in NOT_COMPARED], ids=lambda form: form.name
)
def test_a_report_is_that_of_the_golden_file(form: Format, name: str) -> None:
    golden = GOLDEN / f"{name}{form.suffixes[0]}"
    found = written(report_for(form, sample(name)), form)
    if "TCPLADDER_GOLDEN" in os.environ:
        golden.write_bytes(found)
    assert found == golden.read_bytes()


def test_every_golden_file_is_compared() -> None:
    compared = {f"{name}{form.suffixes[0]}" for name in SAMPLES for form in formats()}
    assert {path.name for path in GOLDEN.iterdir()} <= compared


LONG = 16  # of the showcase's connections: some of its segments can be folded, and are not unless that is wanted
OTHERWISE: dict[str, tuple[Any, ...]] = {
    "ladders": (Ladders.NONE, Ladders.ALL),
    "has_notes": (False,),
    "is_folded": (True,),
    "is_ascii": (True,),
    "table": (Table.FINDINGS,),
}


@pytest.mark.parametrize("form", [each for each in formats() if each.name != "parquet"], ids=lambda form: form.name)
def test_what_a_format_heeds_makes_a_difference_and_nothing_else_does(form: Format) -> None:
    analysis = sample("showcase")
    first = analysis.connections.table["first_frame"][LONG - 1]
    note = {first: Annotation(mark="a", note="über")}
    report = Report(
        analysis=analysis, numbers=np.array([LONG]), scope="a long one", annotations=annotations(note, note)
    )
    plain = written(report, form)
    for name, others in OTHERWISE.items():
        changed = [replace(report, contents=replace(report.contents, **{name: other})) for other in others]
        assert any(written(each, form) != plain for each in changed) == (name in form.heeds), name


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.name)
def test_a_report_without_connections_can_be_written(form: Format) -> None:
    nothing = Report(analysis=sample(SAMPLES[0]), numbers=np.empty(0, np.int64), scope="none", contents=Contents())
    if form.covers is Covers.CONNECTIONS:
        assert written(nothing, form)


class Full(io.BytesIO):
    """A disk without room."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.name)
def test_what_goes_wrong_with_the_file_is_told_as_it_is(form: Format) -> None:
    with pytest.raises(OSError, match="No space left on device") as told:
        form.write(report_for(form, sample(SAMPLES[0])), Full())
    assert told.value.errno == errno.ENOSPC
