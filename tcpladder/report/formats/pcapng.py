"""Annotated captures: the packets themselves, with states, findings and notes as Wireshark's packet comments.

Wireshark shows the comments above a packet, and filters by them: `frame.comment contains "violation"`.
"""

from typing import BinaryIO

from tcpladder.capture.fragments import perhaps_fragmented, with_fragments
from tcpladder.capture.pcapng_copy import copy_frames
from tcpladder.errors import UsageError
from tcpladder.report.format import Format
from tcpladder.report.model import Report
from tcpladder.report.packet_comments import frames_in, packet_comments


def write(report: Report, out: BinaryIO) -> None:
    """Copy the packets of a report's connections, fragments too, and say of each what there is to say."""
    if report.origin is not None:
        raise UsageError("Annotated captures can't be disguised.", "Choose another format.")
    analysis = report.analysis
    frames = frames_in(analysis.connections, report.numbers)
    frames = with_fragments(analysis.path, frames, perhaps_fragmented(analysis.connections.segments))
    copy_frames(analysis.path, frames, out, packet_comments(report, frames))


FORMAT = Format(
    name="pcapng",
    title="Annotated capture, for Wireshark",
    suffixes=(".pcapng",),
    media_type="application/x-pcapng",
    write=write,
    is_text=False,
)
