"""What the user may choose of a ladder, and what comes next of each."""

import pytest

from tcpladder.ladder.options import ColourMode, Detail, LadderOptions, SequenceNumbers, TimeFormat


@pytest.mark.parametrize(
    ("is_wide", "has_reference", "formats"),
    [
        (False, False, ["start", "clock", "delta", "start"]),
        (False, True, ["start", "clock", "reference", "delta"]),
        (True, False, ["clock", "delta", "clock", "delta"]),
        (True, True, ["clock", "reference", "delta", "clock"]),
    ],
)
def test_times_go_round_through_what_looks_different(
    is_wide: bool,  # noqa: FBT001 - a case
    has_reference: bool,  # noqa: FBT001
    formats: list[str],
) -> None:
    options, found = LadderOptions(), []
    for _ in formats:
        options = options.with_next_time(is_wide=is_wide, has_reference=has_reference)
        found.append(options.time.value)
    assert found == formats


def test_a_time_that_is_not_offered_goes_on_from_the_beginning() -> None:
    options = LadderOptions(time=TimeFormat.REFERENCE)
    assert options.with_next_time(is_wide=True, has_reference=False).time is TimeFormat.CLOCK


def test_the_others_go_round() -> None:
    options = LadderOptions()
    assert options.with_next_detail().detail is Detail.FULL
    assert options.with_next_detail().with_next_detail().detail is Detail.SHORT
    assert options.with_next_colours().colours is ColourMode.FINDING
    assert options.with_other_numbers().numbers is SequenceNumbers.RAW
    assert options.with_other_numbers().with_other_numbers() == options
