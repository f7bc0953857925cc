"""Gives what one rule says about a text."""

from tcpladder.rulebook.findings import Finding
from tests.building import analysed

OPENED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""
REQUEST = OPENED + "initiator > responder  PSH,ACK len=100\n"
EXCHANGE = REQUEST + "initiator < responder  PSH,ACK len=10\n initiator > responder  ACK\n"


def findings_of(rule: str, text: str) -> list[Finding]:
    """Give a rule's findings about a text."""
    return [finding for finding in analysed(text).judgement.findings if finding.rule == rule]


def finding_of(rule: str, text: str) -> Finding:
    """Give a rule's only finding about a text."""
    (found,) = findings_of(rule, text)
    return found
