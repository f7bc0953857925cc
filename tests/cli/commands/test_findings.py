"""`tcpladder findings`: what the rules found, with its proof."""

import json
from pathlib import Path

from tests.cli.running import SAMPLES, SHOWCASE, tcpladder

REFUSED = SAMPLES / "refused.client.pcap"


def test_findings_are_grouped_by_rule_the_gravest_first() -> None:
    ran = tcpladder("findings", SHOWCASE)
    assert (ran.code, ran.err) == (0, "")
    levels = [line.split()[0] for line in ran.out.splitlines() if line.startswith(("violation", "deviation", "note"))]
    assert levels == sorted(levels, key=["violation", "deviation", "note"].index)
    assert "hs-synack-after-ack  The SYN-ACK is sent again" in ran.out


def test_a_finding_names_its_clause_its_connection_and_its_frames() -> None:
    lines = tcpladder("findings", REFUSED).out.splitlines()
    at = next(number for number, line in enumerate(lines) if "hs-refused" in line)
    assert "RFC 9293 §3.5.2" in lines[at + 1]
    assert lines[at + 2].startswith("  #1 192.0.2.10:")
    assert lines[at + 3].strip() == "frames 2, 1; confidence high"


def test_each_finding_is_an_object() -> None:
    findings = [json.loads(line) for line in tcpladder("findings", REFUSED, "--json").out.splitlines()]
    refused = next(finding for finding in findings if finding["rule"] == "hs-refused")
    assert refused["connection"] == 1
    assert refused["level"] == "note"
    assert refused["frames"] == [2, 1]
    assert {"confidence", "endpoint", "message", "connections", "about", "lacking"} <= set(refused)


def test_a_healthy_capture_says_so() -> None:
    ran = tcpladder("findings", SAMPLES / "graceful-close-by-client.client.pcap")
    assert ran.out == "No findings in 1 connections.\n"


def test_endpoints_have_their_names(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[names]\n"198.51.100.20" = "shop"\n')
    assert "> shop:" in tcpladder("findings", REFUSED, "--config", settings).out
    assert "  shop:" in tcpladder("list", REFUSED, "--config", settings).out
