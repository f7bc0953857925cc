"""The table has every setting once, and each default is a value that its kind would take."""

import pytest

from tcpladder.settings.kinds import toml
from tcpladder.settings.statements import statements
from tcpladder.settings.table import Setting, rows


def test_keys_and_fields_are_unique():
    assert len({row.key for row in rows()}) == len({row.field for row in rows()}) == len(rows())


def test_settings_of_one_section_stand_together():
    sections = [row.section for row in rows()]
    changes = [one for one, other in zip(sections, ["", *sections], strict=False) if one != other]
    assert len(changes) == len(set(changes))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.key)
def test_a_default_is_a_value_that_may_stand_in_the_file(row: Setting):
    (statement,) = statements(f"value = {toml(row.default)}")
    if row.default != {}:
        assert row.kind.taken(statement.entries[0][1]) == row.default
    assert row.meaning.endswith(".")
