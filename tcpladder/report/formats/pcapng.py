"""Annotated captures: the packets themselves, with states, findings and notes as Wireshark's packet comments.

Wireshark shows the comments above a packet, and filters by them: `frame.comment contains "violation"`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tcpladder.analysis import Analysis
from tcpladder.capture.disguising.frames import DisguisedFrames
from tcpladder.capture.fragments import perhaps_fragmented, with_fragments
from tcpladder.capture.pcapng_copy import Manner, copy_frames
from tcpladder.capture.unchanged import check_unchanged
from tcpladder.errors import CaptureError, UsageError, quoted
from tcpladder.packets.checksums import BAD
from tcpladder.printable import printable
from tcpladder.report.format import Format
from tcpladder.report.model import Origin, Report
from tcpladder.report.packet_comments import Int64Array, frames_in, packet_comments


def write(report: Report, out: BinaryIO) -> None:
    """Copy the packets of a report's connections, fragments too, and say of each what there is to say.

    Raises CaptureError where the capture is gone or another by now: what is said would be of other packets.
    """
    check_unchanged(report.seen)
    with _telling(report.source):
        _copy(report, out)
    check_unchanged(report.seen)


@contextmanager
def _telling(source: Analysis) -> Iterator[None]:
    """Say in a sentence why a capture can't be read once more."""
    try:
        yield
    except OSError as error:
        if error.filename is None or Path(os.fsdecode(error.filename)) != source.path:
            raise
        if len(source.files) > 1:  # they were merged into a file that was there while they were read
            raise UsageError(
                "An annotated capture needs one file, and these are several.",
                "Merge them into one first, or have 'tcpladder report' do it.",
            ) from error
        reason = printable(error.strerror or str(error))
        raise CaptureError(f"{quoted(source.path)} can't be read any more: {reason}.") from error


def _copy(report: Report, out: BinaryIO) -> None:
    source = report.source
    frames = frames_in(source.connections, report.numbers)
    if report.origin is not None:
        _write_disguised(report, report.origin, frames, out)
        return
    frames = with_fragments(source.path, frames, perhaps_fragmented(source.connections.segments))
    copy_frames(source.path, frames, out, packet_comments(report, frames), tshark=report.tshark)


def _write_disguised(report: Report, origin: Origin, frames: Int64Array, out: BinaryIO) -> None:
    """Copy packets in disguise; where checksums are wrong in the capture, they stay wrong."""
    status = origin.analysis.connections.segments["checksum_status"]
    rewrite = DisguisedFrames(origin.disguise, is_filled=bool((status == BAD).any()))
    manner = Manner(rewrite=rewrite, is_bare=True)
    copy_frames(origin.analysis.path, frames, out, packet_comments(report, frames), manner=manner, tshark=report.tshark)
    if rewrite.left_out:
        report.remarks.append(_left_out(rewrite.left_out))


def _left_out(count: int) -> str:
    packets = "1 packet is there without its bytes" if count == 1 else f"{count} packets are there without their bytes"
    return f"{packets}: what they hold could not be disguised."


FORMAT = Format(
    name="pcapng",
    title="Annotated capture, for Wireshark",
    suffixes=(".pcapng",),
    media_type="application/x-pcapng",
    write=write,
    is_text=False,
    heeds=frozenset({"has_notes"}),
)
