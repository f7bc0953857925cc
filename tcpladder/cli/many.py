"""What subcommands share that work on many captures, each by itself: their options, and how far they are."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from tcpladder.cli.arguments import check_is_no_option, settings_of_command, tell_problems
from tcpladder.printable import printable

if TYPE_CHECKING:
    from tcpladder.many.gathering import Gathered

Command = TypeVar("Command", bound=Callable[..., object])
ERASE_LINE = "\r\x1b[K"
BYTES, LEAST_SHARE = 2_000_000, 15
"""So many bytes take as long as a capture of none, and so many of those as long as starting two processes."""

captures_argument = click.argument(
    "names", metavar="CAPTURE...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)
jobs_option = click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    help="How many captures are read at once; one a processor unless said otherwise.",
)


def captures_of(names: tuple[Path, ...]) -> "list[Gathered]":
    """Give the captures that are meant by files, directories and patterns. Raises CaptureError."""
    from tcpladder.many.gathering import gathered

    for name in names:
        check_is_no_option(name)
    tell_problems(settings_of_command().problems)
    return gathered(names)


def processes_for(captures: Sequence[Path], jobs: int | None) -> int:
    """Tell how many processes are to read captures: as many as are asked for, or one a processor.

    There are fewer where starting them would take longer than they save.
    """
    from tcpladder.processors import processors

    sizes = [path.stat().st_size for path in captures if path.is_file()]
    worth = 1 + (len(captures) + sum(sizes) // BYTES) // LEAST_SHARE
    return min(len(captures), jobs or min(worth, processors()))


class Meter:
    """How far it is, on standard error: a line that changes where that is a terminal.

    Elsewhere there is nothing, or with `is_logged` a line a capture.
    """

    def __init__(self, total: int, *, is_logged: bool = False) -> None:
        self._total = total
        self._done = 0
        self._is_live = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._is_logged = is_logged and not self._is_live
        self._show("")

    @property
    def words(self) -> str:
        """How many are done, of how many."""
        return f"{self._done} of {self._total} captures"

    def step(self, told: str) -> None:
        """One more is done, with what is told of it."""
        self._done += 1
        if self._is_logged:
            click.echo(f"tcpladder: {self._done}/{self._total} {printable(told)}", err=True)
        self._show(told)

    def _show(self, told: str) -> None:
        if self._is_live and self._done < self._total:
            line = f"{self.words} ... {printable(told)}".rstrip()
            click.echo(f"{ERASE_LINE}{line[: shutil.get_terminal_size().columns - 1]}", nl=False, err=True)

    def clear(self) -> None:
        """Make room for other lines."""
        if self._is_live:
            click.echo(ERASE_LINE, nl=False, err=True)

    def tell_end(self) -> None:
        """Say how far it was when it was ended."""
        self.clear()
        click.echo(f"tcpladder: ended early, after {self.words}.", err=True)


@contextmanager
def interruptible(meter: Meter) -> Iterator[None]:
    """Have an interrupt, a hang-up and a request to end end everything that was started, and say how far it was."""
    from tcpladder.unwinding import unwinding

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with unwinding():
            yield
    except KeyboardInterrupt:
        meter.tell_end()
        raise click.exceptions.Exit(128 + signal.SIGINT) from None
    except SystemExit:
        meter.tell_end()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
        meter.clear()
