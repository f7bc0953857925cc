"""A ladder's rows: what a segment says, when it came, and both endpoints' states around it."""

from pathlib import Path

import pytest

from tcpladder.errors import UsageError
from tcpladder.ladder.rungs import Ladder, ladder_of
from tcpladder.packets.flags import ACK, SYN
from tcpladder.tcp.states import Basis, Endpoint, State
from tests import samples
from tests.building import START, analysed, ladder

TEXT = """
    initiator > responder  SYN mss=1460 wscale=7 sackok tsval=1 tsecr=0
    initiator < responder  SYN,ACK mss=1400 wscale=2  +5ms
    initiator > responder  ACK win=500  +250us
    initiator < responder  PSH,ACK len=2000 win=60000 +1s
    initiator > responder  ACK ack=1 sack=1001:2001 win=0
    initiator > responder  FIN,ACK
    """


def test_a_rung_tells_what_its_segment_says() -> None:
    words = [ladder(TEXT).rung(row).words for row in range(6)]
    syn = words[0]
    assert (syn.flags, syn.seq, syn.mss, syn.wscale) == (SYN, 0, 1460, 7)
    assert (syn.is_sack_permitted, syn.has_timestamps) == (True, True)
    assert (words[1].flags, words[1].seq, words[1].ack, words[1].has_timestamps) == (SYN | ACK, 0, 1, False)
    assert (words[3].seq, words[3].ack, words[3].payload_length) == (1, 1, 2000)
    assert (words[4].ack, words[4].sack, words[4].sack_count, words[4].window) == (1, (1001, 2001), 1, 0)
    assert (words[2].window, words[3].window) == (None, 240000), "scaled, and told when it has changed much"


def test_a_rung_tells_when_its_segment_came() -> None:
    rungs = [ladder(TEXT).rung(row) for row in range(4)]
    assert [rung.frame for rung in rungs] == [1, 2, 3, 4]
    assert [rung.time - START for rung in rungs] == [0, 5_000_000, 5_250_000, 1_005_250_000]
    assert [rung.elapsed for rung in rungs] == [0, 5_000_000, 5_250_000, 1_005_250_000]
    assert [rung.delta for rung in rungs] == [0, 5_000_000, 250_000, 1_000_000_000]


def test_times_that_run_backwards_are_shown_as_they_are() -> None:
    shown = ladder("initiator > responder  SYN\n initiator < responder  SYN,ACK -5ms")
    assert (shown.rung(1).elapsed, shown.rung(1).delta) == (-5_000_000, -5_000_000)
    assert shown.longest == (5_000_000, 5_000_000)


def test_a_rung_has_both_endpoints_states_around_it() -> None:
    shown = ladder(TEXT)
    assert shown.initial == (State.CLOSED, State.LISTEN)
    assert shown.initial_bases == (Basis.SEEN, Basis.SEEN)
    rung = shown.rung(1)
    assert rung.sender is Endpoint.RESPONDER
    assert rung.before == (State.SYN_SENT, State.LISTEN)
    assert rung.after == (State.ESTABLISHED, State.SYN_RCVD)
    assert rung.bases == (Basis.SEEN, Basis.SEEN)
    assert shown.changed_rows() == [0, 1, 2, 5]
    assert [change.state for change in shown.changes_at(1)] == [State.ESTABLISHED, State.SYN_RCVD]
    assert shown.changes_at(3) == []


def test_raw_numbers_are_those_of_the_wire() -> None:
    shown = ladder(TEXT)
    assert [shown.raw_numbers(row) for row in (0, 1, 3)] == [(1000, 0), (5000, 1001), (5001, 1001)]


def test_sack_edges_are_relative_over_the_wrap() -> None:
    shown = ladder(
        """
        responder = 198.51.100.20:443 isn=4294967000
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator > responder  ACK len=7000
        initiator > responder  ACK ack=1 sack=501:1001
        """
    )
    assert shown.rung(3).words.sack == (501, 1001)


@pytest.mark.parametrize(
    ("what", "text", "row", "note"),
    [
        ("the round trip of the handshake", TEXT, 2, "iRTT 5.25 ms"),
        ("none without a whole handshake", "initiator > responder  SYN\n" * 2, 1, ""),
        (
            "which segment arrived late",
            """
            initiator > responder  SYN
            initiator < responder  SYN,ACK
            initiator > responder  ACK
            initiator > responder  FIN,ACK
            initiator < responder  ACK len=10 ack=1
            initiator > responder  ACK
            initiator < responder  ACK ack=2
            """,
            5,
            "no.4 (FIN) arrived",
        ),
        (
            "that a RST took effect later",
            """
            initiator > responder  SYN
            initiator < responder  SYN,ACK
            initiator > responder  ACK len=5
            initiator < responder  ACK
            initiator < responder  RST,ACK
            initiator > responder  ACK len=10  +1ms
            """,
            5,
            "no.5 (RST) arrived",
        ),
    ],
)
def test_notes(what: str, text: str, row: int, note: str) -> None:
    assert ladder(text).rung(row).note == note, what


def test_the_heading_says_which_connection_it_is() -> None:
    heading = ladder(TEXT).heading
    assert heading.connection == 1
    assert heading.endpoints == (("192.0.2.10", 40000), ("198.51.100.20", 443))
    assert (heading.segments, heading.payload_bytes, heading.duration) == (6, 2000, 1_025_250_000)


@pytest.mark.parametrize(
    ("text", "is_partial"),
    [
        ("initiator > responder  SYN", False),
        ("initiator < responder  SYN,ACK", True),
        ("initiator > responder  ACK seq=9", True),
    ],
)
def test_a_connection_is_partial_when_its_opening_was_not_captured(text: str, *, is_partial: bool) -> None:
    assert ladder(text).heading.is_partial is is_partial


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_connection_that_is_not_there_has_no_ladder(number: int) -> None:
    with pytest.raises(UsageError, match=f"no connection {number}.*numbered 1 to 1"):
        ladder_of(analysed(TEXT), number)


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_every_ladder_of_the_sample_captures_is_whole(path: Path) -> None:
    analysis = samples.analysis_of(path)
    for number in range(1, len(analysis.connections) + 1):
        shown: Ladder = ladder_of(analysis, number)
        rungs = [shown.rung(row) for row in range(len(shown))]
        assert [rung.frame for rung in rungs] == list(shown.frames) == analysis.segments_of(number)["frame"].to_list()
        assert rungs[0].before == shown.initial
        assert [rung.before for rung in rungs[1:]] == [rung.after for rung in rungs[:-1]]
        changed = [row for row, rung in enumerate(rungs) if rung.before != rung.after]
        assert set(changed) <= set(shown.changed_rows())
        assert sum(rung.words.payload_length for rung in rungs) == shown.heading.payload_bytes
        assert max(abs(rung.elapsed) for rung in rungs) == shown.longest[0]
        assert max(abs(rung.delta) for rung in rungs) == shown.longest[1]


def test_findings_stand_at_the_frame_that_decides_and_are_proven_by_others() -> None:
    analysis = samples.sample("probe-answered-by-reset.client")
    shown = ladder_of(analysis, 1, analysis.judgement)
    assert [[finding.rule for finding in shown.findings_at(row)] for row in range(5)] == [
        [],
        [],
        [],
        [],
        ["td-rst-reply-to-fin"],
    ]
    assert shown.finding_rows() == [4]
    assert [len(shown.rung(row).proves) for row in range(5)] == [0, 0, 0, 1, 1]
    assert shown.rung(4).note == "td-rst-reply-to-fin"


def test_a_ladder_that_is_not_judged_has_neither_findings_nor_labels() -> None:
    shown = ladder_of(samples.sample("lost-data.client"), 1)
    assert (shown.findings, shown.ghosts) == ((), ())
    assert {shown.rung(row).labels for row in range(len(shown))} == {()}


def test_labels_are_told_in_the_note() -> None:
    analysis = samples.sample("lost-data.client")
    shown = ladder_of(analysis, 1, analysis.judgement)
    labelled = [rung for rung in map(shown.rung, range(len(shown))) if rung.labels]
    assert labelled
    assert all(label in rung.note for rung in labelled for label in rung.labels)
