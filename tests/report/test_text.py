"""The list and the ladders as text: golden files of some sample captures, and what holds for all.

The golden files are tests/golden/NAME.ladder.txt and show every connection of the capture at two widths. After a change
that is meant to change them, rewrite them and look at the difference before committing it:

    TCPLADDER_UPDATE_GOLDEN=1 pytest tests/report/test_text.py
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation
from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.ladder.layout import Line
from tcpladder.ladder.rungs import ladder_of
from tcpladder.report.text import connection_list, folded_rows, ladder_lines
from tcpladder.settings.names import Names
from tests import samples
from tests.annotating import annotations
from tests.building import analysed

GOLDEN = Path(__file__).parent.parent / "golden"
UPDATE = "TCPLADDER_UPDATE_GOLDEN"
WIDTHS = (80, 120)

NAMES = [
    "accept-queue-overflow.client",
    "graceful-close-by-client.client",
    "half-close-with-data.server",
    "ipv6.client",
    "lost-data.client",
    "lost-fin.client",
    "port-reuse.server",
    "refused.client",
    "reset-in-reply-to-fin.server",
    "silent-port.client",
    "simultaneous-close.client",
    "simultaneous-open.client",
]


def text(line: Line) -> str:
    return "".join(span.text for span in line).rstrip()


def ladders(analysis: Analysis, width: int, glyphs: Glyphs) -> Iterator[str]:
    count = len(analysis.connections)
    for number in range(1, count + 1):
        yield from map(text, ladder_lines(ladder_of(analysis, number, analysis.judgement), count, width, glyphs))
        yield ""


@pytest.mark.parametrize("name", NAMES)
def test_list_and_ladders_are_as_they_were(name: str) -> None:
    analysis = samples.sample(name)
    lines = [*map(text, connection_list(analysis)), ""]
    for width in WIDTHS:
        lines += ladders(analysis, width, UNICODE)
    drawn = "\n".join(lines)
    path = GOLDEN / f"{name}.ladder.txt"
    if os.environ.get(UPDATE):
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8"), f"{UPDATE}=1 takes this for the expected text"


def test_every_golden_file_is_compared() -> None:
    assert {path.name for path in GOLDEN.glob("*.txt")} == {f"{name}.ladder.txt" for name in NAMES}


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_a_ladder_has_three_headings_and_a_line_a_segment(path: Path, glyphs: Glyphs) -> None:
    analysis = samples.analysis_of(path)
    lines = list(ladders(analysis, 100, glyphs))
    ghosts = sum("did not come" in line for line in lines)
    assert len(lines) == len(analysis.connections.segments) + 4 * len(analysis.connections) + ghosts
    assert max(map(len, lines)) <= 100


def test_the_list_has_a_heading_and_aligned_columns() -> None:
    found = [
        text(line)
        for line in connection_list(
            analysed(
                """
                second = 10.0.0.1:1
                initiator > responder  SYN
                second > responder  SYN +1s
                second < responder  RST,ACK seq=0
                """
            )
        )
    ]
    assert found == [
        "   #  initiator         responder           start s  ended                init state  resp state"
        "  segs  bytes    time s  frame  history  finding",
        "   1  192.0.2.10:40000  198.51.100.20:443  0.000000  handshake-truncated  SYN-SENT    ?         "
        "     1      0  0.000000      1  S",
        "●  2  10.0.0.1:1        198.51.100.20:443  1.000000  refused              CLOSED      CLOSED    "
        "     2      0  0.010000      2  Sr       hs-refused",
    ]


def test_a_list_of_nothing_has_no_lines() -> None:
    assert list(connection_list(analysed(""))) == []


def test_endpoints_are_listed_by_their_own_names_and_columns_stay_aligned() -> None:
    names = Names({"192.0.2.10": "日本", "198.51.100.20:80": "shop", "2001:db8::/32": "lab"})
    analysis = samples.sample("showcase")
    lines = [text(line) for line in connection_list(analysis, annotations=NOTED, names=names)]
    assert lines[1].split()[1:3] == ["日本:40046", "shop:80"]
    assert lines[6].split()[2:4] == ["日本:5000", "198.51.100.20:5000"]
    assert lines[24].split()[1:3] == ["[2001:db8::10]:41950", "[2001:db8::20]:80"]  # no host of its own name
    notes = [cell_len(line[: line.index('"')]) for line in lines if '"' in line]
    assert len(notes) == 2
    assert len(set(notes)) == 1


NOTED = annotations(connections={1: Annotation(note="first"), 356: Annotation(note="last")})


def test_a_folded_ladder_has_rows_for_runs_and_hides_no_note() -> None:
    analysis = samples.sample("showcase")
    plain = ladder_of(analysis, 16, analysis.judgement)
    noted = ladder_of(analysis, 16, analysis.judgement, annotations(packets={150: Annotation(note="here")}))
    lines = [text(line) for line in ladder_lines(plain, 24, 100, UNICODE, folded_rows(plain))]
    assert len(lines) < len(plain)
    assert any("8 segs 11.6 kB" in line for line in lines)
    assert not any("no.150" in line for line in lines)
    shown = [text(line) for line in ladder_lines(noted, 24, 120, UNICODE, folded_rows(noted))]
    assert any(line.startswith('"   150') for line in shown)
