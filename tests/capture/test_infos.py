"""What tshark says of frames: of chosen ones, without a pass over the capture, and never an error."""

import gzip
import threading
from pathlib import Path

import polars as pl
import pytest

from tcpladder.capture.infos import KEPT, Infos, _line
from tests.samples import analysis_of, path_of

HTTP = path_of("http-keepalive.client")
SAID = [
    *("HTTP GET /", "HTTP/1.1 200 OK", "HTTP GET /style.css", "HTTP/1.1 200 OK"),
    *("HTTP GET /logo.svg", "HTTP/1.1 200 OK"),
]


def payloads(path: Path) -> tuple[pl.DataFrame, list[int]]:
    segments = analysis_of(path).segments_of(1)
    return segments, [row for row, length in enumerate(segments["payload_length"]) if length]


def said(infos: Infos, segments: pl.DataFrame, rows: list[int]) -> list[str | None]:
    return [infos.known(frame) for frame in segments[rows]["frame"].to_list()]


@pytest.mark.parametrize("name", ["http-keepalive.client", "http-keepalive.server"])
def test_chosen_frames_of_pcap_and_pcapng(name: str) -> None:
    segments, rows = payloads(path_of(name))
    infos = Infos(path_of(name))
    assert said(infos, segments, rows) == [None] * 6
    assert infos.load(segments, rows[2:], threading.Event())
    assert said(infos, segments, rows) == [None, None, *SAID[2:]]
    assert infos.load(segments, rows[:2], threading.Event())
    assert said(infos, segments, rows) == SAID


def test_who_is_in_a_hurry_gets_nothing_and_may_ask_again() -> None:
    segments, rows = payloads(HTTP)
    infos, cancelled = Infos(HTTP), threading.Event()
    cancelled.set()
    assert not infos.load(segments, rows, cancelled)
    assert said(infos, segments, rows) == [None] * 6


def test_what_cannot_be_read_says_nothing_and_is_not_asked_again(tmp_path: Path) -> None:
    segments, rows = payloads(HTTP)
    zipped, cut, other = tmp_path / "a.pcap.gz", tmp_path / "cut.pcap", tmp_path / "text"
    zipped.write_bytes(gzip.compress(HTTP.read_bytes()))
    cut.write_bytes(HTTP.read_bytes()[:30])
    other.write_text("no capture at all, but long enough")
    for infos in (
        *(Infos(path) for path in (zipped, cut, other, tmp_path / "gone")),
        Infos(HTTP, "/no/such/tshark"),
    ):
        assert not infos.load(segments, rows, threading.Event())
        assert said(infos, segments, rows) == [""] * 6


def test_frames_of_unknown_position_are_left_out() -> None:
    segments, rows = payloads(HTTP)
    infos = Infos(HTTP)
    assert not infos.load(segments.with_columns(position=pl.lit(None, pl.Int64)), rows, threading.Event())
    assert infos.known(int(segments["frame"][rows[0]])) == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2\tTLSv1.2\tClient Hello", (20, "TLSv1.2 Client Hello")),
        ("1\tHTTP\tGET /a HTTP/1.1 ", (10, "HTTP GET /a")),
        ("1\tHTTP\tHTTP/1.1 200 OK", (10, "HTTP/1.1 200 OK")),
        ("1\tTCP\t80 > 40000 [ACK]", None),
        ("3\tHTTP\tGET /", None),
        ("x\tHTTP\tGET /", None),
        ("", None),
        ("1\tHTTP\tGET /\x1b[31m\u4e2d", (10, "HTTP GET /\\x1b[31m.")),
    ],
)
def test_a_line_says_more_than_tcp_or_nothing(line: str, told: tuple[int, str] | None) -> None:
    assert _line(line, [10, 20]) == told


def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEPT >= 1000
    monkeypatch.setattr("tcpladder.capture.infos.KEPT", 2)
    segments, rows = payloads(HTTP)
    infos = Infos(HTTP)
    infos.load(segments, rows, threading.Event())
    assert said(infos, segments, rows) == [None] * 4 + SAID[4:]
