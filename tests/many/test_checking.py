"""What a check finds in one capture: all findings with their limits, and what the capture lacks."""

from pathlib import Path

import pytest

from tcpladder.errors import CaptureError
from tcpladder.many.checking import CAPTURE_RULES, Job, checked
from tests.many.checks import check_made, check_sample
from tests.samples import path_of, sample


def test_all_that_the_rules_say_is_there_with_its_limits() -> None:
    analysis, found = sample("showcase"), check_sample("showcase")
    assert (found.connections, found.segments) == (24, len(analysis.connections.segments))
    assert [(each.rule, each.message, each.frames) for each in found.findings] == [
        (each.rule, each.message, each.frames) for each in analysis.judgement.findings
    ]
    (ignored_ack,) = (each for each in found.findings if each.rule == "hs-synack-after-ack")
    assert ignored_ack.place == "#14 192.0.2.10:41000 > 198.51.100.20:8080"
    assert ignored_ack.evidence == "frames 108, 107, 115; confidence high"
    assert ignored_ack.would_change[-1].startswith("Harmless when: ")
    assert found.notices == ()


def test_a_capture_that_was_cut_short_tells_what_it_cannot_tell(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(path_of("showcase").read_bytes()[:20_000])
    found = checked(Job(path=path))
    assert found.is_incomplete
    (notice,) = (each for each in found.notices if each.rule == "capture-incomplete")
    assert notice.is_of_capture
    assert str(path) in notice.message
    assert notice.message.endswith(
        "What came after that was not checked, nor how 2 connections went on that were open."
    )


def test_what_a_capture_lacks_is_told_by_names_that_stand_for_rules() -> None:
    found = check_made("initiator > responder  ACK len=10\n initiator < responder  ACK ack=500")
    assert {notice.rule for notice in found.notices} == {"capture-segments-missing", "capture-joined-late"}
    assert {notice.rule for notice in check_made("").notices} <= set(CAPTURE_RULES)
    assert not found.is_incomplete


def test_what_cannot_be_read_raises(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="There is no file"):
        checked(Job(path=tmp_path / "absent.pcap"))
