"""What is said of packets: states, findings and notes, a line each, on the packets that they are about."""

from dataclasses import replace

import numpy as np

from tcpladder.annotations.document import Annotation
from tcpladder.report.model import Contents, Report, whole_report
from tcpladder.report.packet_comments import MOST, frames_in, packet_comments
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.tcp.states import State
from tests.annotating import annotations
from tests.building import analysed
from tests.samples import sample

SPEECH = """
initiator > responder  SYN
initiator < responder  SYN,ACK
initiator > responder  ACK
initiator < responder  ACK len=10
initiator > responder  FIN,ACK
initiator < responder  ACK
... +60s
"""


def said(report: Report) -> dict[int, list[str]]:
    frames = frames_in(report.analysis.connections, report.numbers)
    return {frame: list(lines) for frame, lines in packet_comments(report, frames)}


def finding(*frames: int, **others: object) -> Finding:
    told = Finding(
        rule="rst-data-lost", level=Level.VIOLATION, confidence=Confidence.HIGH, frames=frames, message="It was lost.",
        connection=1,
    )  # fmt: skip
    return replace(told, **others)  # type: ignore[arg-type]


def with_findings(report: Report, *findings: Finding) -> Report:
    report.analysis._judged[:] = [replace(report.judgement, findings=findings)]
    return report


def test_changes_of_state_of_both_endpoints_are_said_where_they_happen() -> None:
    assert said(with_findings(whole_report(analysed(SPEECH)))) == {
        1: ["state: initiator CLOSED -> SYN-SENT (sent SYN)"],
        2: [
            "state: initiator SYN-SENT -> ESTABLISHED (received SYN-ACK)",
            "state: responder LISTEN -> SYN-RECEIVED (sent SYN-ACK)",
        ],
        3: ["state: responder SYN-RECEIVED -> ESTABLISHED (received the ACK of its SYN)"],
        5: [
            "state: initiator ESTABLISHED -> FIN-WAIT-1 (sent FIN)",
            "state: responder ESTABLISHED -> CLOSE-WAIT (received FIN)",
        ],
        6: ["state: initiator FIN-WAIT-1 -> FIN-WAIT-2 (received the ACK of its FIN; inferred)"],
    }


def test_a_change_that_only_a_later_packet_shows_names_the_one_that_caused_it() -> None:
    lines = [line for own in said(whole_report(sample("showcase"))).values() for line in own]
    assert "state: responder ESTABLISHED -> CLOSE-WAIT (received FIN, no.37)" in lines


def test_what_is_said_of_states_agrees_with_the_time_lines_of_all_connections() -> None:
    """Read back from the words, every endpoint goes through the states that its time line has."""
    shown = sample("showcase")
    lines = said(whole_report(shown))
    for number in range(1, len(shown.connections) + 1):
        frames = shown.segments_of(number)["frame"].to_list()
        states = [line for frame in frames for line in lines.get(frame, ()) if line.startswith("state: ")]
        for end, path in zip(("initiator", "responder"), shown.states_of(number), strict=True):
            own = [line.split(" (")[0].split(" ", 2)[2].split(" -> ") for line in states if line.split()[1] == end]
            assert [path[0], *(State(state) for state in path[1:])] == path
            names = [own[0][0], *(state for change in own for state in change[1:])] if own else []
            assert [name.replace("-", "_") for name in names] == [
                state.name.replace("SYN_RCVD", "SYN_RECEIVED").replace("UNKNOWN", "unknown")
                for state in (path if own else [])
            ]


def test_a_finding_is_told_at_its_decisive_packet_and_named_at_the_others() -> None:
    report = with_findings(whole_report(analysed(SPEECH)), finding(5, 2, rests_on_missing=("it is so",)))
    lines = said(report)
    assert lines[5][2:] == [
        "violation rst-data-lost (RFC 9293 §3.6.1, RFC 2525 §2.17): It was lost; weaker because it is so"
    ]
    assert lines[2][2:] == ["evidence of the violation rst-data-lost at no.5"]


def test_what_no_packet_proves_is_told_at_the_first_of_its_connection() -> None:
    report = with_findings(
        whole_report(analysed(SPEECH)), finding(), finding(99, connection=None, connections=(1,), about="192.0.2.10")
    )
    first, second = said(report)[1][1:]
    assert first.startswith("violation rst-data-lost")
    assert ") of 192.0.2.10: It was lost" in second


def test_what_users_wrote_is_told_unless_notes_are_left_out() -> None:
    written = annotations(
        packets={3: Annotation(mark="a", note="look\nhere \x1b[2J")}, connections={1: Annotation(note="slow")}
    )
    report = replace(whole_report(analysed(SPEECH)), annotations=written)
    assert said(report)[1][1:] == ["user's note of the connection: slow"]
    assert said(report)[3][1:] == ["user's mark: a", "user's note: look here \\x1b[2J"]
    assert said(replace(report, contents=Contents(has_notes=False))) == said(whole_report(analysed(SPEECH)))


def test_a_packet_with_very_much_to_say_says_how_much_more_there_is() -> None:
    report = with_findings(whole_report(analysed(SPEECH)), *(finding(3, message=f"It is {at}") for at in range(50)))
    assert len(said(report)[3]) == MOST
    assert said(report)[3][-1] == "and 20 more comments"


def test_of_some_connections_only_their_packets_speak() -> None:
    shown = sample("showcase")
    report = Report(analysis=shown, numbers=np.array([3, 7]), scope="some")
    own = {frame for number in (3, 7) for frame in shown.segments_of(number)["frame"].to_list()}
    lines = said(report)
    assert set(lines) <= own
    assert all(line[0] == f"no.{frame} of showcase.pcap" for frame, line in lines.items())
    nothing = Report(analysis=shown, numbers=np.empty(0, np.int64), scope="none")
    assert said(nothing) == {}
