"""Where the IP header is, link type by link type, and what holds none."""

import struct

import pytest

from tcpladder.capture.native.links import IPV4, IPV6, ODD, OTHER, is_known, networks
from tests.capture import wrapping
from tests.capture.native.contents import frames_in
from tests.capture.wrapping import LINKS, MACS, TCP, ip6, segment

FOUR = segment()
SIX = ip6(FOUR, TCP, FOUR.data[20:])
OUTSIDE = ("mpls", "pseudowire", "pppoe")  # left to tshark


def told(*contents: bytes, link: int = wrapping.ETHERNET) -> list[int]:
    kinds, _ = networks(*frames_in(list(contents), link))
    return [int(kind) for kind in kinds]


@pytest.mark.parametrize("name", LINKS)
def test_each_link_type(name: str) -> None:
    link, wrap = LINKS[name]
    content, frames = frames_in([wrap(FOUR), wrap(SIX)], link)
    kinds, places = networks(content, frames)
    assert is_known(link)
    if name in OUTSIDE:
        assert kinds.tolist() == [ODD, ODD]
        return
    assert kinds.tolist() == [IPV4, IPV6]
    for place, packet in zip(places.tolist(), (FOUR, SIX), strict=True):
        assert content.buffer[place : place + len(packet.data)] == packet.data


def test_link_types_side_by_side() -> None:
    links = [LINKS[name] for name in ("qinq", "raw", "cooked2")]
    content, frames = frames_in([wrap(FOUR) for _, wrap in links], 0)
    frames.links[:] = [link for link, _ in links]
    kinds, places = networks(content, frames)
    assert kinds.tolist() == [IPV4] * 3
    assert [content.buffer[place] for place in places.tolist()] == [0x45] * 3


def test_a_link_type_that_is_not_known() -> None:
    assert not is_known(147)
    assert told(b"abcdefgh", link=147) == [ODD]


@pytest.mark.parametrize("kind", [0x0806, 0x88CC, 0x888E, 0x8809, 0x9000])
def test_ethertypes_that_hold_no_ip(kind: int) -> None:
    assert told(MACS + struct.pack(">H", kind) + bytes(46)) == [OTHER]


@pytest.mark.parametrize("kind", [0x8847, 0x8864, 0x88E7, 0x6558, 0x894F, 0x1234])
def test_ethertypes_that_only_tshark_can_tell(kind: int) -> None:
    assert told(MACS + struct.pack(">H", kind) + bytes(46)) == [ODD]


def test_frames_with_a_length_in_place_of_a_type() -> None:
    spanning_tree = MACS + struct.pack(">H", 38) + b"\x42\x42\x03" + bytes(40)
    snap = MACS + struct.pack(">H", 48) + bytes.fromhex("aaaa03000000 0800") + FOUR.data
    assert told(spanning_tree, snap) == [OTHER, ODD]


def test_ciscos_frames_in_frames() -> None:
    assert told(bytes.fromhex("01000c000000") + wrapping.ethernet(FOUR)[6:]) == [ODD]


def test_too_many_tags() -> None:
    tag = struct.pack(">HH", 0x8100, 7)
    assert told(MACS + tag * 3 + wrapping.ethernet(FOUR)[12:]) == [IPV4]
    assert told(MACS + tag * 5 + wrapping.ethernet(FOUR)[12:]) == [ODD]


@pytest.mark.parametrize("length", [0, 5, 13])
def test_frames_too_short_for_their_header(length: int) -> None:
    assert told(wrapping.ethernet(FOUR)[:length], wrapping.ethernet(FOUR)) == [OTHER, IPV4]
    assert told(wrapping.cooked(FOUR)[:length], wrapping.cooked(FOUR), link=wrapping.LINUX_SLL) == [OTHER, IPV4]


def test_cooked_frames_of_hardware_whose_protocols_mean_something_else() -> None:
    frame = wrapping.cooked(FOUR)
    assert told(frame[:2] + struct.pack(">H", 778) + frame[4:], link=wrapping.LINUX_SLL) == [ODD]


@pytest.mark.parametrize("family", [2, 24, 28, 30])
@pytest.mark.parametrize("order", ["<", ">"])
def test_address_families_of_bsd(family: int, order: str) -> None:
    expected = IPV4 if family == 2 else IPV6
    assert told(struct.pack(f"{order}I", family) + bytes(40), link=wrapping.NULL) == [expected]
    assert told(struct.pack(f"{order}I", 7) + bytes(40), b"\2\0", link=wrapping.NULL) == [ODD, OTHER]


@pytest.mark.parametrize(("link", "expected"), [(12, [IPV4, IPV6]), (228, [IPV4, IPV4]), (229, [IPV6, IPV6])])
def test_raw_ip(link: int, expected: list[int]) -> None:
    assert told(FOUR.data, SIX.data, link=link) == expected
    assert told(b"\x10abc", b"", link=101) == [ODD, OTHER]
