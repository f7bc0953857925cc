"""What is shown while the terminal is too small for any screen: one sentence, and a way out."""

from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

COLUMNS, LINES = 40, 10
"""From which on every screen has something to show; below 60 columns a ladder says that it needs more."""


class TooSmallScreen(ModalScreen[None]):
    """Lies over everything else, which stays as it is."""

    DEFAULT_CSS = """
    TooSmallScreen { background: $background 100%; & > Static { width: 1fr; height: auto; } }
    """

    def compose(self) -> ComposeResult:
        """Lay out the sentence."""
        yield Static(too_small_words(self.app.size), markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Say what the size is."""
        self.query_one(Static).update(too_small_words(event.size))

    async def on_key(self, event: events.Key) -> None:
        """Quit; other keys would do what can't be seen."""
        event.stop()
        if event.key == "q":
            await self.app.action_quit()


def too_small_words(size: Size) -> str:
    """Say what is needed, in few letters: there is little room."""
    return (
        f"Too small: {COLUMNS} columns and {LINES} lines are needed, here are {size.width} and {size.height}. q quits."
    )


def fit(app: App[Any], size: Size) -> None:
    """Cover the app while its terminal is too small, and uncover it when it is large enough."""
    is_covered = isinstance(app.screen, TooSmallScreen)
    is_small = size.width < COLUMNS or size.height < LINES
    if is_small and not is_covered:
        app.push_screen(TooSmallScreen())
    elif is_covered and not is_small:
        app.pop_screen()
