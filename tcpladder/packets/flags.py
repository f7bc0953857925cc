"""The TCP flags (RFC 9293 §3.1, RFC 3168 for ECE and CWR, RFC 7560 and RFC 9768 for AE) and how they are written."""

FIN = 0x001
SYN = 0x002
RST = 0x004
PSH = 0x008
ACK = 0x010
URG = 0x020
ECE = 0x040
CWR = 0x080
AE = 0x100
RESERVED = 0xE00

# In the order in which engineers say them: what opens and ends a connection first.
_NAMES = (
    (SYN, "SYN"),
    (FIN, "FIN"),
    (RST, "RST"),
    (PSH, "PSH"),
    (URG, "URG"),
    (ECE, "ECE"),
    (CWR, "CWR"),
    (AE, "AE"),
    (RESERVED, "RES"),
    (ACK, "ACK"),
)


def flag_names(flags: int) -> str:
    """Write the flags as a ladder shows them, such as `SYN,ACK`; a segment without any is written `-`."""
    return ",".join(name for bit, name in _NAMES if flags & bit) or "-"
