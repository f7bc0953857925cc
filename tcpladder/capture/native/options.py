"""TCP options of many headers at once (packets.options says what is told of them).

Of a header that was not captured wholly, only the values count, as far as they are there.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.capture.native.frames import Numbers
from tcpladder.packets.options import (
    END,
    EXPERIMENT_1,
    EXPERIMENT_2,
    FAST_OPEN,
    FAST_OPEN_EXPERIMENT,
    LENGTHS,
    MSS,
    NO_OPERATION,
    ONCE,
    OVERRUN,
    SACK,
    SACK_PERMITTED,
    TSOPT,
    WSCALE,
    kind_bit,
)

MOST = 40  # bytes: what the data offset can say
BLOCK, EDGE = 8, 4  # bytes of a SACK block, and of each of its two edges


def _fault_of_lengths() -> npt.NDArray[np.uint8]:
    faults = np.zeros((256, 256), np.uint8)
    for kind, (lengths, fault) in LENGTHS.items():
        faults[kind] = [0 if length in lengths else fault for length in range(256)]
    return faults


def _fault_of_repeats() -> npt.NDArray[np.uint8]:
    return np.array([ONCE.get(kind, 0) for kind in range(256)], np.uint8)


_BITS = np.array([kind_bit(kind) for kind in range(256)], np.uint32)
_LENGTH_FAULTS, _REPEAT_FAULTS = _fault_of_lengths(), _fault_of_repeats()
_OF_ANY_LENGTH = (SACK, SACK_PERMITTED, EXPERIMENT_1, EXPERIMENT_2)
_FAST_OPEN_EXPERIMENT = int.from_bytes(FAST_OPEN_EXPERIMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionColumns:
    """As columns, a row a header. A value counts where its `has_` is true.

    `is_strange` tells of SACK options without a whole block, of which tshark makes now this, now that.
    """

    kinds: npt.NDArray[np.uint32]
    faults: npt.NDArray[np.uint8]
    has_stamps: npt.NDArray[np.bool_]
    tsval: npt.NDArray[np.uint32]
    tsecr: npt.NDArray[np.uint32]
    has_mss: npt.NDArray[np.bool_]
    mss: npt.NDArray[np.uint16]
    has_wscale: npt.NDArray[np.bool_]
    wscale: npt.NDArray[np.uint8]
    sack_permitted: npt.NDArray[np.bool_]
    sack_count: npt.NDArray[np.uint8]  # of the left edges
    has_left: npt.NDArray[np.bool_]
    sack_left: npt.NDArray[np.uint32]
    has_right: npt.NDArray[np.bool_]
    sack_right: npt.NDArray[np.uint32]
    is_strange: npt.NDArray[np.bool_]


def no_options(rows: int) -> OptionColumns:
    """Give the columns of so many headers that have none."""
    return OptionColumns(
        kinds=np.zeros(rows, np.uint32),
        faults=np.zeros(rows, np.uint8),
        has_stamps=np.zeros(rows, np.bool_),
        tsval=np.zeros(rows, np.uint32),
        tsecr=np.zeros(rows, np.uint32),
        has_mss=np.zeros(rows, np.bool_),
        mss=np.zeros(rows, np.uint16),
        has_wscale=np.zeros(rows, np.bool_),
        wscale=np.zeros(rows, np.uint8),
        sack_permitted=np.zeros(rows, np.bool_),
        sack_count=np.zeros(rows, np.uint8),
        has_left=np.zeros(rows, np.bool_),
        sack_left=np.zeros(rows, np.uint32),
        has_right=np.zeros(rows, np.bool_),
        sack_right=np.zeros(rows, np.uint32),
        is_strange=np.zeros(rows, np.bool_),
    )


def read_into(
    columns: OptionColumns, rows: Numbers, content: npt.NDArray[np.uint8], lengths: Numbers, captured: Numbers
) -> None:
    """Go through the options of some rows: `content` has MOST bytes of each.

    The header has `lengths` of them, of which `captured` are there.
    """
    content = np.pad(content, ((0, 0), (0, 2 * BLOCK)))  # so that what is read beyond the end is there
    at = np.zeros(len(rows), np.int64)
    left = np.flatnonzero(captured > 0)
    while len(left):
        kind = content[left, at[left]]
        bits = _BITS[kind]
        again = columns.kinds[rows[left]] & bits != 0
        columns.kinds[rows[left]] |= bits
        at[left[kind == NO_OPERATION]] += 1
        at[left[kind == END]] = MOST
        is_long = (kind != NO_OPERATION) & (kind != END)
        if is_long.any():
            read, kind, again = left[is_long], kind[is_long], again[is_long]
            start = at[read]
            length = content[read, start + 1].astype(np.int64)
            has_length = start + 1 < captured[read]
            has_end = has_length & (length >= 2) & (start + length <= lengths[read])
            length_faults = _LENGTH_FAULTS[kind, length]
            faults = np.where(again, _REPEAT_FAULTS[kind], 0) | np.where(has_length, length_faults, 0)
            columns.faults[rows[read]] |= np.where(has_end, faults, faults | OVERRUN).astype(np.uint8)
            is_whole = has_end & (start + length <= captured[read])
            is_good = np.where(np.isin(kind, _OF_ANY_LENGTH), has_end, is_whole & (length_faults == 0))
            for wanted, keep in _KEEPERS.items():
                chosen = np.flatnonzero(is_good & (kind == wanted))
                if len(chosen):
                    found = read[chosen]
                    there = np.minimum(length[chosen], captured[found] - start[chosen]) - 2
                    keep(_Found(columns, rows[found], content, found, start[chosen] + 2, there))
            columns.is_strange[rows[read[has_end & (kind == SACK) & (length < 2 + BLOCK)]]] = True
            at[read] = np.where(has_end, start + length, MOST)
        left = left[at[left] < captured[left]]


@dataclass(frozen=True, slots=True)
class _Found:
    """Options of one kind: in which rows of the columns, where in the headers their values start, how long they are."""

    columns: OptionColumns
    rows: Numbers
    content: npt.NDArray[np.uint8]
    read: Numbers
    at: Numbers
    lengths: Numbers

    def number(self, offset: int, size: int) -> npt.NDArray[np.uint32]:
        """Read a number of so many bytes from each."""
        number = np.zeros(len(self.read), np.uint32)
        for place in range(offset, offset + size):
            number = number << np.uint32(8) | self.content[self.read, self.at + place]
        return number


def _keep_stamps(found: _Found) -> None:
    found.columns.tsval[found.rows] = found.number(0, 4)
    found.columns.tsecr[found.rows] = found.number(4, 4)
    found.columns.has_stamps[found.rows] = True


def _keep_mss(found: _Found) -> None:
    found.columns.mss[found.rows] = found.number(0, 2)
    found.columns.has_mss[found.rows] = True


def _keep_wscale(found: _Found) -> None:
    found.columns.wscale[found.rows] = found.number(0, 1)
    found.columns.has_wscale[found.rows] = True


def _keep_permission(found: _Found) -> None:
    found.columns.sack_permitted[found.rows[found.lengths >= 0]] = True


def _keep_blocks(found: _Found) -> None:
    columns, rows = found.columns, found.rows
    for offset, has, edge in (
        (0, columns.has_left, columns.sack_left),
        (EDGE, columns.has_right, columns.sack_right),
    ):
        is_first = ~has[rows] & (found.lengths >= offset + EDGE)
        edge[rows[is_first]] = found.number(offset, EDGE)[is_first]
        has[rows[is_first]] = True
    columns.sack_count[rows] += ((found.lengths + EDGE) // BLOCK).astype(np.uint8)


def _keep_experiment(found: _Found) -> None:
    is_fast_open = found.number(0, 2) == _FAST_OPEN_EXPERIMENT
    is_fast_open &= found.lengths >= len(FAST_OPEN_EXPERIMENT)
    found.columns.kinds[found.rows[is_fast_open]] |= np.uint32(FAST_OPEN)


_KEEPERS = {
    TSOPT: _keep_stamps,
    MSS: _keep_mss,
    WSCALE: _keep_wscale,
    SACK_PERMITTED: _keep_permission,
    SACK: _keep_blocks,
    EXPERIMENT_1: _keep_experiment,
    EXPERIMENT_2: _keep_experiment,
}
