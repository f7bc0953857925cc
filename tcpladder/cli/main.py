"""The console command: finds the subcommand, and turns every error into one sentence and an exit code."""

import errno
import os
import signal
import sys
import traceback
from pathlib import Path

import click

from tcpladder import __version__
from tcpladder.cli import commands
from tcpladder.cli.output import give_up_output
from tcpladder.discovery import exports
from tcpladder.errors import DEBUG_VARIABLE, TcpladderError
from tcpladder.printable import printable

INTERNAL_ERROR = 3
INTERRUPTED = 128 + signal.SIGINT
OUTPUT_FAILURES = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class FileOrCommand(click.Group):
    """A group for which `tcpladder FILE` is short for `tcpladder open FILE`, and nothing, on a terminal, for `open`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `open` in front of what is neither a command nor an option of the group."""
        own_options = {name for option in self.get_params(ctx) for name in option.opts}
        if args and args[0] not in self.commands and args[0] not in own_options:
            args = ["open", *args]
        elif (
            not args and sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()
        ):
            args = ["open"]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand, and see to an output that takes no more."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read it has enough of it
            give_up_output()
            return 0
        except OSError as error:
            if error.errno not in OUTPUT_FAILURES:
                raise
            give_up_output()
            sentence = f"The output can't be written: {error.strerror}."
            raise TcpladderError(sentence, "Make room, or write elsewhere.") from error


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


def run(arguments: list[str]) -> int:
    """Run the console command and give its exit code. Errors are told on standard error; none is raised."""
    try:
        answer = tcpladder.main(arguments, prog_name="tcpladder", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        if arguments:
            click.echo(f"tcpladder: {_usage_sentence(error, arguments)}", err=True)
        else:
            error.show()  # click's way of showing the help
        return error.exit_code
    except TcpladderError as error:
        click.echo(f"tcpladder: {error}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the outer door: whatever comes here is our mistake
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        told = printable(f"{type(error).__name__}: {error}")
        click.echo(f"tcpladder: an error in tcpladder itself: {told}. {DEBUG_VARIABLE}=1 shows where.", err=True)
        return INTERNAL_ERROR
    return answer if isinstance(answer, int) else 0


def _usage_sentence(error: click.ClickException, arguments: list[str]) -> str:
    """Say what is wrong with the command line, in one line with nothing in it that a terminal would obey."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    wrong = " ".join(error.format_message().split())
    if context is not None and "extra argument" in wrong:
        # Since a file may be called `-w`, a mistyped option was taken for the file, and the file is what is too much.
        known = {
            name for option in context.command.get_params(context) for name in (*option.opts, *option.secondary_opts)
        }
        unknown = [name for name in arguments if name.startswith("--") and name.partition("=")[0] not in known]
        if unknown and not Path(unknown[0]).exists():
            wrong = f"There is no option {unknown[0]}."
    return printable(f"{wrong.rstrip('.')}. See {context.command_path if context else 'tcpladder'} --help.")
