"""Frames with the fragments of segments: which belong together, and which captures have any."""

import struct
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tcpladder.capture import fragments
from tcpladder.capture.fragments import fragment_of, perhaps_fragmented, with_fragments
from tests.capture.wrapping import (
    ATOMIC_FRAGMENT,
    DESTINATION_OPTIONS,
    LINKS,
    Packet,
    block,
    enhanced,
    extended,
    fragments4,
    fragments6,
    framed,
    interface,
    ip6,
    padded,
    pcap,
    section,
    segment,
)

WHOLE = segment(payload=b"x" * 200)
OTHER = segment(payload=b"y" * 200, ports=(1026, 80))
FIRST, SECOND, LAST = fragments4(WHOLE, 88)
WHOLE6 = ip6(Packet(0, b""), 6, bytes(100), ("2001:db8::1", "2001:db8::2"))
ANOTHER = Packet(0, FIRST.data[:4] + b"\0\x63" + FIRST.data[6:])  # with an identification of its own
KNOWN = ("ethernet", "vlan", "qinq", "cooked", "cooked2", "null", "loop", "raw")


@pytest.mark.parametrize("name", KNOWN)
def test_fragments_of_one_datagram_have_their_key_in_common(name: str) -> None:
    link, put = LINKS[name]
    for pieces, whole in ((fragments4(WHOLE, 88), WHOLE), (fragments6(WHOLE6, 48), WHOLE6)):
        [key] = {fragment_of(link, put(piece)) for piece in pieces}
        assert key is not None
        assert fragment_of(link, put(whole)) is None


@pytest.mark.parametrize("name", sorted(set(LINKS) - set(KNOWN)))
def test_behind_other_link_layers_they_are_not_looked_for(name: str) -> None:
    link, put = LINKS[name]
    assert fragment_of(link, put(FIRST)) is None
    assert fragment_of(4711, put(FIRST)) is None


def test_extension_headers_are_stepped_over_and_a_fragment_that_is_all_is_none() -> None:
    [first, *_] = fragments6(WHOLE6, 48)
    assert fragment_of(101, extended(first, DESTINATION_OPTIONS).data) == fragment_of(101, first.data)
    assert fragment_of(101, extended(WHOLE6, ATOMIC_FRAGMENT).data) is None


def test_what_is_cut_anywhere_is_no_fragment_or_a_whole_key() -> None:
    for link, piece in ((1, FIRST), (1, fragments6(WHOLE6, 48)[0])):
        data = LINKS["ethernet"][1](piece)
        assert {fragment_of(link, data[:size]) for size in range(len(data))} == {None, fragment_of(link, data)}


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_fragments_before_the_last_one_come_along(tmp_path: Path, order: str) -> None:
    """Those of another datagram do not, nor those of an earlier one with the same number."""
    frames = framed([FIRST, FIRST, OTHER, SECOND, ANOTHER, LAST, OTHER, FIRST, LAST])
    file = tmp_path / "a"
    old = block(2, struct.pack(f"{order}HHIIII", 0, 0, 0, 0, len(frames[0].data), 99) + padded(frames[0].data), order)
    of_blocks = section(order) + interface(order=order) + old
    for content in (
        pcap(frames, order=order),
        of_blocks + b"".join(enhanced(frame, order=order) for frame in frames[1:]),
    ):
        file.write_bytes(content)
        assert with_fragments(file, np.array([3, 6]), np.array([6])).tolist() == [1, 2, 3, 4, 6]
        assert with_fragments(file, np.array([3, 9]), np.array([3, 6, 9])).tolist() == [3, 8, 9]
        assert with_fragments(file, np.array([3]), np.empty(0, np.int64)).tolist() == [3]


def test_only_so_many_datagrams_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST_WAITING", 1)
    first6, second6, *_ = fragments6(WHOLE6, 48)
    file = tmp_path / "a.pcap"
    file.write_bytes(pcap(framed([FIRST, first6, LAST, second6])))
    assert with_fragments(file, np.array([3, 4]), np.array([3, 4])).tolist() == [2, 3, 4]


def test_frames_that_are_shorter_than_their_segment_may_be_fragments() -> None:
    segments = pl.DataFrame(
        {"frame": [1, 2, 3], "header_length": [20, 20, None], "payload_length": [100, 100, 300],
         "wire_length": [154, 122, 90]}
    )  # fmt: skip
    assert perhaps_fragmented(segments).tolist() == [2, 3]
