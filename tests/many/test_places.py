"""Where reports go: under names that tell which capture they are of, never the same for two, never elsewhere."""

from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.many.gathering import Gathered
from tcpladder.many.places import LONGEST, places

ENDINGS = [".html", ".json"]


def placed(*captures: tuple[str, str], endings: list[str] = ENDINGS) -> list[str]:
    return [
        str(place) for place in places([Gathered(Path(path), PurePath(place)) for path, place in captures], endings)
    ]


def test_a_named_capture_goes_under_its_name_and_one_of_a_directory_under_its_path_in_it() -> None:
    assert placed(("/c/one.pcap", "one.pcap"), ("/d/a/b/two.pcap", "a/b/two.pcap")) == ["one.pcap", "a/b/two.pcap"]


def test_captures_of_one_name_get_directories() -> None:
    assert placed(("/c/a/x.pcap", "x.pcap"), ("/c/b/x.pcap", "x.pcap"), ("/c/y.pcap", "y.pcap")) == [
        "a/x.pcap",
        "b/x.pcap",
        "y.pcap",
    ]
    assert placed(("/one/a/x.pcap", "a/x.pcap"), ("/two/a/x.pcap", "a/x.pcap")) == ["one/a/x.pcap", "two/a/x.pcap"]


def test_upper_and_lower_case_are_not_told_apart() -> None:
    assert placed(("/a/X.pcap", "X.pcap"), ("/b/x.PCAP", "x.PCAP")) == ["a/X.pcap", "b/x.PCAP"]
    assert placed(("/a/X.pcap", "X.pcap"), ("/A/x.pcap", "x.pcap")) == ["a/X.pcap", "A/x.pcap~2"]


def test_the_summary_keeps_its_name() -> None:
    assert placed(("/c/summary", "summary"), endings=[".txt"]) == ["c/summary"]
    assert placed(("/summary", "summary"), endings=[".json"]) == ["summary~2"]


@pytest.mark.parametrize(
    ("name", "fit"),
    [("..", "_"), (".", "_"), ("a\nb", "a_b"), ("a\\b", "a_b"), ("\udcff", "_"), ("-o", "-o"), ("ä", "ä")],
)
def test_names_are_made_harmless(name: str, fit: str) -> None:
    assert placed((f"/c/{name}", name)) == [fit]


def test_very_long_names_are_cut_and_stay_different() -> None:
    one, other = placed((f"/c/{'ä' * 120}1", "ä" * 120 + "1"), (f"/c/{'ä' * 120}2", "ä" * 120 + "2"))
    assert one != other
    assert max(len(name.encode()) for name in (one, other)) <= LONGEST


NAMES = st.text("aA./\\~2", min_size=1, max_size=6)


@settings(max_examples=50)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6))
def test_whatever_names_there_are_no_two_reports_are_one_file_and_none_is_elsewhere(
    names: list[tuple[str, str]],
) -> None:
    found = placed(*((f"/{path}/{number}", place) for number, (path, place) in enumerate(names)))
    assert len({place.casefold() for place in found}) == len(found)
    for place in map(PurePath, found):
        assert not place.is_absolute()
        assert ".." not in place.parts
