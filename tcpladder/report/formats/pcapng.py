"""Annotated captures: the packets themselves, with states, findings and notes as Wireshark's packet comments.

Wireshark shows the comments above a packet, and filters by them: `frame.comment contains "violation"`.
"""

from typing import BinaryIO

from tcpladder.capture.disguising.frames import DisguisedFrames
from tcpladder.capture.fragments import perhaps_fragmented, with_fragments
from tcpladder.capture.pcapng_copy import Manner, copy_frames
from tcpladder.packets.checksums import BAD
from tcpladder.report.format import Format
from tcpladder.report.model import Origin, Report
from tcpladder.report.packet_comments import Int64Array, frames_in, packet_comments


def write(report: Report, out: BinaryIO) -> None:
    """Copy the packets of a report's connections, fragments too, and say of each what there is to say."""
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
