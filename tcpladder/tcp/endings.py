"""The closed list of what may become of a connection. Which of them it is, `tcp.teardown` tells."""

import enum


class Ending(enum.StrEnum):
    """What became of a connection."""

    STRAY_RESET = "stray-reset"  # nothing but RSTs was captured
    # It was not established.
    HANDSHAKE_TRUNCATED = "handshake-truncated"  # the capture ended while a SYN waited for its answer
    HANDSHAKE_TIMEOUT = "handshake-timeout"  # no answer to the SYN
    REFUSED = "refused"  # RST in answer to the SYN
    STALE_PEER = "stale-peer"  # the SYN was answered with an ACK of an older connection
    HANDSHAKE_RESET_BY_CLIENT = "handshake-reset-by-client"
    HANDSHAKE_RESET_BY_SERVER = "handshake-reset-by-server"
    CLIENT_ABORT_BEFORE_SYNACK = "client-abort-before-synack"
    FIN_WITHOUT_HANDSHAKE = "fin-without-handshake"
    HALF_OPEN_SERVER = "half-open-server"  # SYN-ACK, and the initiator is silent
    HANDSHAKE_INCOMPLETE = "handshake-incomplete"
    # It was established and nobody closed it.
    HALF_OPEN_CLIENT = "half-open-client"  # the initiator is ESTABLISHED, the responder still SYN-RECEIVED
    OPEN_AT_END = "open-at-end"
    # A reset ended it.
    ABORT_NO_DATA = "abort-no-data"
    ABORT_DATA_LOST = "abort-data-lost"  # with payload that was not acknowledged
    ABORT_AFTER_DATA = "abort-after-data"
    RST_REPLY_TO_FIN = "rst-reply-to-fin"
    HALF_CLOSE_THEN_RESET = "half-close-then-reset"
    LATE_DATA_RESET = "late-data-reset"  # the endpoint that had closed refused further payload
    FIN_THEN_RESET = "fin-then-reset"  # by the same endpoint
    RST_AFTER_CLOSE = "rst-after-close"  # both FINs were acknowledged
    RST_DURING_CLOSE = "rst-during-close"
    # FINs ended it, or began to.
    HALF_CLOSED_OPEN = "half-closed-open"  # one FIN, acknowledged
    FIN_UNANSWERED = "fin-unanswered"  # one FIN, not acknowledged
    SIMULTANEOUS_CLOSE = "simultaneous-close"
    HALF_CLOSE = "half-close"  # one direction was used on after the other had closed
    GRACEFUL_3WAY = "graceful-3way"
    GRACEFUL_4WAY = "graceful-4way"


UNFINISHED = frozenset(
    {
        Ending.HANDSHAKE_TRUNCATED,
        Ending.HANDSHAKE_TIMEOUT,
        Ending.HALF_OPEN_SERVER,
        Ending.HANDSHAKE_INCOMPLETE,
        Ending.HALF_OPEN_CLIENT,
        Ending.OPEN_AT_END,
        Ending.HALF_CLOSED_OPEN,
        Ending.FIN_UNANSWERED,
    }
)
"""Endings of connections that may have gone on after the capture."""
