"""How grave and how sure findings are, what rules are about, and what a capture may lack."""

import enum


class Level(enum.IntEnum):
    """How grave a finding is."""

    NOTE = 1  # unusual, and conformant
    DEVIATION = 2  # a SHOULD is broken, or the behaviour is not standard though it may be common
    VIOLATION = 3  # a MUST is broken

    @property
    def word(self) -> str:
        """Give the word that people and programs read."""
        return self.name.lower()


class Confidence(enum.IntEnum):
    """How sure a finding is."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """Give the word that people and programs read."""
        return self.name.lower()


class Category(enum.StrEnum):
    """What a rule is about."""

    HANDSHAKE = "handshake"
    TEARDOWN = "teardown"
    RESET = "reset"
    TIMESTAMPS = "timestamps"
    SEQUENCE = "sequence"
    DIAGNOSIS = "diagnosis"  # of a host, a port or the path, from several connections


class Missing(enum.Flag):
    """What a capture may lack of a connection."""

    NOTHING = 0
    BEGINNING = enum.auto()  # the SYNs of both sides: ISNs, options and roles are not known
    SEGMENTS = enum.auto()  # sequence numbers that were acknowledged or passed over, and never captured
    DIRECTION = enum.auto()  # all that one endpoint sent
    HEADERS = enum.auto()  # the snap length cut TCP options off
    END = enum.auto()  # the capture ended so soon after the last segment that an answer may have followed
