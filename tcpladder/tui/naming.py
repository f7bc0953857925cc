"""How endpoints are named in the app: by names or by addresses, and which names are looked for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App

from tcpladder.settings.names import Names
from tcpladder.tui.messages import NamesChanged, NamesFound

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.tui.resolving import Resolving

OFF, NETWORK = "off", "network"  # of the setting `resolve`
NO_NAMES_THERE = "There are no names: give some under [names] in the settings, or set resolve there."


class Naming:
    """The names of one app, which it looks for as the setting `resolve` says, and its screens."""

    def __init__(self, app: App[Any], names: Names, resolve: str, tell: Callable[[str], None]) -> None:
        """Show `names` and what is found beside them; `tell` is told how far asking has come, and of its end by ""."""
        self._app = app
        self._names = names
        self._resolve = resolve
        self._tell = tell
        self._resolving: Resolving | None = None

    def begin(self, files: Sequence[Path]) -> None:
        """Look for names here, in captures too, if the user wants that."""
        if self._resolve != OFF:
            from tcpladder.tui.resolving import Resolving

            resolving = self._resolving = Resolving(post=self._app.post_message)
            self._app.run_worker(lambda: resolving.look_here(files), thread=True, group="resolving")

    def go_on(self, analysis: "Analysis | None") -> None:
        """Ask name servers for the addresses of a capture that is read, if the user wants that."""
        resolving = self._resolving
        if self._resolve == NETWORK and resolving is not None and analysis is not None:
            from tcpladder.tui.resolving import busiest

            self._app.run_worker(lambda: resolving.ask_around(busiest(analysis)), thread=True, group="resolving")

    def take(self, message: NamesFound) -> None:
        """Name endpoints by what was found, and say how far it has come."""
        self._tell("" if message.is_over else f"names {message.answered}/{message.asked}")
        if message.found:
            self._names.learn(message.found)
            self._name_anew()

    def toggle(self) -> None:
        """Show addresses where names are, everywhere; or names again."""
        if not self._names:
            self._app.notify(NO_NAMES_THERE, markup=False)
            return
        self._names.is_shown = not self._names.is_shown
        self._name_anew()

    def leave(self) -> None:
        """Ask no more."""
        if self._resolving is not None:
            self._resolving.leave()

    def _name_anew(self) -> None:
        """Have every screen write endpoints as the names are."""
        for screen in self._app.screen_stack:
            screen.post_message(NamesChanged(self._names))
