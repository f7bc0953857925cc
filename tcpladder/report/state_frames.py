"""The states that endpoints were in as a data frame: a row for each, with what brought it about."""

import numpy as np
import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.report.frame_columns import BASIS, STATE_COLUMNS
from tcpladder.report.frames import NS, Int64Array, all_numbers, divided, ends, made, states
from tcpladder.tcp.state_columns import EVENTS, INITIAL, Stays, stays
from tcpladder.tcp.states import Basis, Endpoint


def state_frame(analysis: Analysis, numbers: Int64Array | None = None) -> pl.DataFrame:
    """Give the states of the connections whose numbers, which rise, are given; of all without any.

    The columns are STATE_COLUMNS.
    """
    numbers = all_numbers(analysis) if numbers is None else numbers
    if not len(numbers):
        return made(STATE_COLUMNS, {})
    connections = analysis.connections
    counts = connections.offsets[numbers] - connections.offsets[numbers - 1]
    segments = connections.segments.select("frame", "time")[connections.order[connections.places_of(numbers)]]
    starts = np.cumsum(counts) - counts
    histories = analysis.judgement.histories.only(numbers)
    parts = [
        _of_endpoint(endpoint, stays(histories, starts, endpoint), segments, numbers, starts + counts - 1)
        for endpoint in Endpoint
    ]
    return pl.concat(parts).sort("connection", "endpoint", maintain_order=True)


def _of_endpoint(
    endpoint: Endpoint, found: Stays, segments: pl.DataFrame, numbers: Int64Array, last: Int64Array
) -> pl.DataFrame:
    is_initial = pl.Series(found.event == INITIAL)
    frame, time = (segments[name] for name in ("frame", "time"))
    goes_on = found.connection[1:] == found.connection[:-1]
    until = np.append(np.where(goes_on, found.row[1:], last[found.connection[:-1]]), last[-1:])
    passed = time.gather(until).to_numpy() - time.gather(found.row).to_numpy()
    return made(
        STATE_COLUMNS,
        {
            "connection": pl.Series(numbers[found.connection]),
            "endpoint": ends(pl.repeat(endpoint, len(is_initial), dtype=pl.UInt8, eager=True)),
            "state": states(found.state),
            "basis": pl.Series([basis.word for basis in Basis], dtype=BASIS).gather(found.basis),
            "event": pl.Series([event.value for event in EVENTS])
            .gather(np.maximum(found.event, 0))
            .set(is_initial, None),
            "frame": frame.gather(found.row).set(is_initial, None),
            "cause_frame": frame.gather(found.cause).set(is_initial, None),
            "time": time.gather(found.row),
            "duration_s": divided(pl.Series(np.maximum(passed, 0)), NS),
        },
    )
