"""What can be copied of what somebody points at: filters, endpoints, a row, a ladder, commands."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from tcpladder.analysis import Analysis
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import Line
from tcpladder.ladder.rungs import Ladder
from tcpladder.report.listing import Listing
from tcpladder.report.text import ladder_lines, listing_lines
from tcpladder.report.text_findings import proof, where
from tcpladder.report.wireshark import (
    connection_filter,
    endpoints_text,
    frame_filter,
    tcpladder_command,
    tshark_command,
)
from tcpladder.rulebook.findings import Finding

MOST_BYTES = 74_000
"""Of a text. In base64 that is just below 100 000, which is the most that some terminals take from a program."""
MOST_LINES = 2_000
MOST_CONNECTIONS = 100
"""Of a filter, and of what has a line a connection."""
WIDTH = 120  # of a ladder, cells
LONGEST_PREVIEW = 200  # characters

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """What the cursor is on, or what is selected: connections by their numbers, frames, a row in words.

    `is_packet` tells that it is about the frames and not about the connections that they belong to.
    """

    connections: tuple[int, ...] = ()
    frames: tuple[int, ...] = ()
    row: str = ""
    field: str = ""  # of a dissected packet
    is_packet: bool = False

    @property
    def name(self) -> str:
        """What it is, in words."""
        if self.is_packet:
            return f"frame {self.frames[0]}"
        if not self.connections:
            return "this row"
        return (
            f"connection {self.connections[0]}"
            if len(self.connections) == 1
            else f"{len(self.connections)} connections"
        )


def pointed_in(listing: Listing | None, numbers: tuple[int, ...]) -> Pointed:
    """Point at connections of a list; where there are several, the row is a table with its heading."""
    if listing is None or not numbers:
        return Pointed()
    mask = np.zeros(len(listing.table), np.bool_)
    mask[np.array(numbers[:MOST_CONNECTIONS]) - 1] = True
    heading, *rows = (_plain(line) for line in listing_lines(listing.whole.filtered(mask)))
    return Pointed(connections=numbers, row="\n".join([heading, *rows]) if len(rows) > 1 else rows[0].strip())


def pointed_findings(analysis: Analysis, findings: tuple[Finding, ...]) -> Pointed:
    """Point at findings: at the connections that they are about, or rest on, and at their proof."""
    numbers = dict.fromkeys(
        number
        for finding in findings
        for number in (finding.connections if finding.connection is None else (finding.connection,))
    )
    shown = findings[:MOST_CONNECTIONS]
    row = "\n".join(
        f"{finding.level.word} {finding.rule}: {where(analysis, finding)}: {finding.message} ({proof(finding)})"
        for finding in shown
    )
    frames = shown[0].frames if len(findings) == 1 else ()
    return Pointed(connections=tuple(numbers), frames=frames, row=row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A text to be copied; `left_out` says what it lacks, and where that is to be had."""

    text: str
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing that can be copied; `text` makes it. `preview` is its beginning, or says what it will be."""

    name: str
    preview: str
    text: Callable[[], Copied]


def offers(analysis: Analysis, ladder_of: Callable[[int], Ladder], pointed: Pointed, glyphs: Glyphs) -> Iterator[Offer]:
    """Give what can be copied: first of the row, then of the connections that it belongs to."""
    packet = _frames_filter(pointed.frames)
    texts = {"packet": packet, "row": pointed.row, "field": pointed.field}
    yield from (_offer(name, text) for name, text in texts.items() if text)
    numbers = pointed.connections
    if pointed.is_packet:
        numbers = tuple(int(number) for number in analysis.connections.numbers_of(np.array(pointed.frames)))
        yield _offer("tshark", tshark_command(analysis.named, packet))
    if numbers:
        yield from _of_connections(analysis, ladder_of, numbers, glyphs, has_command=not pointed.is_packet)


def _of_connections(
    analysis: Analysis, ladder_of: Callable[[int], Ladder], numbers: Numbers, glyphs: Glyphs, *, has_command: bool
) -> Iterator[Offer]:
    def filters(kept: Numbers) -> str:
        found = [connection_filter(analysis, number) for number in kept]
        return " || ".join(f"({one})" for one in found) if len(found) > 1 else found[0]

    yield _of_several("filter", numbers, filters)
    yield _of_several("tuple", numbers, lambda kept: "\n".join(endpoints_text(analysis, number) for number in kept))
    segments = analysis.connections.table["segments"].gather([number - 1 for number in numbers]).sum()
    yield Offer(
        name="ladder",
        preview=f"{segments} segment{'s' * (segments != 1)}, {WIDTH} columns",
        text=partial(_ladders, analysis, ladder_of, numbers, glyphs),
    )
    if has_command:
        yield _of_several("tshark", numbers, lambda kept: tshark_command(analysis.named, filters(kept)))
    if len(numbers) == 1:
        yield _offer("tcpladder", tcpladder_command(analysis.named, numbers[0]))


def _offer(name: str, text: str) -> Offer:
    return Offer(name=name, preview=_preview(text), text=lambda: bounded(text.split("\n")))


def _of_several(name: str, numbers: Numbers, text: Callable[[Numbers], str]) -> Offer:
    """Offer a text of connections, of no more of them than may be."""
    kept = numbers[:MOST_CONNECTIONS]
    left_out = f"only the first {len(kept)} of {len(numbers)} connections" if len(kept) < len(numbers) else ""
    return Offer(
        name=name, preview=_preview(text(numbers[:2])), text=lambda: Copied(text=text(kept), left_out=left_out)
    )


def _frames_filter(frames: tuple[int, ...]) -> str:
    return " || ".join(frame_filter(frame) for frame in frames)


def _plain(line: Line) -> str:
    return "".join(span.text for span in line).rstrip()


def _preview(text: str) -> str:
    return " ".join(text[:LONGEST_PREVIEW].split())


def _ladders(analysis: Analysis, ladder_of: Callable[[int], Ladder], numbers: Iterable[int], glyphs: Glyphs) -> Copied:
    """Give the ladders of connections as text, or as much of them as can be copied."""
    rest = ""

    def lines() -> Iterator[str]:
        nonlocal rest
        for number in numbers:
            if rest:
                yield ""
            rest = tcpladder_command(analysis.named, number)
            for line in ladder_lines(ladder_of(number), len(analysis.connections), WIDTH, glyphs):
                yield _plain(line)

    copied = bounded(lines())
    if not copied.left_out:
        return copied
    left_out = f"{copied.left_out}; {rest} > ladder.txt writes a whole ladder"
    return Copied(text=f"{copied.text}\n({left_out})", left_out=left_out)


def bounded(lines: Iterable[str]) -> Copied:
    """Join lines, as many as terminals take, and say so where there are more."""
    kept: list[str] = []
    room = MOST_BYTES
    for line in lines:
        encoded = line.encode(errors="replace")
        room -= len(encoded) + 1
        if not kept and room < 0:
            text = encoded[:MOST_BYTES].decode(errors="ignore")
            return Copied(text=text, left_out=f"only the first {len(text)} characters")
        if room < 0 or len(kept) == MOST_LINES:
            return Copied(text="\n".join(kept), left_out=f"only the first {len(kept)} lines")
        kept.append(line)
    return Copied(text="\n".join(kept))
