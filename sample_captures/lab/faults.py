"""What can go wrong on the wire: policies for the forwarder, and the segments they choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .frames import ACK, FIN, RST, SYN

if TYPE_CHECKING:
    from collections.abc import Callable

    from .forwarder import Policy, Verdict
    from .frames import Segment

LOST = None

HELD_BACK = 0.0015
"""Seconds by which a segment comes late: enough to be overtaken, too little for RACK's reordering timer."""


def lose_nothing(_: Segment) -> Verdict:
    """Is the policy of a wire without faults."""
    return 0.0


def nth(number: int, chosen: Callable[[Segment], bool], verdict: Verdict) -> Policy:
    """Give a verdict on the nth of the chosen segments, counted from 1, and let all others pass."""
    met = 0

    def policy(segment: Segment) -> Verdict:
        nonlocal met
        if not chosen(segment):
            return 0.0
        met += 1
        return verdict if met == number else 0.0

    return policy


def is_client_syn(segment: Segment) -> bool:
    """The client's SYN, first or repeated."""
    return segment.from_client and bool(segment.flags & SYN)


def is_client_fin(segment: Segment) -> bool:
    """The client's FIN, first or repeated."""
    return segment.from_client and bool(segment.flags & FIN)


def is_server_data(segment: Segment) -> bool:
    """A segment of the download."""
    return not segment.from_client and segment.payload_length > 0


def is_client_ack(segment: Segment) -> bool:
    """A bare ACK of the client."""
    return segment.from_client and segment.flags == ACK and not segment.payload_length


def is_client_data(segment: Segment) -> bool:
    """A segment of the client with data, first or repeated."""
    return segment.from_client and segment.payload_length > 0


def lose_final_ack() -> Policy:
    """Lose the first bare ACK of the client that comes after the server's FIN."""
    closing = False

    def is_final_ack(segment: Segment) -> bool:
        nonlocal closing
        closing = closing or (not segment.from_client and bool(segment.flags & FIN))
        return closing and is_client_ack(segment)

    return nth(1, is_final_ack, LOST)


def silent_after(number: int, chosen: Callable[[Segment], bool]) -> Policy:
    """Lose everything after the nth of the chosen segments."""
    met = 0

    def policy(segment: Segment) -> Verdict:
        nonlocal met
        verdict = LOST if met >= number else 0.0
        met += chosen(segment)
        return verdict

    return policy


def silent_until_a_reset_after(number: int, chosen: Callable[[Segment], bool]) -> Policy:
    """Lose everything after the nth of the chosen segments but RSTs."""
    silent = silent_after(number, chosen)

    def policy(segment: Segment) -> Verdict:
        verdict = silent(segment)
        return 0.0 if segment.flags & RST else verdict

    return policy
