"""Arithmetic modulo 2**32, for sequence numbers and time stamps (RFC 9293 §3.4, RFC 7323 §5.2).

Each function takes Python integers or NumPy arrays of int64 and gives the same back. Values outside
0 … 2**32-1 are reduced first, so nothing raises on damaged input.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

MODULUS = 1 << 32
HALF = 1 << 31
LAST = MODULUS - 1

Int64Array = npt.NDArray[np.int64]
Number = TypeVar("Number", int, Int64Array)


def distance(start: Number, end: Number) -> Number:
    """Give how far `end` lies after `start`: from -2**31 to 2**31-1, negative when it lies before."""
    return ((end - start + HALF) & LAST) - HALF  # the bits of a negative number too are those of its remainder


def is_before(a: int, b: int) -> bool:
    """Tell whether `a` comes strictly before `b`; half the circle apart, neither does."""
    return 0 < (b - a) % MODULUS < HALF


def is_at_or_before(a: int, b: int) -> bool:
    """Tell whether `a` is `b` or comes before it."""
    return a % MODULUS == b % MODULUS or is_before(a, b)


def unwrap(values: Int64Array, starts: npt.NDArray[np.bool_] | None = None) -> Int64Array:
    """Turn 32-bit numbers into 64-bit ones that do not wrap, each placed nearest to the one before it.

    `values` is int64, shape (n,). `starts` (bool, same shape) marks where a new series begins; each series
    starts at its own first value. The result is congruent to `values` modulo 2**32.
    """
    if len(values) == 0:
        return values.astype(np.int64)
    begins = np.zeros(len(values), np.bool_) if starts is None else starts.copy()
    begins[0] = True
    first = np.flatnonzero(begins)
    reduced = values.astype(np.int64) & LAST
    steps = np.empty_like(reduced)
    steps[1:] = distance(reduced[:-1], reduced[1:])
    steps[first] = 0
    travelled = np.cumsum(steps)
    offset = (reduced - travelled)[first]
    unwrapped: Int64Array = travelled + np.repeat(offset, np.diff(first, append=len(values)))
    return unwrapped
