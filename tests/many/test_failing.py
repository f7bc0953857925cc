"""Which findings fail: by level, by rule, never what is ignored."""

import pytest

from tcpladder.errors import UsageError
from tcpladder.many.failing import failing
from tests.many.checks import check_made, check_sample

GRAVE = {"diag-accept-queue-overflow", "hs-synack-after-ack"}


def rules(*fail_on: str, ignored: tuple[str, ...] = ()) -> set[str]:
    return {each.rule for each in check_sample("showcase").findings if failing(fail_on, ignored)(each)}


def test_deviations_fail_unless_something_else_is_said() -> None:
    assert rules() == rules("deviation") == rules("violation", "deviation") == GRAVE
    assert failing([]).words == ("deviation",)


def test_a_level_stands_for_itself_and_all_that_is_graver() -> None:
    assert rules("violation") == set()
    assert rules("note") == {each.rule for each in check_sample("showcase").findings}


def test_a_rule_fails_whatever_its_level_and_only_it_does() -> None:
    assert rules("hs-refused") == {"hs-refused"}
    assert rules("hs-refused", "deviation") == {"hs-refused", *GRAVE}


def test_what_is_ignored_never_fails() -> None:
    assert rules(ignored=("hs-synack-after-ack",)) == {"diag-accept-queue-overflow"}
    assert rules("hs-refused", ignored=("hs-refused",)) == set()


def test_what_a_capture_lacks_fails_only_where_it_is_named() -> None:
    found = check_made("initiator > responder  ACK len=10\n initiator < responder  ACK ack=500").notices
    assert not any(map(failing(["note"]), found))
    assert [each.rule for each in found if failing(["capture-joined-late"])(each)] == ["capture-joined-late"]
    assert failing(["incomplete"]).rules == {"capture-incomplete"}


@pytest.mark.parametrize("words", [(["hs-refusd"], []), ([], ["fatal"])])
def test_a_word_that_is_neither_is_told(words: tuple[list[str], list[str]]) -> None:
    with pytest.raises(UsageError, match=r"There is no rule '.*'\. 'tcpladder rules' lists them; violation, deviation"):
        failing(*words)
