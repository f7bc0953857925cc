"""In what two connections differ as a whole: endings, who closed, findings, handshakes, how much they carried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tcpladder.ladder.alignment import is_other_time, options_of
from tcpladder.ladder.notation import byte_count, seconds
from tcpladder.ladder.phases import Kind, phases
from tcpladder.ladder.rungs import Ladder
from tcpladder.packets.flags import SYN
from tcpladder.tcp.states import Endpoint

Verdict = Mapping[str, Any]
"""A connection's row of `rulebook.judging.VERDICTS`."""

NOTHING = "none"
TIMES_AS_MUCH = 3  # so many times as much payload is a difference
LEAST_BYTES = 10_000  # if it is so much more as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """Something about two connections in which they differ, in words."""

    name: str
    values: tuple[str, str]

    def __str__(self) -> str:
        return f"{self.name}: {self.values[0]} | {self.values[1]}"


def contrasted(ladders: tuple[Ladder, Ladder], verdicts: tuple[Verdict | None, Verdict | None]) -> list[Trait]:
    """Give the traits that differ, those first that explain most; without verdicts, what segments alone tell."""
    one, other = ladders
    found = [
        *_judged(verdicts),
        *_findings(one, other),
        *_handshakes(one, other),
        *_offers(one, other),
        *_sizes(one, other),
    ]
    return [trait for trait in found if trait.values[0] != trait.values[1]]


def contrast_words(traits: list[Trait]) -> str:
    """Say in a sentence what differs."""
    if not traits:
        return "Ending, findings, handshake and amount of data are alike."
    return "; ".join(map(str, traits))


def _judged(verdicts: tuple[Verdict | None, Verdict | None]) -> Iterator[Trait]:
    one, other = verdicts
    if one is None or other is None:
        return
    yield Trait(name="ended", values=(one["ending"] or "?", other["ending"] or "?"))
    for column, name in (("closed_first", "closed first"), ("reset_by", "reset by")):
        yield Trait(name=name, values=(_who(one[column]), _who(other[column])))


def _who(number: int | None) -> str:
    return NOTHING if number is None else Endpoint(number).name.lower()


def _handshakes(one: Ladder, other: Ladder) -> Iterator[Trait]:
    """Compare how long the handshakes took, with what was repeated in them."""
    took = [[phase.duration for phase in phases(ladder)[:1] if phase.kind is Kind.HANDSHAKE] for ladder in (one, other)]
    if all(took) and is_other_time(took[0][0], took[1][0]):
        yield Trait(name="handshake took", values=(f"{seconds(took[0][0], 9)} s", f"{seconds(took[1][0], 9)} s"))


def _findings(one: Ladder, other: Ladder) -> Iterator[Trait]:
    """Give the rules that found something in only one of the two."""
    rules = [dict.fromkeys(finding.rule for finding in ladder.findings) for ladder in (one, other)]
    only = [[rule for rule in rules[at] if rule not in rules[1 - at]] for at in (0, 1)]
    yield Trait(name="findings", values=(", ".join(only[0]) or NOTHING, ", ".join(only[1]) or NOTHING))


def _offers(one: Ladder, other: Ladder) -> Iterator[Trait]:
    """Compare what either endpoint's first SYN offers, where both were captured."""
    for end in Endpoint:
        rows = [_first_syn(ladder, end) for ladder in (one, other)]
        if rows[0] is not None and rows[1] is not None:
            offers = options_of(one, rows[0]), options_of(other, rows[1])
            yield Trait(name=f"{end.name.lower()} offers", values=offers)


def _first_syn(ladder: Ladder, end: Endpoint) -> int | None:
    is_syn = (ladder.column("flags") & SYN) != 0
    rows = (is_syn & (ladder.from_initiator == (end is Endpoint.INITIATOR))).nonzero()[0]
    return int(rows[0]) if len(rows) else None


def _sizes(one: Ladder, other: Ladder) -> Iterator[Trait]:
    amounts = one.heading.payload_bytes, other.heading.payload_bytes
    if max(amounts) - min(amounts) >= LEAST_BYTES and max(amounts) >= TIMES_AS_MUCH * min(amounts):
        yield Trait(name="data", values=(byte_count(amounts[0]), byte_count(amounts[1])))
