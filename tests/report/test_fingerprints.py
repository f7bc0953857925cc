"""Fingerprints: the same in another recording, and different where it is another matter."""

from dataclasses import replace

import pytest

from tcpladder.report.fingerprints import DIGITS, fingerprint
from tcpladder.rulebook.levels import Level
from tcpladder.tcp.states import Endpoint
from tests.building import analysed
from tests.samples import sample

REFUSED = """
    initiator = 192.0.2.10:{port}
    initiator > responder  SYN  +{late}s
    initiator < responder  RST,ACK
    """


def test_ports_of_clients_times_and_frames_are_not_in_it() -> None:
    one, other = (analysed(REFUSED.format(port=port, late=late)) for port, late in ((40000, 0), (50000, 7)))
    first, second = (analysis.judgement.findings_of(1)[0] for analysis in (one, other))
    assert fingerprint(one, first) == fingerprint(other, second)
    assert fingerprint(one, first) == fingerprint(one, replace(first, frames=(9,), message="else", level=Level.NOTE))
    assert len(fingerprint(one, first)) == DIGITS


@pytest.mark.parametrize("changed", [{"rule": "td-rst-reply-to-fin"}, {"endpoint": Endpoint.INITIATOR}], ids=str)
def test_another_rule_and_another_end_are_another_matter(changed: dict[str, object]) -> None:
    analysis = analysed(REFUSED.format(port=40000, late=0))
    finding = analysis.judgement.findings_of(1)[0]
    assert fingerprint(analysis, finding) != fingerprint(analysis, replace(finding, **changed))  # type: ignore[arg-type]


def test_of_a_host_it_is_what_the_finding_is_about() -> None:
    analysis = sample("showcase")
    host = next(finding for finding in analysis.judgement.findings if finding.connection is None)
    assert fingerprint(analysis, host) == fingerprint(analysis, replace(host, connections=(1, 2)))
    assert fingerprint(analysis, host) != fingerprint(analysis, replace(host, about="192.0.2.99:1"))


def test_findings_of_different_connections_between_the_same_are_one_matter() -> None:
    analysis = sample("showcase")
    own = [finding for finding in analysis.judgement.findings if finding.connection is not None]
    rows = {row["connection"]: row for row in analysis.connections.table.iter_rows(named=True)}
    matters = {
        (
            each.rule,
            each.endpoint,
            *(rows[each.connection][end] for end in ("initiator", "responder", "responder_port")),
        )
        for each in own
    }
    assert len({fingerprint(analysis, each) for each in own}) == len(matters) < len(own)
