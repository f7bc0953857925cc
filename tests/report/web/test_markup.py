"""Markup in which nothing that a capture says means anything to a browser."""

from hypothesis import given
from hypothesis import strategies as st

from tcpladder.report.web.markup import element, lines, shown
from tests.markup import parsed

HOSTILE = "</title><script>alert(1)</script><!-- ]]> & \" ' \u202etxt.exe\x00\x1b[m"


def test_an_element_has_its_attributes_and_its_content() -> None:
    inner = element("text", shown("a < b"), x=1.5, text_anchor="end", class_="note")
    assert inner == '<text x="1.5" text-anchor="end" class="note">a &lt; b</text>'
    assert element("g", inner) == f"<g>{inner}</g>"
    assert element("path", d="M0 0") == '<path d="M0 0"/>'


def test_what_is_hidden_in_a_text_is_shown() -> None:
    assert shown(HOSTILE).endswith(r"\u202etxt.exe\x00\x1b[m")
    assert "<" not in shown(HOSTILE)
    assert lines(["a\nb", "c"]) == "a\\nb\nc"


@given(st.text(), st.text())
def test_any_text_is_one_text_of_well_formed_xml(text: str, attribute: str) -> None:
    found = parsed(element("text", shown(text), note=attribute))
    assert len(found) == 0
    assert len(found.attrib) == 1
