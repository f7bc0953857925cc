"""What a finding is known by in another recording of the same: its rule, who is at fault, and towards whom.

Ports of clients, frames, times and numbers differ from recording to recording and are not in it. Nor is the level: it
is lower where a capture lacks something. Several findings of a capture may have the same fingerprint, such as those of
one client that comes again and again.
"""

import hashlib

from tcpladder.analysis import Analysis
from tcpladder.rulebook.findings import Finding

VERSION = "1"  # of what goes into a fingerprint
DIGITS = 32


def fingerprint(analysis: Analysis, finding: Finding) -> str:
    """Give a finding's fingerprint: 32 hexadecimal digits."""
    at_fault = "" if finding.endpoint is None else finding.endpoint.name.lower()
    parts = (VERSION, finding.rule, at_fault, *_between(analysis, finding))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:DIGITS]


def _between(analysis: Analysis, finding: Finding) -> tuple[str, ...]:
    """Name who a finding is about: both hosts of a connection and the port that was opened, or what it is about."""
    if finding.connection is None:
        return (finding.about,)
    row = analysis.connections.table.row(finding.connection - 1, named=True)
    return analysis.addresses[row["initiator"]], analysis.addresses[row["responder"]], str(row["responder_port"])
