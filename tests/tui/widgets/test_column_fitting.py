"""Which columns there is room for, and how wide they are."""

from itertools import pairwise

import pytest

from tcpladder.report.columns import OFFERED, Column, ColumnChoice
from tcpladder.tui.widgets.column_fitting import LEAST_ENDPOINT, LEAST_FINDING, PADDING, SCROLL_BAR, Place, placed

IPV4, IPV6 = len("192.0.2.10:40000"), len("[2001:db8:1111:2222:3333:4444:5555:6666]:40000")


def longest(endpoint: int) -> dict[str, int]:
    given = {"level": 1, "connection": 5, "segments": 4, "ending": 17, "finding": 26, "history": 10}
    return {column.key: endpoint if column.key.endswith("tor") else given.get(column.key, 9) for column in OFFERED}


def places(width: int, endpoint: int = IPV4) -> dict[str, Place]:
    lengths = longest(endpoint)

    def of(column: Column) -> int:
        return lengths[column.key]

    return {place.column.key: place for place in placed(of, width)}


def test_a_narrow_screen_has_the_columns_that_matter_most() -> None:
    assert list(places(80)) == ["level", "connection", "initiator", "responder", "ending", "segments"]


def test_a_wide_screen_has_all() -> None:
    assert list(places(260)) == [column.key for column in OFFERED if column.from_width is not None]


def test_columns_stand_side_by_side() -> None:
    found = list(places(120).values())
    assert found[0].start == 0
    for left, right in pairwise(found):
        assert left.end == right.start == left.start + left.width + PADDING


@pytest.mark.parametrize("endpoint", [IPV4, IPV6])
@pytest.mark.parametrize("width", [80, 100, 120, 140, 160, 200])
def test_nothing_goes_over_the_edge(width: int, endpoint: int) -> None:
    *_, last = places(width, endpoint).values()
    assert last.end <= width - SCROLL_BAR


def test_endpoints_are_cut_before_anything_else_and_not_below_their_least() -> None:
    assert places(80, IPV6)["initiator"].width == places(80, IPV6)["responder"].width == 23
    assert places(40, IPV6)["initiator"].width == LEAST_ENDPOINT
    assert places(80, IPV4)["initiator"].width == IPV4


def test_no_further_column_costs_an_ipv4_endpoint_anything() -> None:
    for width in range(80, 250):
        assert places(width)["initiator"].width == IPV4


def test_rules_take_what_is_left_over() -> None:
    assert "finding" not in places(109, IPV6)
    assert places(120, IPV6)["finding"].width == LEAST_FINDING
    assert places(150, IPV6)["finding"].width == longest(IPV4)["finding"]


def test_chosen_columns_stand_as_they_were_chosen() -> None:
    lengths = longest(IPV4)
    chosen = (ColumnChoice(key="ending", width=5), ColumnChoice(key="responder"), ColumnChoice(key="no-such-column"))
    found = placed(lambda column: lengths[column.key], 80, chosen)
    assert [(place.column.key, place.start, place.width) for place in found] == [
        ("ending", 0, 5),
        ("responder", 7, IPV4),
    ]


def test_chosen_columns_may_go_over_the_edge_and_leave_endpoints_their_least() -> None:
    lengths = longest(IPV6)
    found = placed(lambda column: lengths[column.key], 80, tuple(ColumnChoice(key=column.key) for column in OFFERED))
    assert [place.column for place in found] == list(OFFERED)
    assert found[-1].end > 80
    assert {place.width for place in found if place.column.key in ("initiator", "responder")} == {LEAST_ENDPOINT}


def test_choices_of_which_none_is_a_column_choose_nothing() -> None:
    lengths = longest(IPV4)
    assert placed(lambda column: lengths[column.key], 80, (ColumnChoice(key="x"),)) == tuple(places(80).values())
