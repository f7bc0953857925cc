"""The sockets that hosts must have had at a time."""

import pytest

from tcpladder.report.sockets import SOCKETS, SocketHistory, Sockets
from tcpladder.tcp.states import Basis, State
from tests.building import START, analysed
from tests.samples import sample

NS = 1_000_000_000
GRACEFUL = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK +1s
    initiator < responder  FIN,ACK +1s
    initiator > responder  ACK
"""


def history(text: str) -> SocketHistory:
    analysis = analysed(text)
    return SocketHistory(analysis, analysis.judgement)


def states(found: Sockets) -> list[tuple[int | None, str, str]]:
    """Give connection, state and basis of each socket."""
    rows = found.table.select("connection", "state", "basis").iter_rows()
    return [(number, State(state).name, Basis(basis).word) for number, state, basis in rows]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (-0.001, []),
        (0, [(1, "SYN_SENT", "seen")]),
        (0.5, [(1, "ESTABLISHED", "seen"), (1, "ESTABLISHED", "seen")]),
        (1.5, [(1, "FIN_WAIT_1", "seen"), (1, "CLOSE_WAIT", "seen")]),
        (3, [(1, "TIME_WAIT", "inferred")]),
        (241, [(1, "TIME_WAIT", "inferred")]),
        (243, []),  # 2 MSL later
    ],
)
def test_each_endpoint_has_the_state_that_it_had_come_into(
    after: float, expected: list[tuple[int | None, str, str]]
) -> None:
    found = history(f"{GRACEFUL}... +600s").at(START + int(after * NS))
    assert [one for one in states(found) if one[1] != "LISTEN"] == expected


def test_after_the_last_segment_an_open_connection_is_inferred_to_be_open() -> None:
    text = "".join(GRACEFUL.splitlines(keepends=True)[:4])
    found = history(f"{text}... +600s").at(START + 500 * NS)
    assert states(found) == [(1, "ESTABLISHED", "inferred"), (1, "ESTABLISHED", "inferred")]


def test_a_socket_ends_when_its_ports_come_again() -> None:
    text = f"{GRACEFUL}\n    initiator > responder  SYN isn=900000 +3s\n... +60s"
    found = history(text)
    assert states(found.at(START + 4 * NS)) == [(1, "TIME_WAIT", "inferred")]
    assert states(found.at(START + 6 * NS)) == [(2, "SYN_SENT", "inferred")]


def test_who_never_answered_has_no_socket_that_is_known_of() -> None:
    found = history("initiator > responder  SYN\n... +60s").at(START + NS)
    assert states(found) == [(1, "SYN_SENT", "inferred")]


def test_a_port_listened_between_two_answers_and_not_known_to_before_or_after() -> None:
    ends = "a = 192.0.2.1:1\nb = 192.0.2.1:2\n"
    text = f"{ends}{GRACEFUL.replace('initiator', 'a')}{GRACEFUL.replace('initiator', 'b')}... +60s"
    found = history(text)
    listening = [(None, "LISTEN", "inferred")]
    for seconds, expected in ((0, []), (1, listening), (2, listening), (4, [])):
        assert [one for one in states(found.at(START + seconds * NS)) if one[1] == "LISTEN"] == expected


def test_sockets_of_two_hosts_and_their_changes() -> None:
    other = "c = 203.0.113.1:9\nd = 203.0.113.2:80\n" + GRACEFUL.replace("initiator", "c").replace("responder", "d")
    analysis = analysed(f"{GRACEFUL}{other}... +60s")
    found = SocketHistory(analysis, analysis.judgement)
    hosts = found.hosts_of(1)
    time = found.end
    assert {row[0] for row in states(found.at(time))} == {1, 2}
    assert {row[0] for row in states(found.at(time, hosts))} == {1}
    assert found.at(time).counts(9) == {0: {State.TIME_WAIT: 1}, 2: {State.TIME_WAIT: 1}}
    times = []
    at: int | None = START - 1
    while (at := found.change(at or 0, 1, hosts)) is not None:
        times.append(at - START)
    assert times == sorted(times)
    assert times[-1] < 2 * NS + 60_000_000  # the other two hosts' come later
    assert found.change(START, -1) is None
    assert (found.change(time, -1) or 0) < time


def test_states_agree_with_the_timelines_of_the_samples() -> None:
    analysis = sample("showcase")
    found = SocketHistory(analysis, analysis.judgement)
    for number in (1, 5, 14, 24):
        times = analysis.segments_of(number)["time"].to_list()
        timeline = analysis.timeline(number)
        for row in range(len(times) - 1):
            there = found.at(times[row + 1] - 1)
            rows = there.table.filter(there.table["connection"] == number)
            own = [State(timeline.states[end, row + 1]) for end in (0, 1)]
            expected = [state for state in own if state not in (State.CLOSED, State.LISTEN)]
            assert [State(state) for state in rows["state"]] == expected


def test_an_empty_capture_has_no_sockets() -> None:
    found = history("")
    assert len(found.at(0)) == 0
    assert dict(found.at(0).table.schema) == SOCKETS
    assert found.change(0, 1) is None
