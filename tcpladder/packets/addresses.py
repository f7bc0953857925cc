"""Addresses as small numbers, so that a segment holds 4 bytes for each in place of a text."""

from collections.abc import Iterable
from typing import Self


class AddressBook:
    """Gives each address text an id, from 0, in the order in which they first appear.

    Reading appends to it in one thread; others may look up ids of rows they were handed, since an id is
    in the book before a row that uses it is published.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._ids: dict[str, int] = {}

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Make a book of texts in the order of their ids; of one that comes twice, the first id is found by it."""
        book = cls()
        for text in texts:
            book._ids.setdefault(text, len(book._texts))
            book._texts.append(text)
        return book

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, address_id: int) -> str:
        return self._texts[address_id]

    def texts(self) -> list[str]:
        """Give all addresses, each at the place of its id."""
        return list(self._texts)

    def ids_of(self, texts: Iterable[str]) -> dict[str, int]:
        """Give the id of each text, entering those that are new."""
        known = {}
        for text in texts:
            if text not in self._ids:
                self._ids[text] = len(self._texts)
                self._texts.append(text)
            known[text] = self._ids[text]
        return known
