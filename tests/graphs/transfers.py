"""Connections that graphs are made of, as ladders."""

from tcpladder.graphs.series import Panel, Series, Span
from tcpladder.graphs.trace import Trace
from tests.building import Segment, one_connection

MS = 1_000_000
WHOLE = Span(start=0, end=1_000 * MS)

# Responder sends 1000 bytes, 1000 more are lost and sent again; the round trip is 40 ms.
DOWNLOAD = """
    initiator > responder  SYN win=64000 mss=1460 wscale=2 sackok
    initiator < responder  SYN,ACK win=64000 mss=1460 wscale=0 sackok  +40ms
    initiator > responder  ACK win=1000                                +0ms
    initiator < responder  ACK len=1000 win=500                        +40ms
    initiator < responder  ACK len=1000                                +0ms
    initiator < responder  ACK len=1000                                +0ms
    initiator > responder  ACK ack=1001 win=1000                       +1ms
    initiator > responder  ACK ack=1001 win=1000 sack=2001:3001        +0ms
    initiator < responder  ACK len=1000 seq=1001                       +100ms
    initiator > responder  ACK ack=3001 win=0                          +1ms
    initiator < responder  FIN,ACK seq=3001                            +10ms
"""


def trace(rows: str | list[Segment]) -> Trace:
    """Give the trace of a text's only connection."""
    return Trace(one_connection(rows))


def points(panel: Panel, name: str) -> list[tuple[float, float]]:
    """Give the (ms, number) of a series of points or steps."""
    [found] = [each for each in panel.series if each.name == name]
    return [(time / MS, low) for time, low in zip(found.time.tolist(), found.low.tolist(), strict=True)]


def ranges(panel: Panel, name: str) -> list[tuple[float, float, float]]:
    """Give the (ms, lowest, highest) of a series of ranges."""
    found = one(panel, name)
    return [
        (time / MS, low, high)
        for time, low, high in zip(found.time.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
    ]


def one(panel: Panel, name: str) -> Series:
    """Give the series of this name."""
    [found] = [each for each in panel.series if each.name == name]
    return found


def names(panel: Panel) -> list[str]:
    """Give the names of what is drawn."""
    return [each.name for each in panel.series]
