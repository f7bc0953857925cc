"""An address has one id, and keeps it."""

from hypothesis import given
from hypothesis import strategies as st

from tcpladder.packets.addresses import AddressBook

TEXTS = st.lists(st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", ""]), max_size=12)


def test_ids_count_from_0_in_the_order_of_first_appearance() -> None:
    book = AddressBook()
    assert book.ids_of(["192.0.2.2", "2001:db8::1", "192.0.2.2"]) == {"192.0.2.2": 0, "2001:db8::1": 1}
    assert book.ids_of(["192.0.2.9", "2001:db8::1"]) == {"192.0.2.9": 2, "2001:db8::1": 1}
    assert book.texts() == ["192.0.2.2", "2001:db8::1", "192.0.2.9"]
    assert len(book) == 3


@given(st.lists(TEXTS, max_size=5))
def test_every_id_leads_back_to_its_text(batches: list[list[str]]) -> None:
    book = AddressBook()
    for batch in batches:
        for text, address_id in book.ids_of(batch).items():
            assert book[address_id] == text
    everything = {text for batch in batches for text in batch}
    assert sorted(book.texts()) == sorted(everything)


def test_the_list_of_texts_is_the_callers_own() -> None:
    book = AddressBook()
    book.ids_of(["192.0.2.1"])
    book.texts().append("192.0.2.2")
    assert len(book) == 1
