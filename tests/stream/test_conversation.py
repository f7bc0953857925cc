"""From a capture to what was said."""

import threading

import pytest

from tcpladder.analysis import Analysis
from tcpladder.capture.payloads import PayloadSource
from tcpladder.errors import UsageError
from tcpladder.stream.conversation import follow
from tcpladder.tcp.reassembly import What
from tcpladder.tcp.states import Endpoint
from tests.samples import path_of, sample
from tests.stream.telling import conversation

GET = b"GET / HTTP/1.1\r\nHost: www.example.net\r\n\r\n"


@pytest.fixture
def showcase() -> Analysis:
    return sample("showcase")


def test_a_connection_is_followed(showcase: Analysis) -> None:
    found = follow(showcase, 1, PayloadSource(path_of("showcase")))
    assert found is not None
    assert found.stream(Endpoint.INITIATOR).data == GET
    assert found.stream(Endpoint.RESPONDER).data.startswith(b"HTTP/1.1 200 OK\r\n")
    assert found.endpoints[1] == ("198.51.100.20", 80)
    assert found.frame_of_part(0) == 4
    assert found.notices == ()


@pytest.mark.parametrize("name", ["lost-data", "reordered-data", "spurious-retransmission", "zero-window"])
def test_both_captures_of_a_connection_tell_of_the_same_streams(name: str) -> None:
    """What the sender's capture holds and what the receiver's holds, whatever was lost or reordered in between."""
    streams = []
    for place in ("client", "server"):
        found = follow(sample(f"{name}.{place}"), 1, PayloadSource(path_of(f"{name}.{place}")))
        assert found is not None
        assert [stream.missing for stream in found.reassembly.streams] == [0, 0]
        streams.append([stream.data for stream in found.reassembly.streams])
    assert streams[0] == streams[1]


def test_what_there_is_no_room_for_is_said(showcase: Analysis) -> None:
    found = follow(showcase, 16, PayloadSource(path_of("showcase"), limit=10_000))
    assert found is not None
    assert found.notices[0].startswith("Only the first 0 MB are shown, up to no.1")
    assert sum(len(stream.data) for stream in found.reassembly.streams) <= 10_000


def test_cancelled_and_unknown(showcase: Analysis) -> None:
    source, cancelled = PayloadSource(path_of("showcase")), threading.Event()
    cancelled.set()
    assert follow(showcase, 1, source, cancelled) is None
    with pytest.raises(UsageError):
        follow(showcase, 99, source)


def test_parts_are_found_by_their_bytes() -> None:
    said = conversation((">", b"abc"), ("<", b"xy"), (">", b"de"), (">", 4, What.SNAPPED), (">", b"f"))
    assert [said.part_at(0, place) for place in range(6)] == [0, 0, 0, 2, 2, 4]
    assert said.parts_in(0, 1, 6).tolist() == [2, 4]
    assert said.parts_in(1, 0, 9).tolist() == [1]
    assert list(said.runs(0)) == [(0, 5), (5, 6)]
    assert list(said.runs(1)) == [(0, 2)]
    assert list(conversation().runs(0)) == []
