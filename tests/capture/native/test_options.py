"""TCP options of many headers at once are what one header after the other has."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.capture.native.options import MOST, OptionColumns, no_options, read_into
from tcpladder.packets.options import read_options

MSS, WSCALE, PERMITTED = b"\x02\x04\x05\xb4", b"\x03\x03\x07", b"\x04\x02"
STAMPS = b"\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x02"
BLOCK = b"\0\0\0\3\0\0\0\4"
SACK, TWO_BLOCKS = b"\x05\x0a" + BLOCK, b"\x05\x12" + BLOCK + bytes(8)


def read(*headers: bytes, captured: int = MOST) -> OptionColumns:
    columns = no_options(len(headers))
    content: npt.NDArray[np.uint8] = np.frombuffer(
        b"".join(header[:captured].ljust(MOST, b"\0") for header in headers), np.uint8
    ).reshape(-1, MOST)
    lengths = np.array([len(header) for header in headers], np.int64)
    read_into(columns, np.arange(len(headers)), content, lengths, np.minimum(lengths, captured))
    return columns


PIECES = (
    st.sampled_from(
        [MSS, WSCALE, PERMITTED, STAMPS, SACK, TWO_BLOCKS, b"\x01", b"\x00", b"\x02\x03\x05", b"\x05\x06abcd"]
    )
    | st.sampled_from([b"\xff\x04ab", b"\xfd\x06\xf9\x89ab", b"\xfe\x03\xf9", b"\x08\x02", b"\x03\x00", b"\x02"])
    | st.binary(max_size=4)
)
HEADERS = st.lists(PIECES, max_size=8).map(lambda pieces: b"".join(pieces)[:MOST])


@given(st.lists(HEADERS, min_size=1, max_size=20))
def test_kinds_and_faults(headers: list[bytes]) -> None:
    found = read(*headers)
    expected = [read_options(header) for header in headers]
    assert found.kinds.tolist() == [options.kinds for options in expected]
    assert found.faults.tolist() == [options.faults for options in expected]


def test_values() -> None:
    found = read(MSS + PERMITTED + STAMPS + b"\x01" + WSCALE, b"\x01\x01" + TWO_BLOCKS, b"")
    assert found.has_mss.tolist() == found.has_wscale.tolist() == found.has_stamps.tolist() == [True, False, False]
    assert (found.mss[0], found.wscale[0], found.tsval[0], found.tsecr[0]) == (1460, 7, 1, 2)
    assert found.sack_permitted.tolist() == [True, False, False]
    assert found.sack_count.tolist() == [0, 2, 0]
    assert (found.sack_left[1], found.sack_right[1]) == (3, 4)


def test_the_last_of_several_counts_but_the_first_block() -> None:
    other = b"\x05\x0a" + b"\0\0\0\5\0\0\0\6"
    found = read(MSS + b"\x02\x04\x00\x07", SACK + other)
    assert found.mss.tolist()[0] == 7
    assert (found.sack_count[1], found.sack_left[1], found.sack_right[1]) == (2, 3, 4)


@pytest.mark.parametrize("wrong", [b"\x02\x05\x05\xb4\x01", b"\x02\x03\x05", b"\x02\x02", b"\x02\x30\x05\xb4", b"\x02"])
def test_an_option_of_a_wrong_length_has_no_value(wrong: bytes) -> None:
    assert not read(wrong).has_mss[0]


def test_an_edge_more_than_there_are_blocks() -> None:
    found = read(b"\x05\x0e" + BLOCK + b"\0\0\0\7")
    assert (found.sack_count[0], found.sack_left[0], found.sack_right[0]) == (2, 3, 4)


def test_sack_without_a_whole_block_is_strange() -> None:
    headers = [b"\x05\x06abcd" + MSS, b"\x05\x03a" + MSS, b"\x05\x02", SACK + b"\x05\x09" + bytes(7), SACK, b"\x05\x01"]
    assert read(*headers).is_strange.tolist() == [True] * 4 + [False] * 2


@pytest.mark.parametrize(
    ("captured", "stamps", "left", "right"),
    [(9, False, False, False), (10, True, False, False), (16, True, True, False), (20, True, True, True)],
)
def test_what_is_cut_has_the_values_that_are_there(captured: int, stamps: bool, left: bool, right: bool) -> None:  # noqa: FBT001
    found = read(STAMPS + SACK, captured=captured)
    assert (found.has_stamps[0], found.has_left[0], found.has_right[0]) == (stamps, left, right)


def test_other_rows_are_left_alone() -> None:
    columns = no_options(3)
    read_into(
        columns, np.array([1]), np.frombuffer(MSS.ljust(MOST, b"\0"), np.uint8)[None], np.array([4]), np.array([4])
    )
    assert columns.has_mss.tolist() == [False, True, False]
