"""What the pane beside a ladder says of a row."""

from tcpladder.ladder.details import details
from tcpladder.ladder.folding import Row, folding
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.rungs import ladder_of
from tests.building import ladder
from tests.samples import sample

SENT = "initiator < responder  PSH,ACK len=1000 +1ms\n"
TEXT = f"""
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    {SENT * 6}
    {SENT.replace("+1ms", "+3s")}
    """


def told(at: int | None) -> str:
    shown = ladder(TEXT)
    row: Row | None = None if at is None else folding(shown, folded=True).row(at)
    return "\n".join("".join(span.text for span in line) for line in details(shown, row, UNICODE, "GET /"))


def test_a_packet_is_explained_by_states_and_fields() -> None:
    found = told(1)
    assert found.startswith("no.2\nGET /\n\nStates\nInitiator: ESTABLISHED since no.2")
    assert "flags          SYN,ACK" in found
    assert "TSval" not in found, "what the packet does not have is left out"


def test_rows_that_are_no_packets_are_explained_too() -> None:
    assert told(None).startswith("Before the first segment\n\nStates\nInitiator: CLOSED from before")
    assert told(3).startswith("no.4 to no.9, folded\n6 segs 6.0 kB · 5.0 ms\n")
    assert told(4).startswith("Idle for 3.000 s\nNothing of this connection was captured between no.9 and no.10.\n")


def test_a_finding_is_explained_with_clause_effect_confidence_and_evidence() -> None:
    analysis = sample("showcase")
    shown = ladder_of(analysis, 9, analysis.judgement)
    lines = details(shown, folding(shown).row(1), UNICODE)
    (at,) = (place for place, line in enumerate(lines) if line[0].text == "● hs-refused")
    assert lines[at][0].token == "level.note"
    assert "RFC 9293 §3.5.2" in lines[at][1].text
    assert lines[at + 1][0].text == shown.findings[0].message
    assert [line[0].text for line in lines[at + 2 : at + 4]] == ["Effect: ", "Confidence: "]
    assert lines[at + 3][1].text == "high; evidence in frames 91, 90"
