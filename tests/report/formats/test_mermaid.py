"""Reports as Mermaid sequence diagrams: every line is one of a few kinds, whatever is in the capture."""

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.annotations.document import Annotation
from tcpladder.printable import printable
from tcpladder.report.formats import mermaid
from tcpladder.report.formats.mermaid import inert, write
from tcpladder.report.model import Contents, Report
from tcpladder.settings.names import Names
from tests.annotating import annotations
from tests.samples import CAPTURES, analysis_of, sample

TEXT = r"(?:[0-9A-Za-z .,:()'+/=?_-]|#[0-9]+;|<br/>|[●▲■►◄·…])+"
ENDS = "(?:initiator|responder)"
LINE = re.compile(
    rf"sequenceDiagram|    (?:title {TEXT}|participant {ENDS} as {TEXT}"
    rf"|Note (?:left of initiator|right of responder|over initiator,responder): {TEXT}"
    rf"|{ENDS}--?(?:>>|x){ENDS}: no\.{TEXT})"
)
USUAL = Contents()
HOSTILE = "; end\n%% #35; <img src=x> \"'` $$x$$ @{ a --x b lifestyle y:#f; classDef"


def diagram(report: Report) -> list[str]:
    out = io.BytesIO()
    write(report, out)
    return out.getvalue().decode().splitlines()


def of(name: str, number: int = 1, contents: Contents = USUAL) -> Report:
    return Report(analysis=sample(name), numbers=np.array([number]), scope="", contents=contents)


def decoded(text: str) -> str:
    return re.sub("#([0-9]+);", lambda found: chr(int(found[1])), text)


@settings(max_examples=80)
@given(st.text(st.sampled_from(" ;#%<>\"'`\\{}[]@$-:,\nﬂ°¶ßeéndstylclaDf1"), max_size=30) | st.text(max_size=20))
def test_any_text_is_written_inertly_and_shown_as_it_is(text: str) -> None:
    written = inert(text)
    assert re.fullmatch(TEXT, written) or not written
    assert decoded(written) == printable(" ".join(text.split()))
    assert not re.search(r"style|classDef|\bend\b", written, re.IGNORECASE)


@pytest.mark.parametrize("path", CAPTURES[::9], ids=lambda path: path.stem)
def test_every_line_is_of_the_grammar(path: Path) -> None:
    report = Report(analysis=analysis_of(path), numbers=np.array([1]), scope="")
    for line in diagram(report):
        assert LINE.fullmatch(line), line


def test_hostile_text_makes_no_line_of_another_kind() -> None:
    note = {1: Annotation(note=HOSTILE)}
    hostile = replace(of("refused.client"), names=Names({"192.0.2.10": HOSTILE}), annotations=annotations(note, note))
    hostile = replace(hostile, analysis=replace(hostile.analysis, files=(Path(HOSTILE.replace("/", "")),)))
    lines = diagram(hostile)
    assert len(lines) == len(diagram(of("refused.client"))) + 2
    assert all(LINE.fullmatch(line) for line in lines)
    assert "<img src=x>" in decoded("\n".join(lines))


def test_arrows_tell_direction_repetition_and_reset() -> None:
    lines = diagram(of("showcase", 14))
    assert "    initiator->>responder: no.103 +0.000000 s SYN seq 0 mss 1460 sack ts ws 10" in lines
    assert any(re.match(r"    initiator-->>responder: no\.111 .*\(retransmission\)", line) for line in lines)
    assert any(line.startswith("    responder-xinitiator: no.119 ") for line in lines)


def test_states_findings_gaps_and_what_did_not_come_are_notes() -> None:
    lines = diagram(of("showcase", 14))
    assert lines[4:6] == ["    Note left of initiator: CLOSED", "    Note right of responder: LISTEN"]
    assert "    Note over initiator,responder: idle 1.023 s" in lines
    assert any("▲ deviation hs-synack-after-ack<br/>The responder sent" in line for line in lines)
    assert any(line.endswith("did not come") for line in diagram(of("showcase", 10)))


def test_folded_runs_are_one_note() -> None:
    lines = diagram(of("showcase", 16, Contents(is_folded=True)))
    assert len(lines) < len(diagram(of("showcase", 16)))
    assert any(re.search(r"over .*: no\.[0-9]+ to no\.[0-9]+: .* segs", line) for line in lines)


def test_what_mermaid_would_not_draw_is_shortened_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = diagram(of("showcase", 16))
    monkeypatch.setattr(mermaid, "MOST_CHARACTERS", 4_000)
    lines = diagram(of("showcase", 16))
    assert sum(map(len, lines)) < sum(map(len, whole))
    assert any(re.search("[0-9]+ rows left out", line) for line in lines)
    assert [line for line in lines if "Note left of" in line] == [line for line in whole if "Note left of" in line]
    monkeypatch.setattr(mermaid, "MOST_CHARACTERS", 10)
    assert len(diagram(of("showcase", 16))) < 40


def test_ascii_is_ascii() -> None:
    assert all(line.isascii() for line in diagram(of("showcase", 14, Contents(is_ascii=True))))
