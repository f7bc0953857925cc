"""Data frames of segments: what ladders say of the same, and part by part the same as at once."""

import json

import numpy as np
import polars as pl
import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.ladder.rungs import ladder_of
from tcpladder.report import segment_frames as module
from tcpladder.report.frame_columns import END_NAMES, SEGMENT_COLUMNS, schema
from tcpladder.report.json_lines import ladder_lines
from tcpladder.report.segment_frames import segment_frame, segment_frames
from tests.annotating import annotations
from tests.building import analysed
from tests.samples import sample


@pytest.mark.parametrize("name", ["showcase", "simultaneous-open.client", "lost-data.client", "port-reuse.server"])
def test_a_row_says_what_a_ladder_says(name: str) -> None:
    analysis = sample(name)
    frame = segment_frame(analysis)
    assert dict(frame.schema) == schema(SEGMENT_COLUMNS)
    rows = frame.iter_rows(named=True)
    for number in range(1, len(analysis.connections) + 1):
        ladder = ladder_of(analysis, number, analysis.judgement)
        ends = dict(zip(END_NAMES, ladder.heading.endpoints, strict=True))
        for place, line in enumerate(ladder_lines(ladder)):
            segment, rung, row = json.loads(line), ladder.rung(place), next(rows)
            for key in ("frame", "flags", "seq", "seq_raw"):
                assert row[key] == segment[key]
            has_ack = "ACK" in segment["flags"]
            assert row["ack"] == (segment["ack"] if has_ack else None)
            assert row["ack_raw"] == (segment["ack_raw"] if has_ack else None)
            assert (row["connection"], row["payload_length"], row["sender"]) == (
                number,
                segment["len"],
                segment["from"],
            )
            assert (row["source"], row["source_port"]) == ends[segment["from"]]
            assert (row["destination"], row["destination_port"]) == ends[END_NAMES[rung.sender.peer]]
            assert (row["elapsed_s"], row["delta_s"]) == (rung.elapsed / 1e9, rung.delta / 1e9)
            for end in END_NAMES:
                assert row[f"{end}_before"] == segment["before"][end]
                assert row[f"{end}_after"] == segment["after"][end]
                assert row[f"{end}_basis"] == segment["basis"][end]
                assert row[f"{end}_passed"] == (";".join(segment["passed"][end]) or None)
            assert row["labels"] == (";".join(segment["labels"]) or None)
            assert row["rules"] == (";".join(finding["rule"] for finding in segment["findings"]) or None)
            assert (row["sack_left"], row["sack_right"]) == (rung.words.sack or (None, None))
            assert row["window_bytes"] in (rung.words.offered, None)
    assert next(rows, None) is None


def test_sequence_numbers_do_not_wrap_and_times_may_run_backwards() -> None:
    frame = segment_frame(
        analysed(
            """
            initiator = 192.0.2.10:40000 isn=4294967295
            initiator > responder  SYN wscale=3
            initiator < responder  SYN,ACK wscale=2
            initiator > responder  ACK len=10 win=5  +1s
            initiator < responder  ACK sack=21:31    -2s
            """
        )
    )
    assert frame["seq"].to_list() == [0, 0, 1, 1]
    assert frame["seq_raw"].to_list()[::2] == [4294967295, 0]
    assert frame["delta_s"].to_list() == [0.0, 0.01, 1.0, -2.0]
    assert frame["elapsed_s"].to_list() == [0.0, 0.01, 1.01, -0.99]
    assert frame["window_bytes"][2] == 40
    assert frame.select("ack", "sack_left", "sack_right").row(3) == (11, 21, 31)


def test_parts_are_small_and_together_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = segment_frame(sample("showcase"))
    monkeypatch.setattr(module, "SEGMENTS_AT_ONCE", 31)
    parts = list(segment_frames(sample("showcase")))
    assert max(map(len, parts)) <= 31
    assert pl.concat(parts).equals(whole)
    chosen = np.array([2, 9, 23])
    assert segment_frame(sample("showcase"), chosen).equals(whole.filter(pl.col("connection").is_in([2, 9, 23])))


def test_without_rows_there_are_the_same_columns() -> None:
    nothing = np.empty(0, np.int64)
    for frame in (segment_frame(analysed("")), segment_frame(sample("showcase"), nothing)):
        assert dict(frame.schema) == schema(SEGMENT_COLUMNS)
        assert frame.is_empty()


def test_what_users_wrote_stands_with_the_packet() -> None:
    written = annotations({12: Annotation(mark="b"), 13: Annotation(note="late", comment="of the capture")})
    frame = segment_frame(sample("showcase"), annotations=written).filter(pl.col("frame").is_in([12, 13, 14]))
    expected = [("b", None, None), (None, "late", "of the capture"), (None, None, None)]
    assert frame.select("mark", "note", "comment").rows() == expected
