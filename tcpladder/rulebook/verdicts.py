"""What is judged of each connection: how it ended, the RST that ended it, and what others tell of it."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

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

Told = tuple[int | None, int | None, str | None]
"""Of an RST: its frame, the frame that it answers, and why it was probably sent."""
UNTOLD: Told = (None, None, None)

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


def plain_resets(shard: Docket) -> dict[int, Told]:
    """Tell of the RSTs that ended connections what can be told by column, by the places of the connections."""
    found = lone_resets(shard.shard)
    found = found.only(shard.reset_rows[found.place] == found.row)
    frame = shard.shard.column("frame")
    told = zip(frame[found.row].tolist(), frame[found.answers].tolist(), found.answers.tolist(), strict=True)
    reasons = (REASONS[reason].value for reason in found.reason.tolist())
    return {
        place: (own, asked if row >= 0 else None, reason)
        for place, (own, asked, row), reason in zip(found.place.tolist(), told, reasons, strict=True)
    }


def verdicts(shard: Docket, given: Tags, told_of: Mapping[int, Told], spoilt: SourceIds) -> pl.DataFrame:
    """Make the columns of VERDICTS, ZEEK and MEASURES; `told_of` has the RSTs that ended connections, by place."""
    teardowns = shard.teardowns
    told = [told_of.get(place, UNTOLD) for place in range(len(teardowns))]
    tags = [teardown.tags for teardown in teardowns]
    for place, own in given.items():
        for _, more in sorted(own, key=itemgetter(0)):
            tags[place] += more
    frames, answers, reasons = zip(*told, strict=True) if told else ((), (), ())
    columns: dict[str, Int64Array | Sequence[Any] | pl.Series] = {
        "connection": shard.brief.numbers,
        "ending": [teardown.ending.value for teardown in teardowns],
        "closed_first": [_number(teardown.closed_first) for teardown in teardowns],
        "reset_by": [_number(teardown.reset_by) for teardown in teardowns],
        "reset_frame": frames,
        "reset_answers": answers,
        "reset_reason": reasons,
        "tags": _lists(tags),
    }
    verdicts = pl.DataFrame([pl.Series(name, columns[name], dtype) for name, dtype in VERDICTS.items()])
    segments = shard.shard.segments
    for others in (zeek(segments, spoilt), measures(segments)):
        verdicts = verdicts.hstack(others.drop("connection"))
    return verdicts


def _lists(tags: Sequence[tuple[str, ...]]) -> pl.Series:
    """Make a column of tags, each once; there are few different lists of them."""
    places: dict[tuple[str, ...], int] = {}
    chosen = [places.setdefault(own, len(places)) for own in tags]
    distinct = [list(dict.fromkeys(own)) for own in places]
    return pl.Series(distinct, dtype=VERDICTS["tags"]).gather(pl.Series(chosen, dtype=pl.UInt32))


def _number(endpoint: Endpoint | None) -> int | None:
    return None if endpoint is None else int(endpoint)


def told_reset(subject: Subject) -> Told | None:
    """Give the RST that ended a connection, with what it answers and why it was probably sent."""
    row = subject.reset_row
    reset = next((reset for reset in resets(subject) if reset.segment.row == row), None)
    if reset is None:
        return None
    return reset.segment.frame, reset.answers and reset.answers.frame, reset.reason.value
