"""What is judged of each connection: how it ended, the RST that ended it, and what others tell of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.rulebook.docket import Docket
from tcpladder.rulebook.lone_resets import REASONS, lone_resets
from tcpladder.rulebook.resets import resets
from tcpladder.rulebook.subject import Subject
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.timestamps import measures
from tcpladder.tcp.zeek import SourceIds, zeek

Int64Array = npt.NDArray[np.int64]

Tags = Mapping[int, Sequence[tuple[int, tuple[str, ...]]]]
"""Of connections, by their places: what rules, numbered in their order, tag them with."""

VERDICTS: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),
    "ending": pl.String(),  # tcp.teardown.Ending
    "closed_first": pl.UInt8(),  # 0 initiator, 1 responder, null
    "reset_by": pl.UInt8(),  # likewise, of the RST that ended it
    "reset_frame": pl.UInt32(),
    "reset_answers": pl.UInt32(),  # the frame that this RST replies to; null where it answers none
    "reset_reason": pl.String(),  # rulebook.resets.Reason: why it was probably sent
    "tags": pl.List(pl.String()),
}
"""What is judged of each connection, beside the columns of `tcp.zeek.ZEEK` and `tcp.timestamps.MEASURES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedBy:
    """The RSTs that ended connections, one entry a connection.

    `frame` and `answers` are 0 and `reason` (a place in REASONS) is -1 where there is none, or it is not told yet.
    """

    frame: Int64Array
    answers: Int64Array
    reason: Int64Array

    def tell(self, place: int, subject: Subject) -> None:
        """Take down the RST that ended a connection, what it answers, and why it was probably sent."""
        row = subject.reset_row
        for reset in resets(subject):
            if reset.segment.row == row:
                self.frame[place] = reset.segment.frame
                self.answers[place] = reset.answers.frame if reset.answers else 0
                self.reason[place] = REASONS.index(reset.reason)


def plain_resets(docket: Docket) -> EndedBy:
    """Tell of the RSTs that ended connections what can be told by column."""
    found = lone_resets(docket.shard)
    found = found.only(docket.reset_rows[found.place] == found.row)
    told = EndedBy(
        frame=np.zeros(len(docket.shard), np.int64),
        answers=np.zeros(len(docket.shard), np.int64),
        reason=np.full(len(docket.shard), -1),
    )
    frame = docket.shard.column("frame")
    told.frame[found.place] = frame[found.row]
    told.answers[found.place] = np.where(found.answers >= 0, frame[found.answers], 0)
    told.reason[found.place] = found.reason
    return told


def verdicts(docket: Docket, given: Tags, told: EndedBy, spoilt: SourceIds) -> pl.DataFrame:
    """Make the columns of VERDICTS, ZEEK and MEASURES."""
    ends, ended = docket.teardowns, pl.Series(docket.ended, dtype=pl.UInt32)
    columns: dict[str, Int64Array | pl.Series] = {
        "connection": docket.brief.numbers,
        "ending": pl.Series([end.ending.value for end in ends], dtype=pl.String).gather(ended),
        "closed_first": pl.Series([_number(end.closed_first) for end in ends], dtype=pl.UInt8).gather(ended),
        "reset_by": pl.Series([_number(end.reset_by) for end in ends], dtype=pl.UInt8).gather(ended),
        "reset_frame": _known(told.frame, above=0),
        "reset_answers": _known(told.answers, above=0),
        "reset_reason": pl.Series([reason.value for reason in REASONS]).gather(_known(told.reason, above=-1)),
        "tags": _tags(docket, given),
    }
    found = pl.DataFrame([pl.Series(name, columns[name], dtype) for name, dtype in VERDICTS.items()])
    segments = docket.shard.segments
    for others in (zeek(segments, spoilt), measures(segments)):
        found = found.hstack(others.drop("connection"))
    return found


def _known(values: Int64Array, *, above: int) -> pl.Series:
    """Make a column that is null where a value is no higher than one that stands for none."""
    return pl.select(
        pl.when(pl.lit(pl.Series(values)) > above).then(pl.lit(pl.Series(values))).cast(pl.UInt32)
    ).to_series()


def _tags(docket: Docket, given: Tags) -> pl.Series:
    """Make a column of tags, each once; there are few different lists of them."""
    places: dict[tuple[str, ...], int] = {}
    by_ending = [places.setdefault(end.tags, len(places)) for end in docket.teardowns]
    chosen = np.array(by_ending, np.uint32)[docket.ended]
    for place, own in given.items():
        tags = docket.teardowns[docket.ended[place]].tags
        for _, more in sorted(own, key=itemgetter(0)):
            tags += more
        chosen[place] = places.setdefault(tags, len(places))
    distinct = [list(dict.fromkeys(tags)) for tags in places]
    return pl.Series(distinct, dtype=VERDICTS["tags"]).gather(pl.Series(chosen))


def _number(endpoint: Endpoint | None) -> int | None:
    return None if endpoint is None else int(endpoint)
