"""What a batch comes to: figures, rules, the worst captures, and those without a report."""

import json
from collections import Counter
from pathlib import Path

from tcpladder.many.batch_summary import Outcome, remarks_on, summary_json, summary_text
from tcpladder.many.batching import Written
from tcpladder.many.crew import Failure
from tcpladder.rulebook.levels import Level


def outcome(name: str, **found: tuple[Level, int]) -> Outcome:
    counts = Counter({(rule.replace("_", "-"), level): count for rule, (level, count) in found.items()})
    result = Written(connections=2, segments=9, found=counts, staged=(), remarks=("In disguise.",))
    return Outcome(capture=Path(name), reports=(f"{name}.html",), result=result)


CUT = Written(connections=1, segments=3, found=Counter(), staged=(), incomplete=("It was cut short.",))
OUTCOMES = [
    outcome("a.pcap", hs_refused=(Level.NOTE, 40)),
    outcome("b.pcap", hs_refused=(Level.NOTE, 2), ts_missing=(Level.VIOLATION, 1)),
    Outcome(capture=Path("cut.pcap"), reports=("cut.pcap.html",), result=CUT),
    Outcome(capture=Path("bad\x1b.pcap"), reports=("bad_.pcap.html",), result=Failure("It is empty.")),
    Outcome(capture=Path("old.pcap"), reports=("old.pcap.html",), result=None),
]


def test_the_text() -> None:
    assert summary_text(OUTCOMES) == (
        "3 captures, 5 connections: 1 violation, 42 notes\n"
        "1 capture not read again: the reports are up to date\n"
        "\n"
        "Findings by rule\n"
        "  violation  ts-missing       1 in 1 capture\n"
        "  note       hs-refused      42 in 2 captures\n"
        "\n"
        "Captures, the worst first\n"
        "  b.pcap: 1 violation, 2 notes\n"
        "  a.pcap: 40 notes\n"
        "\n"
        "Captures that are incomplete: what came after was not looked at\n"
        "  cut.pcap: It was cut short.\n"
        "\n"
        "Captures without a report\n"
        "  bad\\x1b.pcap: It is empty.\n"
    )
    assert summary_text([]) == "No capture was read.\n"


def test_the_json() -> None:
    document = json.loads(summary_json(OUTCOMES, "0.1.0"))
    captures = document.pop("captures")
    assert document == {
        "format": "tcpladder batch",
        "version": 1,
        "tcpladder": "0.1.0",
        "totals": {
            "captures": 5,
            "written": 3,
            "up_to_date": 1,
            "unreadable": 1,
            "incomplete": 1,
            "connections": 5,
            "segments": 21,
            "violation": 1,
            "deviation": 0,
            "note": 42,
        },
        "rules": [
            {"rule": "ts-missing", "level": "violation", "findings": 1, "captures": 1},
            {"rule": "hs-refused", "level": "note", "findings": 42, "captures": 2},
        ],
    }
    assert captures[1] == {
        "capture": "b.pcap",
        "reports": ["b.pcap.html"],
        "connections": 2,
        "segments": 9,
        "violation": 1,
        "deviation": 0,
        "note": 2,
        "rules": {"hs-refused": 2, "ts-missing": 1},
        "incomplete": [],
    }
    assert captures[2]["incomplete"] == ["It was cut short."]
    assert captures[3:] == [
        {"capture": "bad\x1b.pcap", "error": "It is empty."},
        {"capture": "old.pcap", "reports": ["old.pcap.html"], "up_to_date": True},
    ]


def test_remarks_are_told_once() -> None:
    assert remarks_on(OUTCOMES) == ["In disguise."]
