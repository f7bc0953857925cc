"""Each endpoint's FIN, as rules about closing ask for it."""

from tcpladder.packets.flags import FIN
from tcpladder.rulebook.closing import closing, fins, goes_on
from tcpladder.tcp.states import Endpoint
from tests.rulebook.shards import shard_of
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


def test_a_screen_finds_who_goes_on_after_a_fin_of_the_same_or_of_the_other_sender() -> None:
    shard = shard_of(
        """
        a = 192.0.2.10:1
        b = 192.0.2.10:2
        c = 192.0.2.10:3
        a > responder  SYN
        b > responder  SYN
        c > responder  SYN
        a > responder  FIN,ACK
        b > responder  FIN,ACK
        c > responder  FIN
        a < responder  ACK len=10
        b > responder  ACK
        c > responder  ACK
        """
    )
    others = ~shard.has(FIN)
    assert fins(shard).sum() == 2
    assert goes_on(shard, fins(shard), others, same_sender=True).tolist() == [False, True, False]
    assert goes_on(shard, fins(shard), others, same_sender=False).tolist() == [True, False, False]
