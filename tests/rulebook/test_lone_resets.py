"""What is told by column of the only RST of a connection is what an examination tells of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.rulebook.docket import Docket, docket
from tcpladder.rulebook.lone_resets import REASONS, has_plain_reset, lone_resets
from tcpladder.rulebook.resets import Form, Reason, resets
from tests.building import Segment, analysed
from tests.generating import any_segments, maimed_lives

OPENED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""
REFUSED = "initiator > responder  SYN\n"

PLAIN = [
    (REFUSED + "initiator < responder  RST,ACK seq=-5000", Reason.CLOSED_PORT),
    (REFUSED + "initiator < responder  RST,ACK seq=-5000 +2s", Reason.CLOSED_PORT),
    (REFUSED + "initiator < responder  RST seq=0", Reason.CLOSED_PORT),
    (REFUSED + "initiator < responder  SYN,ACK\ninitiator > responder  RST seq=1", Reason.CALLER_GONE),
    (REFUSED + "initiator < responder  SYN,ACK\ninitiator > responder  RST,ACK +2s", Reason.CALLER_GONE),
    (OPENED + "initiator > responder  RST,ACK", Reason.ABORTIVE_CLOSE),
    (OPENED + "initiator > responder  RST,ACK  +60s", Reason.ABORT_AFTER_SILENCE),
    (OPENED + "initiator > responder  ACK len=9\ninitiator > responder  RST,ACK", Reason.ABORT_WITH_DATA),
    (
        OPENED + "initiator < responder  ACK len=9\ninitiator > responder  ACK\ninitiator < responder  RST seq=10",
        Reason.HALF_OPEN,
    ),
    (
        OPENED + "initiator < responder  ACK len=9\ninitiator > responder  ACK\ninitiator < responder  RST seq=5",
        Reason.UNCLASSIFIED,
    ),
]
DOUBTFUL = [
    OPENED + "initiator > responder  FIN,ACK\ninitiator > responder  RST,ACK",
    OPENED + "initiator > responder  RST,ACK\ninitiator > responder  ACK len=5",
    OPENED + "initiator > responder  RST,ACK\ninitiator > responder  RST,ACK",
    OPENED.replace("SYN\n", "SYN ttl=64\n") + "initiator > responder  RST,ACK ttl=255",
    OPENED.replace("  ACK\n", "  ACK ip_id=4\n") + "initiator > responder  RST,ACK ip_id=0",
    OPENED + "initiator > responder  ACK seq=1 len=5\n" * 4 + "initiator > responder  RST,ACK",
    REFUSED + "initiator < responder  SYN,ACK\ninitiator < responder  RST,ACK",
    REFUSED + "initiator < responder  SYN,ACK ack=77\ninitiator > responder  RST seq=77",
    REFUSED + "initiator < responder  SYN,ACK\ninitiator > responder  RST seq=9",
    REFUSED.replace("SYN", "SYN tsval=5 tsecr=0")
    + "initiator < responder  SYN,ACK tsval=1 tsecr=6\ninitiator > responder  RST seq=1",
]


def docket_of(rows: str | list[Segment]) -> Docket:
    analysis = analysed(rows)
    capture = analysis.judgement.capture
    return docket(capture.brief(np.arange(1, len(analysis.connections) + 1)), capture.subject)


def assert_as_examined(found: Docket) -> None:
    shard, lone = found.shard, lone_resets(found.shard)
    for at, place in enumerate(lone.place.tolist()):
        (reset,) = resets(found.subject(place))
        start = int(shard.offsets[place])
        assert lone.row[at] - start == reset.segment.row
        assert lone.answers[at] - start == reset.answers.row if reset.answers else lone.answers[at] == -1
        assert REASONS[lone.reason[at]] is reset.reason
        if lone.is_refusal[at]:
            assert lone.is_effective[at] == reset.segment.fits
        else:
            assert lone.is_effective[at] == reset.fit.is_effective
            assert lone.is_active[at] == (reset.form is Form.ACTIVE)
            assert (lone.own_at_risk[at], lone.peer_at_risk[at]) == (reset.own_at_risk, reset.peer_at_risk)
        assert not reset.is_foreign


@pytest.mark.parametrize(("text", "reason"), PLAIN)
def test_a_refusal_and_an_abort_are_told_by_column(text: str, reason: Reason) -> None:
    found = docket_of(text)
    assert [REASONS[place] for place in lone_resets(found.shard).reason.tolist()] == [reason]
    assert has_plain_reset(found.shard).tolist() == [True]
    assert_as_examined(found)


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_is_in_doubt_is_left_to_an_examination(text: str) -> None:
    assert not len(lone_resets(docket_of(text).shard))


@settings(max_examples=60, deadline=None)
@given(st.one_of(any_segments(), maimed_lives()))
def test_of_any_segments_an_examination_tells_the_same(rows: list[Segment]) -> None:
    assert_as_examined(docket_of(rows))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [line.strip() for line in "\n".join([*DOUBTFUL, *(t for t, _ in PLAIN)]).splitlines() if line.strip()]
        ),
        max_size=8,
    )
)
def test_whatever_comes_before_an_rst_an_examination_tells_the_same(lines: list[str]) -> None:
    assert_as_examined(
        docket_of("\n".join([*OPENED.strip().splitlines()[: len(lines) % 4], *lines, "initiator > responder  RST,ACK"]))
    )
