"""Why: what the states of a row rest on, and of a finding the clause, the frames, and what would make it harmless."""

from typing import ClassVar

from rich.console import Group
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from tcpladder.report.text_findings import proof
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.manual import Manual, manual
from tcpladder.rules import catalogue
from tcpladder.tui.keys import key_of
from tcpladder.tui.screens.help import HelpPane

SHOWN = ("What it checks", "Why it matters", "Harmless when", "Likely causes", "What to try next", "References")
"""The sections of a manual page that explain a finding; its ladders are for those who read about the rule."""


class WhyScreen(ModalScreen[None], inherit_bindings=False):
    """Explains a row's states, where they were asked about, and findings, the gravest first."""

    DEFAULT_CSS = """
    WhyScreen {
        align: center middle;
        & > HelpPane {
            width: 100; max-width: 100%; height: auto; max-height: 100%;
            border: round $primary; background: $surface; padding: 0 1;
            scrollbar-size-vertical: 1;
        }
        & Static { width: 1fr; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,w", "dismiss", "Close", id="why.close")]

    def __init__(self, findings: tuple[Finding, ...], *, title: str = "Why", states: tuple[str, ...] = ()) -> None:
        """Explain `findings`, below what is to be said of `states`: a sentence a line."""
        super().__init__()
        self._findings = findings
        self._title = title
        self._states = states

    def compose(self) -> ComposeResult:
        """Lay out what there is to say."""
        pages = {rule.id: manual(rule.manual) for rule in catalogue()}
        with HelpPane() as pane:
            pane.border_title = self._title
            pane.border_subtitle = f"{key_of(self.app, WhyScreen, 'why.close')} closes"
            if self._states:
                yield Static("\n\n".join(self._states) + "\n", markup=False)
            for finding in self._findings:
                yield Static(Group(*explanation(finding, pages[finding.rule])), markup=False)


def explanation(finding: Finding, page: Manual) -> list[Text]:
    """Put a finding and its rule's manual page into lines."""
    strong = Style(bold=True)
    lines = [
        Text.assemble((f"{finding.level.word}  {finding.rule}", strong)),
        Text(page.title),
        Text(),
        Text(finding.message),
        Text(proof(finding)),
    ]
    for heading in SHOWN:
        lines += [Text(), Text(heading, style=strong), *paragraphs(page.sections.get(heading, ""))]
    return [*lines, Text()]


def paragraphs(text: str) -> list[Text]:
    """Join the lines of each paragraph, so that the screen may break them where it ends; a list keeps its lines."""
    found: list[str] = []
    for line in text.splitlines():
        is_new = not line.strip() or line.lstrip().startswith("- ") or not found or not found[-1]
        if is_new:
            found.append(line.strip())
        else:
            found[-1] += f" {line.strip()}"
    return [Text(line) for line in found]
