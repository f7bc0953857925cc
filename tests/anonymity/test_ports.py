"""Ports of clients in disguise."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.anonymity.keys import Key
from tcpladder.anonymity.ports import KINDS, Ports

KEY = Key(b"a key of thirty-two bytes in all")
EVERY = np.arange(65536).astype(np.uint16)
NONE = Ports.made(KEY, np.empty(0, np.uint32), np.empty(0, np.uint16))


def of_host(ports: Ports, host: int) -> list[int]:
    """Disguise all ports of a host."""
    found: list[int] = ports.of(np.full(len(EVERY), host, np.uint32), EVERY).tolist()
    return found


def test_each_port_has_another_of_its_kind() -> None:
    found = np.array(of_host(NONE, 3))
    assert sorted(found.tolist()) == EVERY.tolist()
    assert (np.searchsorted(KINDS, found, "right") == np.searchsorted(KINDS, EVERY, "right")).all()
    assert (found == EVERY).sum() < 20
    assert of_host(NONE, 4) == found.tolist()


def test_another_key_gives_others() -> None:
    other = Ports.made(Key(bytes(32)), np.empty(0, np.uint32), np.empty(0, np.uint16))
    assert (np.array(of_host(other, 3)) == of_host(NONE, 3)).sum() < 20


@given(st.sets(st.integers(0, 65535), max_size=40) | st.just(set(range(1, 1024))) | st.just(set(range(65536))))
@settings(max_examples=25)
def test_ports_at_which_a_host_answers_stay_and_no_two_become_one(served: set[int]) -> None:
    ports = np.array(sorted(served), np.uint16)
    disguise = Ports.made(KEY, np.full(len(ports), 7, np.uint32), ports)
    found = of_host(disguise, 7)
    assert sorted(found) == EVERY.tolist()
    assert all(found[port] == port for port in served)
    assert of_host(disguise, 8) == of_host(NONE, 8)


def test_a_port_of_one_host_is_the_same_in_captures_in_which_it_answers_at_others() -> None:
    one = Ports.made(KEY, np.array([7], np.uint32), np.array([443], np.uint16))
    changed = np.flatnonzero(np.array(of_host(one, 7)) != np.array(of_host(NONE, 7)))
    assert len(changed) <= 2
