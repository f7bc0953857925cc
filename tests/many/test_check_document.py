"""The JSON of a check: one document, a line a capture, with keys that keep their names."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tcpladder.many.baseline import Baseline
from tcpladder.many.check_document import document
from tcpladder.many.crew import Failure
from tcpladder.many.failing import failing
from tcpladder.many.verdict import Figures, Verdict, verdict
from tests.many.checks import check_made

REFUSED = """
    initiator > responder  SYN
    initiator < responder  RST,ACK seq=-5000
    """


def made(*names: str) -> tuple[list[str], dict[str, Any]]:
    figures, wanted = Figures(), failing(["hs-refused"], ["hs-timeout"])

    def verdicts() -> Iterator[Verdict]:
        for name in names:
            result = Failure("It is empty.") if name == "bad.pcap" else check_made(REFUSED)
            told = verdict(Path(name), result, wanted, Baseline())
            figures.add(told)
            yield told

    lines = list(document(verdicts(), figures, wanted, Path("old.json"), "0.1.0"))
    return lines, json.loads("\n".join(lines))


def test_it_has_what_was_asked_for_and_what_came_of_it() -> None:
    lines, whole = made("a.pcap", "bad.pcap", "\udcff.pcap")
    assert len(lines) == 5
    captures = whole.pop("captures")
    assert whole == {
        "format": "tcpladder check",
        "version": 1,
        "tcpladder": "0.1.0",
        "fail_on": ["hs-refused"],
        "ignored": ["hs-timeout"],
        "baseline": "old.json",
        "summary": {
            "captures": 3,
            "unreadable": 1,
            "incomplete": 0,
            "connections": 2,
            "violation": 0,
            "deviation": 0,
            "note": 2,
            "failing": 2,
            "known": 0,
            "passed": 0,
        },
        "exit_code": 2,
    }
    assert [capture["capture"] for capture in captures] == ["a.pcap", "bad.pcap", "\udcff.pcap"]
    assert captures[1] == {"capture": "bad.pcap", "error": "It is empty."}
    (finding,) = captures[0].pop("findings")
    assert captures[0] == {
        "capture": "a.pcap",
        "connections": 1,
        "segments": 2,
        "incomplete": False,
        "notices": [],
    }
    would_change = finding.pop("would_change")
    assert would_change[-1].startswith("Harmless when: ")
    assert finding == {
        "fails": True,
        "new": True,
        "kind": {
            "rule": "hs-refused",
            "endpoint": "responder",
            "initiator": "192.0.2.10",
            "responder": "198.51.100.20:443",
        },
        "rule": "hs-refused",
        "level": "note",
        "confidence": "high",
        "connection": 1,
        "connections": [],
        "place": "#1 192.0.2.10:40000 > 198.51.100.20:443",
        "frames": [2, 1],
        "message": finding["message"],
        "evidence": "frames 2, 1; confidence high",
        "missing": ["the capture ends too soon after it"],
        "lacking": [],
    }


def test_there_may_be_no_captures() -> None:
    _, whole = made()
    assert (whole["captures"], whole["exit_code"]) == ([], 0)
