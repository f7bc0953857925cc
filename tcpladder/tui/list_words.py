"""What the lines around the connection list say."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tcpladder.analysis import Analysis, Progress
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.notation import byte_count, elided, endpoint, introduced, seconds, state_word
from tcpladder.printable import printable
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Level
from tcpladder.settings.names import Names

if TYPE_CHECKING:
    from tcpladder.report.listing import Totals
    from tcpladder.rulebook.judging import Judgement

PER_MEGABYTE = 1_000_000
WIDE = 110  # columns from which there is room to count segments while the file is being read


def findings_in_short(findings: tuple[Finding, ...], glyphs: Glyphs) -> str:
    """Say the gravest finding in its own words, and how many more there are."""
    sign = glyphs.levels[findings[0].level.word]
    more = f" (+{len(findings) - 1})" if len(findings) > 1 else ""
    return f"#{findings[0].connection} {sign}{more} {findings[0].message}"


def named_pair(names: Names, analysis: Analysis, connection: int) -> str:
    """Name both endpoints of a connection; nothing where neither has a name."""
    row = analysis.connections.table.row(connection - 1, named=True)
    ends = [(analysis.addresses[row[end]], row[f"{end}_port"]) for end in ("initiator", "responder")]
    found = [names.of(*end) for end in ends]
    if not any(found):
        return ""
    initiator, responder = (name or endpoint(*end) for name, end in zip(found, ends, strict=True))
    return f"{initiator} → {responder}  "


def summary(analysis: Analysis, connection: int, width: int, *, is_read: bool) -> str:
    """Say of a connection how much it carried, and as many of both endpoints' last states as there is room for.

    Which states are the last is known when the capture `is_read`.
    """
    row = analysis.connections.table.row(connection - 1, named=True)
    payload = byte_count(row["initiator_bytes"] + row["responder_bytes"])
    head = f"#{connection}  {payload} in {seconds(row['end'] - row['start'], 12)} s"
    if not is_read:
        return f"{head} so far"
    histories = analysis.states_of(connection)
    words = ""
    for kept in range(max(map(len, histories)), 0, -1):
        paths = (_path([state_word(state) for state in states], kept) for states in histories)
        words = f"{head}   {'   |   '.join(paths)}"
        if len(words) <= width:
            break
    return words


def found_words(judgement: "Judgement", glyphs: Glyphs) -> str:
    """Count the findings of each level, the gravest first; a healthy capture says so."""
    return level_words({level: judgement.counts.get(level, 0) for level in reversed(Level)}, glyphs)


def level_words(counts: Mapping[Level, int], glyphs: Glyphs) -> str:
    """Say how many findings of each level there are."""
    told = [f"{glyphs.levels[level.word]}{count}" for level, count in counts.items() if count]
    return " ".join(told) if told else "no findings"


def connection_name(analysis: Analysis, connection: int, glyphs: Glyphs, width: int, names: Names) -> str:
    """Name a connection by its number and its endpoints; what is too long is shortened in its middle."""
    row = analysis.connections.table.row(connection - 1, named=True)
    head = f"{connection}/{len(analysis.connections)}  "
    room = (width - len(head) - len(glyphs.between) - 2) // 2
    ends = ((analysis.addresses[row[end]], row[f"{end}_port"]) for end in ("initiator", "responder"))
    written = (introduced(names.of(*end), names.host(*end), *end, room) for end in ends)
    return head + f" {glyphs.between} ".join(elided(end, room, glyphs.ellipsis) for end in written)


def judging_words(judgement: "Judgement") -> str:
    """Say how far judging has come; nothing when it is done."""
    return "" if judgement.is_whole else f"judged {100 * judgement.judged // len(judgement.verdicts)} %"


def _path(states: Sequence[str], kept: int) -> str:
    left_out = "… " if kept < len(states) else ""
    return left_out + " → ".join(states[-kept:])


def title_words(analysis: Analysis, shown: int | None, found: str, selected: int) -> str:
    """Say how many connections there are, `shown` of which the filter keeps, what was found, how many are selected."""
    parts = [
        f"{'' if shown is None else f'{grouped(shown)} of '}{counted(len(analysis.connections), 'connection')}",
        "incomplete" if analysis.is_incomplete else "",
        found,
        f"{grouped(selected)} selected" if selected else "",
    ]
    return "".join(f" · {part}" for part in parts if part)


def unmatched_words(line: str, key: str, *, is_so_far: bool) -> str:
    """Say that a filter keeps nothing, and which `key` clears it."""
    return f"No connection matches {printable(line)}{' so far' if is_so_far else ''}.\n\n{key} clears the filter."


def reading_words(
    progress: Progress | None, width: int, totals: "Totals | None" = None, *, is_filtered: bool = False
) -> str:
    """Say how far reading has come, in as much as a screen of this width has room for; then what the list adds up to.

    `totals` are those of the list, which `is_filtered` or not.
    """
    if progress is None:
        return ""
    segments = counted(progress.segments, "segment")
    if progress.is_final:
        if totals is None:
            return segments
        if is_filtered:
            segments = (
                f"{grouped(totals.segments)} of {segments}" if width >= WIDE else counted(totals.segments, "segment")
            )
        return f"{segments} · {byte_count(totals.bytes)}" if width >= WIDE else segments
    read = f"{progress.position / PER_MEGABYTE:.1f}"
    of_size = f" of {progress.size / PER_MEGABYTE:.1f}" if progress.size else ""
    return (f"{segments} · " if width >= WIDE else "") + f"{read}{of_size} MB"


def counted(number: int, thing: str) -> str:
    """Say how many of a thing there are."""
    return f"{grouped(number)} {thing}{'' if number == 1 else 's'}"


def grouped(number: int) -> str:
    """Write a number in groups of three digits."""
    return f"{number:,}".replace(",", " ")
