"""What an endpoint has in flight, below the window that the other side offers it (RFC 9293 §3.8.6, RFC 7323 §2).

Where both meet, the receiver holds the sender back; where what is in flight stays far below, the sender or the network
does. In flight is what was captured as sent and not yet as acknowledged: beside the receiver that is hardly anything.
"""

from tcpladder.graphs.absence import silent
from tcpladder.graphs.scales import Unit, written
from tcpladder.graphs.series import Look, Panel, Series, Shape, Span, series
from tcpladder.graphs.trace import Trace
from tcpladder.tcp.lookback import NONE
from tcpladder.tcp.states import Endpoint

UNSCALED = "; no window: its scale was not captured"


def windows(trace: Trace, sender: Endpoint, _: Span) -> Panel:
    """Give the graph of one endpoint's bytes in flight and of the window that the other side offered it."""
    in_flight = trace.side(sender).in_flight
    is_known = in_flight != NONE
    offered = _offered(trace, sender.peer)
    if not is_known.any() and not offered:
        return Panel(title="", unit=Unit.BYTES, empty=silent(trace, sender))
    flight = series("in flight", Look.SOLID, Shape.STEPS, trace.time[is_known], in_flight[is_known])
    most = written(int(flight.low.max(initial=0)), Unit.BYTES)
    title = f"at most {most} in flight"
    title += "" if trace.is_window_known else UNSCALED
    return Panel(title=title, unit=Unit.BYTES, series=tuple(each for each in (flight, *offered) if len(each)))


def _offered(trace: Trace, receiver: Endpoint) -> tuple[Series, ...]:
    offers = trace.side(receiver).offers
    if not len(offers):
        return ()
    is_zero = offers[trace.window[offers] == 0]
    return (
        series("window offered", Look.SPARSE, Shape.STEPS, trace.time[offers], trace.window[offers]),
        series("zero window", Look.ZERO, Shape.POINTS, trace.time[is_zero], trace.window[is_zero]),
    )
