"""What a batch comes to as an HTML page that leads to the reports; it needs nothing else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePath
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from tcpladder.ladder.glyphs import UNICODE
from tcpladder.many.batch_summary import GRAVEST_FIRST, Outcome, levels_of, rules_of, written_of
from tcpladder.many.batching import Written
from tcpladder.many.crew import Failure
from tcpladder.printable import printable
from tcpladder.report.web.page import digest
from tcpladder.report.web.palette import asset, variables

TEMPLATE = "summary.html"
WRAPPED = ".list .remark{white-space:normal;min-width:18rem}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A capture on the page: `links` are (format's ending, address), `levels` (level, findings)."""

    name: str
    links: list[tuple[str, str]]
    connections: int | str = ""
    levels: list[tuple[str, int | str]]
    remark: str = ""


def summary_page(outcomes: Sequence[Outcome], version: str) -> str:
    """Give the page: captures without a report first, then the worst."""
    written = written_of(outcomes)
    style = "\n".join([variables(), asset("page.css"), WRAPPED])
    counts = levels_of(written)
    unread = sum(isinstance(outcome.result, Failure) for outcome in outcomes)
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            title=f"{len(outcomes)} capture{'s' * (len(outcomes) != 1)}",
            levels=[(level.word, counts[level]) for level in GRAVEST_FIRST],
            connections=sum(result.connections for _, result in written),
            remarks=[f"{unread} without a report"] if unread else [],
            rows=[_row(outcome) for outcome in sorted(outcomes, key=_gravity)],
            rules=rules_of(written),
            signs=UNICODE.levels,
            version=version,
            style=style,
            style_hash=digest(style),
        )
    )


def _gravity(outcome: Outcome) -> tuple[bool, list[int]]:
    levels = outcome.result.levels if isinstance(outcome.result, Written) else Counter()
    return not isinstance(outcome.result, Failure), [-levels[level] for level in GRAVEST_FIRST]


def _row(outcome: Outcome) -> _Row:
    links = [(PurePath(report).suffix.lstrip("."), f"./{quote(report)}") for report in outcome.reports]
    unknown: list[tuple[str, int | str]] = [(level.word, "") for level in GRAVEST_FIRST]
    name = str(outcome.capture)
    match outcome.result:
        case None:
            return _Row(name=name, links=links, levels=unknown, remark="Not read again: the reports are up to date.")
        case Failure(sentence):
            return _Row(name=name, links=[], levels=unknown, remark=sentence)
        case Written() as result:
            return _Row(
                name=name,
                links=links,
                connections=result.connections,
                levels=[(level.word, result.levels[level]) for level in GRAVEST_FIRST],
                remark=" ".join(result.incomplete),
            )


def _environment() -> Environment:
    """Set up templates in which every text is made harmless, as in the reports themselves."""
    return Environment(
        loader=FunctionLoader(lambda name: files(__package__).joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        finalize=lambda value: printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
