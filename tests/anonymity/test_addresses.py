"""Addresses in disguise: one to one, prefixes kept, and each in the range that it was in."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.anonymity.addresses import (
    IPV4_RANGES,
    IPV6_RANGES,
    Addresses,
    Range,
    packed_address,
    range_of,
    written_address,
)
from tcpladder.anonymity.keys import Key

KEY = Key(b"a key of thirty-two bytes in all")
ADDRESSES = Addresses(KEY)


def common(one: bytes, other: bytes) -> int:
    """Count the bits that two addresses have in common before the first that differs."""
    differing = int.from_bytes(one) ^ int.from_bytes(other)
    return len(one) * 8 - differing.bit_length()


def near(size: int) -> st.SearchStrategy[tuple[bytes, bytes]]:
    """Two addresses, of which one often begins as the other or as one of the ranges."""
    ranges = IPV4_RANGES if size == 4 else IPV6_RANGES
    begins = [int(each.bits.ljust(size * 8, "0"), 2).to_bytes(size) for each in ranges]
    one = st.binary(min_size=size, max_size=size) | st.sampled_from(begins)
    return st.tuples(one, one, st.integers(0, size)).map(lambda two: (two[0], two[0][: two[2]] + two[1][two[2] :]))


def longest_within(own: Range, size: int) -> int:
    """Give the length of the longest prefix of ranges that lie right within a range, 0 where there are none."""
    ranges = IPV4_RANGES if size == 4 else IPV6_RANGES

    def around(each: Range) -> str:
        return max((other.bits for other in ranges if each != other and each.bits.startswith(other.bits)), default="")

    return max((len(each.bits) for each in ranges if around(each) == own.bits != each.bits), default=0)


@given(near(4) | near(16))
@settings(max_examples=300)
def test_addresses_share_as_many_bits_as_before_and_stay_in_their_ranges(two: tuple[bytes, bytes]) -> None:
    one, other = two
    found = ADDRESSES.of(one), ADDRESSES.of(other)
    assert [range_of(each) for each in found] == [range_of(each) for each in two]
    shared, now = common(one, other), common(*found)
    assert (now == len(one) * 8) == (one == other)
    if range_of(one) == range_of(other):
        least = longest_within(range_of(one), len(one))
        assert now == shared if shared >= least else now < least
    assert Addresses(KEY).of(one) == found[0]


def test_prefixes_are_kept_wholly_but_where_ranges_lie_within_ranges() -> None:
    lengths = {own.bits: longest_within(own, 4) for own in IPV4_RANGES}
    assert {bits for bits, length in lengths.items() if length} == {"00000000", "01111111", "1111"}
    assert longest_within(Range("", 0), 4) == 16
    assert longest_within(range_of(packed_address("2001:db8::1") or b""), 16) == 0


@pytest.mark.parametrize("network", ["203.0.112.0/22", "10.20.30.0/24", "2001:db8:1:2::/118", "127.0.0.0/24"])
def test_a_network_becomes_a_network_of_all_its_addresses(network: str) -> None:
    hosts = [host.packed for host in ipaddress.ip_network(network)]
    found = {ADDRESSES.of(host) for host in hosts}
    assert len(found) == len(hosts)
    if not network.startswith("127."):  # 127.0.0.1 stays, and what it would have become goes elsewhere
        length = int(network.partition("/")[2])
        assert len({int.from_bytes(each) >> (len(each) * 8 - length) for each in found}) == 1


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"])  # noqa: S104 - nothing is bound
def test_addresses_that_are_nobodys_stay(address: str) -> None:
    assert ADDRESSES.text(address) == address


@pytest.mark.parametrize(
    ("address", "test"),
    [
        ("127.5.6.7", "is_loopback"),
        ("169.254.9.9", "is_link_local"),
        ("fe80::211:22ff:fe33:4455", "is_link_local"),
        ("fe80:1::1", "is_link_local"),
        ("10.1.2.3", "is_private"),
        ("172.31.1.1", "is_private"),
        ("192.168.1.1", "is_private"),
        ("fd12:3456::1", "is_private"),
        ("239.1.2.3", "is_multicast"),
        ("ff02::1:2", "is_multicast"),
    ],
)
def test_what_an_address_is_for_does_not_change(address: str, test: str) -> None:
    found = ADDRESSES.text(address)
    assert found != address
    assert getattr(ipaddress.ip_address(found), test)


def test_most_bits_depend_on_the_key() -> None:
    address = packed_address("198.51.100.7") or b""
    found = {Addresses(Key(bytes([number] * 32))).of(address) for number in range(64)}
    assert len(found) == 64
    for bit in range(32):
        assert 5 < sum(int.from_bytes(each) >> bit & 1 for each in found) < 59


def test_what_is_no_address_becomes_a_word() -> None:
    assert ADDRESSES.text("router.example").startswith("host-")
    assert ADDRESSES.text("router.example") == ADDRESSES.text("router.example") != ADDRESSES.text("other.example")
    assert packed_address("1.2.3") is None
    assert written_address(packed_address("2001:db8:0:0::1") or b"") == "2001:db8::1"


def test_hardware_addresses_are_of_nobodys_make_and_groups_stay_groups() -> None:
    own, group = bytes.fromhex("525400123456"), bytes.fromhex("01005e0a0b0c")
    assert ADDRESSES.hardware(own)[0] & 3 == 2
    assert ADDRESSES.hardware(group)[0] & 3 == 3
    assert ADDRESSES.hardware(own)[1:] != own[1:]
    assert ADDRESSES.hardware(b"\xff" * 6) == b"\xff" * 6
    assert ADDRESSES.hardware(bytes(6)) == bytes(6)
    assert len(ADDRESSES.hardware(b"infiniband")) == 10
