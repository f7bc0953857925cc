"""Frames that hold TCP and could not become a segment: how many, and why."""

from collections.abc import Iterator

import polars as pl

from tcpladder.capture.reader import CaptureNotice, NoticeKind
from tcpladder.capture.tshark_columns import is_whole

CUT = "the snap length cut their headers short."
MALFORMED = "their headers are malformed."
FRAGMENTS = "the rest of their IP datagrams is not in the file."

_IS_FRAGMENT = pl.col("source_port").is_null() & pl.col("protocols").str.ends_with(":data")


class LeftOut:
    """Counts such frames while a capture is being read."""

    def __init__(self) -> None:
        self._cut = 0
        self._malformed = 0
        self._others_fragments = 0
        self._fragments: set[int] = set()  # frames whose datagrams are not known to be whole

    def add(self, listed: pl.DataFrame, segments: pl.DataFrame) -> None:
        """Take note of the next part of tshark's listing, and of the segments' columns that were read from it."""
        left_out = ~is_whole(segments)
        if left_out.any():
            is_fragment = listed.select(_IS_FRAGMENT.fill_null(value=False)).to_series()
            is_cut = (segments["captured_length"] < segments["wire_length"]).fill_null(value=False)
            self._cut += int((left_out & is_cut & ~is_fragment).sum())
            self._malformed += int((left_out & ~is_cut & ~is_fragment).sum())
            self._fragments.update(segments["frame"].filter(left_out & is_fragment).drop_nulls())
        for name in ("ip_fragments", "ipv6_fragments"):
            for frames in listed[name].drop_nulls():
                self._fragments.difference_update(int(frame) for frame in frames.split(",") if frame.isdecimal())

    def add_cut(self, count: int) -> None:
        """Take note of so many frames whose headers the snap length cut."""
        self._cut += count

    def counts(self) -> tuple[int, int, int]:
        """Tell how many there were that are cut, malformed, and fragments."""
        return self._cut, self._malformed, self._others_fragments + len(self._fragments)

    def add_all(self, other: "LeftOut") -> None:
        """Take note of what is known of other frames, which may have had other numbers while they were read."""
        cut, malformed, fragments = other.counts()
        self._cut += cut
        self._malformed += malformed
        self._others_fragments += fragments

    def notices(self) -> Iterator[CaptureNotice]:
        """Say at the end how many there were."""
        for count, reason in (
            (self._cut, CUT),
            (self._malformed, MALFORMED),
            (self._others_fragments + len(self._fragments), FRAGMENTS),
        ):
            if count:
                frames = "1 TCP frame is left out" if count == 1 else f"{count} TCP frames are left out"
                sentence = f"{frames}: {reason}"
                yield CaptureNotice(kind=NoticeKind.SKIPPED, sentence=sentence)
