"""How long a user waits for graphs of a connection of many segments: `python -m tests.benchmarks.graphs`."""

import asyncio
import time
from collections.abc import Callable

from textual.app import App

from tcpladder.graphs.kinds import GRAPHS
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.settings.names import NO_NAMES
from tcpladder.tui.palette import ladder_colours
from tcpladder.tui.screens.graphs import GraphsScreen, graphs_of
from tests.benchmarks.screen import SEGMENTS, SIZES, one_connection, painted, summed, tell

STEPS = 40


class GraphsApp(App[None]):
    """Shows nothing but graphs, in the ladder's colours."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Add the ladder's colours."""
        return {**super().get_theme_variable_defaults(), **ladder_colours(self.current_theme)}


async def measured(screen: GraphsScreen, size: tuple[int, int]) -> None:
    """Measure the opening of graphs, and what their keys bring about."""
    app = GraphsApp()
    async with app.run_test(size=size) as pilot:
        begin = time.perf_counter()
        app.push_screen(screen)
        while screen.trace is None:
            await asyncio.sleep(0.01)
        await painted(pilot)
        tell(f"graphs of {SEGMENTS:,} segments opened", time.perf_counter() - begin, size)

        async def times(what: str, act: Callable[[], None], count: int) -> None:
            spent = []
            for _ in range(count):
                begin = time.perf_counter()
                act()
                await painted(pilot)
                spent.append(time.perf_counter() - begin)
            summed(what, spent, size)

        await times("next graph", lambda: screen.action_turn(1), 2 * len(GRAPHS))
        await times("next segment", lambda: screen.action_step(1), STEPS)
        await times("a page on", lambda: screen.action_page(1), STEPS // 4)
        await times("zoom in", lambda: screen.action_zoom(1), STEPS // 4)
        await times("zoom out", lambda: screen.action_zoom(-1), STEPS // 4)


def main() -> None:
    """Measure all of it."""
    long = one_connection(SEGMENTS)
    for size in SIZES:
        asyncio.run(measured(graphs_of(long, 1, None, UNICODE, NO_NAMES), size))


if __name__ == "__main__":
    main()
