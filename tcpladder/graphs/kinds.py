"""The graphs that there are, in the order of their numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from tcpladder.graphs.captions import (
    clock_caption,
    round_trip_caption,
    sequence_caption,
    throughput_caption,
    window_caption,
)
from tcpladder.graphs.round_trips import round_trip_times
from tcpladder.graphs.series import Panel, Span
from tcpladder.graphs.stamps import stamps
from tcpladder.graphs.throughput import throughput
from tcpladder.graphs.time_sequence import time_sequence
from tcpladder.graphs.trace import Trace
from tcpladder.graphs.windows import windows
from tcpladder.tcp.states import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A kind of graph: its panel for either endpoint, and what it says of one segment in words.

    `name` is short, for choosing it; `of` says what a panel is about: {0} is its endpoint, {1} the other.
    """

    name: str
    of: str
    panel: Callable[[Trace, Endpoint, Span], Panel]
    caption: Callable[[Trace, int, Span], str]
    depends_on_span: bool = False


GRAPHS = (
    Graph(name="Sequence", of="to {1}", panel=time_sequence, caption=sequence_caption),
    Graph(name="Round trips", of="to {1}", panel=round_trip_times, caption=round_trip_caption),
    Graph(name="Window", of="to {1}", panel=windows, caption=window_caption),
    Graph(name="Throughput", of="to {1}", panel=throughput, caption=throughput_caption, depends_on_span=True),
    Graph(name="TSval", of="{0}'s clock", panel=stamps, caption=clock_caption),
)
