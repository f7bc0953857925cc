"""The options of a TCP header (RFC 9293 §3.1): which kinds there are, and what is wrong with them.

Both are bit masks, so that a segment table holds them in a column each. What comes after the End of Option List is
padding and does not count. Where the header does not hold all of its options, nothing is said about any of them.
"""

from dataclasses import dataclass

END, NO_OPERATION, MSS, WSCALE, SACK_PERMITTED, SACK, TSOPT = 0, 1, 2, 3, 4, 5, 8
EXPERIMENT_1, EXPERIMENT_2 = 253, 254
FAST_OPEN_EXPERIMENT = bytes.fromhex("f989")  # RFC 7413 §4.1.1, told apart as RFC 6994 §3 says

MD5 = 1 << 19  # RFC 2385
AUTHENTICATION = 1 << 29  # TCP-AO, RFC 5925
MULTIPATH = 1 << 30  # RFC 8684
FAST_OPEN = 1 << 31  # kind 34, RFC 7413; the experiment that came before it counts too
FAST_OPEN_KIND = 34

TSOPT_LENGTH = 0x01  # time stamps whose length is not 10 (RFC 7323 §3.2)
TSOPT_TWICE = 0x02  # time stamps more than once
MSS_LENGTH = 0x04  # not 4 (RFC 9293 §3.7.1)
WSCALE_LENGTH = 0x08  # not 3 (RFC 7323 §2.2)
SACK_PERMITTED_LENGTH = 0x10  # not 2 (RFC 2018 §2)
OVERRUN = 0x20  # an option's length is missing, less than the 2 bytes that say it, or reaches past the header's end
TWICE = 0x40  # MSS, window scale or SACK-permitted more than once
SACK_LENGTH = 0x80  # not a whole number of blocks, or none (RFC 2018 §3)

_NAMES = (
    (TSOPT_LENGTH, "time stamps of a wrong length"),
    (TSOPT_TWICE, "time stamps twice"),
    (MSS_LENGTH, "an MSS of a wrong length"),
    (WSCALE_LENGTH, "a window scale of a wrong length"),
    (SACK_PERMITTED_LENGTH, "SACK-permitted of a wrong length"),
    (SACK_LENGTH, "SACK of a wrong length"),
    (TWICE, "an option twice"),
    (OVERRUN, "an option that runs past the header's end"),
)

FAULTS = tuple(bit for bit, _ in _NAMES)

LENGTHS = {
    MSS: (frozenset({4}), MSS_LENGTH),
    WSCALE: (frozenset({3}), WSCALE_LENGTH),
    SACK_PERMITTED: (frozenset({2}), SACK_PERMITTED_LENGTH),
    SACK: (frozenset({10, 18, 26, 34}), SACK_LENGTH),
    TSOPT: (frozenset({10}), TSOPT_LENGTH),
}
"""The lengths that an option of a kind may have, and the fault of another one."""

ONCE = {MSS: TWICE, WSCALE: TWICE, SACK_PERMITTED: TWICE, TSOPT: TSOPT_TWICE}
"""The fault of having an option of a kind again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the options of one header are: bit masks of their kinds and of their faults."""

    kinds: int
    faults: int


def read_options(content: bytes) -> Options:
    """Go through the bytes between the fixed header and the data. Never raises."""
    at, kinds, faults = 0, 0, 0
    while at < len(content):
        kind = content[at]
        again = kinds & kind_bit(kind)
        kinds |= kind_bit(kind)
        if kind == END:
            break
        if kind == NO_OPERATION:
            at += 1
            continue
        length = content[at + 1] if at + 1 < len(content) else None
        if again:
            faults |= ONCE.get(kind, 0)
        if kind in LENGTHS and length not in LENGTHS[kind][0]:
            faults |= LENGTHS[kind][1] if length is not None else 0
        if length is None or length < 2 or at + length > len(content):
            faults |= OVERRUN
            break
        if kind in (EXPERIMENT_1, EXPERIMENT_2) and content[at + 2 : at + length].startswith(FAST_OPEN_EXPERIMENT):
            kinds |= FAST_OPEN
        at += length
    return Options(kinds=kinds, faults=faults)


def fault_words(faults: int) -> str:
    """Write the faults in words, such as `time stamps twice, an option that runs past the header's end`."""
    return ", ".join(words for bit, words in _NAMES if faults & bit)


def kind_bit(kind: int) -> int:
    """Give what stands for a kind in `Options.kinds`: bit k up to kind 30; above, only Fast Open has one."""
    return FAST_OPEN if kind == FAST_OPEN_KIND else 1 << kind if kind <= 30 else 0
