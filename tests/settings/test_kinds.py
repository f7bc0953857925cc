"""Each kind of setting takes what its words say, and says so of whatever else it is given."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.settings.kinds import Entries, Flag, Kind, Number, OneOf, Several, Shaped, Text, UnfitError, shown, toml

PREFERENCE = Shaped(":", "name:value")


@pytest.mark.parametrize(
    ("kind", "value", "taken"),
    [
        (Flag(), True, True),
        (Number(0, 9), 9, 9),
        (OneOf(("on", "off")), "off", "off"),
        (Text(), "a path/é", "a path/é"),
        (PREFERENCE, "tls.keylog:x:y", "tls.keylog:x:y"),
        (Several(PREFERENCE), ["a:b", "c:d"], ("a:b", "c:d")),
        (Entries("names"), {"10.0.0.1": "web"}, {"10.0.0.1": "web"}),
    ],
)
def test_what_is_fit_is_taken(kind: Kind, value: object, taken: object):
    assert kind.taken(value) == taken


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (Flag(), 1, "has to be true or false"),
        (Number(0, 9), 10, "has to be a whole number from 0 to 9"),
        (Number(0, 9), True, "has to be a whole number from 0 to 9"),
        (Number(0, 9), 1.5, "has to be a whole number from 0 to 9"),
        (OneOf(("on", "off")), "of", 'has to be "on" or "off"'),
        (OneOf(("on", "off")), ["on"], 'has to be "on" or "off"'),
        (Text(), 3, "has to be text, in quotes"),
        (Text(), "a\x1b[2J", "has a control character in it"),
        (Text(longest=3), "four", "has more than 3 characters"),
        (PREFERENCE, "no-colon", "has to be name:value"),
        (PREFERENCE, "-r:x", "has to be name:value"),  # tshark would take it for an option
        (Several(PREFERENCE), "a:b", "has to be an array of name:value"),
        (Several(PREFERENCE), ["a:b", 3], "has to be name:value, in quotes"),
        (Entries("names"), {"10.0.0.1": 7}, "has to be text, in quotes"),
        (Entries("names"), 7, "has to be a table"),
    ],
)
def test_what_is_unfit_is_told(kind: Kind, value: object, sentence: str):
    with pytest.raises(UnfitError, match="has") as told:
        kind.taken(value)
    assert str(told.value) == sentence


VALUES: st.SearchStrategy[Any] = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(st.characters(codec="utf-8"))
)


@given(value=st.one_of(VALUES, st.lists(VALUES), st.dictionaries(st.text(st.characters(codec="ascii")), VALUES)))
@settings(max_examples=50)
def test_a_value_that_is_written_is_read_back(value: object):
    assert tomllib.loads(f"value = {toml(value)}")["value"] == value


def test_a_wrong_value_is_shown_short_and_harmless():
    assert shown("x" * 1000) == '"' + "x" * 38 + "…"
    assert "\x1b" not in shown("\x1b[2J")
