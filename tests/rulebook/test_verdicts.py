"""What is judged of each connection."""

import numpy as np

from tcpladder.rulebook.docket import docket
from tcpladder.rulebook.lone_resets import REASONS
from tcpladder.rulebook.resets import Reason
from tcpladder.rulebook.verdicts import plain_resets, verdicts
from tests.building import analysed

ANALYSIS = analysed(
    """
    refused = 192.0.2.10:1
    alive = 192.0.2.10:2
    refused > responder  SYN
    refused < responder  RST,ACK seq=-5000
    alive > responder  SYN
    ... +60s
    """
)
CAPTURE = ANALYSIS.judgement.capture
DOCKET = docket(CAPTURE.brief(np.array([1, 2])), CAPTURE.subject)


def test_the_rst_that_ended_a_connection_is_told_by_column_as_by_examination() -> None:
    found = plain_resets(DOCKET)
    told = [(2, 1, REASONS.index(Reason.CLOSED_PORT)), (0, 0, -1)]
    assert list(zip(found.frame, found.answers, found.reason, strict=True)) == told
    found.frame[0] = found.answers[0] = 0
    found.tell(0, DOCKET.subject(0))
    found.tell(1, DOCKET.subject(1))
    assert list(zip(found.frame, found.answers, found.reason, strict=True)) == told


def test_tags_come_in_the_order_of_the_rules_each_once() -> None:
    given = {1: [(4, ("late", "early")), (2, ("early",))]}
    found = verdicts(DOCKET, given, plain_resets(DOCKET), np.empty(0, np.uint32))
    assert found["reset_frame"].to_list() == [2, None]
    assert found["reset_answers"].to_list() == [1, None]
    assert found["ending"].to_list() == ["refused", "handshake-timeout"]
    assert found["tags"].to_list()[1][-2:] == ["early", "late"]
