"""Reports in disguise: the same findings, and nothing that tells who was talking."""

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.anonymity.keys import Key
from tcpladder.capture.left_out import CUT
from tcpladder.capture.reader import CaptureNotice, NoticeKind
from tcpladder.report.anonymising import DISGUISED, anonymised
from tcpladder.report.format import Covers, Format, formats
from tcpladder.report.model import Report, Table, whole_report
from tcpladder.report.writing import sources_of
from tcpladder.rulebook.findings import Finding
from tcpladder.settings.names import Names
from tests.annotating import annotations
from tests.samples import CAPTURES, path_of, sample, together

KEY = Key(b"a key of thirty-two bytes in all")


def renamed(text: str, names: dict[str, str]) -> str:
    """Write the disguise of every address in a text."""
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<![\w:.])({known})(?![\w])", lambda found: names[found[0]], text)


def disguised(finding: Finding, names: dict[str, str]) -> Finding:
    """Give a finding about the same in disguise."""
    return replace(finding, message=renamed(finding.message, names), about=renamed(finding.about, names))


@pytest.mark.parametrize("paths", [CAPTURES, [path_of("showcase")]], ids=["all samples", "showcase"])
def test_findings_stay_the_same(paths: list[Path]) -> None:
    report = whole_report(together(paths))
    found = anonymised(report, KEY)
    assert len(report) >= len(paths)
    assert len({finding.rule for finding in report.findings}) > 5
    names = dict(zip(report.analysis.addresses.texts(), found.analysis.addresses.texts(), strict=True))
    assert not names.keys() & set(names.values())
    assert found.findings == tuple(disguised(each, names) for each in report.findings)
    assert found.judgement.verdicts.equals(report.judgement.verdicts)
    for one, other in zip(report.judgement.health, found.judgement.health, strict=True):
        assert replace(one, sentence=renamed(one.sentence, names)) == other
    assert found.analysis.connections.table["role_basis"].equals(report.analysis.connections.table["role_basis"])


NAMES = Names({"192.0.2.0/24": "payroll", "0.0.0.0/0": "elsewhere", "::/0": "elsewhere6"})
SECRETS = ("payroll", "elsewhere", "elsewhere6", "the boss", "showcase", "sample_captures", str(Path.cwd()))


def full(name: str, numbers: list[int] | None = None) -> Report:
    """Make a report of a sample with names and notes."""
    report = replace(whole_report(sample(name)), names=NAMES, scope="connections filtered by host:showcase")
    written = annotations(
        packets={1: Annotation(mark="a", note="the boss")}, connections={1: Annotation(note="the boss")}
    )
    return replace(report, annotations=written, numbers=report.numbers if numbers is None else np.array(numbers))


def text_of(form: Format, report: Report) -> str:
    """Write a report and read all that is in it."""
    out = io.BytesIO()
    form.write(report, out)
    out.seek(0)
    if form.name == "parquet":
        return pl.read_parquet(out).write_csv() + str(pl.read_parquet_metadata(out))
    return out.getvalue().decode(errors="surrogateescape")


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.name)
def test_nothing_that_is_written_tells_who_was_talking(form: Format) -> None:
    report = full("showcase", [1, 10, 14, 24] if form.covers is Covers.CONNECTIONS else [14])
    found = anonymised(report, KEY)
    texts = [
        text_of(form, replace(found, contents=replace(found.contents, table=table)))
        for table in (Table if form.name in ("csv", "parquet") else [Table.CONNECTIONS])
    ]
    table = report.analysis.connections.table
    ports = [f"{end}{port}" for port in set(table["initiator_port"]) - set(table["responder_port"]) for end in ":,"]
    written = "".join(texts)
    assert [word for word in (*SECRETS, *report.analysis.addresses.texts(), *ports) if word in written] == []
    shown = "".join(text_of(form, replace(report, contents=found.contents)) for _ in texts)
    assert any(word in shown for word in (*SECRETS, *report.analysis.addresses.texts()))


def test_a_report_in_disguise_has_no_notes_names_or_words_of_its_user() -> None:
    found = anonymised(full("showcase"))
    assert (found.name, found.scope, found.noted) == ("capture", "all connections", ())
    assert anonymised(full("showcase", [3, 5])).scope == "chosen connections"
    assert not found.names
    assert found.analysis.addresses.texts() != anonymised(full("showcase")).analysis.addresses.texts()
    merged = replace(full("showcase").analysis, files=(Path("a"), Path("b")))
    assert anonymised(replace(full("showcase"), analysis=merged)).name == "capture-1, capture-2"


def test_the_capture_itself_is_still_known_to_what_must_not_write_over_it() -> None:
    report = full("showcase")
    assert set(sources_of(anonymised(report))) == set(sources_of(report))


def test_notices_are_told_without_the_names_in_them() -> None:
    cut = CaptureNotice(kind=NoticeKind.SKIPPED, sentence=f"2 TCP frames are left out: {CUT}")
    told = [CaptureNotice(kind=kind, sentence="'/home/ann/x.pcap' is cut short in frame 7.") for kind in NoticeKind]
    analysis = replace(sample("showcase"), notices=(cut, *told))
    found = anonymised(whole_report(analysis)).analysis
    assert found.notices[:2] == (DISGUISED, cut)
    assert [notice.kind for notice in found.notices[2:]] == list(NoticeKind)
    assert not [notice for notice in found.notices if "ann" in notice.sentence]
    assert found.is_incomplete
