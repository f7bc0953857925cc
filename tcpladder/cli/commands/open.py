"""`tcpladder open FILE`, or `tcpladder FILE`: the terminal app."""

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
    check_is_no_option,
    file_argument,
    glyphs,
    reader_option,
    settings_of_command,
    tshark_option,
)
from tcpladder.errors import UsageError

if TYPE_CHECKING:
    from tcpladder.capture.tshark_binary import TsharkOptions

SELDOM = (10_000, 10, 100)  # as gc.set_threshold takes it
TURN_S = 0.0005  # how long the thread that reads may keep the screen waiting, and the screen the thread


@click.command("open", context_settings=TAKES_ANY_FILE)
@file_argument
@ascii_option
@tshark_option
@reader_option
def open_app(file: Path, *, is_ascii: bool, tshark: "TsharkOptions", reader: str) -> int:
    """Browse the capture in the terminal."""
    check_is_no_option(file)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The app needs a terminal.", "tcpladder list and tcpladder ladder print into files and pipes.")
    gc.disable()  # nothing that is imported is garbage: looking for some takes a tenth of the time to the first screen
    if os.environ.get("TERM") == "dumb":
        raise UsageError(
            "The app needs a terminal in which a cursor can be moved, and TERM says dumb.",
            "tcpladder list and tcpladder ladder print on any.",
        )
    from tcpladder.capture.opening import check_readable
    from tcpladder.capture.reader import ReadRequest
    from tcpladder.packets.addresses import AddressBook
    from tcpladder.tui.app import TcpladderApp

    settings = settings_of_command()
    # What can be told at once is told without a screen that comes and goes.
    check_readable(ReadRequest(path=file, addresses=AddressBook(), tshark=tshark, reader=reader))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # with which asyncio lets the app put the terminal right
    gc.freeze()  # what was imported stays: collecting garbage need not go through it while the user waits,
    gc.set_threshold(*SELDOM)  # and not so often
    gc.enable()
    sys.setswitchinterval(TURN_S)
    drawn_with = glyphs(is_ascii=is_ascii)
    app = TcpladderApp(file, tshark=tshark, reader=reader, glyphs=drawn_with, in_force=settings)
    app.run()
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0


COMMAND = open_app
