"""Which numbers of a direction were sent but not captured: gaps, where they are filled, and where acknowledged."""

from bisect import bisect_left, bisect_right

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]

LOWEST = int(np.iinfo(np.int64).min)


class Gaps:
    """The gaps of one direction, lowest first; they never touch. `acknowledged` is the highest number acknowledged."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.acknowledged = LOWEST

    def begin(self, start: int) -> None:
        """Note where the capture of the direction begins. What lies before it was acknowledged, if sent at all."""
        self.open(LOWEST, start)
        self.acknowledged = max(self.acknowledged, start)

    def open(self, start: int, end: int) -> None:
        """Note that nothing was captured from `start` to before `end`, which lies beyond all that was."""
        self.starts.append(start)
        self.ends.append(end)

    def fill(self, start: int, end: int) -> bool:
        """Note that the numbers were captured after all, and tell whether any of them lay in a gap."""
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        if first >= last:
            return False
        remaining = [(self.starts[first], start), (end, self.ends[last - 1])]
        kept = [(left, right) for left, right in remaining if left < right]
        self.starts[first:last] = [left for left, _ in kept]
        self.ends[first:last] = [right for _, right in kept]
        return True

    def acknowledge(self, ack: int) -> bool:
        """Note an acknowledgment, and tell whether it covers any number of a gap that no earlier one did."""
        before, self.acknowledged = self.acknowledged, max(ack, self.acknowledged)
        first = bisect_right(self.ends, before)
        return first < len(self.starts) and max(self.starts[first], before) < ack


def fills_and_acknowledgments(
    from_initiator: BoolArray, numbers: tuple[Int64Array, Int64Array, Int64Array], ack: Int64Array
) -> tuple[BoolArray, BoolArray]:
    """Tell of one connection's segments which fill a gap, and which newly acknowledge some.

    `numbers` are where each segment begins and ends, and how far its sender had come before, all int64 of shape (n,)
    like `ack`; LOWEST stands where there is no such number.
    """
    sides = {True: Gaps(), False: Gaps()}
    fills, acknowledges = np.zeros(len(ack), np.bool_), np.zeros(len(ack), np.bool_)
    rows = zip(from_initiator.tolist(), *(column.tolist() for column in numbers), ack.tolist(), strict=True)
    for at, (sender, seq, end, sent, acked) in enumerate(rows):
        own, peer = sides[sender], sides[not sender]
        if sent == LOWEST:
            own.begin(seq)
        elif seq > sent:
            own.open(sent, seq)
        elif seq < sent and end > seq:  # gaps lie below what was sent
            fills[at] = own.fill(seq, end)
        if acked > peer.acknowledged:
            acknowledges[at] = peer.acknowledge(acked)
    return fills, acknowledges
