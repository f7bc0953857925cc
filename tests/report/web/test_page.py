"""The HTML page: whole, linked, and deaf to what captures, names and notes say."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from tcpladder.annotations.document import Annotation
from tcpladder.report.model import Contents, Ladders, Report, whole_report
from tcpladder.report.web.page import digest, write_page
from tcpladder.settings.names import Names
from tests.annotating import annotations
from tests.markup import HtmlPage
from tests.samples import sample

SHOWCASE = sample("showcase")
WHOLE = whole_report(SHOWCASE)
HOSTILE = (
    "</script></title></style>--><script>window.hacked=1</script><img src=x onerror=alert(1)>\" ' {{ 7*7 }} \u202e\x1b"
)


def text_of(report: Report) -> str:
    out = io.BytesIO()
    write_page(report, out)
    return out.getvalue().decode()


def test_every_link_leads_to_a_place_on_the_page() -> None:
    notes = annotations({1: Annotation(mark="a")}, {1: Annotation(note="first\nsecond")})
    page = HtmlPage(text_of(replace(WHOLE, annotations=notes)))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert {"summary", "findings", "connections", "ladders", "notes", "t14", "c14", "rule-td-fin-unacked"} <= set(
        page.ids
    )


def test_only_its_own_style_and_script_are_let_through_and_nothing_is_loaded() -> None:
    text = text_of(WHOLE)
    page = HtmlPage(text)
    (policy,) = (each["content"] for _, each in page.elements if each.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    _, script = page.texts["script"]
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'{digest(script)}'"
    assert rules["style-src"] == f"'{digest(page.texts['style'][0])}'"
    assert not [each for _, each in page.elements if {"style", "src", "onclick", "onload"} & each.keys()]
    assert set(re.findall(r"https?://[^\"<]+", text)) == {"http://www.w3.org/2000/svg"}


def test_each_finding_says_how_far_it_goes_and_each_rule_where_it_comes_from() -> None:
    text = text_of(whole_report(sample("reset-in-reply-to-fin.server"), Contents(ladders=Ladders.NONE)))
    for words in (
        "td-rst-reply-to-fin</code> · RFC 9293 §3.6",
        "<dt>evidence</dt><dd>frames 5, 4; confidence high</dd>",
        "<dt>missing</dt><dd>the capture ends too soon after it",
        "<dt>would change it</dt><dd>A capture that goes on for longer would tell more.</dd>",
        "<h4>Harmless when</h4>",
        "<h4>Likely causes</h4>",
        "<h4>What to try next</h4>",
    ):
        assert words in text
    assert "<details" not in text


def test_names_notes_and_files_mean_nothing_to_a_browser() -> None:
    hostile = replace(
        WHOLE,
        analysis=replace(SHOWCASE, files=(Path("<script>hacked=1<b>\u202e.pcap"),)),
        scope=HOSTILE,
        names=Names({"192.0.2.10": HOSTILE, "198.51.100.20:80": HOSTILE}),
        annotations=annotations({1: Annotation(note=HOSTILE)}, {1: Annotation(note=HOSTILE)}),
    )
    text = text_of(hostile)
    page = HtmlPage(text)
    assert len(page.texts["script"]) == 2
    assert "img" not in page.texts
    assert not set("\u202e\x1b") & set(text)
    assert "49" not in "".join(page.texts["header"])
    assert r"\u202e" in page.texts["title"][0]
    data = json.loads(page.texts["script"][0])
    assert any(r"\u202e" in name for name in data["columns"]["initiator"]["names"])


def test_a_report_of_some_says_so_and_of_none_is_whole_too() -> None:
    some = text_of(Report(analysis=SHOWCASE, numbers=np.array([4, 14]), scope="connections 4, 14"))
    assert "This report has 2 of the capture's 24 connections." in some
    page = HtmlPage(some)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    nothing = text_of(Report(analysis=SHOWCASE, numbers=np.empty(0, np.int64), scope="none"))
    assert "No findings in 0 connections" in nothing
    assert "ladders" not in HtmlPage(nothing).ids


def test_ascii_is_ascii_and_says_the_same() -> None:
    plain, whole = (
        HtmlPage(text_of(whole_report(sample("lost-fin.client"), Contents(is_ascii=is_ascii))))
        for is_ascii in (True, False)
    )
    assert plain.texts == whole.texts
