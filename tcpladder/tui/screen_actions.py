"""The command palette: what the keys of the open screen do."""

from collections.abc import Iterator

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.types import IgnoreReturnCallbackType

from tcpladder.tui.keys import key_name, words_of


class ScreenActions(Provider):
    """Offers, in the command palette, what the keys of the screen below it do."""

    async def discover(self) -> Hits:
        """Offer everything."""
        for words, keys, action in self._actions():
            yield DiscoveryHit(Content.assemble(words, keys), action, text=words)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for words, keys, action in self._actions():
            if (score := matcher.match(words)) > 0:
                yield Hit(score, Content.assemble(matcher.highlight(words), keys), action, text=words)

    def _actions(self) -> Iterator[tuple[str, Content, IgnoreReturnCallbackType]]:
        """Give what each action does, its keys, and what does it."""
        offered: dict[str, list[tuple[str, ActiveBinding]]] = {}
        for key, active in self.screen.active_bindings.items():
            words = words_of(active.binding)
            if words and active.enabled and not active.binding.system:
                offered.setdefault(words, []).append((key_name(key), active))
        for words, same in offered.items():
            keys = " ".join(dict.fromkeys(key for key, _ in same))
            yield words, Content.styled(f"   {keys}", "dim"), self._runner(same[0][1])

    def _runner(self, active: ActiveBinding) -> IgnoreReturnCallbackType:
        async def run() -> None:
            await self.app.run_action(active.binding.action, default_namespace=active.node)

        return run
