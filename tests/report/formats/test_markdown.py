"""Reports in Markdown, as a renderer shows them."""

import io
from dataclasses import replace

import pytest
from markdown_it.token import Token

from tcpladder.annotations.document import Place, Subject
from tcpladder.report.formats import markdown
from tcpladder.report.formats.markdown import write
from tcpladder.report.model import Contents, Ladders, Report, whole_report
from tcpladder.settings.names import Names
from tests.annotating import annotations
from tests.report.test_markdown_text import RENDERER, flat
from tests.samples import sample

HOSTILE = "`x` | </details> <img src=x> @all #1 [a](b)\n\n```\n# h"


def markdown_of(report: Report) -> str:
    out = io.BytesIO()
    write(report, out)
    return out.getvalue().decode()


def tokens_of(report: Report) -> list[Token]:
    return flat(RENDERER.parse(markdown_of(report)))


def headings(report: Report) -> list[str]:
    tokens = RENDERER.parse(markdown_of(report))
    return [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]


def test_a_report_has_its_parts_in_order() -> None:
    parts = headings(whole_report(sample("showcase")))
    assert parts[:3] == ["TCP connections of `showcase.pcap`", "The capture", "Connections"]
    assert [part for part in parts if "`" not in part][-2:] == ["Findings", "Ladders"]
    assert parts[4] == "▲ deviation: `diag-accept-queue-overflow`"


def test_connections_with_findings_come_first_and_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(markdown, "MOST_FINDINGS", 1)
    text = markdown_of(whole_report(sample("showcase"), Contents(ladders=Ladders.NONE)))
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`192.0.2.10" in line]
    assert [row.split()[1] for row in rows] == ["14", "4", "5"]
    assert "21 connections with nothing graver are left out here." in text
    assert "2 findings of this rule are left out here." in text


def test_a_rule_is_explained_once_and_each_of_its_findings_has_its_proof() -> None:
    text = markdown_of(whole_report(sample("showcase"), Contents(ladders=Ladders.NONE)))
    own = text.partition("`seq-loss-at-close` ×3")[2].partition("\n### ")[0]
    assert own.count("  - Proof: frame") == 3
    assert own.count("**Harmless when:**") == own.count("**Likely causes**") == own.count("**What to try next:**") == 1


def test_one_ladder_stands_open_and_several_are_folded() -> None:
    one = tokens_of(whole_report(sample("half-close-with-data.server")))
    assert [token.type for token in one if token.type in ("fence", "html_block")] == ["fence"]
    several = [token for token in tokens_of(whole_report(sample("showcase"))) if token.type in ("fence", "html_block")]
    assert [token.type for token in several[:3]] == ["html_block", "fence", "html_block"]
    assert max(map(len, several[1].content.splitlines())) <= markdown.WIDTH


def test_ladders_stop_where_a_ticket_is_full_unless_all_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MOST_CHARACTERS", 25_000)
    some = markdown_of(whole_report(sample("showcase")))
    assert "ladders that would make this too long for a ticket are left out here." in some
    assert some.count("<details>") < 24
    assert "<summary>Connection 14:" in some  # of the gravest finding
    assert markdown_of(whole_report(sample("showcase"), Contents(ladders=Ladders.ALL))).count("<details>") == 24


def test_ladders_are_not_left_out_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpladder.report.model.MOST_LADDERS", 0)
    text = markdown_of(whole_report(sample("showcase")))
    assert text.endswith("## Ladders\n\n24 ladders that would make this too long for a ticket are left out here.\n")


def test_hostile_text_is_only_text() -> None:
    analysis = sample("showcase")
    written = annotations()
    written.set_note(Place(Subject.CONNECTION, 1), HOSTILE)
    written.set_note(Place(Subject.PACKET, 2), HOSTILE)
    plain = replace(whole_report(analysis), annotations=annotations())
    hostile = replace(plain, scope=HOSTILE, names=Names({"192.0.2.10": HOSTILE}), annotations=written)
    kinds = {token.type for token in tokens_of(plain)}
    tokens = tokens_of(hostile)
    assert {token.type for token in tokens} <= kinds
    assert not {"link_open", "image", "html_inline"} & {token.type for token in tokens}
    rows = [token.type for token in tokens].count("tr_open")
    assert rows == [token.type for token in tokens_of(plain)].count("tr_open")
    blocks = [token.content.split("<summary>")[0].strip() for token in tokens if token.type == "html_block"]
    assert set(blocks) == {"<details>", "</details>"}


def test_ascii_is_ascii() -> None:
    text = markdown_of(whole_report(sample("showcase"), Contents(is_ascii=True)))
    assert text.isascii()
    assert "RFC 9293 &#167;3" in text
