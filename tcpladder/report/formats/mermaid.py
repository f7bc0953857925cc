"""Mermaid: one ladder as a sequence diagram, for READMEs, wikis and tickets that draw it.

Arrows are dashed where something was sent again, and end in a cross where it is an RST. States stand beside their
endpoint where they change; findings, idle times and folded runs stand across both.
"""

import re
import textwrap
from collections.abc import Iterator
from typing import BinaryIO

from tcpladder.annotations.document import Annotation
from tcpladder.annotations.wording import in_words
from tcpladder.ladder.folded_rows import run_sums, run_words, span_of_time
from tcpladder.ladder.folding import Kind, Row
from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.ladder.layout import CLOCK_DECIMALS, DID_NOT_COME, REPEATS
from tcpladder.ladder.notation import clock, doubted, elided, endpoint, seconds, state_word
from tcpladder.ladder.options import TimeFormat
from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.ladder.wording import label_parts
from tcpladder.packets.flags import RST
from tcpladder.printable import printable
from tcpladder.report.drawn import LeftOut
from tcpladder.report.format import Covers, Format
from tcpladder.report.model import Report
from tcpladder.rulebook.findings import Finding
from tcpladder.tcp.states import Basis, Endpoint, State

IDS = {Endpoint.INITIATOR: "initiator", Endpoint.RESPONDER: "responder"}
BESIDE = {Endpoint.INITIATOR: "left of", Endpoint.RESPONDER: "right of"}
ACROSS = f"over {IDS[Endpoint.INITIATOR]},{IDS[Endpoint.RESPONDER]}"
MOST_CHARACTERS = 45_000
"""Mermaid draws nothing that has more than 50 000, unless it is told to."""
ENDS = (200, 100, 50, 25, 12, 6)
"""Rows that are kept at each end of a ladder that is too long, besides those that have something to say."""
LONGEST = 90  # characters of what was left of a row
WRAPPED = 60  # characters of a line of a note
LONGEST_NAME = 48  # characters: Mermaid leaves as much room as a name takes

_SPECIAL = re.compile(r"[^0-9A-Za-z .,:()'+/=?_-]|(?=style|classDef|\bend\b)[a-z]", re.IGNORECASE)
"""What is written as its number: signs, all that is not ASCII, and the first letter of words that Mermaid looks for."""


def write(report: Report, out: BinaryIO) -> None:
    """Write the ladder of the report's connection as a Mermaid sequence diagram, in ASCII if its contents say so."""
    for line in _lines(report):
        text = "".join(character if character.isascii() else _code(character) for character in line)
        out.write(f"{text if report.contents.is_ascii else line}\n".encode())


def inert(text: str) -> str:
    """Write any text so that Mermaid shows it, and does nothing else: what it might obey as numbers of characters."""
    return _SPECIAL.sub(lambda found: _code(found.group()), printable(" ".join(text.split())))


def _code(character: str) -> str:
    return f"#{ord(character)};"


def _lines(report: Report) -> Iterator[str]:
    drawn = report.drawn(int(report.numbers[0]))
    ladder, glyphs = drawn.ladder, ASCII if report.contents.is_ascii else UNICODE
    rows = [list(_row(report, ladder, row, glyphs)) for row in drawn.rows]
    yield "sequenceDiagram"
    total = len(report.analysis.connections)
    capture = inert(elided(report.name, LONGEST_NAME, glyphs.ellipsis))
    yield f"    title TCP connection {ladder.heading.connection} of {total} in {capture}"
    for end in Endpoint:
        yield f"    participant {IDS[end]} as {_name(ladder, end, glyphs)}"
    yield from _states(ladder, ladder.initial, ladder.initial_bases)
    yield from _written(ladder.own_annotation)
    yield from _fitting(rows, [_is_telling(ladder, row) for row in drawn.rows])
    for ghost in ladder.ghosts:
        yield f"    Note {BESIDE[ghost.sender]} {IDS[ghost.sender]}: {ghost.words} {DID_NOT_COME}"


def _name(ladder: Ladder, end: Endpoint, glyphs: Glyphs) -> str:
    heading = ladder.heading
    name, written = heading.names[end], inert(endpoint(*heading.endpoints[end]))
    return f"{inert(elided(name, LONGEST_NAME, glyphs.ellipsis))}<br/>{written}" if name else written


def _states(ladder: Ladder, states: tuple[State, State], bases: tuple[Basis, Basis]) -> Iterator[str]:
    for end in Endpoint:
        word = doubted(state_word(states[end]), bases[end], is_partial=ladder.heading.is_partial)
        yield f"    Note {BESIDE[end]} {IDS[end]}: {word}"


def _written(what: Annotation | None) -> Iterator[str]:
    words = in_words(what) if what else ""
    if words:
        yield f"    Note {ACROSS}: {_wrapped(words)}"


def _wrapped(text: str) -> str:
    """Write a text in several lines; those of Mermaid's end in a tag of HTML."""
    return "<br/>".join(map(inert, textwrap.wrap(printable(text), WRAPPED)))


def _row(report: Report, ladder: Ladder, row: Row | LeftOut, glyphs: Glyphs) -> Iterator[str]:
    if isinstance(row, LeftOut):
        yield f"    Note {ACROSS}: {row.words}"
    elif row.kind is Kind.GAP:
        time = ladder.column("time")
        yield f"    Note {ACROSS}: idle {span_of_time(int(time[row.first]) - int(time[row.first - 1]))}"
    elif row.kind is Kind.RUN:
        first, last = ladder.frames[row.first], ladder.frames[row.last]
        yield f"    Note {ACROSS}: no.{first} to no.{last}: {run_words(run_sums(ladder, row), LONGEST, glyphs)}"
    else:
        yield from _segment(report, ladder, row.first, glyphs)


def _segment(report: Report, ladder: Ladder, at: int, glyphs: Glyphs) -> Iterator[str]:
    rung, options = ladder.rung(at), report.contents.options
    line = "--" if REPEATS.intersection(rung.labels) else "-"
    head = "x" if rung.words.flags & RST else ">>"
    label = " ".join(label_parts(rung.words, options))
    told = f"no.{rung.frame} {_when(rung, options.time)} {inert(label)}"
    labels = f" ({', '.join(rung.labels)})" if rung.labels else ""
    yield f"    {IDS[rung.sender]}{line}{head}{IDS[rung.sender.peer]}: {told}{labels}"
    for end in Endpoint:
        if rung.after[end] is not rung.before[end]:
            word = doubted(state_word(rung.after[end]), rung.bases[end], is_partial=ladder.heading.is_partial)
            yield f"    Note {BESIDE[end]} {IDS[end]}: {word}"
    for finding in rung.findings:
        yield f"    Note {ACROSS}: {_finding(finding, glyphs)}"
    yield from _written(ladder.annotations.get(at))


def _when(rung: Rung, time: TimeFormat) -> str:
    if time is TimeFormat.CLOCK:
        return clock(rung.time, CLOCK_DECIMALS)
    if time is TimeFormat.DELTA:
        return f"{seconds(rung.delta, 16, sign=True)} s"
    return f"{seconds(rung.elapsed, 16)} s"


def _finding(finding: Finding, glyphs: Glyphs) -> str:
    sign = glyphs.levels[finding.level.word]
    shown = sign if not sign.isascii() else inert(sign)
    return f"{shown} {finding.level.word} {finding.rule}<br/>{_wrapped(finding.message)}"


def _is_telling(ladder: Ladder, row: Row | LeftOut) -> bool:
    if isinstance(row, LeftOut) or row.kind is not Kind.SEGMENT:
        return False
    return bool(ladder.changes_at(row.first) or ladder.findings_at(row.first) or row.first in ladder.annotations)


def _fitting(rows: list[list[str]], is_telling: list[bool]) -> Iterator[str]:
    """Give the lines of all rows, or of those at both ends and of what is telling, as far as Mermaid draws them."""
    sizes = [sum(len(line) + 1 for line in lines) for lines in rows]
    for ends in (len(rows), *ENDS):
        places = [at for at, told in enumerate(is_telling) if told or min(at, len(rows) - 1 - at) < ends]
        if sum(sizes[at] for at in places) <= MOST_CHARACTERS:
            break
    else:
        places = [at for at in range(len(rows)) if min(at, len(rows) - 1 - at) < ENDS[-1]]
    before = -1
    for at in [*places, len(rows)]:
        if at > before + 1:
            yield f"    Note {ACROSS}: {at - before - 1} rows left out"
        yield from rows[at] if at < len(rows) else ()
        before = at


FORMAT = Format(
    name="mermaid",
    title="Mermaid, a sequence diagram for READMEs and wikis",
    suffixes=(".mmd", ".mermaid"),
    media_type="text/vnd.mermaid",
    covers=Covers.ONE_CONNECTION,
    write=write,
    heeds=frozenset({"has_notes", "is_folded", "is_ascii"}),
)
