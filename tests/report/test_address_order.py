"""Addresses in the order of their numbers."""

from ipaddress import ip_address

from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.report.address_order import places


def test_ipv4_comes_before_ipv6_and_what_is_neither_last() -> None:
    addresses = ["10.0.0.10", "node-2", "2001:db8::10", "10.0.0.9", "::1", "node-1", "10.0.0"]
    assert [addresses[at] for at in sorted(range(7), key=places(addresses).__getitem__)] == [
        "10.0.0.9",
        "10.0.0.10",
        "::1",
        "2001:db8::10",
        "10.0.0",
        "node-1",
        "node-2",
    ]


def test_there_may_be_no_addresses() -> None:
    assert places([]).tolist() == []


@settings(max_examples=30)
@given(st.lists(st.ip_addresses(), unique=True))
def test_places_rise_with_the_numbers(addresses: list[object]) -> None:
    texts = [str(address) for address in addresses]
    found = places(texts)
    expected = sorted(texts, key=lambda text: (ip_address(text).version, int(ip_address(text))))
    assert [texts[at] for at in sorted(range(len(texts)), key=found.__getitem__)] == expected
