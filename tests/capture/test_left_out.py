"""What is said about frames that hold TCP and could not become a segment."""

from pathlib import Path

import pytest

from tests.capture.reading import notices, read
from tests.capture.wrapping import (
    TCP,
    Frame,
    Packet,
    fragments4,
    fragments6,
    framed,
    gre,
    ip6,
    pcap,
    segment,
)

GOOD = segment(seq=5)
LARGE = segment(payload=bytes(1000))
LARGE6 = ip6(LARGE, TCP, LARGE.data[20:])
REST = "the rest of their IP datagrams is not in the file."


def said(directory: Path, *frames: Frame) -> list[str]:
    return [line.removeprefix("skipped: ") for line in notices(read(pcap(frames), directory))]


def test_nothing_where_all_became_segments(tmp_path: Path) -> None:
    assert said(tmp_path, *framed([GOOD, *fragments4(LARGE, 256), *fragments6(LARGE6, 256)])) == []


@pytest.mark.parametrize("lost", range(4))
def test_fragments_whose_datagram_never_becomes_whole(lost: int, tmp_path: Path) -> None:
    pieces = [
        [piece for at, piece in enumerate(cut) if at != lost]
        for cut in (fragments4(LARGE, 256), fragments6(LARGE6, 256))
    ]
    assert said(tmp_path, *framed([GOOD, *pieces[0], *pieces[1]])) == [f"6 TCP frames are left out: {REST}"]
    assert said(tmp_path, *framed([GOOD, *map(gre, pieces[0])])) == [f"3 TCP frames are left out: {REST}"]


def test_fragments_in_any_order_are_whole(tmp_path: Path) -> None:
    assert said(tmp_path, *framed([GOOD, *reversed(fragments4(LARGE, 256)), *reversed(fragments6(LARGE6, 256))])) == []


def test_fragments_of_other_protocols_are_nobody_of_ours(tmp_path: Path) -> None:
    datagram = Packet(LARGE.time, LARGE.data[:9] + b"\x11" + LARGE.data[10:])
    assert said(tmp_path, *framed([GOOD, *fragments4(datagram, 256)[1:]])) == []


def test_headers_cut_short(tmp_path: Path) -> None:
    frame = framed([LARGE])[0]
    cut = [Frame(frame.time, frame.data[:length], len(frame.data)) for length in (34, 40)]
    assert said(tmp_path, *framed([GOOD]), *cut) == [
        "2 TCP frames are left out: the snap length cut their headers short."
    ]


def test_one_of_each(tmp_path: Path) -> None:
    frame = framed([LARGE])[0]
    assert said(
        tmp_path,
        *framed([GOOD, segment(data_offset=4), fragments4(LARGE, 256)[0]]),
        Frame(frame.time, frame.data[:40], len(frame.data)),
    ) == [
        "1 TCP frame is left out: the snap length cut their headers short.",
        "1 TCP frame is left out: their headers are malformed.",
        f"1 TCP frame is left out: {REST}",
    ]
