"""How the reading of a capture may end before the file does, in the words that all readers share."""

from pathlib import Path

from tcpladder.capture.reader import CaptureNotice, NoticeKind
from tcpladder.errors import CaptureError, TcpladderError, quoted


def cut_off(path: Path) -> CaptureError:
    """Say that the file ends in the middle of a packet."""
    return CaptureError(
        f"{quoted(path)} is cut off in the middle of a packet.",
        "The capturing program was stopped hard, or the disk was full.",
    )


def damaged(path: Path) -> CaptureError:
    """Say that something in the file can't be what was written."""
    return CaptureError(f"{quoted(path)} is damaged.", "Copy it again in binary mode; pcapfix may save more of it.")


def unsupported(path: Path) -> CaptureError:
    """Say that the file holds what this tshark does not know."""
    return CaptureError(
        f"{quoted(path)} holds packets of a kind that this tshark does not know.", "A newer tshark may know them."
    )


def no_capture(path: Path) -> CaptureError:
    """Say that the file is something else."""
    return CaptureError(
        f"{quoted(path)} is not a capture file in any format that tshark knows.", "Save it as pcap or pcapng."
    )


def incomplete(trouble: TcpladderError, last_frame: int | None) -> CaptureNotice:
    """Say what ended the reading, and up to which frame with TCP it came."""
    kept = f"What was read, up to frame {last_frame}, is shown."
    return CaptureNotice(kind=NoticeKind.INCOMPLETE, sentence=f"{trouble.sentence} {kept}")
