"""Which flags do not go together."""

import pytest

from tcpladder.rulebook.levels import Level
from tests.rules.found import findings_of


@pytest.mark.parametrize(
    ("flags", "level"),
    [
        ("-", Level.VIOLATION),
        ("PSH", Level.VIOLATION),
        ("URG", Level.VIOLATION),
        ("FIN", Level.VIOLATION),
        ("FIN,PSH,URG", Level.VIOLATION),
        ("- len=10", Level.VIOLATION),
        ("SYN,FIN", Level.DEVIATION),
        ("SYN,FIN,ACK", Level.DEVIATION),
        ("SYN,RST", Level.DEVIATION),
        ("FIN,RST,ACK", Level.DEVIATION),
    ],
)
def test_illegal(flags: str, level: Level) -> None:
    (finding,) = findings_of("hs-illegal-flags", f"initiator > responder  {flags}")
    assert finding.level is level


@pytest.mark.parametrize(
    "flags",
    [
        *("SYN", "SYN,ECE,CWR", "SYN,ECE,CWR,AE", "SYN,PSH len=10", "SYN,ACK", "RST", "RST,ACK", "RST,PSH,ACK"),
        *("ACK", "FIN,ACK", "FIN,PSH,URG,ACK", "ACK,CWR", "PSH,ACK len=1"),
    ],
)
def test_legal(flags: str) -> None:
    assert findings_of("hs-illegal-flags", f"initiator > responder  {flags}") == []


def test_each_kind_is_told_once() -> None:
    text = "\n".join(f"initiator > responder  {flags}" for flags in ("-", "FIN", "-", "SYN,FIN"))
    messages = [finding.message for finding in findings_of("hs-illegal-flags", text)]
    assert messages == [
        "The initiator sent 4 segments with flags that do not go together: none at all; FIN; SYN,FIN, "
        "without the ACK that all but SYNs and RSTs have."
    ]
