"""Options of headers in disguise."""

import pytest

from tcpladder.capture.disguising.options import blank_destination_options, blank_ipv4_options, blank_tcp_options
from tcpladder.packets.options import read_options


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("020405b4 0402 080a 11223344 55667788 01 030307", "020405b4 0402 080a 11223344 55667788 01 030307"),  # a SYN's
        ("0101 050a 11223344 55667788", "0101 050a 11223344 55667788"),  # SACK
        ("2206 c00c1e77 0101", "2206 00000000 0101"),  # Fast Open's cookie: RFC 7413
        ("fd06 f989 c00c", "fd06 f989 0000"),  # the experiment before it
        ("fe06 abcd c00c", "fe06 0000 0000"),
        ("1e0c 0081 1122334455667788", "1e0c 0000 0000000000000000"),  # a key of MPTCP's MP_CAPABLE: RFC 8684 §3.1
        ("1e08 3401 c0000201", "1e08 3000 00000000"),  # its ADD_ADDR: §3.4.1
        ("1312" + "aa" * 16, "1312" + "00" * 16),  # RFC 2385's digest
        ("0806 11223344", "0806 00000000"),  # time stamps of a wrong length may hold anything
        ("020405b4 00 c0ffee", "020405b4 00 000000"),  # what is behind the end
        ("01 fd", "01 fd"),
        ("030307 4c09 c0ffee", "030307 4c09 000000"),  # longer than the header
        ("4c01 c0ffee", "4c01 000000"),
        ("1e02 1e", "1e02 1e"),
    ],
)
def test_tcp_options_say_what_they_are_and_no_more_than_tcp_needs(options: str, kept: str) -> None:
    frame = bytearray(b"ab" + bytes.fromhex(options) + b"cd")
    blank_tcp_options(frame, 2, len(frame) - 2)
    assert frame == b"ab" + bytes.fromhex(kept) + b"cd"
    assert read_options(bytes.fromhex(options)) == read_options(bytes.fromhex(kept))


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("01 0707 04 c0000201 00", "01 0707 04 00000000 00"),  # the route that was recorded
        ("4408 05 01 00112233", "4408 05 00 00000000"),  # times
        ("94040000 00 c0ffee", "94040000 00 000000"),  # router alert
        ("8303 04 00", None),  # source routes
        ("8907 04 c0000201 00", None),
        ("4409 05 00", None),
        ("01 44", None),
    ],
)
def test_ip_options_say_what_they_are_or_are_not_understood(options: str, kept: str | None) -> None:
    frame = bytearray.fromhex(options)
    assert blank_ipv4_options(frame, 0, len(frame)) == (kept is not None)
    assert kept is None or frame == bytes.fromhex(kept)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("0104c0ffeeee 00", "010400000000 00"),  # padding
        ("05020000 0100", "05020000 0100"),
        ("c20400012000", "c20400012000"),  # a jumbo's length
        ("6304c0ffeeee", "630400000000"),
        ("0504c0ffeeee", "050400000000"),  # longer than an alert
        ("c910" + "20" * 16, None),  # a home address
        ("0105c0ffeeee", None),
        ("01", None),
    ],
)
def test_options_of_ipv6_too(options: str, kept: str | None) -> None:
    frame = bytearray.fromhex(options)
    assert blank_destination_options(frame, 0, len(frame)) == (kept is not None)
    assert kept is None or frame == bytes.fromhex(kept)
