"""How grave it is to reuse a port in TIME-WAIT."""

import pytest

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Level
from tests.rules.found import findings_of

CLOSED_BY_INITIATOR = """
    initiator > responder  SYN isn=10000 tsval=1000 tsecr=0
    initiator < responder  SYN,ACK isn=50000 tsval=7000 tsecr=1000
    initiator > responder  ACK tsval=1010 tsecr=7000
    initiator > responder  FIN,ACK tsval=1100 tsecr=7000
    initiator < responder  FIN,ACK tsval=7110 tsecr=1100
    initiator > responder  ACK tsval=1110 tsecr=7110
"""


def found(syn: str) -> list[Finding]:
    return findings_of("td-timewait-early-reuse", CLOSED_BY_INITIATOR + f"initiator > responder  {syn}")


@pytest.mark.parametrize(
    ("syn", "level"),
    [
        ("SYN isn=90000 tsval=3000 tsecr=0 +2s", Level.NOTE),
        ("SYN isn=900 tsval=3000 tsecr=0 +2s", Level.DEVIATION),
        ("SYN isn=90000 tsval=30 tsecr=0 +2s", Level.DEVIATION),
        ("SYN isn=90000 +2s", Level.DEVIATION),
        ("SYN isn=900 tsval=30 tsecr=0 +2s", Level.VIOLATION),
        ("SYN isn=900 +2s", Level.VIOLATION),
    ],
)
def test_higher_numbers_and_timestamps_make_up_for_it(syn: str, level: Level) -> None:
    (finding,) = found(syn)
    assert (finding.level, finding.frames) == (level, (7, 6))


def test_after_2_msl_it_is_free() -> None:
    assert not found("SYN isn=900 +241s")


def test_another_ttl_tells_of_another_host_behind_the_same_address() -> None:
    assert not found("SYN isn=900 ttl=63 +2s")
