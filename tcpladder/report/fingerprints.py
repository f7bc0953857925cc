"""What a finding is known by in another recording of the same, as a short text: its kind (`report.kinds`).

Several findings of a capture may have the same fingerprint, such as those of one client that comes again and again.
"""

import hashlib

from tcpladder.analysis import Analysis
from tcpladder.report.kinds import kind_of
from tcpladder.rulebook.findings import Finding

VERSION = "1"  # of what goes into a fingerprint
DIGITS = 32


def fingerprint(analysis: Analysis, finding: Finding) -> str:
    """Give a finding's fingerprint: 32 hexadecimal digits."""
    kind = kind_of(analysis, finding)
    parts = (VERSION, kind.rule, kind.endpoint, kind.initiator, kind.responder)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:DIGITS]
