"""A whole file read by tshark, or what another reader left of it."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tcpladder.capture.left_out import LeftOut
from tcpladder.capture.reader import Batch, ReadRequest
from tcpladder.capture.tshark_reading import read_by_tshark
from tcpladder.errors import CaptureError
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import empty_segments
from tests.capture.reading import TRAFFIC


def segments(batches: list[Batch]) -> pl.DataFrame:
    return pl.concat([empty_segments(), *(batch.segments for batch in batches)])


def read(path: Path, after: int = 0, left_out: LeftOut | None = None) -> list[Batch]:
    return list(read_by_tshark(ReadRequest(path=path, addresses=AddressBook()), after=after, left_out=left_out))


def test_the_rest_of_a_file_is_all_that_follows_a_frame() -> None:
    whole, rest = (segments(read(TRAFFIC, after)) for after in (0, 13))
    same = [name for name in whole.columns if name not in ("source", "destination")]
    assert_frame_equal(rest.select(same), whole.filter(whole["frame"] > 13).select(same))


def test_what_was_left_out_before_is_told_at_the_end() -> None:
    left_out = LeftOut()
    left_out.add_cut(3)
    (notice,) = read(TRAFFIC, 13, left_out)[-1].notices
    assert notice.sentence.startswith("3 TCP frames are left out")


def test_damage_behind_what_was_read_before_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(TRAFFIC.read_bytes()[:24] + b"\xa5" * 400)
    with pytest.raises(CaptureError, match="is damaged"):
        read(path)
    (notice,) = read(path, 5)[-1].notices
    assert notice.sentence.endswith("is damaged. What was read, up to frame 5, is shown.")
