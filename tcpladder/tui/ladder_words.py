"""What the ladder's screen says of its rows: packets, states, and what they rest on."""

from tcpladder.annotations.document import NOTHING
from tcpladder.annotations.wording import in_words
from tcpladder.ladder.folding import Kind, Row
from tcpladder.ladder.notation import endpoint, seconds, state_word
from tcpladder.ladder.rungs import Ladder
from tcpladder.tcp.states import Basis, Endpoint, State


def status(ladder: Ladder, row: Row | None) -> str:
    """Name the packets of a row, and both states with what they rest on."""
    passed: tuple[tuple[State, ...], ...] = ((), ())
    if row is None:
        states, bases = ladder.initial, ladder.initial_bases
        told = "before the first segment"
    elif row.kind is Kind.GAP:
        rung = ladder.rung(row.first - 1)
        states, bases = rung.after, rung.bases
        told = f"idle between no.{rung.frame} and no.{ladder.frames[row.first]}"
    else:
        rung = ladder.rung(row.last)
        states, bases, passed = rung.after, rung.bases, rung.passed
        told = f"no.{rung.frame}  {row.last + 1}/{len(ladder)}"
        if row.kind is Kind.RUN:
            told = f"no.{ladder.frames[row.first]}-{rung.frame}  {row.first + 1}-{row.last + 1}/{len(ladder)}"
    written = in_words(ladder.own_annotation if row is None else ladder.annotations.get(row.first, NOTHING))
    told = f"{told}  {written}" if written else told
    paths = [" → ".join(state_word(state) for state in (*passed[end], states[end])) for end in Endpoint]
    words = (f"{end.name.lower()} {paths[end]}{_basis(bases[end])}" for end in Endpoint)
    return f"{told}   {'   '.join(words)}"


def since_reference(ladder: Ladder, reference: int | None, row: Row | None) -> str:
    """Say how long after the reference a row's segment came."""
    if reference is None or row is None:
        return ""
    time = ladder.column("time")
    since = int(time[row.first]) - int(time[reference])
    return f"{seconds(since, 16, sign=True)} s since no.{ladder.frames[reference]}"


def _basis(basis: Basis) -> str:
    return "" if basis is Basis.UNKNOWN else f" ({basis.word})"


def describe(ladder: Ladder, frame: int) -> str:
    """Name a packet of the ladder for the title of its detail: who sent it to whom."""
    row = ladder.frames.index(frame)
    sender = ladder.rung(row).sender
    heading = ladder.heading
    source, destination = (heading.hosts[end] or endpoint(*heading.endpoints[end]) for end in (sender, sender.peer))
    return f"{source} → {destination}"
