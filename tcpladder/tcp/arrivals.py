"""When a segment reached the other endpoint, judged by what that endpoint sent afterwards.

Capture order is not arrival order: a segment captured next to its sender may cross others on the way, or be lost.
What an endpoint acknowledges proves what it had received, and what it fails to acknowledge, what it had not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where in a connection a segment took effect at its receiver.

    `row` is that of the segment itself, or of a later one where the capture shows that it arrived later; then
    `is_delayed` is set, and the effect precedes what the receiver sends in that row. `cause` is the segment's row.
    """

    row: int
    cause: int
    is_proven: bool
    is_delayed: bool = False


def proven_arrival(
    transmissions: Sequence[int],
    proof: int,
    contradictions: Sequence[int],
    next_from_sender: Callable[[int, int], int | None],
) -> Arrival:
    """Place the arrival of a segment that the receiver's row `proof` acknowledges.

    `transmissions`: rows of the segment and its retransmissions; `contradictions`: rows in which the receiver shows
    that it had not arrived; `next_from_sender(after, before)`: the sender's next row between two rows. Segments
    arrive in the order in which they were sent, so the arrival is no later than that next row's.
    """
    earlier = [row for row in transmissions if row < proof]
    if not earlier:
        return Arrival(row=proof, cause=transmissions[0] if transmissions else proof, is_proven=True, is_delayed=True)
    sent = earlier[-1]
    doubts = [row for row in contradictions if sent < row < proof]
    if not doubts:
        return Arrival(row=sent, cause=sent, is_proven=True)
    follower = next_from_sender(doubts[-1], proof)
    return Arrival(row=proof if follower is None else follower, cause=sent, is_proven=True, is_delayed=True)


def assumed_arrival(transmissions: Sequence[int], last_of_receiver: int) -> Arrival | None:
    """Place the arrival of a segment that nothing proves: taken to have arrived when it was the last word.

    A segment that its sender repeated, or after which the receiver went on without it, was not received as far as
    can be known.
    """
    if len(transmissions) != 1 or last_of_receiver > transmissions[0]:
        return None
    return Arrival(row=transmissions[0], cause=transmissions[0], is_proven=False)
