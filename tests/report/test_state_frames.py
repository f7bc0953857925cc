"""The data frame of states: every change of every timeline, with its cause and how long it lasted."""

import numpy as np
import polars as pl
import pytest

from tcpladder.report.frame_columns import END_NAMES, STATE_COLUMNS, schema
from tcpladder.report.frames import connection_frame
from tcpladder.report.state_frames import state_frame
from tests.building import analysed
from tests.samples import sample


@pytest.mark.parametrize("name", ["showcase", "simultaneous-open.server", "lost-data.client"])
def test_its_rows_are_the_changes_of_each_timeline(name: str) -> None:
    analysis = sample(name)
    frame = state_frame(analysis)
    assert dict(frame.schema) == schema(STATE_COLUMNS)
    columns = ("connection", "endpoint", "state", "basis", "event", "frame", "cause_frame")
    rows = frame.select(columns).iter_rows()
    for number in range(1, len(analysis.connections) + 1):
        timeline, frames = analysis.timeline(number), analysis.segments_of(number)["frame"].to_list()
        for end, path in zip(END_NAMES, timeline.paths(), strict=True):
            assert next(rows)[:3] == (number, end, path[0].name)
            for change in timeline.changes:
                if END_NAMES[change.endpoint] == end:
                    told = (change.state.name, change.basis.word, change.event.value)
                    assert next(rows) == (number, end, *told, frames[change.row], frames[change.cause])
    assert next(rows, None) is None


def test_times_in_states_add_up_to_those_of_the_connections() -> None:
    analysis = sample("showcase")
    spent = state_frame(analysis).group_by("connection", "endpoint", "state").agg(pl.col("duration_s").sum())
    whole = connection_frame(analysis)
    for number, end, state, seconds in spent.filter(pl.col("state") != "UNKNOWN").iter_rows():
        assert seconds == pytest.approx(whole[f"{end}_{state.lower()}_s"][number - 1])


def test_some_connections_and_none() -> None:
    analysis = sample("showcase")
    whole = state_frame(analysis)
    assert state_frame(analysis, np.array([3, 20])).equals(whole.filter(pl.col("connection").is_in([3, 20])))
    assert dict(state_frame(analysed("")).schema) == schema(STATE_COLUMNS)
