"""`tcpladder open FILE...`, or `tcpladder FILE...`: the terminal app."""

import contextlib
import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    ascii_option,
    captures,
    check_is_no_option,
    glyphs,
    reader_option,
    resolve_option,
    settings_of_command,
    tshark_option,
)
from tcpladder.errors import TcpladderError, UsageError

if TYPE_CHECKING:
    from tcpladder.capture.merging import Captures
    from tcpladder.capture.tshark_binary import TsharkOptions
    from tcpladder.ladder.glyphs import Glyphs
    from tcpladder.tui.app import TcpladderApp

SELDOM = (10_000, 10, 100)  # as gc.set_threshold takes it
TURN_S = 0.0005  # how long the thread that reads may keep the screen waiting, and the screen the thread


@click.command("open", context_settings=TAKES_ANY_FILE)
@click.argument("files", metavar="[FILE...]", nargs=-1, type=click.Path(path_type=Path, readable=False))
@ascii_option
@resolve_option
@tshark_option
@reader_option
def open_app(files: tuple[Path, ...], *, is_ascii: bool, tshark: "TsharkOptions", reader: str) -> int:
    """Browse captures in the terminal, several as one; without any, choose one there."""
    for file in files:
        check_is_no_option(file)
    _check_terminal()
    told, wanted, is_from_within = "", files, not files
    while True:
        if not wanted:
            from tcpladder.tui.chooser import ChooserApp

            chosen = ChooserApp(settings_of_command(), glyphs=glyphs(is_ascii=is_ascii), told=told).run()
            if chosen is None:
                return 0
            wanted = (chosen,)
        try:
            with captures(wanted, tshark) as merged:
                app = _browsed(merged, tshark, reader, glyphs(is_ascii=is_ascii))
            if app.rescued:
                with contextlib.suppress(OSError):  # the terminal may be gone
                    click.echo(f"tcpladder: {app.rescued}", err=True)
            if app.failure is not None:
                raise app.failure
        except TcpladderError as error:
            if not is_from_within:
                raise
            told, wanted = str(error), ()
            continue
        if app.wanted is None:
            return app.return_code or 0
        told, wanted, is_from_within = "", (app.wanted,), True
        del app
        gc.unfreeze()  # what the last capture held is to go


def _check_terminal() -> None:
    """Raise UsageError where there is no terminal that the app could be shown on, nor a browser."""
    if os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver"):
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The app needs a terminal.", "tcpladder list and tcpladder ladder print into files and pipes.")
    if os.environ.get("TERM") == "dumb":
        raise UsageError(
            "The app needs a terminal in which a cursor can be moved, and TERM says dumb.",
            "tcpladder list and tcpladder ladder print on any.",
        )


def _browsed(merged: "Captures", tshark: "TsharkOptions", reader: str, drawn_with: "Glyphs") -> "TcpladderApp":
    """Run the app on a capture, and give it when it has ended. Raises TcpladderError where nothing can be read."""
    gc.disable()  # nothing that is imported is garbage: looking for some takes a tenth of the time to the first screen
    from tcpladder.capture.opening import check_readable
    from tcpladder.capture.reader import ReadRequest
    from tcpladder.packets.addresses import AddressBook
    from tcpladder.tui.app import TcpladderApp

    # What can be told at once is told without a screen that comes and goes.
    check_readable(ReadRequest(path=merged.path, addresses=AddressBook(), tshark=tshark, reader=reader))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # with which asyncio lets the app put the terminal right
    gc.freeze()  # what was imported stays: collecting garbage need not go through it while the user waits,
    gc.set_threshold(*SELDOM)  # and not so often
    gc.enable()
    sys.setswitchinterval(TURN_S)
    app = TcpladderApp(merged, tshark=tshark, reader=reader, glyphs=drawn_with, in_force=settings_of_command())
    app.run()
    return app


COMMAND = open_app
