"""A file is taken apart into statements, whatever is wrong with some of them."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.settings.statements import statements


def test_each_statement_has_its_lines():
    text = 'version = 1\n\n# a comment\n[tshark]\npreferences = [\n  "a:b", # why\n]\n'
    text += 'path = """\nx"""\n[a."b.c"]\nd.e = 2\n'
    found = list(statements(text))
    assert [(one.line, one.end) for one in found] == [(1, 2), (4, 5), (5, 8), (8, 10), (10, 11), (11, 12)]
    assert [one.header for one in found] == [None, ("tshark",), None, None, ("a", "b.c"), None]
    assert found[2].entries == ((("preferences",), ["a:b"]),)
    assert found[3].entries == ((("path",), "x"),)
    assert found[5].entries == ((("d", "e"), 2),)


def test_what_is_wrong_costs_no_other_statement():
    found = list(statements('a = \nb = 2\nc = [\n"d"\n[e\nf = 3\n'))
    assert [one.line for one in found if one.trouble] == [1, 3, 4, 5]
    assert [one.entries for one in found if one.entries] == [((("b",), 2),), ((("f",), 3),)]
    assert [one.header for one in found if one.line == 5] == [()]  # whose table follows can't be told


def test_an_inline_table_is_its_entries():
    (found,) = statements("a = {b = 1, c.d = 2, e = {}}")
    assert found.entries == ((("a", "b"), 1), (("a", "c", "d"), 2), (("a", "e"), {}))


def test_deep_nesting_is_no_way_to_end_the_program():
    (found,) = statements("a = " + "[" * 100_000)
    assert found.trouble


@given(text=st.text(st.sampled_from("a=[]{}\"'\n.# 1\r\\,"), max_size=60))
@settings(max_examples=200)
def test_a_file_of_sound_toml_has_no_troubled_statement(text: str):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        list(statements(text))
        return
    assert not [one for one in statements(text) if one.trouble]
