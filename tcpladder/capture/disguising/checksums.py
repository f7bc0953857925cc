"""TCP's checksums (RFC 9293 §3.1) in headers that change: right ones stay right, and wrong ones wrong.

Each function is about a segment from `at` to `end` in a frame, between two addresses.
"""

from tcpladder.packets.checksums import MODULUS

TCP = 6
GOOD, BAD, LEFT, LEFT_WITHOUT_LENGTH = range(4)
"""What a checksum may be: the last two are what a network card finds that is to fill it in (`packets.checksums`)."""


def verdict(frame: bytearray, at: int, end: int, ends: tuple[bytes, bytes]) -> int:
    """Tell what a TCP checksum is (packets.checksums); the card that cuts datagrams is left their length too."""
    reduced = int.from_bytes(frame[at + 16 : at + 18]) % MODULUS
    without_length = sum(map(int.from_bytes, ends)) + TCP
    if reduced == (without_length + end - at) % MODULUS:
        return LEFT
    if reduced == without_length % MODULUS:
        return LEFT_WITHOUT_LENGTH
    return BAD if (without_length + end - at + _sum(frame, at, end)) % MODULUS else GOOD


def checksum(frame: bytearray, at: int, end: int, ends: tuple[bytes, bytes], told: int) -> int:
    """Give a TCP checksum of which a verdict is true."""
    without_length = (sum(map(int.from_bytes, ends)) + TCP) % MODULUS
    pseudo_header = (without_length + end - at) % MODULUS
    if told == LEFT:
        return pseudo_header
    if told == LEFT_WITHOUT_LENGTH:
        return without_length
    frame[at + 16 : at + 18] = bytes(2)
    right = -(pseudo_header + _sum(frame, at, end)) % MODULUS
    if told == GOOD:
        return right
    wrong = ((right + step) % MODULUS for step in (256, 257, 258))
    return next(each for each in wrong if each not in (pseudo_header, without_length))


def _sum(frame: bytearray, begin: int, end: int) -> int:
    return int.from_bytes(frame[begin:end] + bytes((end - begin) % 2)) % MODULUS
