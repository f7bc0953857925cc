"""Which formats there are."""

from pathlib import Path

import pytest

from tcpladder.errors import UsageError
from tcpladder.report.format import format_named, format_of, formats


def test_names_and_endings_are_each_one_format_s() -> None:
    names = [each.name for each in formats()]
    endings = [suffix for each in formats() for suffix in each.suffixes]
    assert len(set(names)) == len(names)
    assert len(set(endings)) == len(endings)
    assert all(suffix.startswith(".") for suffix in endings)


def test_a_format_is_found_by_its_name_and_by_a_file_s_ending() -> None:
    assert format_named("text") is format_of(Path("a.TXT")) is format_named("txt")
    assert [format_of(Path(f"a{end}")).name for end in (".json", ".sarif", ".sarif.json")] == ["json", "sarif", "sarif"]


def test_what_is_no_format_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"There is no format 'doc'\. There are .*text"):
        format_named("doc")
    with pytest.raises(UsageError, match=r"The ending of 'a\.doc' is that of no format.*\.txt"):
        format_of(Path("a.doc"))
