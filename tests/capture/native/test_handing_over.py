"""Frames that only tshark can read come back as rows of the file they are in."""

from pathlib import Path

import polars as pl
import pytest

from tcpladder.capture.native.frames import Frames
from tcpladder.capture.native.handing_over import HandingOver
from tcpladder.capture.reader import ReadRequest
from tcpladder.packets.addresses import AddressBook
from tests.capture.native.contents import frames_in
from tests.capture.stand_ins import footprint, stand_in
from tests.capture.wrapping import LINUX_SLL, Packet, cooked, fragments4, gre, segment, vxlan

LARGE = segment(payload=bytes(100), seq=77)


def handed(others: HandingOver, packets: list[Packet], first: int) -> pl.DataFrame:
    """Hand packets over as frames that are numbered from `first`."""
    content, frames = frames_in([cooked(packet) for packet in packets], LINUX_SLL)
    shifted = Frames(
        numbers=frames.numbers + first - 1,
        starts=frames.starts,
        captured=frames.captured,
        wire=frames.wire,
        times=frames.numbers * 1000 + first,
        positions=frames.starts + 10_000,
        links=frames.links,
    )
    reading = others.read(content, shifted)
    while True:
        try:
            next(reading)
        except StopIteration as stop:
            found: pl.DataFrame = stop.value
            return found


def request(tshark: str | None = None) -> ReadRequest:
    return ReadRequest(path=Path("capture"), addresses=AddressBook(), tshark=tshark)


def test_rows_have_the_numbers_times_and_places_of_their_file() -> None:
    asked = request()
    with HandingOver(asked) as others:
        found = handed(others, [gre(LARGE), segment(data_offset=3), vxlan(LARGE)], first=500)
        again = handed(others, [gre(LARGE)], first=900)
        assert others.last == 900
        assert others.left_out.counts() == (0, 1, 0)
        assert others.notices() == []
    assert found["frame"].to_list() == [500, 502]
    assert found["time"].to_list() == [1500, 3500]
    assert found["position"][0] == 10_000
    assert found["seq"].to_list() == [77, 77]
    assert asked.addresses[found["outer_source"][0]] == "203.0.113.1"
    assert again["frame"].to_list() == [900]


def test_fragments_find_each_other_across_lots() -> None:
    pieces = fragments4(LARGE, 48)
    with HandingOver(request()) as others:
        assert handed(others, pieces[:2], first=10).is_empty()
        assert others.left_out.counts() == (0, 0, 2)
        found = handed(others, pieces[2:], first=30)
        assert others.left_out.counts() == (0, 0, 0)
    assert found["frame"].to_list() == [30]
    assert found["payload_length"].to_list() == [100]


def test_nothing_is_started_for_nothing() -> None:
    with HandingOver(request("/no/such/tshark")) as others:
        assert others.notices() == []


def test_nothing_is_left_behind() -> None:
    before = footprint()
    with HandingOver(request()) as others:
        handed(others, [gre(LARGE)], first=1)
    assert footprint() == before


@pytest.mark.parametrize("count", [1, 2])
def test_without_tshark_they_are_counted(count: int) -> None:
    with HandingOver(request("/no/such/tshark")) as others:
        assert handed(others, [gre(LARGE)] * count, first=1).is_empty()
        (notice,) = others.notices()
    frames = "1 frame is" if count == 1 else "2 frames are"
    assert notice.sentence.startswith(f"{frames} left out that only tshark can read")
    assert "There is no program '/no/such/tshark'. Install it" in notice.sentence


def test_a_tshark_that_ends_loses_only_what_it_was_handed(tmp_path: Path) -> None:
    with HandingOver(request(stand_in(tmp_path, "echo 'out of luck' >&2; exit 3"))) as others:
        assert handed(others, [gre(LARGE)], first=1).is_empty()
        assert handed(others, [gre(LARGE)], first=2).is_empty()
        (notice,) = others.notices()
    assert notice.sentence.startswith("2 frames are left out")
    assert "out of luck" in notice.sentence
