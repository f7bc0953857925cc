"""The common captures, read without another program: pcap and pcapng, plain or compressed with gzip or zstd."""

from tcpladder.capture.native import pcap, pcapng, source
from tcpladder.capture.native.reading import read_natively
from tcpladder.capture.reader import Confidence, Reader

_BEGINNINGS = (*pcap.MAGIC_NUMBERS, pcapng.MAGIC_NUMBER, source.GZIP, source.ZSTD)


def recognises(head: bytes) -> Confidence:
    """Tell by the magic number; what a compressed file holds is seen when it is read."""
    return Confidence.YES if head.startswith(_BEGINNINGS) else Confidence.NO


READER = Reader(name="native", recognises=recognises, read=read_natively)
