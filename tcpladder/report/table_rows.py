"""What a small table shows: its columns, and rows that are put into words when they are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

RowNumbers = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column. From `from_width` cells on there is room for it; elastic ones share what the others leave.

    Entries that are too long lose their middle, sentences their end.
    """

    key: str
    heading: str
    from_width: int = 0
    is_number: bool = True
    is_elastic: bool = False
    is_sentence: bool = False
    about: str = ""  # explains it where the heading does not


class Rows(Protocol):
    """The rows of a table, known by their numbers, from 0."""

    @property
    def columns(self) -> Sequence[TableColumn]:
        """Its columns, from left to right."""
        ...

    def order(self, key: str, *, is_descending: bool) -> RowNumbers:
        """Give the rows in the order of a column."""
        ...

    def text(self, at: int, key: str) -> str:
        """Write the entry of a row in a column."""
        ...

    def token(self, at: int, key: str) -> str:
        """Name what colours the entry; nothing where nothing does."""
        ...

    def longest(self, key: str) -> int:
        """Tell how many cells the longest entry of a column takes."""
        ...
