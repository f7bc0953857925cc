"""What no TCP should send is named, by a finding or by the capture's health; nothing raises, no state is claimed."""

import pytest

from tcpladder.tcp.states import Basis, Endpoint, State
from tests.building import analysed

LIFE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    {strange}
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    ... +60s
    """

STRANGE = {
    "SYN with FIN": ("initiator > responder  SYN,FIN seq=0", "hs-illegal-flags"),
    "SYN with RST": ("initiator > responder  SYN,RST seq=0", "hs-illegal-flags"),
    "no flags at all": ("initiator > responder  - seq=101", "hs-illegal-flags"),
    "all flags": ("initiator > responder  SYN,FIN,RST,PSH,ACK,URG,ECE,CWR seq=101", "hs-illegal-flags"),
    "payload without ACK": ("initiator > responder  PSH len=10 seq=101", "hs-illegal-flags"),
}
OPENING = {
    "window scale over 14": ("SYN wscale=15", "hs-option-misuse"),
    "timestamp option of a wrong length": ("SYN faults=1", "ts-malformed"),
    "two timestamp options": ("SYN faults=2 tsval=1 tsecr=0", "ts-malformed"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_flags_are_named_and_move_nobody(name: str) -> None:
    line, rule = STRANGE[name]
    analysis = analysed(LIFE.format(strange=line))
    assert rule in {finding.rule for finding in analysis.judgement.findings if 6 in finding.frames}
    plain = analysed(LIFE.format(strange=""))
    strange, whole = analysis.timeline(1), plain.timeline(1)
    for endpoint in Endpoint:
        assert strange.after(4, endpoint) is whole.after(4, endpoint) is State.ESTABLISHED
        if strange.after(5, endpoint) is not State.ESTABLISHED:
            assert strange.basis(5, endpoint) is not Basis.SEEN


@pytest.mark.parametrize("name", OPENING)
def test_strange_options_are_named(name: str) -> None:
    flags, rule = OPENING[name]
    text = LIFE.format(strange="").replace("initiator > responder  SYN\n", f"initiator > responder  {flags}\n", 1)
    assert rule in {finding.rule for finding in analysed(text).judgement.findings}


def test_payload_in_a_reset_is_told() -> None:
    text = LIFE.format(strange="").replace("initiator < responder  FIN,ACK", "initiator < responder  RST,ACK len=9")
    assert "rst-form" in {finding.rule for finding in analysed(text).judgement.findings}


def test_port_zero_and_clocks_that_run_backwards_are_part_of_the_captures_health() -> None:
    zero = LIFE.format(strange="").replace("initiator", "odd", 99)
    kinds = {note.kind.value for note in analysed(f"odd = 192.0.2.10:0\n{zero}").judgement.health}
    assert "port-zero" in kinds
    backwards = LIFE.format(strange="initiator > responder  PSH,ACK len=5  -5s\n    initiator < responder  ACK")
    assert "times" in {note.kind.value for note in analysed(backwards).judgement.health}


def test_sequence_numbers_over_the_wrap_are_nothing_strange() -> None:
    wrapping = "initiator = 192.0.2.10:40000 isn=4294967290\nresponder = 198.51.100.20:443 isn=4294967295\n"
    analysis = analysed(wrapping + LIFE.format(strange=""))
    assert analysis.judgement.findings == analysed(LIFE.format(strange="")).judgement.findings
    assert analysis.judgement.verdicts["ending"].to_list() == ["graceful-3way"]
