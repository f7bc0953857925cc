"""What a browser tells of a ladder's row while the pointer rests on it."""

from tcpladder.annotations.document import NOTHING
from tcpladder.annotations.wording import in_words
from tcpladder.ladder.fields import NONE, fields
from tcpladder.ladder.folded_rows import run_sums, run_words
from tcpladder.ladder.folding import Row
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.notation import state_word
from tcpladder.ladder.reasons import reasons
from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.tcp.states import Endpoint

TOLD = ("time (UTC)", "since start", "since before", "flags", "seq", "ack", "payload", "window", "SACK", "labels")
"""The fields that are told of a segment."""
ROOM_FOR_RUNS = 200  # characters: what a run carried is told whole


def of_segment(ladder: Ladder, row: int, rung: Rung) -> list[str]:
    """Tell a segment's time and numbers, both states with what they rest on, and its findings; a text a line."""
    told = {field.name: field.value for field in fields(ladder, row, rung)}
    changed = [end for end in Endpoint if rung.before[end] is not rung.after[end]]
    why = reasons(ladder, row) if changed else ()
    written = ladder.annotations.get(row, NOTHING)
    return [
        f"frame {rung.frame}",
        *(f"{name} {told[name]}" for name in TOLD if told[name] != NONE),
        *(_state(rung, end) for end in Endpoint if end not in changed),
        *(why[end] for end in changed),
        *(
            f"{UNICODE.levels[finding.level.word]} {finding.level.word} {finding.rule}: {finding.message}"
            for finding in rung.proves
        ),
        *([in_words(written)] if written else []),
    ]


def of_run(ladder: Ladder, row: Row) -> list[str]:
    """Tell which segments a folded row stands for; a text a line."""
    return [
        f"frames {ladder.frames[row.first]} to {ladder.frames[row.last]}",
        run_words(run_sums(ladder, row), ROOM_FOR_RUNS, UNICODE),
    ]


def of_gap(ladder: Ladder, row: Row) -> list[str]:
    """Tell between which frames a connection was idle; a text a line."""
    return [f"nothing between frames {ladder.frames[row.first - 1]} and {ladder.frames[row.first]}"]


def _state(rung: Rung, end: Endpoint) -> str:
    return f"{end.name.capitalize()}: {state_word(rung.after[end])} ({rung.bases[end].word})"
