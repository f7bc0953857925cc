"""The HTML format in a browser: nothing is complained of, nothing is loaded, and the table sorts."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.report.formats.html import write
from tcpladder.report.model import whole_report
from tcpladder.settings.names import Names
from tests.annotating import annotations
from tests.chromium import CHROMIUM, chromium
from tests.samples import sample

HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
FIRST = "document.querySelector('#list tbody tr').id"
ROWS = "document.querySelectorAll('#list tbody tr').length"


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
async def test_a_page_works_in_chromium(tmp_path: Path) -> None:
    file = tmp_path / "<img src=x>.html"
    notes = annotations({1: Annotation(note=HOSTILE)})
    names = Names({"192.0.2.10": HOSTILE})
    with file.open("wb") as out:
        write(replace(whole_report(sample("showcase")), names=names, annotations=notes), out)
    async with chromium() as page:
        await page.open(f"file://{quote(str(file))}")
        await page.until_true("document.getElementById('matches')?.textContent == '24 of 24'")
        assert await page.value(FIRST) == "t14"
        await page.value("document.querySelector('th[data-key=bytes] button').focus()")
        await page.press("Enter")
        assert await page.value("document.querySelector('th[aria-sort]').dataset.key") == "bytes"
        least = await page.value("document.querySelector('#list tbody tr td:nth-child(10)').textContent")
        await page.press("Enter")
        assert await page.value("document.querySelector('th[data-key=bytes]').ariaSort") == "descending"
        most = await page.value("document.querySelector('#list tbody tr td:nth-child(10)').textContent")
        assert (least, most) == ("0", "31569")
        await page.value("document.querySelector('a[data-find=refused]').click()")
        assert (await page.value(FIRST), await page.value(ROWS)) == ("t9", 1)
        await page.value("location.hash = '#t24'")
        await page.until_true(f"{FIRST} == 't24'")
        await page.value("location.hash = '#c14'")
        await page.until_true("document.getElementById('c14').open")
        assert await page.value("window.hacked === undefined")
        assert page.complaints == []
        assert [url for url in page.asked_for if not url.startswith(("file://", "about:"))] == []
        assert len([url for url in page.asked_for if url.startswith("file://")]) == 1
