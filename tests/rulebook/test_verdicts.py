"""What is judged of each connection."""

import numpy as np

from tcpladder.rulebook.docket import docket
from tcpladder.rulebook.verdicts import plain_resets, told_reset, verdicts
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
    told = (2, 1, "nothing listens on the port, or something rejects the SYN")
    assert plain_resets(DOCKET) == {0: told}
    assert told_reset(DOCKET.subject(0)) == told
    assert told_reset(DOCKET.subject(1)) is None


def test_tags_come_in_the_order_of_the_rules_each_once() -> None:
    given = {1: [(4, ("late", "early")), (2, ("early",))]}
    found = verdicts(DOCKET, given, plain_resets(DOCKET), np.empty(0, np.uint32))
    assert found["reset_frame"].to_list() == [2, None]
    assert found["reset_answers"].to_list() == [1, None]
    assert found["ending"].to_list() == ["refused", "handshake-timeout"]
    assert found["tags"].to_list()[1][-2:] == ["early", "late"]
