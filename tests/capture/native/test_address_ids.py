"""Ids of addresses: those of the AddressBook, in the order in which addresses come."""

import ipaddress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.capture.native import address_ids
from tcpladder.capture.native.address_ids import ids_of_ipv4, ids_of_ipv6
from tcpladder.packets.addresses import AddressBook


def key6(*texts: str) -> address_ids.Key:
    numbers = [int(ipaddress.ip_address(text)) for text in texts]
    return np.array([[number >> 64 for number in numbers], [number & (1 << 64) - 1 for number in numbers]], np.uint64)


def test_ids_are_given_in_the_order_in_which_addresses_come() -> None:
    book = AddressBook()
    ids = ids_of_ipv4(book)
    key = np.array([[0xC0000202, 0xC0000201, 0xC0000202, 0x0A000001]], np.uint64)
    assert ids.of(key).tolist() == [0, 1, 0, 2]
    assert book.texts() == ["192.0.2.2", "192.0.2.1", "10.0.0.1"]
    assert ids.of(key).tolist() == [0, 1, 0, 2]


def test_both_families_share_one_book_and_what_others_entered() -> None:
    book = AddressBook()
    book.ids_of(["2001:db8::1"])
    assert ids_of_ipv4(book).of(np.array([[0x01020304]], np.uint64)).tolist() == [1]
    assert ids_of_ipv6(book).of(key6("2001:db8::1", "2001:db8::2")).tolist() == [0, 2]


@pytest.mark.parametrize(
    "text", ["::", "::1", "fe80::1:2:3:4", "2001:db8:0:1:1:1:1:1", "::ffff:1.2.3.4", "1:0:0:2::3", "::102:304:0"]
)
def test_addresses_are_written_as_tshark_writes_them(text: str) -> None:
    book = AddressBook()
    ids_of_ipv6(book).of(key6(text))
    assert book.texts() == [text]


@given(st.lists(st.lists(st.integers(0, (1 << 32) - 1) | st.integers(0, 50), max_size=60), max_size=8))
def test_ids_are_those_that_a_dictionary_gives(lots: list[list[int]]) -> None:
    before, address_ids.FIRST_SIZE = address_ids.FIRST_SIZE, 4
    try:
        book = AddressBook()
        known: dict[int, int] = {}
        ids = ids_of_ipv4(book)
    finally:
        address_ids.FIRST_SIZE = before
    for lot in lots:
        expected = [known.setdefault(number, len(known)) for number in lot]
        assert ids.of(np.array([lot], np.uint64)).tolist() == expected
    assert book.texts() == [str(ipaddress.IPv4Address(number)) for number in known]


def test_many_addresses_make_the_table_grow() -> None:
    numbers = np.arange(100_000, dtype=np.uint64)[None] * np.uint64(256)
    ids = ids_of_ipv4(AddressBook())
    assert ids.of(numbers).tolist() == list(range(100_000))
    assert ids.of(numbers[:, ::-1]).tolist() == list(range(99_999, -1, -1))
