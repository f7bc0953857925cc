"""Round-trip times over time: from data to the first acknowledgment of it.

Samples are towards the other side as seen from where the capture was taken: beside the sender that is the whole round
trip, beside the receiver next to nothing. What was sent again gives none (Karn's rule, RFC 6298 §3), unless a time
stamp tells which of the copies was acknowledged (RFC 7323 §4).
"""

import numpy as np

from tcpladder.graphs.absence import unsampled
from tcpladder.graphs.scales import Unit, written
from tcpladder.graphs.series import Look, Panel, Shape, Span, series
from tcpladder.graphs.trace import Trace
from tcpladder.tcp.numbers import BoolArray, Int64Array
from tcpladder.tcp.states import Endpoint


def round_trip_times(trace: Trace, sender: Endpoint, _: Span) -> Panel:
    """Give the graph of the round trips of what one endpoint sent, each at the time of its acknowledgment."""
    trips = trace.trips[sender]
    is_sample = trips.by_ack | trips.by_timestamp
    if not is_sample.any():
        return Panel(title="", unit=Unit.TIME, empty=unsampled(trace, sender))
    rtt = trace.time[trips.answered] - trace.time[trips.asked]
    by_stamp = trips.by_timestamp & ~trips.by_ack
    found = (
        series("acknowledged after", Look.SOLID, Shape.POINTS, *_at(trace, trips.answered, rtt, trips.by_ack)),
        series("by time stamps only", Look.STAMP, Shape.POINTS, *_at(trace, trips.answered, rtt, by_stamp)),
    )
    known = rtt[is_sample]
    least, median, most = (written(each, Unit.TIME) for each in (known.min(), np.median(known), known.max()))
    title = f"median {median}, from {least} to {most}"
    return Panel(title=title, unit=Unit.TIME, series=tuple(each for each in found if len(each)))


def _at(trace: Trace, rows: Int64Array, rtt: Int64Array, mask: BoolArray) -> tuple[Int64Array, Int64Array]:
    return trace.time[rows[mask]], rtt[mask]
