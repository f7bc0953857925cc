"""Phrases that several rules' messages use."""

from collections.abc import Iterable
from itertools import pairwise

from tcpladder.tcp.states import Endpoint

SECOND = 1_000_000_000


def seconds(nanoseconds: int) -> str:
    """Give a duration in seconds, to three digits after the point, and one from ten seconds on."""
    value = nanoseconds / SECOND
    return f"{value:.3f} s" if abs(value) < 10 else f"{value:.1f} s"


def name(endpoint: Endpoint) -> str:
    """Give what messages call an endpoint."""
    return endpoint.name.lower()


def capitalised(endpoint: Endpoint) -> str:
    """Give what messages that begin with an endpoint call it."""
    return f"The {name(endpoint)}"


def often(count: int) -> str:
    """Give how many times something happened, as `once` or `3 times`."""
    return "once" if count == 1 else f"{count} times"


def intervals(times: Iterable[int]) -> str:
    """Give the times between events, in seconds, as `0.2, 0.4, 0.8 s`."""
    found = list(times)
    apart = [f"{(later - earlier) / SECOND:.2g}" for earlier, later in pairwise(found)]
    return f"{', '.join(apart)} s"
