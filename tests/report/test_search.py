"""Connections found by their words."""

import pytest

from tcpladder.report.listing import Listing
from tcpladder.report.search import numbers_with
from tests.samples import sample


@pytest.fixture(scope="module")
def listing() -> Listing:
    analysis = sample("showcase")
    return Listing(analysis, analysis.judgement)


def found(listing: Listing, part: str) -> list[int]:
    numbers: list[int] = numbers_with(listing, lambda words: part in words).tolist()
    return numbers


def test_what_the_list_says_is_searched(listing: Listing) -> None:
    assert found(listing, "[2001:db8::20]:80") == [24]
    assert found(listing, "198.51.100.20:80\n") == [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 18, 19, 20, 21, 22, 23]
    assert (
        found(listing, "refused") == [number for number in found(listing, "refused") if number in (9, 10, 11, 14)] != []
    )
    assert found(listing, "nothing of that kind") == []


def test_what_a_filter_leaves_out_is_searched_too(listing: Listing) -> None:
    nothing = listing.filtered(listing.table["connection"].to_numpy() == 0)
    assert found(nothing, "[2001:db8::20]:80") == [24]


def test_without_a_judgement_there_are_endpoints(listing: Listing) -> None:
    assert numbers_with(Listing(sample("showcase")), lambda words: "[2001:" in words).tolist() == [24]


def test_a_search_can_be_stopped(listing: Listing) -> None:
    assert numbers_with(listing, lambda _: True, lambda: True).tolist() == []
