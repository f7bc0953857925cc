"""Options of headers in disguise: their kinds and lengths stay, and of what they say what tells nothing of anybody.

Each function changes the bytes from `at` to `end` in place.
"""

from tcpladder.packets.options import (
    END,
    EXPERIMENT_1,
    EXPERIMENT_2,
    FAST_OPEN_EXPERIMENT,
    LENGTHS,
    NO_OPERATION,
)

MULTIPATH = 30
SOURCE_ROUTES = (131, 137)  # RFC 791 §3.1: the destination is not where the header has it
RECORDS = (7, 68)  # a route, times: what is behind the kind and the length is where the next entry goes
PAD_1, PAD_N = 0, 1
HARMLESS = {(PAD_1, 1), (5, 4), (0xC2, 6)}  # kinds and lengths: padding, router alert (RFC 2711), jumbo (RFC 2675)
HOME_ADDRESS = 0xC9  # RFC 6275 §6.3: the source is not where the header has it


def blank_tcp_options(frame: bytearray, at: int, end: int) -> None:
    """Keep what TCP works with: MSS, window scale, SACK and time stamps, where they are as long as they must be.

    Cookies, keys, addresses and whatever is not known become zeros.
    """
    while at < end:
        kind = frame[at]
        if kind == END:
            _blank(frame, at, end)
            return
        if kind == NO_OPERATION:
            at += 1
            continue
        length = frame[at + 1] if at + 1 < end else 0
        if length < 2 or at + length > end:
            _blank(frame, at + 2, end)
            return
        if kind not in LENGTHS or length not in LENGTHS[kind][0]:
            _blank(frame, at + 2 + _told(frame, kind, at + 2, at + length), at + length)
        at += length


def _told(frame: bytearray, kind: int, at: int, end: int) -> int:
    """Tell how many bytes behind kind and length say what sort of option it is, and keep no more of them."""
    if kind in (EXPERIMENT_1, EXPERIMENT_2) and frame[at:end].startswith(FAST_OPEN_EXPERIMENT):
        return len(FAST_OPEN_EXPERIMENT)
    if kind == MULTIPATH and at < end:
        frame[at] &= 0xF0  # the subtype: RFC 8684 §3
        return 1
    return 0


def blank_ipv4_options(frame: bytearray, at: int, end: int) -> bool:
    """Keep no more than which options there are (RFC 791 §3.1). Tell whether addresses in the header are the ends'."""
    while at < end:
        kind = frame[at]
        if kind == END:
            _blank(frame, at, end)
            return True
        if kind == NO_OPERATION:
            at += 1
            continue
        length = frame[at + 1] if at + 1 < end else 0
        if length < 2 or at + length > end or kind in SOURCE_ROUTES:
            return False
        _blank(frame, at + (3 if kind in RECORDS else 2), at + length)
        at += length
    return True


def blank_destination_options(frame: bytearray, at: int, end: int) -> bool:
    """Keep no more than which options there are (RFC 8200 §4.2). Tell whether addresses in the header are the ends'."""
    while at < end:
        kind = frame[at]
        length = 1 if kind == PAD_1 else 2 + frame[at + 1] if at + 1 < end else 0
        if not length or at + length > end or kind == HOME_ADDRESS:
            return False
        if (kind, length) not in HARMLESS:
            _blank(frame, at + 2, at + length)
        at += length
    return True


def _blank(frame: bytearray, begin: int, end: int) -> None:
    """Write zeros, where there is room for any."""
    if begin < end:
        frame[begin:end] = bytes(end - begin)
