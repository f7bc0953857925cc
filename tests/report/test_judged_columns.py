"""What is judged of connections, as columns of the list."""

from dataclasses import replace

import numpy as np

from tcpladder.report.judged_columns import CLEAN, Found, judged_columns
from tcpladder.rulebook.levels import Level
from tests.samples import sample


def test_without_a_judgement_nothing_is_known() -> None:
    columns = judged_columns(3, None, Found(None))
    assert columns["gravity"].to_list() == [CLEAN] * 3
    assert columns["findings"].to_list() == [0] * 3
    for name in ("ending", "history", "irtt", "retransmissions", "reset_by"):
        assert columns[name].null_count() == 3


def test_columns_have_the_same_types_with_a_judgement_and_without() -> None:
    judgement = sample("showcase").judgement
    judged, unknown = judged_columns(24, judgement, Found(judgement)), judged_columns(24, None, Found(None))
    assert {name: column.dtype for name, column in judged.items()} == {
        name: column.dtype for name, column in unknown.items()
    }
    assert judged["retransmissions"].to_list()[13] == 8


def test_retransmissions_of_connections_that_are_not_judged_yet_are_not_known() -> None:
    judgement = sample("showcase").judgement
    partly = replace(judgement, verdicts=judgement.verdicts.with_columns(ending=None), judged=0)
    assert judged_columns(24, partly, Found(partly))["retransmissions"].null_count() == 24


def test_findings_are_counted_by_level_for_what_is_kept() -> None:
    judgement = sample("showcase").judgement
    found = Found(judgement)
    assert found.counts(None) == {Level.DEVIATION: 2, Level.NOTE: 17} == dict(judgement.counts)
    assert found.counts(np.zeros(24, np.bool_)) == {}
    is_kept = np.arange(1, 25) == 9
    about_9 = [finding for finding in judgement.findings if 9 in (finding.connections or ()) or finding.connection == 9]
    assert sum(found.counts(is_kept).values()) == len(about_9)


def test_there_may_be_no_findings() -> None:
    assert Found(None).counts(None) == Found(None).counts(np.ones(4, np.bool_)) == {}
