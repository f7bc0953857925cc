"""From a line to connections: tokens and display filters, and what is told where a line is neither."""

import pytest

from tcpladder.errors import UsageError
from tcpladder.filters.choosing import asks_about, check, chosen
from tcpladder.settings.names import Names
from tests.samples import sample


@pytest.mark.parametrize(
    ("line", "numbers"), [("class:refused", [9]), ("host:feed", [6]), ("= tcp.flags.reset == 1", [7, 8, 9, 14])]
)
def test_what_a_line_keeps(line: str, numbers: list[int]) -> None:
    kept = chosen(sample("showcase"), line, Names({"198.51.100.20:5000": "feed"}))
    assert [number for number, is_kept in enumerate(kept.tolist(), start=1) if is_kept] == numbers


def test_a_line_that_is_no_filter() -> None:
    for ask in (check, lambda line: chosen(sample("showcase"), line, Names({}))):
        with pytest.raises(UsageError, match="The filter 'prot:443' is not understood at character 1: There is no"):
            ask("prot:443")


def test_a_display_filter_that_is_none() -> None:
    check("= tcp.nonsense")  # only tshark can tell
    with pytest.raises(UsageError, match=r"The display filter 'tcp\.nonsense' is not understood: "):
        chosen(sample("showcase"), "= tcp.nonsense", Names({}))


@pytest.mark.parametrize(
    ("line", "asks"),
    [("noted", True), ("port:80 (class:refused or !marked:a)", True), ("port:80 noted?", False), ("= frame", False)],
)
def test_whether_a_line_asks_about_what_is_written(line: str, *, asks: bool) -> None:
    assert asks_about(line, ("note", "marked")) is asks
