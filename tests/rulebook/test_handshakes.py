"""What rules about the handshake ask: whose SYNs they are, what a timer sent, and why a SYN-ACK was refused."""

import pytest

from tcpladder.rulebook.handshakes import (
    Flaw,
    opening,
    opening_syns,
    refusals,
    syn_acks,
    timed,
)
from tcpladder.tcp.states import Endpoint
from tests.rulebook.subjects import subject_of


def timed_frames(text: str) -> list[int]:
    subject = subject_of(text)
    return [syn.frame for syn in timed(subject, opening_syns(subject, Endpoint.INITIATOR))]


def flaw_of(text: str) -> Flaw | None:
    subject = subject_of(text)
    return opening(opening_syns(subject, Endpoint.INITIATOR)).flaw(syn_acks(subject, Endpoint.RESPONDER)[0])


def refused(text: str) -> list[tuple[int | None, int, int]]:
    """Give the frames of SYN, SYN-ACK and RST of each refusal."""
    found = refusals(subject_of(text))
    return [(each.syn.frame if each.syn else None, each.syn_ack.frame, each.reset.frame) for each in found]


def test_a_stray_syn_opens_nothing() -> None:
    subject = subject_of(
        """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator > responder  ACK
        initiator > responder  SYN seq=70000
        initiator < responder  ACK ack=1
        """
    )
    assert [syn.frame for syn in opening_syns(subject, Endpoint.INITIATOR)] == [1]
    assert [syn.frame for syn in syn_acks(subject, Endpoint.RESPONDER)] == [2]
    assert opening_syns(subject, Endpoint.RESPONDER) == syn_acks(subject, Endpoint.INITIATOR) == []


def test_a_timer_sends_syns_that_nothing_prompted() -> None:
    text = """
        initiator > responder  SYN
        initiator > responder  SYN seq=0 +1s
        initiator > responder  SYN seq=0 +2s
    """
    assert timed_frames(text) == [1, 2, 3]


def test_no_timer_sends_a_syn_soon_after_a_reset() -> None:
    text = """
        initiator > responder  SYN
        initiator < responder  RST,ACK
        initiator > responder  SYN seq=0 +500ms
        initiator < responder  RST,ACK
        initiator > responder  SYN seq=0 +1s
    """
    assert timed_frames(text) == [1, 5]


@pytest.mark.parametrize(
    "again", ["ip_id=7 ttl=62 +300ms", "ip_id=7 ttl=62 +1s", "ip_id=7 ttl=64 +5ms", "ip_id=8 ttl=64 +15ms"]
)
def test_no_timer_sends_a_packet_that_comes_by_twice(again: str) -> None:
    text = f"""
        initiator > responder  SYN ip_id=7 ttl=64
        initiator > responder  SYN seq=0 {again}
        initiator > responder  SYN seq=0 ip_id=9 +2s
    """
    assert timed_frames(text) == [1, 3]


@pytest.mark.parametrize(
    ("syn", "syn_ack", "found"),
    [
        ("", "ack=1", None),
        ("", "ack=2", Flaw.WRONG_ACK),
        ("", "ack=0", Flaw.WRONG_ACK),
        ("len=10", "ack=11", None),
        ("len=10", "ack=1", None),
        ("len=10", "ack=12", Flaw.WRONG_ACK),
        ("tsval=100 tsecr=0", "tsval=5 tsecr=100", None),
        ("tsval=100 tsecr=0", "tsval=5 tsecr=99", Flaw.WRONG_ECHO),
        ("tsval=100 tsecr=0", "tsval=5 tsecr=101", Flaw.WRONG_ECHO),
        ("tsval=100 tsecr=0", "tsval=0 tsecr=0", None),
        ("tsval=100 tsecr=0", "", None),
        ("", "tsval=5 tsecr=100", None),
        ("tsval=100 tsecr=0", "tsval=5 tsecr=99 ack=2", Flaw.WRONG_ACK),
    ],
)
def test_flaws(syn: str, syn_ack: str, found: Flaw | None) -> None:
    text = f"""
        initiator > responder  SYN {syn}
        initiator < responder  SYN,ACK {syn_ack}
    """
    assert flaw_of(text) is found


@pytest.mark.parametrize("echo", [4294967290, 0, 3, 5])
def test_any_repetition_of_the_syn_may_be_echoed_be_it_captured_or_not(echo: int) -> None:
    text = f"""
        initiator > responder  SYN tsval=4294967290 tsecr=0
        initiator > responder  SYN tsval=5 tsecr=0 seq=0 +11ms
        initiator < responder  SYN,ACK tsval=1 tsecr={echo}
    """
    assert flaw_of(text) is None


def test_refusals_are_rounds_of_syn_synack_and_reset() -> None:
    text = """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator > responder  RST seq=1
        initiator < responder  SYN,ACK seq=0
        initiator > responder  RST seq=1
        initiator > responder  RST seq=1
        initiator > responder  SYN seq=0
        initiator > responder  SYN seq=0
        initiator < responder  SYN,ACK seq=0
        initiator > responder  RST seq=1
        initiator > responder  SYN seq=0
        initiator < responder  SYN,ACK seq=0
        initiator > responder  ACK
        initiator > responder  RST
    """
    assert refused(text) == [(1, 2, 3), (None, 4, 5), (8, 9, 10)]


@pytest.mark.parametrize("going_on", ["initiator < responder  ACK len=5", "initiator > responder  SYN seq=70000"])
def test_what_comes_after_the_connection_went_on_is_no_refusal(going_on: str) -> None:
    text = f"""
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        {going_on}
        initiator > responder  RST seq=1
    """
    assert refused(text) == []
