"""Which connections a report is about, as its user asked for them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.errors import UsageError, quoted
from tcpladder.rulebook.findings import concerned
from tcpladder.rulebook.levels import Level
from tcpladder.rules import catalogue

LEAST = {"deviating": Level.DEVIATION, "violations": Level.VIOLATION, "findings": Level.NOTE}
"""What may be asked for beside rules, and the level from which on a finding counts."""
BoolArray = npt.NDArray[np.bool_]


def check_only(only: Sequence[str]) -> None:
    """Raise UsageError where something is asked for that is neither a level nor a rule."""
    known = {*LEAST, *(rule.id for rule in catalogue())}
    for word in only:
        if word not in known:
            raise UsageError(
                f"There is no rule {quoted(word)}.",
                f"'tcpladder rules' lists them; {', '.join(LEAST)} can be asked for as well.",
            )


def with_findings(analysis: Analysis, only: Sequence[str]) -> BoolArray:
    """Tell of each connection whether it has a finding of one of the levels or rules that are asked for."""
    least = min((LEAST[word] for word in only if word in LEAST), default=None)
    mask = np.zeros(len(analysis.connections), np.bool_)
    for finding in analysis.judgement.findings:
        if finding.rule in only or (least is not None and finding.level >= least):
            mask[np.array(concerned(finding), np.int64) - 1] = True
    return mask


def numbered(analysis: Analysis, numbers: Sequence[int]) -> BoolArray:
    """Tell of each connection whether it is one of `numbers`. Raises UsageError where one of them does not exist."""
    mask = np.zeros(len(analysis.connections), np.bool_)
    for number in numbers:
        analysis.check(number)
        mask[number - 1] = True
    return mask
