"""Files on their way."""

import io
from typing import BinaryIO, cast

import polars as pl
import pytest

from tcpladder.report.watched import EndedError, Head, Watched


def test_who_watches_is_told_how_much_is_written_and_can_end_it() -> None:
    out, told = io.BytesIO(), []

    def goes_on(size: int) -> bool:
        told.append(size)
        return size < 5

    watched = Watched(out, goes_on)
    assert watched.write(b"abc") == 3
    with pytest.raises(EndedError):
        watched.write(memoryview(b"def"))
    assert told == [3, 6]
    assert watched.is_ended
    with pytest.raises(EndedError):
        watched.write(b"g")
    assert out.getvalue() == b"abcdef"


def test_a_head_keeps_what_comes_first() -> None:
    head = Head(4)
    head.write(b"abc")
    with pytest.raises(EndedError):
        head.write(b"def")
    with pytest.raises(EndedError):
        head.write(b"ghi")
    assert bytes(head.content) == b"abcdef"


def test_a_library_that_writes_is_ended_too() -> None:
    head = Head(1)
    with pytest.raises(OSError, match=r"^.*$"):
        pl.DataFrame({"a": [1, 2]}).write_csv(cast("BinaryIO", head))
    assert head.is_ended
    assert head.content.startswith(b"a\n")
