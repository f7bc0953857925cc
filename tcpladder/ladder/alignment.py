"""Two connections beside one another: phase by phase, and within a phase segment by segment, with what differs.

Segments are paired by who sent them (in a teardown, by whether that is who began it), by their flags, their options and
about how much they carry; numbers and lengths may differ as much as they like. Plain data and acknowledgments that only
one side has are shown and are no difference: how many there are is chance.
"""

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tcpladder.ladder.folding import plain
from tcpladder.ladder.notation import byte_count, seconds, state_word
from tcpladder.ladder.phases import Kind, Phase, phases
from tcpladder.ladder.rungs import Ladder
from tcpladder.packets.flags import ACK, FIN, RST, SYN, flag_names
from tcpladder.tcp.states import Endpoint

MOST_PHASES = 100  # that are compared one by one
MOST_ROWS = 40  # of a phase, on either side
TIMES_AS_LONG = 3  # a time that is so many times another differs from it,
LEAST_APART_NS = 50_000_000  # if they are so far apart as well

GAP = 4  # costs of an alignment: something that has no counterpart,
WRONG_FLAGS, WRONG_OPTIONS, WRONG_SIZE, WRONG_LABELS = 3, 1, 1, 1  # and counterparts that are unlike
NEVER = 3 * GAP  # counterparts that are none

TOLD_FLAGS = SYN | FIN | RST | ACK  # others are chance, or the application's

T = TypeVar("T")


class Difference(enum.Enum):
    """In what two segments, or two phases, differ."""

    MISSING = "only in one"
    SENDER = "other sender"
    FLAGS = "other flags"
    OPTIONS = "other options"
    TIME = "other time"
    STATE = "other states"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the comparison: a heading, where `title` is not empty, or a row of either connection, or of both.

    `differences` says of each what differs, in words. `rows` of a heading are the first of its phase, where there are
    any.
    """

    rows: tuple[int | None, int | None]
    title: str = ""
    differences: tuple[tuple[Difference, str], ...] = ()


def aligned(one: Ladder, other: Ladder) -> list[Entry]:
    """Align two connections."""
    both = phases(one), phases(other)
    lost = [max(len(every) - MOST_PHASES, 0) for every in both]
    # How a connection ended matters more than what came in its middle.
    shown = [every[: MOST_PHASES - 1] + every[MOST_PHASES - 1 :][-1:] for every in both]
    pairs = align(shown[0], shown[1], _unlike_phases)
    entries: list[Entry] = []
    for at, (left, right) in enumerate(pairs):
        if any(lost) and at == len(pairs) - 1:
            entries.append(Entry(rows=(None, None), title=f"{lost[0]} and {lost[1]} more phases, not compared"))
        first = None if left is None else shown[0][left]
        second = None if right is None else shown[1][right]
        entries += _compared_phases(one, other, first, second)
    return entries


def align(one: Sequence[T], other: Sequence[T], unlike: Callable[[T, T], int]) -> list[tuple[int | None, int | None]]:
    """Pair two sequences in order, so that the costs of unlike pairs, and of what has no counterpart, are least."""
    begin = _alike(one, other, unlike)
    rest = one[begin:], other[begin:]
    end = _alike(rest[0][::-1], rest[1][::-1], unlike)
    middle = tuple(each[: len(each) - end] for each in rest)
    pairs: list[tuple[int | None, int | None]] = [(at, at) for at in range(begin)]
    pairs += [
        (None if left is None else left + begin, None if right is None else right + begin)
        for left, right in _cheapest(middle[0], middle[1], unlike)
    ]
    return pairs + [(len(one) - at, len(other) - at) for at in range(end, 0, -1)]


def _alike(one: Sequence[T], other: Sequence[T], unlike: Callable[[T, T], int]) -> int:
    """Count how many from the beginning on are alike."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if unlike(left, right):
            break
        count += 1
    return count


def _cheapest(
    one: Sequence[T], other: Sequence[T], unlike: Callable[[T, T], int]
) -> list[tuple[int | None, int | None]]:
    """Find the cheapest pairs (Needleman and Wunsch); of several that are equally cheap, those that pair early."""
    costs = [[GAP * at for at in range(len(other), -1, -1)]]  # from the end: what aligning the rest costs
    for left in reversed(one):
        below, row = costs[-1], [costs[-1][-1] + GAP]
        for place in range(len(other) - 1, -1, -1):
            row.append(min(below[place + 1] + unlike(left, other[place]), below[place] + GAP, row[-1] + GAP))
        costs.append(row[::-1])
    costs.reverse()
    pairs: list[tuple[int | None, int | None]] = []
    at = place = 0
    while at < len(one) or place < len(other):
        here, has_both = costs[at][place], at < len(one) and place < len(other)
        if has_both and here == costs[at + 1][place + 1] + unlike(one[at], other[place]):
            pairs.append((at, place))
            at, place = at + 1, place + 1
        elif at < len(one) and here == costs[at + 1][place] + GAP:
            pairs.append((at, None))
            at += 1
        else:
            pairs.append((None, place))
            place += 1
    return pairs


# -- phases -----------------------------------------------------------------------------------------


def _unlike_phases(one: Phase, other: Phase) -> int:
    return 0 if (one.kind, one.sender) == (other.kind, other.sender) else NEVER


def _compared_phases(one: Ladder, other: Ladder, left: Phase | None, right: Phase | None) -> Iterator[Entry]:
    """Give the heading of two phases, or of one that has no counterpart, and its rows."""
    known = left or right
    if known is None:
        return
    title = "   |   ".join("none" if each is None else phase_words(each) for each in (left, right))
    rows = tuple(each.begin if each is not None and len(each) else None for each in (left, right))
    yield Entry(rows=(rows[0], rows[1]), title=f"{_name(known)}: {title}", differences=tuple(_apart(left, right)))
    signatures = [
        _signatures(ladder, phase) if phase is not None else []
        for ladder, phase in ((one, left), (other, right))
    ]  # fmt: skip
    for pair in align(signatures[0], signatures[1], _unlike_rows):
        yield _compared_rows(
            (one, other), (left, right), tuple(_row(phase, at) for phase, at in zip((left, right), pair, strict=True))
        )
    left_out = [len(each) - MOST_ROWS if each is not None else 0 for each in (left, right)]
    if max(left_out) > 0:
        counts = " | ".join(str(max(count, 0)) for count in left_out)
        yield Entry(rows=(None, None), title=f"{counts} more segments of this phase, not compared one by one")


def _row(phase: Phase | None, at: int | None) -> int | None:
    return None if phase is None or at is None else phase.begin + at


def _name(phase: Phase) -> str:
    return f"{phase.sender.name.lower()}'s data" if phase.sender is not None else phase.kind.value


def phase_words(phase: Phase) -> str:
    """Say how long a phase is."""
    if phase.kind is Kind.IDLE:
        return f"{seconds(phase.duration, 9)} s"
    carried = f", {byte_count(phase.payload)}" if phase.payload else ""
    segments = "1 segment" if len(phase) == 1 else f"{len(phase)} segments"
    return f"{segments}{carried}, {seconds(phase.duration, 9)} s"


def _apart(left: Phase | None, right: Phase | None) -> Iterator[tuple[Difference, str]]:
    if left is None or right is None:
        known, which = (left, "first") if left is not None else (right, "second")
        if known is not None:
            yield Difference.MISSING, f"{_name(known)} only in the {which}"
    elif _carry_alike(left, right) and is_other_time(left.duration, right.duration):
        yield Difference.TIME, _times(left.duration, right.duration)


def _carry_alike(one: Phase, other: Phase) -> bool:
    """Tell whether two phases should take about as long as one another."""
    little, much = sorted((one.payload, other.payload))
    return much < TIMES_AS_LONG * max(little, 1) or not much


def is_other_time(one: int, other: int) -> bool:
    """Tell whether two times (ns) differ so much that it says something."""
    short, long = sorted((abs(one), abs(other)))
    return long - short >= LEAST_APART_NS and long >= TIMES_AS_LONG * short


def _times(one: int, other: int) -> str:
    return f"{seconds(one, 9)} s | {seconds(other, 9)} s"


# -- rows -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a segment is paired by. `role` is its sender: the initiator or not; in a teardown, who began it or not."""

    role: bool
    flags: int
    options: str
    size: int  # without payload, of a byte, of more
    is_labelled: bool


def _signatures(ladder: Ladder, phase: Phase) -> list[_Signature]:
    rows = range(phase.begin, min(phase.end, phase.begin + MOST_ROWS))
    flags, payload = ladder.column("flags"), ladder.column("payload_length")
    labels = ladder.labels
    first = not ladder.from_initiator[phase.begin] if phase.kind is Kind.TEARDOWN else False
    return [
        _Signature(
            role=bool(ladder.from_initiator[row]) != first,
            flags=int(flags[row]) & TOLD_FLAGS,
            options=options_of(ladder, row),
            size=min(int(payload[row]), 2),
            is_labelled=labels is not None and bool(labels[row]),
        )
        for row in rows
    ]


def _unlike_rows(one: _Signature, other: _Signature) -> int:
    if one.role != other.role:
        return NEVER
    return (
        WRONG_FLAGS * (one.flags != other.flags)
        + WRONG_OPTIONS * (one.options != other.options)
        + WRONG_SIZE * (one.size != other.size)
        + WRONG_LABELS * (one.is_labelled != other.is_labelled)
    )


def options_of(ladder: Ladder, row: int) -> str:
    """Write the options that say something: what a SYN offers; of others whether there are SACK blocks."""
    words = ladder.rung(row).words
    if not words.flags & SYN:
        return "SACK" if words.sack_count else "none"
    told = (
        (f"mss {words.mss}", words.mss is not None),
        ("SACK permitted", words.is_sack_permitted),
        ("time stamps", words.has_timestamps),
        (f"window scale {words.wscale}", words.wscale is not None),
    )
    return ", ".join(text for text, is_there in told if is_there) or "none"


def _compared_rows(
    ladders: tuple[Ladder, Ladder], both: tuple[Phase | None, Phase | None], rows: tuple[int | None, ...]
) -> Entry:
    left, right = rows
    if left is None or right is None:
        at = 0 if left is not None else 1
        row = left if left is not None else right
        # Of a phase that has no counterpart the heading says so, once for all its rows.
        is_told = None in both or row is None or bool(plain(ladders[at])[row])
        missing = () if is_told else ((Difference.MISSING, f"only in the {('first', 'second')[at]}"),)
        return Entry(rows=(left, right), differences=missing)
    found = list(_unlike(ladders, (left, right)))
    is_first = (left, right) == tuple(phase.begin for phase in both if phase is not None)
    senders = [ladder.rung(row).sender for ladder, row in zip(ladders, (left, right), strict=True)]
    if is_first and senders[0] is not senders[1]:
        found.insert(0, (Difference.SENDER, " | ".join(f"sent by the {end.name.lower()}" for end in senders)))
    deltas = [ladder.rung(row).delta for ladder, row in zip(ladders, (left, right), strict=True)]
    if not is_first and is_other_time(*deltas):
        found.append((Difference.TIME, _times(*deltas)))
    return Entry(rows=(left, right), differences=tuple(found))


def _unlike(ladders: tuple[Ladder, Ladder], rows: tuple[int, int]) -> Iterator[tuple[Difference, str]]:
    """Say in what two segments differ, apart from the time."""
    flags = [int(ladder.column("flags")[row]) & TOLD_FLAGS for ladder, row in zip(ladders, rows, strict=True)]
    if flags[0] != flags[1]:
        yield Difference.FLAGS, " | ".join(flag_names(each) for each in flags)
    options = [options_of(ladder, row) for ladder, row in zip(ladders, rows, strict=True)]
    if options[0] != options[1]:
        yield Difference.OPTIONS, " | ".join(options)
    if any(ladder.changes_at(row) for ladder, row in zip(ladders, rows, strict=True)):
        states = [ladder.states_after(row) for ladder, row in zip(ladders, rows, strict=True)]
        is_mirrored = len({ladder.rung(row).sender for ladder, row in zip(ladders, rows, strict=True)}) > 1
        for end in Endpoint:
            counterpart = end.peer if is_mirrored else end
            if states[0][end] is not states[1][counterpart]:
                mirror = f"{counterpart.name.lower()} " if is_mirrored else ""
                one, other = state_word(states[0][end]), state_word(states[1][counterpart])
                yield Difference.STATE, f"{end.name.lower()} {one} | {mirror}{other}"
