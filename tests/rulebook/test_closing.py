"""Each endpoint's FIN, as rules about closing ask for it."""

import polars as pl

from tcpladder.rulebook.closing import IS_FIN, IS_RST, closing, follows
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.tracking import tracked
from tests.building import one_connection
from tests.rulebook.subjects import subject_of

OPENING = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""


def frames_of(text: str, endpoint: Endpoint) -> tuple[int, tuple[int, ...], int | None] | None:
    """Give the frames of an endpoint's FIN, of its repeats, and of its acknowledgment."""
    found = closing(subject_of(OPENING + text), endpoint)
    if found is None:
        return None
    return found.fin.frame, tuple(repeat.frame for repeat in found.repeats), found.ack.frame if found.ack else None


def test_without_a_fin_there_is_no_closing() -> None:
    assert frames_of("initiator > responder  RST,ACK", Endpoint.INITIATOR) is None


def test_a_fin_is_known_by_its_own_number_with_whatever_data_it_is_sent_again() -> None:
    text = """
    initiator > responder  PSH,ACK len=100
    initiator > responder  FIN,ACK
    initiator > responder  FIN,PSH,ACK seq=1 len=100
    initiator < responder  ACK
    """
    assert frames_of(text, Endpoint.INITIATOR) == (5, (6,), 7)


def test_of_fins_at_several_places_the_acknowledged_one_counts() -> None:
    text = """
    initiator > responder  FIN,ACK seq=50
    initiator > responder  FIN,ACK seq=1
    initiator < responder  ACK ack=2
    """
    assert frames_of(text, Endpoint.INITIATOR) == (5, (), 6)


def test_an_rst_acknowledges_no_fin() -> None:
    text = """
    initiator > responder  FIN,ACK
    initiator < responder  RST,ACK
    """
    assert frames_of(text, Endpoint.INITIATOR) == (4, (), None)


def test_a_fin_without_ack_or_with_syn_is_nobodys_close() -> None:
    text = """
    initiator > responder  FIN
    initiator > responder  FIN,SYN,ACK
    """
    assert frames_of(text, Endpoint.INITIATOR) is None


def test_a_screen_finds_what_follows_a_fin_of_the_same_or_of_the_other_sender() -> None:
    text = (
        OPENING
        + """
    initiator > responder  FIN,ACK
    initiator < responder  ACK len=10
    initiator > responder  ACK
    """
    )
    table = tracked(one_connection(text))
    assert table.filter(follows(IS_FIN, by_sender=True))["frame"].to_list() == [6]
    assert table.filter(follows(IS_FIN, by_sender=False))["frame"].to_list() == [5]
    assert table.filter(follows(IS_RST, by_sender=True)).is_empty()
    assert table.select(pl.any_horizontal(IS_FIN)).sum().item() == 1
