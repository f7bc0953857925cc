"""What a batch comes to: over all captures and capture by capture, as text and as JSON.

The JSON: `format` and `version`, `tcpladder` (which version made it), `captures`, `totals` and `rules`. A capture has
`capture` (its path) and `reports` (their paths below the directory), and `connections`, `segments`, `violation`,
`deviation`, `note` (how many findings of each level its reports have), `rules` (how many of each) and `incomplete`
(sentences); or `error`, a sentence; or `up_to_date`, where nothing was read and the reports stay as they are.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tcpladder.many.batching import Written
from tcpladder.many.crew import Failure
from tcpladder.printable import printable
from tcpladder.rulebook.levels import Level

FORMAT, VERSION = "tcpladder batch", 1
WORST = 10  # captures
GRAVEST_FIRST = tuple(reversed(Level))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a capture; `result` is None where its `reports` were up to date already."""

    capture: Path
    reports: tuple[str, ...]
    result: Written | Failure | None


def summary_json(outcomes: Sequence[Outcome], version: str) -> str:
    """Give the summary as a JSON document."""
    written = written_of(outcomes)
    levels, rules = levels_of(written), rules_of(written)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "tcpladder": version,
        "captures": [_capture(outcome) for outcome in outcomes],
        "totals": {
            "captures": len(outcomes),
            "written": len(written),
            "up_to_date": sum(outcome.result is None for outcome in outcomes),
            "unreadable": sum(isinstance(outcome.result, Failure) for outcome in outcomes),
            "incomplete": sum(bool(result.incomplete) for _, result in written),
            "connections": sum(result.connections for _, result in written),
            "segments": sum(result.segments for _, result in written),
            **{level.word: levels[level] for level in GRAVEST_FIRST},
        },
        "rules": [
            {"rule": rule, "level": level.word, "findings": count, "captures": captures}
            for level, rule, count, captures in rules
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def _capture(outcome: Outcome) -> dict[str, Any]:
    name = {"capture": str(outcome.capture)}
    match outcome.result:
        case None:
            return {**name, "reports": list(outcome.reports), "up_to_date": True}
        case Failure(sentence):
            return {**name, "error": sentence}
        case Written() as result:
            return {
                **name,
                "reports": list(outcome.reports),
                "connections": result.connections,
                "segments": result.segments,
                **{level.word: result.levels[level] for level in GRAVEST_FIRST},
                "rules": _by_rule(result),
                "incomplete": list(result.incomplete),
            }


def _by_rule(result: Written) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for (rule, _), count in result.found.items():
        counts[rule] += count
    return dict(counts)


def remarks_on(outcomes: Iterable[Outcome]) -> list[str]:
    """Give what is to be said of how reports were written, each once."""
    return list(dict.fromkeys(remark for _, result in written_of(outcomes) for remark in result.remarks))


def summary_text(outcomes: Sequence[Outcome]) -> str:
    """Give the summary as lines to read."""
    return "\n".join(_lines(outcomes)) + "\n"


def _lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    written = written_of(outcomes)
    failed = [(outcome, outcome.result) for outcome in outcomes if isinstance(outcome.result, Failure)]
    incomplete = [(outcome, sentence) for outcome, result in written for sentence in result.incomplete]
    unchanged = sum(outcome.result is None for outcome in outcomes)
    connections = sum(result.connections for _, result in written)
    if written:
        yield f"{_count(len(written), 'capture')}, {_count(connections, 'connection')}: {_in_words(levels_of(written))}"
    else:
        yield "No capture was read."
    if unchanged:
        yield f"{_count(unchanged, 'capture')} not read again: the reports are up to date"
    rules = rules_of(written)
    if rules:
        width = max(len(rule) for _, rule, _, _ in rules)
        yield from ("", "Findings by rule")
        for level, rule, count, captures in rules:
            yield f"  {level.word:9}  {rule:{width}}  {count:6} in {_count(captures, 'capture')}"
    worst = _worst(written)
    if worst:
        yield from ("", "Captures, the worst first")
        for outcome, result in worst:
            yield f"  {_name(outcome)}: {_in_words(result.levels)}"
    if incomplete:
        yield from ("", "Captures that are incomplete: what came after was not looked at")
        yield from (f"  {_name(outcome)}: {sentence}" for outcome, sentence in incomplete)
    if failed:
        yield from ("", "Captures without a report")
        yield from (f"  {_name(outcome)}: {result.sentence}" for outcome, result in failed)


def written_of(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, Written]]:
    """Give the captures whose reports were written."""
    return [(outcome, outcome.result) for outcome in outcomes if isinstance(outcome.result, Written)]


def levels_of(written: Iterable[tuple[Outcome, Written]]) -> Counter[Level]:
    """Count the findings of each level."""
    counts: Counter[Level] = Counter()
    for _, result in written:
        counts.update(result.levels)
    return counts


def rules_of(written: Iterable[tuple[Outcome, Written]]) -> list[tuple[Level, str, int, int]]:
    """Give level, rule, and the number of findings and of captures of each, the gravest and most frequent first."""
    counts: Counter[tuple[str, Level]] = Counter()
    captures: Counter[tuple[str, Level]] = Counter()
    for _, result in written:
        counts.update(result.found)
        captures.update(result.found.keys())
    ordered = sorted(counts, key=lambda found: (-found[1], -counts[found], found[0]))
    return [(level, rule, counts[rule, level], captures[rule, level]) for rule, level in ordered]


def _worst(written: Iterable[tuple[Outcome, Written]]) -> list[tuple[Outcome, Written]]:
    def gravity(each: tuple[Outcome, Written]) -> list[int]:
        return [-each[1].levels[level] for level in GRAVEST_FIRST]

    return sorted((each for each in written if each[1].found), key=gravity)[:WORST]


def _name(outcome: Outcome) -> str:
    return printable(str(outcome.capture))


def _in_words(levels: Counter[Level]) -> str:
    return ", ".join(_count(levels[level], level.word) for level in GRAVEST_FIRST if levels[level]) or "no findings"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
