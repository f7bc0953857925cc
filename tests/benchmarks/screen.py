"""How long a user waits for the screen: `python -m tests.benchmarks.screen`.

Opening and scrolling a connection of many segments, and a list of many connections, from memory: what reading a file
takes is not in it.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np
import polars as pl
from textual.pilot import Pilot
from textual.widgets import Input

from tcpladder.analysis import Analysis, Progress
from tcpladder.cli.commands.open import SELDOM
from tcpladder.connections.table import group
from tcpladder.judges import Judges
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.layout import layout
from tcpladder.ladder.rungs import Ladder, ladder_of
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.flags import ACK, FIN, PSH, SYN
from tcpladder.packets.schema import CAPTURED
from tcpladder.report.columns import COLUMNS
from tcpladder.report.listing import Listing
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tcpladder.tui.widgets.filter_line import FilterLine
from tcpladder.tui.widgets.ladder_view import LadderView

SEGMENTS = 1_000_000
CONNECTIONS = 1_000_000
PAGES = 100
JUMPS = 20
SLOW_S = 0.1
FILTERS = ("port:10005", "host:10.0.0.0/28", "class:refused", "rule:hs-*", "segments>1 -port:443", "rtt>50ms", "10.0.0")
START = 1_700_000_000_000_000_000
SIZES = ((80, 24), (160, 48))


def columns(**given: object) -> pl.DataFrame:
    """Give a segment table; what is not given is null."""
    table = pl.DataFrame(given)
    return table.select(
        (pl.col(name) if name in given else pl.lit(None)).cast(data_type).alias(name)
        for name, data_type in CAPTURED.items()
    )


def one_connection(segments: int) -> Analysis:
    """Make a download: a handshake, data that is acknowledged every other segment, a close."""
    rows = np.arange(segments)
    from_client = rows % 3 == 2
    flags = np.where(from_client, ACK, ACK | PSH)
    payload = np.where(from_client, 0, 1448)
    flags[:3], flags[-4:] = (SYN, SYN | ACK, ACK), (FIN | ACK, ACK, FIN | ACK, ACK)
    from_client[:3], from_client[-4:] = (True, False, True), (False, True, True, False)
    payload[:3], payload[-4:] = 0, 0
    sent = np.cumsum(payload + (flags & (SYN | FIN) != 0) * ~from_client) - payload
    client_seq = np.where(rows == 0, 1000, 1001 + (rows > segments - 2))
    server_seq = 5000 + sent - ((flags & (SYN | FIN)) != 0) * ~from_client
    return _analysed(
        columns(
            frame=rows + 1,
            time=START + rows * 20_000,
            source=np.where(from_client, 0, 1),
            destination=np.where(from_client, 1, 0),
            source_port=np.where(from_client, 40000, 443),
            destination_port=np.where(from_client, 443, 40000),
            flags=flags,
            seq=np.where(from_client, client_seq, server_seq) % 2**32,
            ack=np.where(from_client, 5000 + sent + payload, client_seq + 1) % 2**32 * (rows > 0),
            payload_length=payload,
            window=np.full(segments, 64240),
        ),
        ["192.0.2.10", "198.51.100.20"],
    )


def many_connections(connections: int) -> Analysis:
    """Make a capture of refused connections, two segments each."""
    rows = np.arange(2 * connections)
    number, is_answer = rows // 2, rows % 2 == 1
    client, port = number // 50_000, 10_000 + number % 50_000
    server = np.full(len(rows), connections // 50_000 + 1)
    return _analysed(
        columns(
            frame=rows + 1,
            time=START + rows * 1000,
            source=np.where(is_answer, server, client),
            destination=np.where(is_answer, client, server),
            source_port=np.where(is_answer, 443, port),
            destination_port=np.where(is_answer, port, 443),
            flags=np.where(is_answer, 0x14, SYN),
            seq=np.where(is_answer, 0, 1000),
            ack=np.where(is_answer, 1001, 0),
            payload_length=np.zeros(len(rows), int),
            window=np.full(len(rows), 64240),
        ),
        [f"10.0.{at // 256}.{at % 256}" for at in range(connections // 50_000 + 2)],
    )


def _analysed(segments: pl.DataFrame, addresses: list[str]) -> Analysis:
    book = AddressBook()
    book.ids_of(addresses)
    connections = group(segments)
    return Analysis(
        path=Path("made.pcap"),
        addresses=book,
        connections=connections,
        notices=(),
        judges=Judges(),  # as the app has them for so many segments
    )


async def measured(analysis: Analysis, size: tuple[int, int]) -> None:
    """Open the app on an analysis from memory, and measure the list and the first ladder."""

    def progressive(path: Path, **_: object) -> Iterator[Progress]:
        rows = len(analysis.connections.segments)
        yield Progress(position=rows, size=rows, segments=rows, is_final=True, analysis=analysis)

    gc.freeze()  # as the command does that opens the app
    gc.set_threshold(*SELDOM)
    app = TcpladderApp(Path("made.pcap"))
    app.animation_level = "none"
    with mock.patch("tcpladder.tui.loading.progressive", progressive):
        await _measured(app, analysis, size)


async def _measured(app: TcpladderApp, analysis: Analysis, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        table = app.screen.query_one(ConnectionTable)
        listing = Listing(analysis, analysis.judgement)
        spent: list[float] = []

        async def acted(what: str, act: Callable[[], object]) -> None:
            begin = time.perf_counter()
            act()
            await painted(pilot)
            spent.append(time.perf_counter() - begin)
            if spent[-1] > SLOW_S:
                tell(f"  slow: {what}", spent[-1], size)

        await acted("list shown", lambda: table.show(listing))
        for _ in range(len(COLUMNS)):
            await acted("sorted by the next column", lambda: table.action_sort_column(1))
            await acted("order inverted", table.action_invert)
            await acted("end of the list", table.action_last)
            await acted("head of the list", table.action_first)
        line = app.screen.query_one(FilterLine)
        for text in FILTERS:
            line.open()
            for end in range(1, len(text) + 1):
                await acted(f"filter {text[:end]}", partial(typed, line, text[:end]))
            await acted("filter cleared", app.screen.action_clear_filter)  # type: ignore[attr-defined]
        summed("list: sort, jump, filter", spent, size)
        await paging("connection list", table, lambda: table.action_page(1), pilot, size)

        begin = time.perf_counter()
        app.push_screen(LadderScreen(ladder_of(analysis, 1, analysis.judgement), len(analysis.connections), UNICODE))
        while not app.screen.query(LadderView) or not app.screen.query_one(LadderView).size:
            await asyncio.sleep(0)
        view = app.screen.query_one(LadderView)
        await painted(pilot)
        tell(f"ladder of {len(view.ladder):,} segments opened", time.perf_counter() - begin, size)
        await paging("ladder", view, lambda: view.action_page(1), pilot, size)
        spent.clear()
        for _ in range(JUMPS):
            await acted("ladder's end", view.action_last)
            await acted("ladder's beginning", view.action_first)
        summed("ladder: jumps to either end", spent, size)


def typed(line: FilterLine, text: str) -> None:
    """Have a text in the filter line, and the list follow it."""
    line.query_one(Input).value = text


def summed(what: str, spent: list[float], size: tuple[int, int]) -> None:
    """Print how long most of some actions took until they were painted, and the slowest."""
    ranked = sorted(spent)
    tell(f"{what}: median of {len(ranked)}", ranked[len(ranked) // 2], size)
    tell(f"{what}: 99th percentile", ranked[min(int(len(ranked) * 0.99), len(ranked) - 1)], size)
    tell(f"{what}: slowest", ranked[-1], size)


async def paging(
    name: str, view: LadderView | ConnectionTable, page: Callable[[], None], pilot: Pilot[None], size: tuple[int, int]
) -> None:
    """Measure PAGES pages down, each painted."""
    spent = []
    for _ in range(PAGES):
        begin = time.perf_counter()
        page()
        await painted(pilot)
        spent.append(time.perf_counter() - begin)
    spent.sort()
    tell(f"{name}: a page down, median of {PAGES}", spent[PAGES // 2], size)
    tell(f"{name}: a page down, slowest", spent[-1], size)


async def painted(pilot: Pilot[None]) -> None:
    """Wait until the screen's messages are dealt with, and paint."""
    await pilot._wait_for_screen()
    pilot.app.screen._on_timer_update()


def tell(what: str, seconds: float, size: tuple[int, int]) -> None:
    """Print a figure."""
    print(f"{size[0]:>4}×{size[1]:<3} {what:<50} {seconds * 1000:9.1f} ms")


def timed(what: str, work: Callable[[], object]) -> None:
    """Print how long some work takes that has nothing to do with a screen."""
    begin = time.perf_counter()
    work()
    print(f"{'':9}{what:<50} {(time.perf_counter() - begin) * 1000:9.1f} ms")


def parts_of_opening(analysis: Analysis) -> None:
    """Print what opening a ladder consists of."""
    made: list[Ladder] = []
    timed("ladder_of", lambda: made.append(ladder_of(analysis, 1)))
    timed("  of which segments_of", lambda: analysis.segments_of(1))
    timed("  of which timeline", lambda: analysis.timeline(1))
    timed("layout", lambda: layout(made[0], 160, UNICODE))
    timed("first rung", lambda: made[0].rung(0))
    timed("second rung", lambda: made[0].rung(1))


def main() -> None:
    """Measure all of it."""
    long = one_connection(SEGMENTS)
    print(f"One connection of {SEGMENTS:,} segments")
    parts_of_opening(long)
    for size in SIZES:
        asyncio.run(measured(long, size))
    many = many_connections(CONNECTIONS)
    print(f"{len(many.connections):,} connections")
    timed("Listing", lambda: Listing(many))
    for size in SIZES:
        asyncio.run(measured(many, size))


if __name__ == "__main__":
    main()
