"""Reports in disguise: the same findings, and nothing that tells who was talking."""

import io
import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from tcpladder.anonymity.keys import Key
from tcpladder.annotations.sidecar import Annotations
from tcpladder.capture.left_out import CUT
from tcpladder.capture.reader import CaptureNotice, NoticeKind
from tcpladder.report.anonymising import anonymised
from tcpladder.report.format import Covers, Format, formats
from tcpladder.report.model import Report, whole_report
from tcpladder.report.writing import sources_of
from tcpladder.rulebook.findings import Finding
from tcpladder.settings.names import Names
from tests.building import analysed
from tests.samples import CAPTURES, analysis_of, sample

KEY = Key(b"a key of thirty-two bytes in all")


def renamed(text: str, names: dict[str, str]) -> str:
    """Write the disguise of every address in a text."""
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<![\w:.])({known})(?![\w])", lambda found: names[found[0]], text)


def disguised(finding: Finding, names: dict[str, str]) -> Finding:
    """Give a finding about the same in disguise."""
    return replace(finding, message=renamed(finding.message, names), about=renamed(finding.about, names))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_findings_stay_the_same(path: Path) -> None:
    report = whole_report(analysis_of(path))
    found = anonymised(report, KEY)
    names = dict(zip(report.analysis.addresses.texts(), found.analysis.addresses.texts(), strict=True))
    assert found.findings == tuple(disguised(each, names) for each in report.findings)
    assert found.judgement.verdicts.equals(report.judgement.verdicts)
    for one, other in zip(report.judgement.health, found.judgement.health, strict=True):
        assert replace(one, sentence=renamed(one.sentence, names)) == other
    assert found.analysis.connections.table["role_basis"].equals(report.analysis.connections.table["role_basis"])
