"""Writes the rules' pages from the rules themselves: python docs/make_rule_pages.py."""

from collections.abc import Iterator
from pathlib import Path

from tcpladder.rulebook.levels import Category
from tcpladder.rulebook.manual import manual
from tcpladder.rulebook.rule import Rule
from tcpladder.rules import catalogue

PAGES = Path(__file__).parent / "rules"
LADDERS = ("Example", "Near miss")
INTRODUCTION = """# Rules

What tcpladder judges connections by. Each page is made from the rule's own file; `tcpladder explain RULE` prints it,
and the app shows it under `w`. Levels: a *violation* breaks a MUST, a *deviation* breaks a SHOULD or is not standard,
though it may be common, a *note* is unusual and conformant. The level is the rule's own: a finding may be weaker, and
says why.
"""


def page(rule: Rule) -> str:
    """Give a rule's page in Markdown."""
    manual_page = manual(rule.manual)
    parts = [f"# {rule.id}\n", f"{manual_page.title}.\n", f"*{rule.level.word}*, {rule.category.value}\n"]
    for heading, text in manual_page.sections.items():
        parts.append(f"## {heading}\n")
        parts.append(f"```\n{text}\n```\n" if heading in LADDERS else f"{text}\n")
    return "\n".join(parts)


def index() -> str:
    """Give the page that lists all rules."""
    parts = [INTRODUCTION]
    for category in Category:
        rules = [rule for rule in catalogue() if rule.category is category]
        rows = [
            f"| [{r.id}]({r.id}.md) | {manual(r.manual).title} | {r.level.word} | {', '.join(r.sources)} |"
            for r in rules
        ]
        parts.append(
            "\n".join(
                [
                    f"## {category.value.capitalize()}\n",
                    "| rule | title | level | source |",
                    "|---|---|---|---|",
                    *rows,
                    "",
                ]
            )
        )
    return "\n".join(parts)


def pages() -> Iterator[tuple[Path, str]]:
    """Give every page: its place and its text."""
    yield PAGES / "README.md", index()
    for rule in catalogue():
        yield PAGES / f"{rule.id}.md", page(rule)


def main() -> None:
    """Write all pages, and remove those of rules that are no more."""
    PAGES.mkdir(exist_ok=True)
    wanted = dict(pages())
    for stale in set(PAGES.glob("*.md")) - set(wanted):
        stale.unlink()
    for place, text in wanted.items():
        place.write_text(text)


if __name__ == "__main__":
    main()
