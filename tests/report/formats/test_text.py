"""Reports in plain text."""

import io

import pytest

from tcpladder.report.formats.text import write
from tcpladder.report.model import Contents, Ladders, whole_report
from tests.samples import sample


def text_of(contents: Contents) -> str:
    out = io.BytesIO()
    write(whole_report(sample("reset-in-reply-to-fin.server"), contents), out)
    return out.getvalue().decode()


def test_findings_stand_below_their_rule_with_its_clause_and_its_harmless_case() -> None:
    lines = [*text_of(Contents(ladders=Ladders.NONE)).splitlines(), ""]
    at = next(at for at, line in enumerate(lines) if line.startswith(("note  td-rst", "deviation  td-rst")))
    heading, clause, *own = lines[at : lines.index("", at)]
    assert heading.endswith("A FIN is answered with RST instead of a FIN")
    assert clause == "    RFC 9293 §3.6, RFC 9293 §3.5.2"
    assert own[0].startswith("  #1 ")
    assert own[1].startswith("      proof: frames ")
    assert own[-1].startswith("    Harmless when: ")


def test_ladders_are_there_where_they_are_wanted() -> None:
    assert "◄" in text_of(Contents())
    assert "◄" not in text_of(Contents(ladders=Ladders.NONE))


def test_ascii_is_ascii() -> None:
    assert text_of(Contents(is_ascii=True)).isascii()


def test_ladders_are_not_left_out_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpladder.report.model.MOST_LADDERS", 2)
    out = io.BytesIO()
    write(whole_report(sample("showcase")), out)
    assert out.getvalue().decode().endswith("\n22 ladders are left out: there would be too many.\n")
