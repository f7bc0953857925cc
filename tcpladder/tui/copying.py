"""Copying: what the screens point at, the menu of what can be copied of it, and the way to the clipboard."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from textual.app import App

    from tcpladder.analysis import Analysis
    from tcpladder.ladder.glyphs import Glyphs
    from tcpladder.report.copying import Offer, Pointed
    from tcpladder.rulebook.judging import Judgement


@runtime_checkable
class Points(Protocol):
    """A screen of which something can be copied."""

    def pointed(self) -> "Pointed":
        """Give what the cursor is on, or what is selected."""


def open_copy_menu(app: "App[None]", analysis: "Analysis", judgement: "Judgement | None", glyphs: "Glyphs") -> None:
    """Offer what can be copied of what the open screen points at, and copy what is chosen."""
    from tcpladder.ladder.rungs import ladder_of
    from tcpladder.report.copying import offers
    from tcpladder.tui.screens.copy import WORDS, CopyScreen

    if not isinstance(app.screen, Points):
        return
    pointed = app.screen.pointed()

    def copy(offer: "Offer | None") -> None:
        if offer is None:
            return
        copied = offer.text()
        app.copy_to_clipboard(copied.text)
        size = f"{len(copied.text):,}".replace(",", " ")
        left_out = f", {copied.left_out}" if copied.left_out else ""
        app.notify(f"Copied the {WORDS[offer.name][1]}{left_out} ({size} characters).", markup=False)

    found = tuple(offers(analysis, lambda number: ladder_of(analysis, number, judgement), pointed, glyphs))
    if found:
        app.push_screen(CopyScreen(found, f"Copy: {pointed.name}"), copy)
