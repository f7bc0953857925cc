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
    """Findings as columns: an entry for each finding and each connection that it is about, or rests on.

    `rows` (int64) are the connections' rows, `findings` (int64) the places of the findings among all, of which `levels`
    (uint8) has an entry each.
    """

    def __init__(self, judgement: "Judgement | None") -> None:
        rows: list[int] = []
        findings: list[int] = []
        levels: list[int] = []
        for place, finding in enumerate(judgement.findings if judgement else ()):
            concerned = finding.connections if finding.connection is None else (finding.connection,)
            rows += concerned
            findings += [place] * len(concerned)
            levels.append(finding.level)
        self.rows = np.array(rows, np.int64) - 1
        self.findings = np.array(findings, np.int64)
        self.levels = np.array(levels, np.uint8)

    def counts(self, is_kept: npt.NDArray[np.bool_] | None) -> dict[Level, int]:
        """Count the findings of each level, or those about the connections that are kept, the gravest level first."""
        levels = self.levels
        if is_kept is not None:
            is_meant = np.zeros(len(levels), np.bool_)
            is_meant[self.findings[is_kept[self.rows]]] = True
            levels = levels[is_meant]
        counts = np.bincount(levels, minlength=max(Level) + 1)
        return {level: int(counts[level]) for level in reversed(Level) if counts[level]}


def judged_columns(count: int, judgement: "Judgement | None") -> dict[str, pl.Series]:
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
        **_findings(count, judgement),
        "irtt": verdicts["handshake_rtt_initiator_ns"] + verdicts["handshake_rtt_responder_ns"],
        "retransmissions": _retransmissions(judgement),
        **{name: verdicts[name] for name in _VERDICTS},
    }


def _findings(count: int, judgement: "Judgement") -> dict[str, pl.Series]:
    own = [finding for finding in reversed(judgement.findings) if finding.connection is not None]
    rows = np.array([finding.connection for finding in own], np.int64) - 1
    names = {name: place for place, name in enumerate(sorted({finding.rule for finding in own}), start=1)}
    gravity, rule = np.full(count, CLEAN, np.uint8), np.zeros(count, np.uint32)
    # Of several findings of a connection the gravest comes last, and stays.
    gravity[rows] = [Level.VIOLATION - finding.level for finding in own]
    rule[rows] = [names[finding.rule] for finding in own]
    return {
        "gravity": pl.Series(gravity, dtype=pl.UInt8),
        "finding": pl.Series(["", *names], dtype=pl.String).gather(rule),
        "findings": pl.Series(np.bincount(rows, minlength=count), dtype=pl.UInt32),
    }


def _retransmissions(judgement: "Judgement") -> pl.Series:
    """Count the segments of each connection that were sent again."""
    starts = judgement.capture.connections.offsets[:-1]
    if not len(starts):
        return pl.Series([], dtype=pl.UInt32)
    from tcpladder.tcp.labels import Label  # it is loaded by then: the first connections need not wait for it

    sent_again = Label.RETRANSMISSION | Label.FAST_RETRANSMISSION | Label.SPURIOUS_RETRANSMISSION
    is_again = (judgement.labels & np.uint16(sent_again)) != 0
    counts = pl.Series(np.add.reduceat(is_again, starts, dtype=np.uint32))
    return counts if judgement.is_whole else counts.set(judgement.verdicts["ending"].is_null(), None)
