"""Whatever tshark reads: any file format, link type, tunnel or compression."""

import re
from collections.abc import Iterator

import polars as pl

from tcpladder.capture.reader import Batch, CaptureNotice, Confidence, NoticeKind, Reader, ReadRequest
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_columns import DISPLAY_FILTER, FIELDS, PREFERENCES, segments_of, whole
from tcpladder.capture.tshark_fields_capture import TsharkFieldsCapture
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
    rows = skipped = 0
    last_frame: int | None = None
    try:
        for lines in capture.batches():
            if not lines.content:
                yield Batch(segments=empty_segments())
                continue
            listed = segments_of(lines.content, request.addresses)
            segments = whole(listed)
            rows += len(segments)
            skipped += len(listed) - len(segments)
            last_frame = _last(listed, "frame") or last_frame
            yield Batch(segments=segments, position=_last(listed, "position"))
    finally:
        capture.close()
    trouble = _trouble(capture, quoted(request.path))
    if trouble and rows == 0:
        raise trouble
    notices = []
    if trouble:
        kept = f"What was read, up to frame {last_frame}, is shown."
        notices.append(CaptureNotice(kind=NoticeKind.INCOMPLETE, sentence=f"{trouble.sentence} {kept}"))
    if skipped:
        reason = "their headers are cut short by the snap length, or malformed"
        notices.append(CaptureNotice(kind=NoticeKind.SKIPPED, sentence=f"{skipped} TCP frames are left out: {reason}."))
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
    for pattern, sentence, hint in _KNOWN_ENDS:
        if re.search(pattern, words):
            return CaptureError(sentence.format(name=name), hint)
    return TsharkError(f"tshark ended with status {status} while it read {name}: {words or 'it gave no reason'}.")


_KNOWN_ENDS = (
    (
        r"cut short in the middle of",
        "{name} is cut off in the middle of a packet.",
        "The capturing program was stopped hard, or the disk was full.",
    ),
    (
        r"isn't a capture file in a format",
        "{name} is not a capture file in any format that tshark knows.",
        "Save it as pcap or pcapng.",
    ),
    (
        r"record data that TShark doesn't support",
        "{name} holds packets of a kind that this tshark does not know.",
        "A newer tshark may know them.",
    ),
    (
        r"damaged or corrupt",
        "{name} is damaged.",
        "Copy it again in binary mode; pcapfix may save more of it.",
    ),
)
"""What tshark writes about a file that it can't read to the end, and what we say."""
