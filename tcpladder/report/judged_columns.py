"""What the list shows of what the rules and the labels say, a row a connection."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.rulebook.levels import Level

if TYPE_CHECKING:
    from tcpladder.rulebook.judging import Judgement

CLEAN = 9
"""The gravity of connections without findings: they come last."""

_VERDICTS = {
    "ending": pl.String(),
    "history": pl.String(),
    "conn_state": pl.String(),
    "closed_first": pl.UInt8(),
    "reset_by": pl.UInt8(),
}


class Found:
    """Findings as columns, the gravest first.

    `levels` (uint8) and `rules` (int64: places in `names`, which are in order) have an entry for each finding. `rows`
    (int64) and `findings` (int64) have one for each finding and each connection that it is about, or rests on: the
    connection's row, and the finding's place. The first `own` of these are of findings about one connection.
    """

    def __init__(self, judgement: "Judgement | None") -> None:
        findings = judgement.findings if judgement else ()
        self.levels = np.array([finding.level for finding in findings], np.uint8)
        rules = [finding.rule for finding in findings]
        self.names = sorted(set(rules))
        places = {name: place for place, name in enumerate(self.names)}
        self.rules = np.array([places[rule] for rule in rules], np.int64)
        connections = np.array([finding.connection or 0 for finding in findings], np.int64)
        own, surveyed = np.flatnonzero(connections), np.flatnonzero(connections == 0).tolist()
        others = [findings[place].connections for place in surveyed]
        self.own = len(own)
        self.rows = np.concatenate([connections[own], *(np.array(numbers, np.int64) for numbers in others)]) - 1
        self.findings = np.concatenate([own, np.repeat(np.array(surveyed, np.int64), [len(one) for one in others])])

    def counts(self, is_kept: npt.NDArray[np.bool_] | None) -> dict[Level, int]:
        """Count the findings of each level, or those about the connections that are kept, the gravest level first."""
        levels = self.levels
        if is_kept is not None:
            is_meant = np.zeros(len(levels), np.bool_)
            is_meant[self.findings[is_kept[self.rows]]] = True
            levels = levels[is_meant]
        counts = np.bincount(levels, minlength=max(Level) + 1)
        return {level: int(counts[level]) for level in reversed(Level) if counts[level]}


def judged_columns(count: int, judgement: "Judgement | None", found: Found) -> dict[str, pl.Series]:
    """Give for each connection its gravity (0 is the gravest), its gravest finding, its ending and what else is known.

    What is not known, since it is not judged yet, is null.
    """
    if judgement is None:
        return {
            "gravity": pl.repeat(CLEAN, count, dtype=pl.UInt8, eager=True),
            "finding": pl.repeat("", count, dtype=pl.String, eager=True),
            "findings": pl.repeat(0, count, dtype=pl.UInt32, eager=True),
            "irtt": pl.repeat(None, count, dtype=pl.Int64, eager=True),
            "retransmissions": pl.repeat(None, count, dtype=pl.UInt32, eager=True),
            **{name: pl.repeat(None, count, dtype=dtype, eager=True) for name, dtype in _VERDICTS.items()},
        }
    verdicts = judgement.verdicts
    return {
        **_findings(count, found),
        "irtt": verdicts["handshake_rtt_initiator_ns"] + verdicts["handshake_rtt_responder_ns"],
        "retransmissions": retransmissions(judgement),
        **{name: verdicts[name] for name in _VERDICTS},
    }


def _findings(count: int, found: Found) -> dict[str, pl.Series]:
    # Of several findings of a connection the gravest comes last, and stays.
    rows, findings = found.rows[: found.own][::-1], found.findings[: found.own][::-1]
    gravity, rule = np.full(count, CLEAN, np.uint8), np.zeros(count, np.uint32)
    gravity[rows] = np.uint8(Level.VIOLATION) - found.levels[findings]
    rule[rows] = found.rules[findings] + 1
    return {
        "gravity": pl.Series(gravity, dtype=pl.UInt8),
        "finding": pl.Series(["", *found.names], dtype=pl.String).gather(rule),
        "findings": pl.Series(np.bincount(rows, minlength=count), dtype=pl.UInt32),
    }


def retransmissions(judgement: "Judgement") -> pl.Series:
    """Count the segments of each connection that were sent again."""
    starts = judgement.capture.connections.offsets[:-1]
    if not len(starts):
        return pl.Series([], dtype=pl.UInt32)
    from tcpladder.tcp.labels import Label  # it is loaded by then: the first connections need not wait for it

    sent_again = Label.RETRANSMISSION | Label.FAST_RETRANSMISSION | Label.SPURIOUS_RETRANSMISSION
    is_again = (judgement.labels & np.uint16(sent_again)) != 0
    counts = pl.Series(np.add.reduceat(is_again, starts, dtype=np.uint32))
    return counts if judgement.is_whole else counts.set(judgement.verdicts["ending"].is_null(), None)
