"""The time-sequence graph, as tcptrace draws it: what an endpoint sent, over when, and how far the other side took it.

Data stands between two staircases: below it what was acknowledged, above it how far the other side's window reached.
A wide step between data and acknowledgments is a long round trip; data that touches the upper one waits for the window.
"""

import numpy as np

from tcpladder.graphs.absence import silent
from tcpladder.graphs.scales import Unit, written
from tcpladder.graphs.series import Look, Panel, Series, Shape, Span, series
from tcpladder.graphs.trace import Trace
from tcpladder.tcp.lookback import NONE
from tcpladder.tcp.numbers import BoolArray, Int64Array
from tcpladder.tcp.states import Endpoint


def time_sequence(trace: Trace, sender: Endpoint, _: Span) -> Panel:
    """Give the graph of what one endpoint sent; its numbers are relative to the ISN."""
    own, peer = trace.by(sender) & trace.counts, trace.by(sender.peer) & trace.counts
    occupies = own & (trace.end > trace.seq)
    if not occupies.any():
        return Panel(title="", unit=Unit.BYTES, empty=silent(trace, sender))
    again = occupies & trace.is_again
    found = [
        _spans("data", Look.SOLID, trace, occupies & ~again),
        _staircase("acknowledged", Look.DOTTED, trace, peer & trace.has_ack, trace.ack),
        *_offered(trace, peer),
        _sack(trace, peer),
        _spans("sent again", Look.AGAIN, trace, again),
        _points("FIN", Look.FIN, trace, own & trace.is_fin),
        _points("RST", Look.RESET, trace, trace.by(sender) & trace.is_rst & ~trace.is_duplicate),
    ]
    total = written(int(trace.payload[own].sum()), Unit.BYTES)
    resent = f", {np.count_nonzero(again)} sent again" if again.any() else ""
    title = f"{total} in {np.count_nonzero(own)} segments{resent}"
    return Panel(title=title, unit=Unit.BYTES, series=tuple(each for each in found if len(each)), from_zero=False)


def _spans(name: str, look: Look, trace: Trace, mask: BoolArray) -> Series:
    return series(name, look, Shape.SPANS, trace.time[mask], trace.seq[mask], trace.end[mask])


def _points(name: str, look: Look, trace: Trace, mask: BoolArray) -> Series:
    return series(name, look, Shape.POINTS, trace.time[mask], trace.seq[mask])


def _staircase(name: str, look: Look, trace: Trace, mask: BoolArray, numbers: Int64Array) -> Series:
    """What never goes back, whatever single segments say: old acknowledgments that come late change nothing."""
    highest = np.maximum.accumulate(numbers[mask])
    return series(name, look, Shape.STEPS, trace.time[mask], highest)


def _offered(trace: Trace, peer: BoolArray) -> tuple[Series, ...]:
    """The right edge of the window that the other side offers, and where it offers none."""
    offers = peer & trace.has_ack & (trace.window != NONE)
    if not offers.any():
        return ()
    edge = np.maximum.accumulate(trace.ack[offers] + trace.window[offers])
    is_zero = offers & (trace.window == 0)
    return (
        series("window's edge", Look.SPARSE, Shape.STEPS, trace.time[offers], edge, is_backdrop=True),
        series("zero window", Look.ZERO, Shape.POINTS, trace.time[is_zero], trace.ack[is_zero]),
    )


def _sack(trace: Trace, peer: BoolArray) -> Series:
    """The newest SACK block of each acknowledgment that has one (RFC 2018 §4)."""
    has_block = peer & (trace.sack_left != NONE) & (trace.sack_right > trace.sack_left)
    left, right = trace.sack_left[has_block], trace.sack_right[has_block]
    return series("SACK", Look.SACK, Shape.SPANS, trace.time[has_block], left, right)
