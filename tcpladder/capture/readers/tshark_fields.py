"""Whatever tshark reads: any file format, link type, tunnel or compression."""

import re
from collections.abc import Iterator

import polars as pl

from tcpladder.capture.left_out import LeftOut
from tcpladder.capture.reader import Batch, CaptureNotice, Confidence, NoticeKind, Reader, ReadRequest
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_columns import DISPLAY_FILTER, FIELDS, PREFERENCES, listing, segments_of, whole
from tcpladder.capture.tshark_fields_capture import STUCK_S, TsharkFieldsCapture
from tcpladder.errors import CaptureError, TcpladderError, TsharkError, quoted
from tcpladder.packets.schema import empty_segments
from tcpladder.printable import printable


def recognises(_head: bytes) -> Confidence:
    """Any file may be one that tshark knows; only asking it tells."""
    return Confidence.LAST_RESORT


def read(request: ReadRequest) -> Iterator[Batch]:
    """Read the file through tshark. Raises TsharkError, or CaptureError when not one frame could be read."""
    tshark = find_tshark(request.tshark)
    capture = TsharkFieldsCapture(
        request.path,
        tshark=tshark.path,
        fields=tuple(FIELDS.values()),
        display_filter=DISPLAY_FILTER,
        preferences=PREFERENCES,
    )
    name = quoted(request.path)
    trouble: TcpladderError | None = None
    left_out = LeftOut()
    segment_count = 0
    last_frame: int | None = None
    try:
        for lines in capture.batches():
            if not lines.content:
                if capture.is_stuck():
                    trouble = _stuck(name)
                    break
                yield Batch(segments=empty_segments())
                continue
            listed = listing(lines.content)
            rows = segments_of(listed, request.addresses)
            segments = whole(rows)
            segment_count += len(segments)
            left_out.add(listed, rows)
            last_frame = _last(rows, "frame") or last_frame
            yield Batch(segments=segments, position=_last(rows, "position"))
    finally:
        capture.close()
    trouble = trouble or _trouble(capture, name)
    if not trouble and last_frame is None and _is_no_capture(request, tshark.path):
        trouble = _no_capture(name)
    if trouble and segment_count == 0:
        raise trouble
    notices = []
    if trouble:
        kept = f"What was read, up to frame {last_frame}, is shown."
        notices.append(CaptureNotice(kind=NoticeKind.INCOMPLETE, sentence=f"{trouble.sentence} {kept}"))
    notices += left_out.notices()
    yield Batch(segments=empty_segments(), notices=tuple(notices))


READER = Reader(name="tshark", recognises=recognises, read=read)


def _last(table: pl.DataFrame, column: str) -> int | None:
    values = table[column].drop_nulls()
    return int(values[-1]) if len(values) else None


def _trouble(capture: TsharkFieldsCapture, name: str) -> TcpladderError | None:
    """Put tshark's end into a sentence; None when it ended well."""
    status = capture.exit_status
    words = printable(" ".join(capture.error_lines))
    if not status:
        return None
    if status < 0:
        return TsharkError(f"tshark was ended by signal {-status} while it read {name}.", "Read the file again.")
    if "isn't a capture file in a format" in words:
        return _no_capture(name)
    for pattern, sentence, hint in _KNOWN_ENDS:
        if re.search(pattern, words):
            return CaptureError(f"{name} {sentence}", hint)
    return TsharkError(f"tshark ended with status {status} while it read {name}: {words or 'it gave no reason'}.")


def _stuck(name: str) -> TsharkError:
    return TsharkError(
        f"tshark hangs while it reads {name}: for {STUCK_S:.0f} seconds it neither wrote nor worked.",
        "Is the file on a network drive? Copy it to this machine first.",
    )


def _no_capture(name: str) -> CaptureError:
    return CaptureError(f"{name} is not a capture file in any format that tshark knows.", "Save it as pcap or pcapng.")


def _is_no_capture(request: ReadRequest, tshark: str) -> bool:
    """Tell whether the file is of a kind, such as JSON or PNG, that tshark shows as a single frame without a time."""
    capture = TsharkFieldsCapture(
        request.path,
        tshark=tshark,
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


_KNOWN_ENDS = (
    (
        r"cut short in the middle of",
        "is cut off in the middle of a packet.",
        "The capturing program was stopped hard, or the disk was full.",
    ),
    (
        r"record data that TShark doesn't support",
        "holds packets of a kind that this tshark does not know.",
        "A newer tshark may know them.",
    ),
    (
        r"damaged or corrupt",
        "is damaged.",
        "Copy it again in binary mode; pcapfix may save more of it.",
    ),
)
"""What tshark writes about a file that it can't read to the end, and what we say."""
