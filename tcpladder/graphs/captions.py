"""What a graph says of one segment, in words."""

import numpy as np

from tcpladder.graphs.scales import Unit, written
from tcpladder.graphs.series import Span
from tcpladder.graphs.throughput import bin_width, bins
from tcpladder.graphs.trace import NS, Trace
from tcpladder.packets.flags import flag_names
from tcpladder.tcp.labels import words
from tcpladder.tcp.lookback import NONE
from tcpladder.tcp.states import Endpoint


def heading(trace: Trace, row: int) -> str:
    """Name a segment: its frame, when it was captured, who sent it, and its flags."""
    when = trace.time[row] / NS
    sender = trace.sender(row).name.lower()
    return f"no.{trace.frame[row]}  {when:+.6f} s  {sender} {flag_names(int(trace.flags[row]))}"


def sequence_caption(trace: Trace, row: int, _: Span) -> str:
    """Say what a segment carries, acknowledges and offers, and what is special about it."""
    said = []
    if trace.end[row] > trace.seq[row]:
        said.append(f"seq {trace.seq[row]}:{trace.end[row]}")
    if trace.has_ack[row]:
        said.append(f"ack {trace.ack[row]}")
    if trace.window[row] != NONE and not trace.is_rst[row]:
        said.append(f"window {written(int(trace.window[row]), Unit.BYTES)}")
    if trace.sack_left[row] != NONE:
        said.append(f"SACK {trace.sack_left[row]}:{trace.sack_right[row]}")
    return ", ".join([*said, *words(int(trace.labels[row]))])


def round_trip_caption(trace: Trace, row: int, _: Span) -> str:
    """Say after what time a segment was acknowledged, and after what time it acknowledges another."""
    sender = trace.sender(row)
    said = []
    own, other = trace.trips[sender], trace.trips[sender.peer]
    for at in np.flatnonzero(own.asked == row)[:1].tolist():
        answer = int(own.answered[at])
        doubt = "" if own.by_ack[at] or own.by_timestamp[at] else " (no sample: something was sent again)"
        said.append(f"acknowledged by no.{trace.frame[answer]} after {_apart(trace, row, answer)}{doubt}")
    answered = np.flatnonzero((other.answered == row) & (other.by_ack | other.by_timestamp))
    if len(answered):
        first, last = int(other.asked[answered[0]]), int(other.asked[answered[-1]])
        said.append(f"acknowledges no.{trace.frame[last]} after {_apart(trace, last, row)}")
        if first != last:
            said.append(f"the first of {len(answered)} after {_apart(trace, first, row)}")
    if said:
        return ", ".join(said)
    if trace.end[row] <= trace.seq[row] or trace.is_rst[row]:
        return "no round trip ends or begins here"
    return "sent again: no sample (Karn)" if trace.is_again[row] else "not acknowledged in this capture"


def _apart(trace: Trace, earlier: int, later: int) -> str:
    return written(int(trace.time[later] - trace.time[earlier]), Unit.TIME)


def window_caption(trace: Trace, row: int, _: Span) -> str:
    """Say what either side has in flight, and how much it might have."""
    return "; ".join(_flight(trace, row, endpoint) for endpoint in Endpoint)


def _flight(trace: Trace, row: int, sender: Endpoint) -> str:
    in_flight = int(trace.side(sender).in_flight[row])
    amount = "nothing yet" if in_flight == NONE else written(in_flight, Unit.BYTES)
    offers = trace.side(sender.peer).offers
    latest = int(np.searchsorted(offers, row, "right")) - 1
    of = f" of {written(int(trace.window[offers[latest]]), Unit.BYTES)}" if latest >= 0 else ""
    return f"{sender.name.lower()} in flight {amount}{of}"


def throughput_caption(trace: Trace, row: int, span: Span) -> str:
    """Say how much was sent in the bin of a segment."""
    width = bin_width(span)
    start = int(trace.time[row]) // width * width
    said = []
    for endpoint in Endpoint:
        found = bins(trace, endpoint, Span(start=start, end=start + 1), width)
        every, new = float(found.every[0]), float(found.new[0])
        again = f" ({written(every - new, Unit.RATE)} sent again)" if every > new else ""
        said.append(f"{endpoint.name.lower()} {written(every, Unit.RATE)}{again}")
    return f"within {written(width, Unit.TIME)}: {', '.join(said)}"


def clock_caption(trace: Trace, row: int, _: Span) -> str:
    """Say what a segment is stamped with, what it echoes, and how late it was captured by its sender's clock."""
    if trace.tsval[row] == NONE:
        return "no time stamps"
    side = trace.side(trace.sender(row))
    said = [f"TSval {trace.tsval[row]}", f"TSecr {trace.tsecr[row]}"]
    at = int(np.searchsorted(side.stamped, row))
    if at < len(side.stamped) and side.stamped[at] == row:
        ticks = int(side.ticks[at])
        said[0] += f" ({ticks:+d} since the first)"
        if side.clock is not None:
            shown = side.clock_origin + int(trace.time[row]) * (side.clock.hz / NS)
            said.append(f"captured {written(max(shown - ticks, 0.0) / side.clock.hz * NS, Unit.TIME)} behind its clock")
    return ", ".join(said)
