"""Why each endpoint of a connection is in the state that a row shows, in plain words."""

from tcpladder.ladder.notation import state_word
from tcpladder.ladder.rungs import Ladder
from tcpladder.tcp.states import Basis, Endpoint, State
from tcpladder.tcp.timeline import Change

RESTS_ON = {
    Basis.SEEN: "Seen: its own segments prove it.",
    Basis.INFERRED: "Inferred: what was captured is taken to have arrived; none of its own segments proves it.",
    Basis.UNKNOWN: "",
}
BEGAN_ON = RESTS_ON | {Basis.INFERRED: "Inferred from what followed."}
NOT_KNOWN = "what was captured does not tell its state."


def reasons(ladder: Ladder, row: int) -> tuple[str, ...]:
    """Give a sentence or two for each endpoint: since when, by which event, in which frame, and how sure that is.

    `row` counts the segments from 0; -1 asks about the states before the first of them.
    """
    return tuple(f"{endpoint.name.capitalize()}: {_reason(ladder, row, endpoint)}" for endpoint in Endpoint)


def _reason(ladder: Ladder, row: int, endpoint: Endpoint) -> str:
    timeline = ladder.timeline
    state, basis = State(timeline.states[endpoint, row + 1]), Basis(timeline.bases[endpoint, row + 1])
    passed = [change for change in timeline.changes if change.endpoint is endpoint and change.row <= row]
    latest = [change for change in passed if change.row == passed[-1].row]
    if not latest:
        is_known = state is not State.UNKNOWN
        return f"{state_word(state)} from before the first segment. {BEGAN_ON[basis]}" if is_known else NOT_KNOWN
    events = " and then ".join(_event(ladder, change) for change in latest)
    is_told_later = any(change.cause != change.row for change in latest)
    since = f"since no.{ladder.frames[latest[-1].row]}, {'which shows that' if is_told_later else 'when'} it {events}"
    if state is State.UNKNOWN:
        return f"not known {since}."
    path = " → ".join(state_word(change.state) for change in latest)
    return f"{path} {since}. {RESTS_ON[basis]}".rstrip()


def _event(ladder: Ladder, change: Change) -> str:
    """Say what happened, and in which frame where that is not the one of the row."""
    frame = f" (no.{ladder.frames[change.cause]})" if change.cause != change.row else ""
    return f"{change.event.value}{frame}"
