"""Sums in one's complement."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.packets.checksums import MODULUS, address_sum
from tests.capture.wrapping import checksum


@given(st.ip_addresses())
def test_an_address_counts_as_its_words_do(address: object) -> None:
    found = address_sum(str(address))
    assert found is not None
    assert found % MODULUS == (~checksum(ip_address(str(address)).packed) & 0xFFFF) % MODULUS


@pytest.mark.parametrize("text", ["", "192.0.2", "02:00:00:00:00:01", "what?"])
def test_what_is_no_address_has_no_sum(text: str) -> None:
    assert address_sum(text) is None
