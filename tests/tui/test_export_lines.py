"""The lines of the export dialog."""

from dataclasses import fields

import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.report.format import Format, format_named, formats
from tcpladder.report.model import Ladders
from tcpladder.tui.export_lines import FIELDS, LEFT_OUT, LINES, NOT_HERE, NOTHING_NOTED, Offer, offers
from tcpladder.tui.exporting import Choices, Exported, Folds
from tests.annotating import annotations
from tests.samples import sample

PLAIN = Exported(analysis=sample("showcase"), scopes=())
NOTED = Exported(analysis=sample("showcase"), scopes=(), annotations=annotations({1: Annotation(mark="a")}))


def test_every_choice_has_a_line() -> None:
    assert {*FIELDS.values()} == {field.name for field in fields(Choices)}
    assert {*FIELDS, "what"} == {*LINES}


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.name)
def test_of_every_format_something_is_chosen_wherever_something_can_be(form: Format) -> None:
    for offer in offers(form, Choices(), NOTED).values():
        assert (offer.chosen in offer.words) or not offer.words or offer.chosen is Folds.SEEN
        assert offer.words or offer.otherwise


def test_what_makes_no_difference_is_not_offered() -> None:
    assert offers(format_named("csv"), Choices(), PLAIN)["folds"] == Offer(words={}, chosen=None, otherwise=NOT_HERE)
    assert offers(format_named("csv"), Choices(), PLAIN)["table"].words
    assert not offers(format_named("text"), Choices(), PLAIN)["table"].words


def test_notes_can_be_had_where_there_are_some_and_addresses_are_as_they_are() -> None:
    text = format_named("text")
    assert offers(text, Choices(), PLAIN)["notes"].otherwise == NOTHING_NOTED
    assert offers(text, Choices(), NOTED)["notes"].words
    assert offers(text, Choices(is_disguised=True), NOTED)["notes"].otherwise == LEFT_OUT


def test_a_format_that_has_no_ladders_by_itself_has_none_unless_they_are_asked_for() -> None:
    offer = offers(format_named("json"), Choices(), PLAIN)["ladders"]
    assert Ladders.AUTO not in offer.words
    assert offer.chosen is Ladders.NONE
    assert offers(format_named("json"), Choices(ladders=Ladders.ALL), PLAIN)["ladders"].chosen is Ladders.ALL
