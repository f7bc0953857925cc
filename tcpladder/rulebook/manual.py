"""A rule's manual page: the docstring of its module, taken apart into title, summary and sections.

Each rule's docstring has these sections, in this order; `Example` and `Near miss` are ladders, which the tests run.
"""

import inspect
from dataclasses import dataclass

SECTIONS = (
    "What it checks",
    "Why it matters",
    "Example",
    "Near miss",
    "Harmless when",
    "Likely causes",
    "What to try next",
    "References",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """A manual page. `sections` are in the order of SECTIONS, with their text as it stands in the docstring."""

    title: str
    sections: dict[str, str]

    @property
    def clause(self) -> str:
        """Give the first of the references."""
        return self.references[0] if self.references else ""

    @property
    def references(self) -> tuple[str, ...]:
        """Give the references, one a line."""
        return tuple(line.removeprefix("- ") for line in self.sections.get("References", "").splitlines() if line)


def manual(docstring: str) -> Manual:
    """Read a rule's docstring."""
    title, *parts = inspect.cleandoc(docstring).split("\n## ")
    sections = {}
    for part in parts:
        heading, _, text = part.partition("\n")
        sections[heading.strip()] = (
            inspect.cleandoc("\n" + text) if heading in ("Example", "Near miss") else text.strip()
        )
    return Manual(title=" ".join(title.split()).rstrip("."), sections=sections)
