"""Who lingers in TIME-WAIT, and how a SYN lies to what was sent before."""

import pytest

from tcpladder.rulebook.lingering import has_opening, last_numbers, lingers, lingers_before, opening_syn, progress
from tcpladder.rulebook.shard import INITIATOR_LINGERS, RESPONDER_LINGERS
from tcpladder.tcp.states import Endpoint
from tests.rulebook.shards import shard_of
from tests.rulebook.subjects import subject_of, subjects_of

CLOSED_BY_INITIATOR = """
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator > responder  FIN,ACK tsval=110 tsecr=900
    initiator < responder  FIN,ACK tsval=910 tsecr=110
    initiator > responder  ACK tsval=111 tsecr=910
"""


def test_who_closed_first_and_acknowledged_the_other_fin_lingers() -> None:
    subject = subject_of(CLOSED_BY_INITIATOR)
    assert [lingers(subject, endpoint) for endpoint in Endpoint] == [True, False]


def test_who_did_not_acknowledge_the_other_fin_is_not_said_to_linger() -> None:
    without_last_ack = "\n".join(CLOSED_BY_INITIATOR.strip().splitlines()[:-1])
    assert not lingers(subject_of(without_last_ack), Endpoint.INITIATOR)


def test_an_opening_is_a_syn_without_ack() -> None:
    subject = subject_of(CLOSED_BY_INITIATOR)
    assert has_opening(subject)
    assert opening_syn(subject) == subject.segments[0]
    assert not has_opening(subject_of("initiator < responder  SYN,ACK\ninitiator > responder  ACK"))


def test_the_last_numbers_are_those_of_ordinary_segments() -> None:
    subject = subject_of(CLOSED_BY_INITIATOR + "initiator > responder  RST seq=70")
    last = last_numbers(subject, Endpoint.INITIATOR)
    assert last is not None
    assert (last.nxt, last.tsval) == (1002, 111)
    fin = subject.segments[3]
    before_fin = last_numbers(subject, Endpoint.INITIATOR, before=fin)
    assert before_fin is not None
    assert (before_fin.nxt, before_fin.tsval) == (1001, 101)
    assert last_numbers(subject_of("initiator > responder  SYN"), Endpoint.RESPONDER) is None


@pytest.mark.parametrize(
    ("syn", "expected"),
    [
        ("SYN isn=90000 tsval=112 tsecr=0", (True, True, True)),
        ("SYN isn=900 tsval=112 tsecr=0", (False, True, True)),
        ("SYN isn=90000 tsval=5 tsecr=0", (True, False, True)),
        ("SYN isn=900 tsval=5 tsecr=0", (False, False, False)),
        ("SYN isn=900", (False, None, False)),
        ("SYN isn=1002", (True, None, True)),
    ],
)
def test_a_syn_is_newer_by_its_number_or_by_its_timestamp(syn: str, expected: tuple[bool, bool | None, bool]) -> None:
    before, after = subjects_of(CLOSED_BY_INITIATOR + f"initiator > responder  {syn} +1s")
    opener, last = opening_syn(after), last_numbers(before, Endpoint.INITIATOR)
    assert opener is not None
    assert last is not None
    found = progress(opener, last)
    assert (found.by_number, found.by_stamp, found.is_acceptable) == expected


def test_a_first_timestamp_is_as_good_as_a_newer_one() -> None:
    plain = "\n".join(line.partition(" tsval")[0] for line in CLOSED_BY_INITIATOR.splitlines())
    before, after = subjects_of(plain + "\n" + "initiator > responder  SYN isn=900 tsval=7 tsecr=0 +1s")
    opener, last = opening_syn(after), last_numbers(before, Endpoint.INITIATOR)
    assert opener is not None
    assert last is not None
    assert progress(opener, last).is_acceptable


def test_a_screen_takes_syns_of_ports_that_an_end_keeps_in_time_wait() -> None:
    text = (
        CLOSED_BY_INITIATOR
        + """
        initiator > responder  SYN isn=90000 +1s
        other = 192.0.2.99:5
        other > responder  SYN
        """
    )
    assert lingers_before(shard_of(text), INITIATOR_LINGERS).tolist() == [False, True, False]
    assert lingers_before(shard_of(text), RESPONDER_LINGERS).tolist() == [False, False, False]


@pytest.mark.parametrize(
    ("next_syn", "expected"),
    [
        ("initiator > responder  SYN isn=70000", INITIATOR_LINGERS),
        ("responder > initiator  SYN isn=70000", RESPONDER_LINGERS),
        ("other > responder  SYN", 0),
    ],
)
def test_a_shard_knows_which_end_the_connection_before_left_in_time_wait(next_syn: str, expected: int) -> None:
    text = f"other = 192.0.2.10:40001\n{CLOSED_BY_INITIATOR}\n{next_syn}"
    assert shard_of(text).lingering.tolist() == [0, expected]
