"""TCP's checksum (RFC 9293 §3.1): its verdicts, and the arithmetic in which it counts.

The one's complement sum of 16-bit words (RFC 1071) is the number that all bytes make together, modulo 65535. 0x0000 and
0xFFFF are the same there; here it is always 0.
"""

import functools
import ipaddress

BAD, GOOD = 0, 1
LEFT_TO_CARD = 2
"""The sum of the pseudo header alone: where it was captured, its sender's network card had yet to fill it in."""

MODULUS = 0xFFFF


@functools.lru_cache(maxsize=1 << 16)
def address_sum(address: str) -> int | None:
    """Give what an address adds to the pseudo header's sum; None for what is no IP address."""
    try:
        return int(ipaddress.ip_address(address)) % MODULUS
    except ValueError:
        return None
