"""A stretch of a file: values at many places, whatever their alignment, and a buffer that is used again."""

import numpy as np

from tcpladder.capture.native.content import Content
from tests.capture.native.contents import content_of


def test_values_are_read_at_any_place() -> None:
    content = content_of(bytes(range(16)))
    places = np.array([0, 1, 7])
    assert content.values(places, ">u2").tolist() == [0x0001, 0x0102, 0x0708]
    assert content.values(places, "<u4").tolist() == [0x03020100, 0x04030201, 0x0A090807]


def test_rows_have_the_bytes_of_each_place() -> None:
    assert [bytes(row) for row in content_of(b"abcdefgh").rows(np.array([5, 0]), 3).tolist()] == [b"fgh", b"abc"]


def test_rows_may_end_behind_the_content() -> None:
    assert bytes(content_of(b"abc").rows(np.array([2]), 60)[0]) == b"c" + bytes(59)


def test_what_is_dropped_makes_room() -> None:
    content = Content(8)
    content.free()[:] = b"abcdefgh"
    content.size = 8
    content.drop(5, 8)
    assert (content.base, content.size, bytes(content.buffer[:3])) == (5, 3, b"fgh")
    assert len(content.free()) == 5


def test_the_buffer_can_be_changed_in_size_but_loses_nothing() -> None:
    content = content_of(b"abcdefgh")
    content.drop(1, 4)
    assert (content.capacity, bytes(content.buffer[: content.size])) == (7, b"bcdefgh")
    content.drop(6, 100)
    assert (content.capacity, content.base, bytes(content.buffer[: content.size])) == (100, 7, b"h")
