"""SYNs for a responder in TIME-WAIT: which of them are told by column."""

import pytest

from tcpladder.rulebook.revisits import has_other_syn, revisits
from tests.rulebook.shards import shard_of

FASTEST = 1100
BEFORE = """
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
    initiator < responder  FIN,ACK tsval=910 tsecr=101
    initiator > responder  FIN,ACK tsval=111 tsecr=910
    initiator < responder  ACK tsval=911 tsecr=111
"""
ACCEPTED = "initiator < responder  SYN,ACK isn=70000 tsval=1911 tsecr=200"

OTHER_HOST = ACCEPTED.replace("70000 tsval=1911", "20 tsval=1")


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        (f"initiator > responder  SYN isn=90000 tsval=200 tsecr=0 +1s\n{ACCEPTED}", [True]),
        (f"initiator > responder  SYN isn=90000 tsval=200 tsecr=0 +90s\n{ACCEPTED}", [False]),
        (f"initiator > responder  SYN isn=900 tsval=50 tsecr=0 +1s\n{ACCEPTED}", []),
        ("initiator > responder  SYN isn=90000 tsval=200 tsecr=0 +1s\ninitiator < responder  RST,ACK", []),
        ("initiator > responder  SYN isn=90000 tsval=200 tsecr=0 +1s", []),
        (f"initiator > responder  SYN isn=90000 tsval=200 tsecr=0 +1s\n{ACCEPTED.replace('70000', '20')}", []),
        (f"initiator > responder  SYN isn=90000 tsval=200 tsecr=0 +1s\n{OTHER_HOST}", [True]),
    ],
)
def test_a_syn_that_is_plainly_newer_is_told_by_column_and_one_that_comes_too_late(
    opening: str, expected: list[bool]
) -> None:
    found = revisits(shard_of(BEFORE + opening), FASTEST)
    assert found.is_newer.tolist() == expected
    assert found.place.tolist() == [1] * len(expected)
    assert found.syn.tolist() == [6] * len(expected)
    assert found.last.tolist() == [5] * len(expected)


def test_a_fin_that_the_responder_has_not_acknowledged_leaves_it_in_doubt() -> None:
    before = BEFORE.rstrip().rpartition("\n")[0]
    again = f"\n    initiator > responder  SYN isn=90000 tsval=200 tsecr=0 +1s\n{ACCEPTED}"
    assert not len(revisits(shard_of(before + again), FASTEST).place)


def test_two_different_syns_of_one_endpoint_are_seen() -> None:
    assert has_other_syn(shard_of("initiator > responder  SYN\ninitiator > responder  SYN seq=0")).tolist() == [False]
    amid = "initiator > responder  SYN\ninitiator < responder  SYN,ACK\ninitiator > responder  SYN seq=77777"
    assert has_other_syn(shard_of(f"{amid}\ninitiator < responder  ACK ack=1")).tolist() == [True]
