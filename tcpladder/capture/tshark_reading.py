"""A whole file read by tshark: any file format, link type, tunnel or compression."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from tcpladder.capture.endings import cut_off, damaged, incomplete, no_capture, unsupported
from tcpladder.capture.left_out import LeftOut
from tcpladder.capture.reader import Batch, CaptureNotice, ReadRequest
from tcpladder.capture.tshark_binary import TsharkBinary, find_tshark
from tcpladder.capture.tshark_columns import DISPLAY_FILTER, FIELDS, PREFERENCES, listing, segments_of, whole
from tcpladder.capture.tshark_fields_capture import STUCK_S, TsharkFieldsCapture
from tcpladder.errors import CaptureError, TcpladderError, TsharkError, quoted
from tcpladder.packets.schema import empty_segments
from tcpladder.printable import printable


def read_by_tshark(request: ReadRequest, *, after: int = 0, left_out: LeftOut | None = None) -> Iterator[Batch]:
    """Read the file through tshark. Raises TsharkError, or CaptureError when not one frame could be read.

    Another reader that came as far as frame `after` has the rest read here, and tells what it left out itself.
    """
    tshark = find_tshark(request.tshark)
    capture = TsharkFieldsCapture(
        request.path,
        tshark=tshark.path,
        arguments=tshark.arguments,
        fields=tuple(FIELDS.values()),
        display_filter=DISPLAY_FILTER,
        preferences=PREFERENCES,
    )
    trouble: TcpladderError | None = None
    left_out = left_out or LeftOut()
    segment_count = 0
    last_frame = after or None
    try:
        for lines in capture.batches():
            if not lines.content:
                if capture.is_stuck():
                    trouble = _stuck(quoted(request.path))
                    break
                yield Batch(segments=empty_segments())
                continue
            listed = listing(lines.content)
            if after:
                listed = listed.filter(pl.col("frame").cast(pl.Int64, strict=False) > after)
            rows = segments_of(listed, request.addresses)
            segments = whole(rows)
            segment_count += len(segments)
            left_out.add(listed, rows)
            last_frame = _last(rows, "frame") or last_frame
            yield Batch(segments=segments, position=_last(rows, "position"))
    finally:
        capture.close()
    trouble = trouble or _trouble(capture, request.path)
    if not trouble and last_frame is None and _is_no_capture(request, tshark):
        trouble = no_capture(request.path)
    if trouble and segment_count == 0 and not after:
        raise trouble
    notices: list[CaptureNotice] = []
    if trouble:
        notices.append(incomplete(trouble, last_frame))
    notices += left_out.notices()
    yield Batch(segments=empty_segments(), notices=tuple(notices))


def _last(table: pl.DataFrame, column: str) -> int | None:
    values = table[column].drop_nulls()
    return int(values[-1]) if len(values) else None


def _trouble(capture: TsharkFieldsCapture, path: Path) -> TcpladderError | None:
    """Put tshark's end into a sentence; None when it ended well."""
    status = capture.exit_status
    name = quoted(path)
    words = printable(" ".join(capture.error_lines))
    if not status:
        return None
    if status < 0:
        return TsharkError(f"tshark was ended by signal {-status} while it read {name}.", "Read the file again.")
    if "isn't a capture file in a format" in words:
        return no_capture(path)
    for pattern, said in _KNOWN_ENDS:
        if re.search(pattern, words):
            return said(path)
    return TsharkError(f"tshark ended with status {status} while it read {name}: {words or 'it gave no reason'}.")


def _stuck(name: str) -> TsharkError:
    return TsharkError(
        f"tshark hangs while it reads {name}: for {STUCK_S:.0f} seconds it neither wrote nor worked.",
        "Is the file on a network drive? Copy it to this machine first.",
    )


def _is_no_capture(request: ReadRequest, tshark: TsharkBinary) -> bool:
    """Tell whether the file is of a kind, such as JSON or PNG, that tshark shows as a single frame without a time."""
    capture = TsharkFieldsCapture(
        request.path,
        tshark=tshark.path,
        arguments=tshark.arguments,
        fields=("frame.file_off", "frame.time_epoch"),
        display_filter="frame",
        preferences=PREFERENCES,
        frames=1,
    )
    try:
        for lines in capture.batches():
            if lines.content:
                return lines.content.rstrip(b"\n").split(b"\t") == [b"0", b""]
            if capture.is_stuck():
                break
    finally:
        capture.close()
    return False


_KNOWN_ENDS: tuple[tuple[str, Callable[[Path], CaptureError]], ...] = (
    (r"cut short in the middle of", cut_off),
    (r"record data that TShark doesn't support", unsupported),
    (r"damaged or corrupt", damaged),
)
"""What tshark writes about a file that it can't read to the end, and what we say."""
