"""Healthy traffic breaks no rule, from whatever side and however incompletely it was captured."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tcpladder.analysis import analyse
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Level
from tests.maiming import together, variants
from tests.samples import path_of, sample

HEALTHY = (
    "caller-gone",
    "closed-by-resets",
    "congestion-marked",
    "fast-open",
    "forgotten-connection",
    "graceful-close-by-client",
    "graceful-close-by-server",
    "half-close-with-data",
    "held-for-100-seconds",
    "http-keepalive",
    "ipv6",
    "keepalive-answered",
    "keepalive-timeout",
    "killed-after-reading",
    "killed-while-idle",
    "late-data-reset",
    "late-data-reset-lossy",
    "lost-data",
    "lost-fin",
    "lost-final-ack",
    "lost-syn",
    "port-reuse",
    "probe-answered-by-reset",
    "probe-closed-properly",
    "probe-ended-by-reset",
    "refused",
    "reordered-data",
    "request-crosses-close",
    "reset-after-close",
    "reset-by-linger",
    "reset-by-unread-data",
    "reset-in-reply-to-fin",
    "silent-port",
    "simultaneous-close",
    "simultaneous-open",
    "slow-transfer",
    "spurious-retransmission",
    "three-segment-close",
    "timestamps-by-client-only",
    "vanished-server",
    "wrong-timestamp-echo-avoided",
    "zero-window",
)
"""Samples in which both endpoints do what the RFCs say, whatever the path did to their segments."""

SNAP_LENGTH = 68

each_side = pytest.mark.parametrize("side", ["client", "server"])
each_healthy = pytest.mark.parametrize("name", HEALTHY)


def above(findings: tuple[Finding, ...], level: Level) -> list[str]:
    return [f"{finding.rule} {finding.frames}: {finding.message}" for finding in findings if finding.level > level]


@each_side
@each_healthy
def test_whole_it_gives_notes_at_most(name: str, side: str) -> None:
    assert above(sample(f"{name}.{side}").judgement.findings, Level.NOTE) == []


@each_healthy
def test_maimed_it_gives_no_violation(name: str) -> None:
    """All that can be made of a scenario is judged at once: that takes little longer than to judge a part of it."""
    maimed = [
        replace(variant, name=f"{side}, connection {connection}, {variant.name}")
        for side in ("client", "server")
        for whole in [sample(f"{name}.{side}")]
        for connection in range(1, len(whole.connections) + 1)
        for variant in variants(whole.segments_of(connection))
    ]
    analysis, names = together(maimed)
    alarms = [
        f"{names[finding.connection]}: {finding.rule}: {finding.message}"
        for finding in analysis.judgement.findings
        if finding.level > Level.DEVIATION and finding.connection
    ]
    assert alarms == []


@each_side
@each_healthy
def test_with_headers_cut_it_gives_no_violation(name: str, side: str, tmp_path: Path) -> None:
    editcap = shutil.which("editcap")
    assert editcap, "editcap comes with tshark"
    cut = tmp_path / "cut.pcap"
    subprocess.run([editcap, "-s", str(SNAP_LENGTH), path_of(f"{name}.{side}"), cut], check=True)
    assert above(analyse(cut).judgement.findings, Level.DEVIATION) == []
