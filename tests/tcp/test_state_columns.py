"""The states around each segment, of many connections at once: what each connection's timeline tells."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings

from tcpladder.analysis import Analysis
from tcpladder.tcp.state_columns import state_columns
from tcpladder.tcp.states import Endpoint, State
from tests import samples
from tests.building import Segment, analysed
from tests.generating import any_segments, maimed_lives


def check_against_timelines(analysis: Analysis, numbers: list[int]) -> None:
    chosen = np.array(numbers, np.int64)
    counts = np.diff(analysis.connections.offsets)[chosen - 1]
    starts = np.cumsum(counts) - counts
    columns = state_columns(analysis.judgement.histories.only(chosen), starts, int(counts.sum()))
    for number, start, count in zip(numbers, starts.tolist(), counts.tolist(), strict=True):
        timeline, rows = analysis.timeline(number), slice(start, start + count)
        for end in Endpoint:
            assert columns[end].before[rows].tolist() == timeline.states[end, :-1].tolist()
            assert columns[end].after[rows].tolist() == timeline.states[end, 1:].tolist()
            assert columns[end].basis[rows].tolist() == timeline.bases[end, 1:].tolist()
            changes = [change for change in timeline.changes if change.endpoint is end]
            passed = [
                (start + change.row, change.state)
                for change, following in pairwise(changes)
                if change.row == following.row
            ]
            told = zip(columns[end].passed_rows.tolist(), columns[end].passed.tolist(), strict=True)
            assert [(row, state) for row, state in told if start <= row < start + count] == passed


def test_they_are_those_of_each_timeline() -> None:
    for name in ("showcase", "lost-fin.client", "fast-open.server", "port-reuse.server"):
        analysis = samples.sample(name)
        numbers = list(range(1, len(analysis.connections) + 1))
        check_against_timelines(analysis, numbers)
        check_against_timelines(analysis, numbers[1::2])


@settings(max_examples=5)
@given(maimed_lives())
def test_also_of_what_was_captured_badly(rows: list[Segment]) -> None:
    analysis = analysed(rows)
    check_against_timelines(analysis, list(range(1, len(analysis.connections) + 1)))


@settings(max_examples=5)
@given(any_segments())
def test_and_of_what_no_tcp_sends(rows: list[Segment]) -> None:
    analysis = analysed(rows)
    check_against_timelines(analysis, list(range(1, len(analysis.connections) + 1)))


def test_a_state_that_was_passed_where_two_segments_took_effect_at_once() -> None:
    found = samples.sample("simultaneous-close.server")
    initiator, responder = state_columns(found.judgement.histories, found.connections.offsets[:-1], 11)
    assert [State(state) for state in initiator.passed.tolist()] == [State.CLOSING]
    assert initiator.passed_rows.tolist() == [found.segments_of(1)["frame"].to_list().index(10)]
    assert responder.passed.tolist() == []
