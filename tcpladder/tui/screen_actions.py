"""The command palette: what the keys of the open screen do."""

from collections.abc import Iterator

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from tcpladder.tui.keys import words_of


class ScreenActions(Provider):
    """Offers, in the command palette, what the keys of the screen below it do."""

    async def discover(self) -> Hits:
        """Offer everything."""
        for words, action in self._actions():
            yield DiscoveryHit(words, action)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for words, action in self._actions():
            if (score := matcher.match(words)) > 0:
                yield Hit(score, matcher.highlight(words), action)

    def _actions(self) -> Iterator[tuple[str, IgnoreReturnCallbackType]]:
        offered = set()
        for active in self.screen.active_bindings.values():
            words = words_of(active.binding)
            if words and active.enabled and not active.binding.system and words not in offered:
                offered.add(words)
                yield words, self._runner(active)

    def _runner(self, active: ActiveBinding) -> IgnoreReturnCallbackType:
        async def run() -> None:
            await self.app.run_action(active.binding.action, default_namespace=active.node)

        return run
