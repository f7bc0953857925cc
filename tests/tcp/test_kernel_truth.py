"""The states inferred from the sample captures agree with what the kernels did while these were taken.

Each sample was captured on both hosts while both kernels' transitions were traced (sample_captures/README.md). From
either capture alone, each endpoint's states have to be those of its socket, in the same order, and each change has to
stand within TOLERANCE of the kernel's: the wire takes 5 ms each way, which is how far the other host's times are off.

The kernel's record is read as TCP's states, and nothing else is forgiven:

1. A passive open is traced as LISTEN, SYN_RCVD, ESTABLISHED when the last ACK of the handshake comes. SYN_RCVD begins
   when the poll `syn_rcvd` first finds the request. A request for which no socket was made in the end was SYN_RCVD,
   and then gone, which leaves LISTEN, or CLOSED where the host itself reset it; nothing tells an observer when, other
   than the RST that comes long after. Requests made anew each time that a host tries again are one connection's:
   LISTEN, SYN_RCVD, LISTEN, SYN_RCVD, and so on.
2. TIME_WAIT is traced as CLOSED, out of FIN_WAIT_2 or CLOSING, and proven by a poll `time_wait`. If a poll
   `fin_wait_2` found the connection too, it entered TIME_WAIT between these two polls.
3. FIN_WAIT_2 that lasts less than a millisecond and that no poll found is FIN_WAIT_1 to TIME_WAIT in one segment
   (RFC 9293 §3.3.2, note 2 to figure 5).
4. A timer's CLOSED has no segment within TOLERANCE: a capture does not show it. Where the last poll `fin_wait_2` or
   `time_wait` that found the connection precedes later segments, it is CLOSED from then on, which they may show.
5. FIN_WAIT_1 and LAST_ACK begin when the process closes, and on the wire when the FIN leaves, behind data.
6. A connection that the server's kernel has no socket for is CLOSED throughout, or UNKNOWN where nothing answers.
7. Where a device forged segments between the hosts, the capture of a host that was `misled` can't tell the other's
   states, and its own alone are held against it.

What a capture can't tell, no inference can: (a) of a segment sent several times, which copy arrived; (b) of a segment
that crossed others, when it arrived between its sending and the first segment that acknowledges it; (c) what happened
before the first captured segment, when a SYN was lost on its way to the capture; (d) whether an endpoint that answers a
SYN for an older connection also listens.

Run with `-s` to see a table of each endpoint's states, and how far the times lie apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tcpladder.analysis import Analysis
from tcpladder.packets.flags import FIN
from tcpladder.tcp.states import Endpoint, State
from tcpladder.tcp.timeline import Change
from tcpladder.tcp.transitions import Event
from tests import samples

MILLISECOND = 1_000_000
TOLERANCE = 12 * MILLISECOND
FOREVER = 1 << 62
FIRST_SYN_LOST_BEFORE = "lost-syn.server"
OLDER_CONNECTION_ANSWERS = "port-reuse-refused"

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """A state that a socket entered, and between which two times it did."""

    state: State
    earliest: int
    latest: int


def lives(truth: dict[str, Any], local: Address, remote: Address) -> list[list[Step]]:
    """Give the states of each socket that had these two ends, one after the other, the initial state first."""
    found: list[list[Step]] = []
    for change in truth["transitions"]:
        if (tuple(change["local"]), tuple(change["remote"])) != (local, remote):
            continue
        when = change["time_ns"]
        if not found or found[-1][-1].state is State.CLOSED:
            found.append([Step(State[change["from"]], 0, when)])
        found[-1].append(Step(State[change["to"]], when, when))
    polls = {key: sightings(truth, key, local, remote) for key in ("syn_rcvd", "fin_wait_2", "time_wait")}
    if not found:
        found = [
            [Step(State.LISTEN, 0, requests[0][0]), *(step for pair in requests for step in request(*pair))]
            for requests in [polls["syn_rcvd"]]
            if requests
        ]
    for at, life in enumerate(found):
        until = found[at + 1][0].latest if at + 1 < len(found) else FOREVER
        own = {
            key: [poll for poll in seen if life[0].latest - TOLERANCE < poll[0] < until] for key, seen in polls.items()
        }
        found[at] = normalised(life, own)
    return found


def request(first: int, last: int) -> list[Step]:
    """Give the states of a request for which no socket was made: the listener's, once it is gone."""
    return [Step(State.SYN_RCVD, first, first), Step(State.LISTEN, last, FOREVER)]


def sightings(truth: dict[str, Any], key: str, local: Address, remote: Address) -> list[tuple[int, int]]:
    return [
        (poll["first_ns"], poll["last_ns"])
        for poll in truth[key]
        if (tuple(poll["local"]), tuple(poll["remote"])) == (local, remote)
    ]


def normalised(life: list[Step], polls: dict[str, list[tuple[int, int]]]) -> list[Step]:
    """Read a socket's record as TCP's states; the numbers are those of the list above."""
    steps = list(life)
    if steps[0].state is State.LISTEN and polls["syn_rcvd"]:  # 1
        steps[1] = replace(steps[1], earliest=polls["syn_rcvd"][0][0])
    if steps[-2].state in {State.FIN_WAIT_2, State.CLOSING} and polls["time_wait"]:  # 2
        closed = steps.pop()
        if polls["fin_wait_2"]:
            steps.append(Step(State.TIME_WAIT, polls["fin_wait_2"][-1][1], polls["time_wait"][0][0]))
        else:
            steps.append(replace(closed, state=State.TIME_WAIT))
            if steps[-2].state is State.FIN_WAIT_2 and closed.latest - steps[-2].latest < MILLISECOND:  # 3
                del steps[-2]
        steps.append(Step(State.CLOSED, polls["time_wait"][-1][1], FOREVER))  # 4
    elif steps[-2].state is State.FIN_WAIT_2 and polls["fin_wait_2"]:
        steps[-1] = Step(State.CLOSED, polls["fin_wait_2"][-1][1], FOREVER)  # 4
    return steps


def without_timer(life: list[Step], times: pl.Series) -> list[Step]:
    """Leave out a CLOSED, or a request's end, that a timer brought about (4)."""
    last = life[-1]
    is_shown = ((times > last.earliest - TOLERANCE) & (times < last.latest + TOLERANCE)).any()
    is_end = last.state in {State.CLOSED, State.LISTEN}
    return life[:-1] if is_end and not is_shown else life


def until_the_fin(life: list[Step], segments: pl.DataFrame, endpoint: Endpoint) -> list[Step]:
    """Let FIN_WAIT_1 and LAST_ACK begin as late as with the endpoint's first FIN (5)."""
    is_own_fin = (pl.col("from_initiator") == (endpoint is Endpoint.INITIATOR)) & (pl.col("flags") & FIN != 0)
    fin = segments.filter(is_own_fin)["time"].min()
    return [
        replace(step, latest=max(step.latest, fin))
        if step.state in {State.FIN_WAIT_1, State.LAST_ACK} and isinstance(fin, int)
        else step
        for step in life
    ]


def possible(change: Change, segments: pl.DataFrame, *, is_syn_missing: bool) -> list[tuple[int, int]]:
    """Give the periods in which the change may have happened, as far as the capture can tell (a, b, c)."""
    times = segments["time"]
    if change.row == 0 and is_syn_missing:
        return [(0, times[0])]
    columns = ("from_initiator", "flags", "seq", "payload_length")
    cause = segments.row(change.cause, named=True)
    is_copy = pl.all_horizontal(pl.col(name) == cause[name] for name in columns)
    copies = segments.filter(is_copy & (pl.col("time") <= times[change.row]))["time"]
    return [tuple(sorted((times[change.cause], times[change.row]))), *((copy, copy) for copy in copies)]


def differences(changes: list[Change], steps: list[Step], segments: pl.DataFrame, *, is_syn_missing: bool) -> list[int]:
    """Give for each change how far it lies from the kernel's, in ns; 0 where it may have happened at that time."""
    return [
        min(
            max(step.earliest - latest, earliest - step.latest, 0)
            for earliest, latest in possible(change, segments, is_syn_missing=is_syn_missing)
        )
        for change, step in zip(changes, steps, strict=True)
    ]


Line = tuple[str, int, str, str, str]
HEADING: Line = ("capture", 0, "endpoint", "apart", "states")


@pytest.fixture(scope="module")
def agreement() -> Iterator[list[Line]]:
    """Collect a line for each endpoint of each connection that agrees, and print the table in the end."""
    lines: list[Line] = [HEADING]
    yield lines
    table = [
        f"{name:36} {number or '#':>3}  {end:9}  {apart:>9}  {states}" for name, number, end, apart, states in lines
    ]
    print("\n", *table, f"{len(lines) - 1} endpoints agree", sep="\n")  # noqa: T201 - shown with -s


def cases() -> list[tuple[Path, Path]]:
    return [
        (path, capture)
        for path in samples.KERNEL_TRUTHS
        for capture in samples.CAPTURES
        if capture.stem.rpartition(".")[0] == path.name.removesuffix(".kernel.json")
    ]


def tellable() -> list[Any]:
    """Give each capture with each endpoint whose states it can tell (7); the client is the initiator."""
    hosts = {Endpoint.INITIATOR: "client", Endpoint.RESPONDER: "server"}
    return [
        pytest.param(path, capture, endpoint, id=f"{endpoint.name.lower()}-{capture.stem}")
        for path, capture in cases()
        for endpoint, host in hosts.items()
        if (seen_by := capture.stem.rpartition(".")[2]) == host
        or seen_by not in samples.kernel_truth(path).get("misled", ())
    ]


def ends(analysis: Analysis, connection: int, endpoint: Endpoint) -> tuple[Address, Address]:
    row = analysis.connections.table.row(connection - 1, named=True)
    pair = [(analysis.addresses[row[name]], row[f"{name}_port"]) for name in ("initiator", "responder")]
    return pair[endpoint], pair[endpoint.peer]


def test_there_is_a_capture_of_either_host_for_each_record_of_the_kernels() -> None:
    assert len(samples.KERNEL_TRUTHS) >= 20
    assert len(cases()) == 2 * len(samples.KERNEL_TRUTHS)


@pytest.mark.parametrize(("truth_path", "capture", "endpoint"), tellable())
def test_an_endpoint_goes_through_the_states_that_its_socket_went_through(
    truth_path: Path, capture: Path, endpoint: Endpoint, agreement: list[Line]
) -> None:
    truth = samples.kernel_truth(truth_path)
    analysis = samples.analysis_of(capture)
    numbers = range(1, len(analysis.connections) + 1)
    sockets = {pair: lives(truth, *pair) for pair in (ends(analysis, number, endpoint) for number in numbers)}
    matched = {pair: iter(found) for pair, found in sockets.items() if found}
    for number in numbers:
        segments, timeline = analysis.segments_of(number), analysis.timeline(number)
        changes = [change for change in timeline.changes if change.endpoint is endpoint]
        inferred = [timeline.before(0, endpoint).name, *(change.state.name for change in changes)]
        pair = ends(analysis, number, endpoint)
        if pair not in matched:  # 6
            assert inferred in (["CLOSED"], ["UNKNOWN"])
            agreement.append((capture.stem, number, endpoint.name.lower(), "no socket", " ".join(inferred)))
            continue
        life = until_the_fin(without_timer(next(matched[pair]), segments["time"]), segments, endpoint)
        if capture.stem.startswith(OLDER_CONNECTION_ANSWERS) and inferred[0] == "UNKNOWN":
            life[0] = replace(life[0], state=State.UNKNOWN)  # d
        if life[-1].state is State.LISTEN and changes[-1].event is Event.SENT_RST:
            life[-1] = replace(life[-1], state=State.CLOSED)  # 1
        assert inferred == [step.state.name for step in life]
        off = differences(changes, life[1:], segments, is_syn_missing=capture.stem == FIRST_SYN_LOST_BEFORE)
        assert max(off) <= TOLERANCE, dict(zip(inferred[1:], off, strict=True))
        apart = f"{max(off) / MILLISECOND:.1f} ms"
        agreement.append((capture.stem, number, endpoint.name.lower(), apart, " ".join(inferred)))
    assert not [pair for pair, left in matched.items() if list(left)], "each socket has its connection"
