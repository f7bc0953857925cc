"""Asks tshark, beside the screen, what the frames in view say; what comes is told by a message."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
from textual.message import Message
from textual.screen import Screen

from tcpladder.capture.infos import Infos

if TYPE_CHECKING:
    from textual.timer import Timer

PAUSE_S = 0.2  # for which a ladder has to rest before tshark is asked about what is in view
AT_ONCE = 200  # frames


class InfosCame(Message):
    """Infos of frames in view are there."""


class InfoAsking:
    """Asks about what is in view of one screen, a tshark at a time; a later question takes the place of an earlier."""

    def __init__(self, infos: Infos | None, screen: Screen[int]) -> None:
        """Ask `infos` for `screen`; without, nothing is ever asked."""
        self._infos = infos
        self._screen = screen
        self._timer: Timer | None = None
        self._cancelled = threading.Event()

    def known(self, frame: int) -> str:
        """Give what is known of a frame; nothing before it was asked for."""
        return (self._infos.known(frame) if self._infos else None) or ""

    def soon(self, in_view: Callable[[], tuple[pl.DataFrame, list[int]]]) -> None:
        """Ask, when the ladder rests, about the rows of a connection's segments that `in_view` then gives."""
        if self._infos is not None:
            if self._timer is not None:
                self._timer.stop()
            self._timer = self._screen.set_timer(PAUSE_S, partial(self.ask, in_view))

    def ask(self, in_view: Callable[[], tuple[pl.DataFrame, list[int]]]) -> None:
        """Ask now, about those that were not asked about before."""
        infos = self._infos
        if infos is None:
            return
        segments, rows = in_view()
        frames = segments[rows]["frame"].to_list()
        unknown = [row for row, frame in zip(rows, frames, strict=True) if infos.known(frame) is None][:AT_ONCE]
        if unknown:
            self.leave()
            self._cancelled = threading.Event()
            work = partial(self._load, infos, segments, unknown, self._cancelled)
            self._screen.run_worker(work, thread=True, group="infos")

    def leave(self) -> None:
        """End the tshark that is running, if one is."""
        self._cancelled.set()

    def _load(self, infos: Infos, segments: pl.DataFrame, rows: list[int], cancelled: threading.Event) -> None:
        """Run in a thread: touch no widget, only post."""
        if infos.load(segments, rows, cancelled):
            self._screen.post_message(InfosCame())
        if trouble := infos.new_trouble():
            self._screen.notify(trouble, severity="warning", markup=False)
