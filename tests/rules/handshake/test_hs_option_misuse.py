"""Each way to misuse an option of the handshake, and what resembles it."""

import pytest

from tcpladder.packets import options
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Confidence, Level
from tests.building import Segment, analysed, segments
from tests.rules.found import findings_of


def handshake(syn: str, syn_ack: str, ack: str = "ACK") -> list[Finding]:
    text = f"""
    initiator > responder  {syn}
    initiator < responder  {syn_ack}
    initiator > responder  {ack}
    """
    return findings_of("hs-option-misuse", text)


@pytest.mark.parametrize(
    ("ack", "words"),
    [
        ("ACK mss=1460", "MSS without SYN"),
        ("ACK wscale=7", "a window scale without SYN"),
        ("ACK sackok", "SACK-permitted without SYN"),
        ("RST,ACK mss=1460", "MSS without SYN"),
        (f"ACK faults={options.WSCALE_LENGTH}", "an option of a wrong length"),
    ],
)
def test_without_syn(ack: str, words: str) -> None:
    (finding,) = handshake("SYN", "SYN,ACK", ack)
    assert (finding.level, finding.confidence, finding.frames) == (Level.VIOLATION, Confidence.HIGH, (3,))
    assert finding.message == f"The initiator sent {words} in frame 3."


@pytest.mark.parametrize(
    ("syn", "words", "level"),
    [
        ("wscale=15", "a window scale above 14", Level.VIOLATION),
        (f"faults={options.MSS_LENGTH}", "an option of a wrong length", Level.VIOLATION),
        (f"faults={options.OVERRUN}", "options that run past the header", Level.VIOLATION),
        (f"faults={options.TWICE}", "an option twice", Level.DEVIATION),
    ],
)
def test_in_the_syn(syn: str, words: str, level: Level) -> None:
    (finding,) = handshake(f"SYN {syn}", "SYN,ACK")
    assert finding.level is level
    assert finding.message == f"The initiator sent {words} in frame 1."


@pytest.mark.parametrize(
    ("syn", "syn_ack", "words", "level"),
    [
        ("SYN mss=1460", "SYN,ACK wscale=7", "a window scale that no SYN offered", Level.VIOLATION),
        ("SYN mss=1460", "SYN,ACK sackok", "SACK-permitted that no SYN offered", Level.NOTE),
        ("SYN", "SYN,ACK,ECE", "ECN that no SYN offered", Level.DEVIATION),
        ("SYN,ECE,CWR", "SYN,ACK,ECE,CWR", "both ECN flags in a SYN-ACK", Level.DEVIATION),
    ],
)
def test_accepted_without_an_offer(syn: str, syn_ack: str, words: str, level: Level) -> None:
    (finding,) = handshake(syn, syn_ack)
    assert (finding.level, finding.confidence) == (level, Confidence.MEDIUM)
    assert finding.message == f"The responder sent {words} in frame 2."


@pytest.mark.parametrize(
    ("syn", "syn_ack"),
    [
        ("SYN mss=1460 wscale=14 sackok", "SYN,ACK mss=1460 wscale=7 sackok"),
        ("SYN,ECE,CWR", "SYN,ACK,ECE"),
        ("SYN,ECE,CWR", "SYN,ACK"),
        ("SYN,ECE,CWR,AE", "SYN,ACK,ECE,CWR"),
        ("SYN,ECE,CWR,AE", "SYN,ACK,ECE,CWR,AE"),
        (f"SYN faults={options.TSOPT_LENGTH | options.TSOPT_TWICE | options.SACK_LENGTH}", "SYN,ACK"),
    ],
)
def test_proper_use(syn: str, syn_ack: str) -> None:
    assert handshake(syn, syn_ack) == []


@pytest.mark.parametrize(
    "text",
    [
        "initiator < responder  SYN,ACK,ECE wscale=7 sackok",
        "initiator > responder  SYN\n initiator < responder  SYN\n initiator < responder  SYN,ACK seq=0 wscale=7",
    ],
)
def test_offers_that_are_not_known_or_need_none(text: str) -> None:
    assert findings_of("hs-option-misuse", text) == []


def test_options_that_the_snap_length_cut_may_have_been_offered() -> None:
    syn, syn_ack = segments("initiator > responder  SYN\n initiator < responder  SYN,ACK wscale=7")
    cut = Segment(
        source=syn.source,
        destination=syn.destination,
        flags=syn.flags,
        seq=syn.seq,
        more={"captured_length": 54, "wire_length": 74},
    )
    assert [finding.rule for finding in analysed([cut, syn_ack]).judgement.findings if finding.rule[:2] == "hs"] == []
    assert [finding.rule for finding in analysed([syn, syn_ack]).judgement.findings if finding.rule[:2] == "hs"] != []


def test_many_misuses_of_an_endpoint_are_one_finding() -> None:
    text = "\n".join(["initiator > responder  ACK mss=1400"] * 20 + ["initiator > responder  ACK wscale=7"])
    (finding,) = findings_of("hs-option-misuse", text)
    assert finding.message == (
        "The initiator sent MSS without SYN in frame 1 and 19 more; a window scale without SYN in frame 21."
    )
    assert len(finding.frames) == 10
