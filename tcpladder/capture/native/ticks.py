"""Time stamps of pcapng: ticks of any length, as if_tsresol and if_tsoffset say, in nanoseconds since 1970."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.capture.native.frames import Numbers

NANOSECOND = 10**9
MOST_SECONDS = np.iinfo(np.int64).max // NANOSECOND
KEPT_BITS = 34  # of a fraction: finer than a nanosecond, and times 10^9 it still fits into 64
BINARY = 0x80
MOST_DECIMAL, MOST_BINARY = 19, 63  # of finer ticks than these, 64 bits do not count one second
USUAL = 6


@dataclass(frozen=True, slots=True)
class Clock:
    """`resolution` is the byte of if_tsresol: a negative power of 10, or with its highest bit one of 2."""

    resolution: int = USUAL
    offset: int = 0

    def nanoseconds(self, ticks: npt.NDArray[np.uint64]) -> Numbers:
        """Give the times; where ticks are too fine, or times do not fit into 64 bits, they are 0."""
        exponent = self.resolution & ~BINARY
        is_binary = bool(self.resolution & BINARY)
        if exponent > (MOST_BINARY if is_binary else MOST_DECIMAL):
            return np.zeros(len(ticks), np.int64)
        whole, fraction = (_binary if is_binary else _decimal)(ticks, exponent)
        seconds = whole.astype(np.int64) + self.offset
        times: Numbers = seconds * NANOSECOND + fraction.astype(np.int64)
        times[(np.abs(seconds) >= MOST_SECONDS) | (seconds < 0) & (self.offset >= 0)] = 0
        return times


def _decimal(ticks: npt.NDArray[np.uint64], exponent: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    if exponent > 9:
        divisor = 10 ** (exponent - 9)
        ticks = ticks // np.uint64(divisor)
        exponent = 9
    unit = np.uint64(10**exponent)
    return ticks // unit, ticks % unit * np.uint64(10 ** (9 - exponent))


def _binary(ticks: npt.NDArray[np.uint64], exponent: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    seconds = ticks >> np.uint64(exponent)
    fraction = ticks & np.uint64((1 << exponent) - 1)
    if exponent > KEPT_BITS:
        fraction = fraction >> np.uint64(exponent - KEPT_BITS)
        exponent = KEPT_BITS
    return seconds, fraction * np.uint64(NANOSECOND) >> np.uint64(exponent)
