"""Which connections a report is about."""

import numpy as np
import pytest

from tcpladder.errors import UsageError
from tcpladder.report.scope import check_only, numbered, with_findings
from tcpladder.rulebook.findings import concerned
from tcpladder.rulebook.levels import Level
from tests.samples import sample

SHOWCASE = sample("showcase")


@pytest.mark.parametrize(
    ("word", "least"), [("deviating", Level.DEVIATION), ("findings", Level.NOTE), ("violations", Level.VIOLATION)]
)
def test_a_level_keeps_connections_with_findings_of_it_and_of_graver_ones(word: str, least: Level) -> None:
    expected = {n for f in SHOWCASE.judgement.findings if f.level >= least for n in concerned(f)}
    assert set(np.flatnonzero(with_findings(SHOWCASE, [word])) + 1) == expected


def test_a_rule_keeps_connections_where_it_matched() -> None:
    expected = {f.connection for f in SHOWCASE.judgement.findings if f.rule == "rst-data-lost"}
    assert expected
    assert set(np.flatnonzero(with_findings(SHOWCASE, ["rst-data-lost"])) + 1) == expected


def test_what_is_no_rule_is_told() -> None:
    check_only(["deviating", "td-fin-unacked"])
    with pytest.raises(UsageError, match="There is no rule 'td-fin'"):
        check_only(["td-fin"])


def test_connections_are_chosen_by_number() -> None:
    assert np.flatnonzero(numbered(SHOWCASE, [3, 1])).tolist() == [0, 2]
    with pytest.raises(UsageError, match="has no connection 99"):
        numbered(SHOWCASE, [99])
