"""The SVG format: one picture in a file that needs nothing else."""

import io
import re
from xml.etree import ElementTree as ET

import numpy as np

from tcpladder.report.formats.svg import write
from tcpladder.report.model import Contents, Report
from tests.markup import parsed
from tests.samples import sample

STANDARD = Contents()


def picture(contents: Contents = STANDARD) -> bytes:
    out = io.BytesIO()
    report = Report(analysis=sample("lost-fin.client"), numbers=np.array([1]), scope="number 1", contents=contents)
    write(report, out)
    return out.getvalue()


def test_a_picture_needs_nothing_from_elsewhere() -> None:
    text = picture().decode()
    assert parsed(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert set(re.findall(r"https?://[^\"]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\(|@import|href", text)


def test_ascii_is_ascii_and_says_the_same() -> None:
    plain, whole = picture(Contents(is_ascii=True)), picture()
    assert plain.isascii()
    assert ET.tostring(parsed(plain)) == ET.tostring(parsed(whole))
