"""The disguise of a capture."""

import numpy as np

from tcpladder.anonymity.addresses import packed_address
from tcpladder.anonymity.disguise import disguise_of
from tcpladder.anonymity.keys import Key

KEY = Key(b"a key of thirty-two bytes in all")


def test_single_ports_are_disguised_as_whole_columns_are() -> None:
    hosts = ["192.0.2.1", "no address", "2001:db8::5"]
    disguise = disguise_of(hosts, np.array([0, 2], np.uint32), np.array([443, 50000], np.uint16), KEY)
    for number, host in ((0, "192.0.2.1"), (2, "2001:db8::5")):
        for port in (443, 50000, 40001):
            column = disguise.ports.of(np.array([number], np.uint32), np.array([port], np.uint16))
            assert disguise.port(packed_address(host) or b"", port) == column[0]
    assert disguise.port(packed_address("192.0.2.1") or b"", 443) == 443
    assert disguise.port(packed_address("192.0.2.77") or b"", 443) == disguise.ports.others[443]
