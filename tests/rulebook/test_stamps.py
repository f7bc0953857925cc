"""Which endpoint offered timestamps, what lacks them, and which echoes nothing explains."""

from dataclasses import replace

import pytest

from tcpladder.packets.options import TSOPT
from tcpladder.rulebook.stamps import (
    SHOWN,
    Offer,
    after_handshake,
    answered,
    frames,
    has_option,
    is_negotiated,
    lacks_option,
    offer,
    samples,
    times,
)
from tcpladder.rulebook.subject import Segment
from tcpladder.tcp.states import Endpoint
from tests.building import segments as built
from tests.rulebook.subjects import subject_of

HANDSHAKE = """
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
"""
CUT = {"captured_length": 68, "wire_length": 74}


def first_segment(line: str) -> Segment:
    return subject_of(f"initiator > responder  {line}").segments[0]


OFFERS = {
    "every SYN has it": ("initiator > responder  SYN tsval=1 tsecr=0", Offer.ALWAYS),
    "none has it": ("initiator > responder  SYN", Offer.NEVER),
    "tried without it": (
        "initiator > responder  SYN tsval=1 tsecr=0\n initiator > responder  SYN seq=0 +1s",
        Offer.SOMETIMES,
    ),
    "no SYN captured": ("initiator > responder  ACK tsval=1 tsecr=2", Offer.UNKNOWN),
}


@pytest.mark.parametrize(("text", "offered"), OFFERS.values(), ids=OFFERS)
def test_an_offer_is_what_the_syns_say(text: str, offered: Offer) -> None:
    assert offer(subject_of(text), Endpoint.INITIATOR) is offered


def test_a_syn_whose_options_the_snap_length_cut_off_says_nothing() -> None:
    rows = [replace(row, more=CUT) for row in built("initiator > responder  SYN")]
    assert offer(subject_of(rows), Endpoint.INITIATOR) is Offer.UNKNOWN


def test_timestamps_are_negotiated_when_all_syns_have_them() -> None:
    assert is_negotiated(subject_of(HANDSHAKE))
    assert not is_negotiated(subject_of("initiator > responder  SYN tsval=1 tsecr=0\n initiator < responder  SYN,ACK"))
    assert not is_negotiated(subject_of("initiator < responder  SYN,ACK tsval=1 tsecr=0"))


def test_a_malformed_option_is_an_option() -> None:
    assert has_option(first_segment(f"ACK kinds={1 << TSOPT}"))
    assert not has_option(first_segment("ACK kinds=2"))
    assert has_option(first_segment("ACK tsval=0 tsecr=0"))


def test_a_cut_header_does_not_lack_options() -> None:
    rows = [replace(row, more=CUT) for row in built("initiator > responder  ACK")]
    assert not lacks_option(subject_of(rows).segments[0])
    assert lacks_option(first_segment("ACK"))


def test_the_handshake_ends_with_the_second_syn() -> None:
    text = """
        initiator > responder  SYN
        initiator < responder  ACK seq=700     # of an older connection
        initiator > responder  SYN seq=0 +1s
        initiator < responder  SYN,ACK
        initiator > responder  ACK
        initiator < responder  RST,ACK
    """
    assert [segment.frame for segment in after_handshake(subject_of(text))] == [5]
    assert after_handshake(subject_of("initiator > responder  SYN")) == []


def test_a_syn_ack_answers_the_syns_that_it_covers() -> None:
    text = """
        initiator > responder  SYN
        initiator > responder  SYN seq=0 +1s
        initiator < responder  SYN,ACK
        initiator > responder  SYN seq=0
        initiator < responder  SYN,ACK seq=0 ack=77
    """
    subject = subject_of(text)
    first, wrong = subject.syns(Endpoint.RESPONDER)
    assert [syn.frame for syn in answered(subject, first)] == [1, 2]
    assert answered(subject, wrong) == []


def test_a_syn_that_was_captured_after_its_answer_counts_if_there_is_no_other() -> None:
    subject = subject_of("initiator < responder  SYN,ACK seq=0 ack=1\n initiator > responder  SYN")
    (syn_ack,) = subject.syns(Endpoint.RESPONDER)
    assert len(answered(subject, syn_ack)) == len(subject.syns(Endpoint.INITIATOR))


def test_a_finding_names_some_frames_only() -> None:
    subject = subject_of("\n".join(["initiator > responder  ACK"] * (SHOWN + 5)))
    assert frames(subject.segments) == tuple(range(1, SHOWN + 1))


def test_things_are_counted() -> None:
    assert [times(1, "SYN"), times(2, "SYN")] == ["1 SYN", "2 SYNs"]


def test_a_clock_is_read_from_neither_syn_acks_nor_resets() -> None:
    text = (
        HANDSHAKE
        + """
        initiator < responder  ACK tsval=901 tsecr=101
        initiator < responder  ACK
        initiator < responder  RST,ACK tsval=0 tsecr=101
    """
    )
    assert [segment.frame for segment in samples(subject_of(text), Endpoint.RESPONDER)] == [4]
