"""Annotated captures in disguise: opened again they are judged alike, and their bytes tell of nobody."""

import struct
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tcpladder.analysis import Analysis, analyse
from tcpladder.anonymity.keys import Key
from tcpladder.capture.pcapng_copy import LEFT_OUT
from tcpladder.packets.checksums import BAD
from tcpladder.report.anonymising import anonymised
from tcpladder.report.format import format_named
from tcpladder.report.model import Report, whole_report
from tcpladder.report.writing import told, write_report
from tests.capture import wrapping
from tests.capture.reading import segments
from tests.capture.wrapping import LINKS, TUNNELS, Frame, ethernet, frames_of, pcap, segment
from tests.samples import path_of, sample

KEY = Key(b"a key of thirty-two bytes in all")
CHANGED = ("position", "captured_length", "checksum_status", "payload_sum")
"""What the lack of payload changes: nothing can be summed up any more."""


def disguised(analysis: Analysis, directory: Path) -> tuple[Report, Analysis]:
    """Write a capture in disguise and open it; give the report that was written too."""
    report = anonymised(whole_report(analysis), KEY)
    path = directory / "disguised.pcapng"
    write_report(report, format_named("pcapng"), path)
    return report, analyse(path)


def assert_judged_alike(report: Report, again: Analysis) -> None:
    assert again.judgement.findings == report.judgement.findings
    assert again.judgement.verdicts.drop("history").equals(report.judgement.verdicts.drop("history"))
    assert again.judgement.health == report.judgement.health


@pytest.mark.parametrize("name", ["showcase", "fast-open.client", "http-keepalive.server", "reset-behind-fin.client"])
def test_one_that_is_opened_again_is_judged_as_its_report_says(name: str, tmp_path: Path) -> None:
    report, again = disguised(sample(name), tmp_path)
    assert_judged_alike(report, again)
    assert_frame_equal(segments(again).drop(CHANGED), segments(report.analysis).drop(CHANGED))
    assert (segments(again)["captured_length"] < 150).all()  # headers only
    assert told(report, tmp_path).endswith("findings.") or told(report, tmp_path).endswith("finding.")


def test_wrong_checksums_stay_wrong_and_what_they_mean_stays(tmp_path: Path) -> None:
    frames = frames_of(path_of("showcase"))
    for at in range(20, len(frames), 7):
        data = frames[at].data
        frames[at] = frames[at]._replace(data=data[:-1] + bytes([data[-1] ^ 0x55]))
    capture = tmp_path / "damaged.pcap"
    capture.write_bytes(pcap(frames))
    analysis = analyse(capture)
    assert (analysis.connections.segments["checksum_status"] == BAD).sum() > 40
    report, again = disguised(analysis, tmp_path)
    assert_judged_alike(report, again)
    ignored = ("position", "payload_sum")
    assert_frame_equal(segments(again).drop(ignored), segments(report.analysis).drop(ignored))


def test_tunnels_and_tags_are_understood_and_of_what_is_not_no_bytes_are_there(tmp_path: Path) -> None:
    kinds = [wrap for name, (link, wrap) in LINKS.items() if link == wrapping.ETHERNET and name != "pseudowire"]
    wraps = [*kinds, *((lambda packet, tunnel=tunnel: ethernet(tunnel(packet))) for tunnel, _ in TUNNELS.values())]
    four = [Frame(at, wrap(segment(ports=(40000 + at, 80), flags=2, time=at))) for at, wrap in enumerate(wraps)]
    six = wrapping.packets_of(path_of("ipv6.client"))[0].data
    own = [wrapping.Packet(100 + at, six[:40] + struct.pack(">H", 50000 + at) + six[42:]) for at in range(len(wraps))]
    frames = four + [Frame(packet.time, wrap(packet)) for packet, wrap in zip(own, wraps, strict=True)]
    strange = Frame(300, LINKS["pseudowire"][1](segment(ports=(45000, 80), flags=2)))
    capture = tmp_path / "tunnels.pcap"
    capture.write_bytes(pcap([*frames, strange]))
    analysis = analyse(capture)
    assert len(analysis.connections) == len(frames) + 1
    report, again = disguised(analysis, tmp_path)
    expected = segments(report.analysis).filter(pl.col("frame") <= len(frames))
    assert_frame_equal(segments(again).drop(CHANGED), expected.drop(CHANGED))
    assert told(report, tmp_path).endswith(
        "1 packet is there without its bytes: what they hold could not be disguised."
    )
    written = (tmp_path / "disguised.pcapng").read_bytes()
    assert written.count(LEFT_OUT.encode()) == 1
    assert not [each for each in analysis.addresses.texts() if ip_address(each).packed in written]


def test_no_byte_of_it_tells_of_the_hosts_the_machine_or_what_was_said(tmp_path: Path) -> None:
    analysis = sample("http-keepalive.server")  # pcapng, which tells who captured it, and with what
    content = analysis.path.read_bytes()
    words = [b"HTTP/1.1", b"eth0", b"Content-", b"style.css"]
    hosts = [ip_address(text).packed for text in analysis.addresses.texts()]
    secrets = [*words, *hosts, content[content.index(hosts[0]) - 26 :][:12]]
    assert all(secret in content for secret in secrets)
    report = replace(whole_report(analysis), scope="host:boss")
    path = tmp_path / "disguised.pcapng"
    write_report(anonymised(report), format_named("pcapng"), path)
    written = path.read_bytes()
    assert not [each for each in (*secrets, b"boss", b"http-keepalive") if each in written]
