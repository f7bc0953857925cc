"""What is asked for of a report: which connections it has, and whether it is in disguise."""

import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.anonymity.keys import Key
from tcpladder.errors import UsageError
from tcpladder.report.asking import Asked
from tcpladder.report.model import Contents
from tcpladder.settings.names import NO_NAMES, Names
from tests.annotating import annotations
from tests.samples import sample


def numbers(asked: Asked, names: Names = NO_NAMES) -> list[int]:
    return list(asked.report(sample("showcase"), None, names, None).numbers.tolist())


def test_all_that_is_asked_for_has_to_hold() -> None:
    assert numbers(Asked()) == list(range(1, 25))
    assert numbers(Asked(only=("hs-refused", "hs-timeout"))) == [9, 10]
    assert numbers(Asked(only=("hs-refused", "hs-timeout"), filter_line="class:refused")) == [9]
    assert numbers(Asked(numbers=(9, 14), filter_line="host:shop"), Names({"198.51.100.20:8080": "shop"})) == [14]


def test_it_is_said_in_words() -> None:
    asked = Asked(only=("deviating",), numbers=(3, 4), filter_line="port:80\x1b")
    with pytest.raises(UsageError, match="is not understood"):
        asked.check()
    report = Asked(only=("deviating",), numbers=(14,), filter_line="port:8080").report(
        sample("showcase"), None, NO_NAMES, None
    )
    assert report.scope == "connection number 14; with findings: deviating; filtered by port:8080"
    assert Asked().report(sample("showcase"), None, NO_NAMES, None).scope == "all connections"


def test_notes_may_be_filtered_by_where_they_are_not_in_the_report() -> None:
    written = annotations(connections={12: Annotation(note="slow")})
    for has_notes in (True, False):
        asked = Asked(filter_line="note:slow", contents=Contents(has_notes=has_notes))
        assert asked.needs_annotations
        report = asked.report(sample("showcase"), written, NO_NAMES, None)
        assert report.numbers.tolist() == [2]
        assert (report.annotations is written) == has_notes
    for line in (None, "port:80"):
        assert not Asked(contents=Contents(has_notes=False), filter_line=line).needs_annotations


def test_what_is_no_rule_is_told_before_anything_is_read() -> None:
    with pytest.raises(UsageError, match="There is no rule 'hs-refusd'"):
        Asked(only=("hs-refusd",)).check()


def test_with_a_key_it_is_in_disguise() -> None:
    key = Key(bytes(32))
    report = Asked(key=key).report(sample("refused.client"), None, NO_NAMES, None)
    assert "198.51.100.20" not in report.analysis.addresses.texts()
