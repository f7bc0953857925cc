"""The rules' pages say what the rules say."""

from docs.make_rule_pages import PAGES, pages


def test_the_pages_are_those_of_the_rules() -> None:
    wanted = dict(pages())
    assert {place.name for place in PAGES.glob("*.md")} == {place.name for place in wanted}, "make rule-pages"
    outdated = [place.name for place, text in wanted.items() if place.read_text() != text]
    assert outdated == [], "make rule-pages"
