"""How long endpoints were in their states: by an example, and in any capture as their timelines tell."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from tcpladder.analysis import Analysis
from tcpladder.tcp.state_spans import NEVER, state_spans
from tcpladder.tcp.states import Endpoint, State
from tests import samples
from tests.building import Segment, analysed
from tests.generating import any_segments, maimed_lives

MS = 1_000_000

LIFE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK          +10ms
    initiator > responder  ACK              +1ms
    initiator > responder  ACK len=10       +100ms
    initiator < responder  ACK              +7ms
    initiator > responder  FIN,ACK          +20ms
    initiator < responder  ACK              +3ms
    initiator < responder  FIN,ACK          +400ms
    initiator > responder  ACK              +2ms
    """


def spans_of(analysis: Analysis) -> list[dict[Endpoint, dict[State, int]]]:
    connections = analysis.connections
    times = connections.segments["time"].to_numpy()[connections.order]
    spans = state_spans(analysis.judgement.histories, times, connections.offsets[:-1])
    assert spans.dtype == np.int64
    assert spans.shape == (len(connections), len(Endpoint), len(State))
    return [
        {end: {state: int(row[end, state]) for state in State if row[end, state] != NEVER} for end in Endpoint}
        for row in spans
    ]


def told_by_timelines(analysis: Analysis) -> list[dict[Endpoint, dict[State, int]]]:
    """Add up what each timeline says, change by change."""
    found = []
    for number in range(1, len(analysis.connections) + 1):
        times = analysis.segments_of(number)["time"].to_list()
        timeline = analysis.timeline(number)
        sums: dict[Endpoint, dict[State, int]] = {}
        for end in Endpoint:
            begins = [(0, timeline.before(0, end))]
            begins += [(change.row, change.state) for change in timeline.changes if change.endpoint is end]
            ends = [row for row, _ in begins[1:]] + [len(times) - 1]
            sums[end] = dict.fromkeys((state for _, state in begins), 0)
            for (row, state), following in zip(begins, ends, strict=True):
                sums[end][state] += max(times[following] - times[row], 0)
        found.append(sums)
    return found


def test_each_state_has_the_time_until_the_next_and_the_last_one_that_until_the_last_segment() -> None:
    assert spans_of(analysed(LIFE)) == [
        {
            Endpoint.INITIATOR: {
                State.CLOSED: 0,
                State.SYN_SENT: 10 * MS,
                State.ESTABLISHED: 128 * MS,
                State.FIN_WAIT_1: 3 * MS,
                State.FIN_WAIT_2: 400 * MS,
                State.TIME_WAIT: 2 * MS,
            },
            Endpoint.RESPONDER: {
                State.LISTEN: 10 * MS,
                State.SYN_RCVD: 1 * MS,
                State.ESTABLISHED: 127 * MS,
                State.CLOSE_WAIT: 403 * MS,
                State.LAST_ACK: 2 * MS,
                State.CLOSED: 0,
            },
        }
    ]


def test_no_time_passes_where_it_runs_backwards() -> None:
    (found,) = spans_of(analysed("initiator > responder  SYN\n initiator < responder  SYN,ACK  -10ms"))
    assert found[Endpoint.INITIATOR] == {State.CLOSED: 0, State.SYN_SENT: 0, State.ESTABLISHED: 0}


def test_no_connections_have_no_spans() -> None:
    assert spans_of(analysed("")) == []


@given(any_segments())
def test_they_are_what_timelines_tell_whatever_is_captured(rows: list[Segment]) -> None:
    analysis = analysed(rows)
    assert spans_of(analysis) == told_by_timelines(analysis)


@given(maimed_lives())
def test_they_are_what_timelines_tell_of_maimed_connections(rows: list[Segment]) -> None:
    analysis = analysed(rows)
    assert spans_of(analysis) == told_by_timelines(analysis)


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_they_are_what_timelines_tell_of_the_samples(path: Path) -> None:
    analysis = samples.analysis_of(path)
    assert spans_of(analysis) == told_by_timelines(analysis)
