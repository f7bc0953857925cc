"""Reports in plain text."""

import io

from tcpladder.report.formats.text import write
from tcpladder.report.model import Contents, Ladders, whole_report
from tests.samples import sample


def text_of(contents: Contents) -> str:
    out = io.BytesIO()
    write(whole_report(sample("reset-in-reply-to-fin.server"), contents), out)
    return out.getvalue().decode()


def test_each_finding_says_what_it_rests_on_and_when_it_is_harmless() -> None:
    lines = [*text_of(Contents(ladders=Ladders.NONE)).splitlines(), ""]
    at = next(at for at, line in enumerate(lines) if line.startswith(("note  td-rst", "deviation  td-rst")))
    own = lines[at + 2 : lines.index("", at)]
    assert own[0].startswith("    proof: frames ")
    assert own[-1].startswith("    Harmless when: ")


def test_ladders_are_there_where_they_are_wanted() -> None:
    assert "◄" in text_of(Contents())
    assert "◄" not in text_of(Contents(ladders=Ladders.NONE))


def test_ascii_is_ascii() -> None:
    assert text_of(Contents(is_ascii=True)).isascii()
