"""What both readers give for one file, in a form in which it compares equal."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from tcpladder.capture.opening import read_capture
from tcpladder.capture.reader import ReadRequest
from tcpladder.errors import TcpladderError
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import CAPTURED, empty_segments
from tests.capture.reading import ADDRESSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that a reader tells: segments with addresses as text, notices, or the error that ended it."""

    segments: pl.DataFrame
    notices: list[str]
    error: str | None


def told(path: Path, reader: str, tshark: str | None = None) -> Told:
    """Read a file; its batches must have all columns, and frames that ascend."""
    book = AddressBook()
    batches = [empty_segments()]
    notices: list[str] = []
    error = None
    request = ReadRequest(path=path, addresses=book, reader=reader, tshark=tshark)
    try:
        for batch in read_capture(request):
            assert batch.segments.schema == pl.Schema(CAPTURED)
            batches.append(batch.segments)
            notices += [f"{notice.kind}: {notice.sentence}" for notice in batch.notices]
    except TcpladderError as trouble:
        error = str(trouble)
    table = pl.concat(batches)
    assert (table["frame"].cast(pl.Int64).diff().drop_nulls() > 0).all()
    texts = pl.Series(book.texts(), dtype=pl.String)
    columns = (texts.gather(table[name]).alias(name) for name in ADDRESSES)
    return Told(segments=table.with_columns(columns), notices=notices, error=error)


def check_both_tell_the_same(path: Path) -> Told:
    """Hold what the native reader tells against what tshark does, column by column; give it."""
    native = told(path, "native")
    assert_same(native, told(path, "tshark"))
    return native


def assert_same(found: Told, expected: Told) -> None:
    """Hold two readings equal."""
    assert_frame_equal(found.segments, expected.segments)
    assert (found.notices, found.error) == (expected.notices, expected.error)
