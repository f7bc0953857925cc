"""What can go wrong on the wire: policies for the forwarder, and the segments they choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .forwarder import Policy, Segment

FIN, SYN, ACK = 0x01, 0x02, 0x10

LOST = None

HELD_BACK = 0.0015
"""Seconds by which a segment comes late: enough to be overtaken, too little for RACK's reordering timer."""


def lose_nothing(_: Segment) -> float | None:
    """Is the policy of a wire without faults."""
    return 0.0


def nth(number: int, chosen: Callable[[Segment], bool], verdict: float | None) -> Policy:
    """Give a verdict on the nth of the chosen segments, counted from 1, and let all others pass."""
    met = 0

    def policy(segment: Segment) -> float | None:
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


def lose_final_ack() -> Policy:
    """Lose the first bare ACK of the client that comes after the server's FIN."""
    closing = False

    def is_final_ack(segment: Segment) -> bool:
        nonlocal closing
        closing = closing or (not segment.from_client and bool(segment.flags & FIN))
        return closing and segment.from_client and segment.flags == ACK

    return nth(1, is_final_ack, LOST)
