"""What stands before and between the headers of networks."""

import struct

import pytest

from tcpladder.capture.disguising.layers import (
    BEHIND_UDP,
    BRIDGED,
    GENEVE,
    GTP,
    IPV4,
    IPV6,
    VXLAN,
    StrangeError,
    behind_gre,
    behind_tags,
    by_version,
)

INSIDE = bytes.fromhex("45000000")


@pytest.mark.parametrize(
    ("kind", "between", "found"),
    [
        (IPV6, "", IPV6),
        (0x8100, "002a 0800", IPV4),
        (0x88A8, "0007 8100 002a 86dd", IPV6),
        (0x8847, "00011040 00012140", IPV4),
        (0x8864, "11000005 0006 0021", IPV4),
        (0x8864, "11000005 0006 c021", 0),  # PPP's own talk
        (0x0030, "aaaa03000000 0800", IPV4),
        (0x0030, "424203000000 0800", 0),  # spanning tree
        (0x0806, "", 0x0806),
    ],
)
def test_tags_and_labels_are_stepped_over(kind: int, between: str, found: int) -> None:
    frame = bytearray(b"ab" + bytes.fromhex(between) + INSIDE)
    assert behind_tags(frame, kind, 2) == (found, len(frame) - 4)
    assert frame == b"ab" + bytes.fromhex(between) + INSIDE


@pytest.mark.parametrize("kind", [0x8100, 0x8847, 0x8864, 0x0030])
def test_what_is_cut_short_is_strange(kind: int) -> None:
    with pytest.raises(StrangeError):
        behind_tags(bytearray(b"\0\0\0"), kind, 0)
    with pytest.raises(StrangeError):
        by_version(bytearray(), 0)


@pytest.mark.parametrize(("flags", "length"), [(0, 4), (0x1000, 8), (0x2000, 8), (0x3000, 12)])
def test_gre_has_a_key_and_a_number_or_not(flags: int, length: int) -> None:
    assert behind_gre(bytearray(struct.pack(">HH", flags, BRIDGED)), 0) == (BRIDGED, length)


@pytest.mark.parametrize("flags", [0x8000, 0x4000, 0x0001, 0x0400])
def test_other_gre_is_strange(flags: int) -> None:
    with pytest.raises(StrangeError):
        behind_gre(bytearray(struct.pack(">HH", flags, IPV4)), 0)


@pytest.mark.parametrize(
    ("port", "header", "written", "kind"),
    [
        (VXLAN, "08aaaaaa 00002aaa", "08000000 00002a00", BRIDGED),
        (GENEVE, "02006558 00002aaa 0102030100c0ffee", "02006558 00002a00 0000000000000000", BRIDGED),
        (GENEVE, "00000800 00002a00", "00000800 00002a00", IPV4),
        (GTP, "30ff0028 c0ffee01", "30ff0028 00000000", IPV4),
        (GTP, "32ff0028 c0ffee01 00070000", "32ff0028 00000000 00000000", IPV4),
    ],
)
def test_tunnels_keep_the_network_s_number_and_no_more(port: int, header: str, written: str, kind: int) -> None:
    frame = bytearray(bytes.fromhex(header) + INSIDE)
    assert BEHIND_UDP[port](frame, 0) == (kind, len(frame) - 4)
    assert frame == bytes.fromhex(written) + INSIDE


@pytest.mark.parametrize(
    ("port", "header"),
    [
        (VXLAN, "00000000 00002a00"),
        (VXLAN, "08000000"),
        (GENEVE, "02006558 00002a00"),
        (GTP, "34ff0028 c0ffee01 00070085"),  # extensions
        (GTP, "30010028 c0ffee01"),  # an echo
    ],
)
def test_other_tunnels_are_strange(port: int, header: str) -> None:
    with pytest.raises(StrangeError):
        BEHIND_UDP[port](bytearray.fromhex(header), 0)
