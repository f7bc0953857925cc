"""The page of a batch: it leads to the reports, the worst first, and nothing in it is obeyed."""

import re
from pathlib import Path

from tcpladder.many.batch_summary import Outcome
from tcpladder.many.crew import Failure
from tcpladder.many.summary_page import summary_page
from tcpladder.report.web.page import digest
from tests.many.test_batch_summary import OUTCOMES

HOSTILE = Outcome(
    capture=Path("<script>alert(1)</script>\x1b.pcap"),
    reports=("javascript_<x>/a?b#c.pcap.html",),
    result=Failure('It is "<b>empty</b>".'),
)


def test_captures_without_a_report_come_first_then_the_worst() -> None:
    page = summary_page(OUTCOMES, "0.1.0")
    rows = re.findall(r"<tr><td>([^<]*)</td><td>", page)
    assert rows == [r"bad\x1b.pcap", "b.pcap", "a.pcap", "cut.pcap", "old.pcap"]
    assert '<a href="./b.pcap.html">html</a>' in page
    assert "It is empty." in page
    assert "It was cut short." in page
    assert "Not read again" in page
    assert '<span class="violation">■ 1 violation</span>' in page


def test_text_from_elsewhere_is_text() -> None:
    page = summary_page([HOSTILE, *OUTCOMES], "0.1.0")
    assert "<script" not in page
    assert "<b>" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\x1b.pcap" in page
    linked = Outcome(capture=Path("x"), reports=HOSTILE.reports, result=OUTCOMES[0].result)
    assert 'href="./javascript_%3Cx%3E/a%3Fb%23c.pcap.html"' in summary_page([linked], "0.1.0")


def test_only_its_own_style_is_let_through() -> None:
    page = summary_page([], "0.1.0")
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    assert f"style-src '{digest(style)}'" in page.replace("&#39;", "'").replace("&#43;", "+")
    assert "No findings" in page
