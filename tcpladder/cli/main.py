"""The console command: finds the subcommand, and turns every error into one sentence and an exit code."""

import os
import signal
import sys
import traceback
from typing import NoReturn

import click

from tcpladder import __version__
from tcpladder.cli import commands
from tcpladder.discovery import exports
from tcpladder.errors import TcpladderError
from tcpladder.printable import printable

INTERNAL_ERROR = 3
INTERRUPTED = 128 + signal.SIGINT
DEBUG_VARIABLE = "TCPLADDER_DEBUG"


class FileOrCommand(click.Group):
    """A group for which `tcpladder FILE` is short for `tcpladder open FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `open` in front of what is neither a command nor an option of the group."""
        own_options = {name for option in self.get_params(ctx) for name in option.opts}
        if args and args[0] not in self.commands and args[0] not in own_options:
            args = ["open", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=FileOrCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A capture file alone opens it: tcpladder capture.pcapng. Exit codes: 0 done, 2 nothing could be read "
    "or wrong usage, 3 an error in tcpladder itself.",
)
@click.version_option(__version__, "-V", "--version", prog_name="tcpladder")
def tcpladder() -> None:
    """Show each TCP connection of a capture as a ladder, with the TCP state of both endpoints on it."""


for command in exports(commands, "COMMAND"):
    if isinstance(command, click.Command):
        tcpladder.add_command(command)


def main() -> NoReturn:
    """Run the console command, and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the console command and give its exit code. Errors are told on standard error; none is raised."""
    try:
        answer = tcpladder.main(arguments, prog_name="tcpladder", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except TcpladderError as error:
        click.echo(f"tcpladder: {error}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough of it; nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the outer door: whatever comes here is our mistake
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        told = printable(f"{type(error).__name__}: {error}")
        click.echo(f"tcpladder: an error in tcpladder itself: {told}. {DEBUG_VARIABLE}=1 shows where.", err=True)
        return INTERNAL_ERROR
    return answer if isinstance(answer, int) else 0
