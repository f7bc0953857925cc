"""Whatever tshark reads: any file format, link type, tunnel or compression."""

from collections.abc import Iterator

from tcpladder.capture.reader import Batch, Confidence, Reader, ReadRequest


def recognises(_head: bytes) -> Confidence:
    """Any file may be one that tshark knows; only asking it tells."""
    return Confidence.LAST_RESORT


def read(request: ReadRequest) -> Iterator[Batch]:
    """Read the file through tshark. Raises TsharkError, or CaptureError when not one frame could be read."""
    from tcpladder.capture.tshark_reading import read_by_tshark  # pyshark takes long to import, and may not be needed

    yield from read_by_tshark(request)


READER = Reader(name="tshark", recognises=recognises, read=read, needs_tshark=True)
