"""Findings are known again when the same thing is recorded anew: other ports of clients, other times and frames."""

import pytest

from tcpladder.report.kinds import Kind
from tests.many.checks import check_made, check_sample

REFUSED = """
    initiator = {initiator} isn={isn}
    responder = {responder} isn=5000
    initiator > responder  SYN
    initiator < responder  RST,ACK seq=-5000
    """


def kind(
    initiator: str = "192.0.2.10:40000", responder: str = "198.51.100.20:443", isn: int = 7, before: str = ""
) -> Kind:
    text = before + REFUSED.format(initiator=initiator, responder=responder, isn=isn)
    (finding,) = check_made(text).findings
    return finding.kind


def test_a_kind_is_the_rule_the_endpoint_at_fault_and_both_ends() -> None:
    found = kind()
    assert found == Kind(rule="hs-refused", endpoint="responder", initiator="192.0.2.10", responder="198.51.100.20:443")
    assert str(found) == "hs-refused by the responder: 192.0.2.10 > 198.51.100.20:443"


def test_neither_the_clients_port_nor_numbers_times_or_frames_are_in_it() -> None:
    before = """
        other = 192.0.2.99:50000
        other > responder  SYN
        """
    again = kind("192.0.2.10:51515", isn=99)
    assert kind() == again
    found = check_made(before + REFUSED.format(initiator="192.0.2.10:50001", responder="198.51.100.20:443", isn=3))
    assert kind() in {finding.kind for finding in found.findings}


@pytest.mark.parametrize(
    ("initiator", "responder"),
    [
        ("192.0.2.11:40000", "198.51.100.20:443"),
        ("192.0.2.10:40000", "198.51.100.21:443"),
        ("192.0.2.10:40000", "198.51.100.20:444"),
    ],
)
def test_other_hosts_and_services_are_of_other_kinds(initiator: str, responder: str) -> None:
    assert kind() != kind(initiator, responder)


def test_a_responders_port_that_may_have_been_chosen_at_random_is_not_in_it() -> None:
    assert kind(responder="198.51.100.20:32767").responder == "198.51.100.20:32767"
    passive = kind(responder="198.51.100.20:49999")
    assert passive.responder == "198.51.100.20:any"
    assert passive == kind(responder="198.51.100.20:32768")
    assert kind("[2001:db8::1]:40000", "[2001:db8::2]:50000").responder == "[2001:db8::2]:any"


def test_what_belongs_to_no_connection_is_known_by_its_host() -> None:
    kinds = {str(finding.kind) for finding in check_sample("showcase").findings if finding.connection is None}
    assert "diag-accept-queue-overflow by the responder: 198.51.100.20:8080" in kinds
    assert "diag-path-loss-reorder: 192.0.2.10 > 198.51.100.20" in kinds
