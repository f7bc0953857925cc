"""The sums of 16-bit words that TCP's checksum is made of (RFC 1071), of many stretches of the content at once.

The sum is the number that all bytes make together, modulo 65535. A stretch of bytes is summed in words of 32 bits,
which are congruent, and in the words of the whole content, which at most exchanges the two bytes of the sum (RFC 1071
§2).
"""

import numpy as np

from tcpladder.capture.native.content import Content, Places
from tcpladder.capture.native.frames import Numbers
from tcpladder.packets.checksums import MODULUS

WORD = 4
AT_ONCE = 1 << 20  # bytes of the content: the sums of their words take twice as many
_LOW_BYTES = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF], np.uint32)


def sums(content: Content, starts: Places, lengths: Numbers) -> Numbers:
    """Sum stretches of the content that ascend and do not overlap, as numbers from 0 to 65534."""
    found = np.zeros(len(starts), np.int64)
    begin = 0
    while begin < len(starts):
        end = max(int(np.searchsorted(starts, starts[begin] + AT_ONCE)), begin + 1)
        found[begin:end] = _sums(content, starts[begin:end], lengths[begin:end])
        begin = end
    return found


def _sums(content: Content, starts: Places, lengths: Numbers) -> Numbers:
    ends = starts + lengths
    base = int(starts[0]) // WORD
    count = int(ends[-1]) // WORD - base + 1
    words = np.frombuffer(content.buffer, "<u4", count, base * WORD).astype(np.uint64)
    edges = np.stack([starts, ends], axis=1)
    bounds = edges // WORD - base
    whole = np.add.reduceat(words, bounds.ravel())[::2]
    whole[bounds[:, 0] == bounds[:, 1]] = 0
    # What the first word has before the stretch is taken off, what the last one has of it is added.
    partial = words[bounds] & _LOW_BYTES[edges % WORD]
    total: Numbers = ((whole + partial[:, 1] + np.uint64(MODULUS << 32) - partial[:, 0]) % np.uint64(MODULUS)).astype(
        np.int64
    )
    return np.where(starts % 2 == 0, total * 256 % MODULUS, total)
