"""How a finding is known again in another capture, whose clients have other ports, times and frame numbers."""

from dataclasses import dataclass

from tcpladder.analysis import Analysis
from tcpladder.ladder.notation import endpoint
from tcpladder.rulebook.findings import Finding

FIRST_CHOSEN_PORT = 32_768
"""Ports from here on are given to whoever asks for any (RFC 6335 §6 has them from 49152 on, Linux from here on)."""
ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What findings have in common that are the same in all captures of the same thing.

    The rule; which endpoint is at fault, `initiator`, `responder` or ""; the initiator's address; the responder's
    address and port, in whose place `any` stands where it may have been chosen at random. Of a finding that belongs to
    no single connection, `responder` is the host that it is about, and `initiator` is "".
    """

    rule: str
    endpoint: str
    initiator: str
    responder: str

    def __str__(self) -> str:
        at = f" by the {self.endpoint}" if self.endpoint else ""
        ends = " > ".join(filter(None, (self.initiator, self.responder)))
        return f"{self.rule}{at}{': ' if ends else ''}{ends}"


def kind_of(analysis: Analysis, finding: Finding) -> Kind:
    """Give the kind of a finding."""
    at_fault = finding.endpoint.name.lower() if finding.endpoint is not None else ""
    if finding.connection is None:
        return Kind(rule=finding.rule, endpoint=at_fault, initiator="", responder=finding.about)
    row = analysis.connections.table.row(finding.connection - 1, named=True)
    initiator, responder = (analysis.addresses[row[end]] for end in ("initiator", "responder"))
    port = row["responder_port"]
    written = endpoint(responder, port) if port < FIRST_CHOSEN_PORT else f"{endpoint(responder, 0)[:-1]}{ANY}"
    return Kind(rule=finding.rule, endpoint=at_fault, initiator=initiator, responder=written)
