"""Options as tshark writes them: few segments have any but the usual ones, and the damaged are all there."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tcpladder.capture.tshark_options import options_of
from tcpladder.packets.checksums import MODULUS
from tcpladder.packets.options import OVERRUN, TSOPT_TWICE, read_options

USUAL = b"\x01\x01\x08\x0a"


def found(*rows: tuple[str | None, int | None]) -> pl.DataFrame:
    """Read the options of headers of these lengths, as `segments_of` does."""
    texts = [text for text, _ in rows]
    contents = [bytes.fromhex(text) if text else b"" for text in texts]
    stamps = [content[4:12] if content[:4] == USUAL and len(content) >= 12 else None for content in contents]
    columns = {
        "header_length": pl.Series([length for _, length in rows], dtype=pl.UInt8),
        "tsval": pl.Series([stamp and int.from_bytes(stamp[:4]) for stamp in stamps], dtype=pl.UInt32),
        "tsecr": pl.Series([stamp and int.from_bytes(stamp[4:]) for stamp in stamps], dtype=pl.UInt32),
    }
    return options_of(pl.Series(texts, dtype=pl.String), columns)


contents = st.integers(0, 10).flatmap(lambda words: st.binary(min_size=4 * words, max_size=4 * words))
usual = st.binary(min_size=8, max_size=8).map(lambda stamps: USUAL + stamps)


@given(st.lists(contents | usual | st.just(b""), max_size=20))
def test_each_row_is_what_its_bytes_are(headers: list[bytes]) -> None:
    table = found(*((content.hex() or None, 20 + len(content)) for content in headers))
    expected = [read_options(content) for content in headers]
    assert table["option_kinds"].to_list() == [options.kinds for options in expected]
    assert table["option_faults"].to_list() == [options.faults for options in expected]
    assert [number % MODULUS for number in table["sum"]] == [int.from_bytes(content) % MODULUS for content in headers]


def test_a_cut_header_says_nothing() -> None:
    table = found(("0101080a0000", 32), (None, 32), ("0101", 24), ("0101080a0000000100000002", 40), ("02", None))
    assert_frame_equal(table, pl.DataFrame(dict.fromkeys(table.columns, [None] * 5), schema=table.schema))


def test_a_header_without_options_has_none() -> None:
    assert found((None, 20)).rows() == [(0, 0, 0)]


def test_the_same_text_is_understood_in_every_row() -> None:
    twice, overrun = (USUAL + bytes(8)) * 2, b"\x08\x0a\x00\x00"
    table = found(*[(content.hex(), 20 + len(content)) for content in (twice, overrun, twice, b"", overrun)])
    assert table["option_faults"].to_list() == [TSOPT_TWICE, OVERRUN, TSOPT_TWICE, 0, OVERRUN]
