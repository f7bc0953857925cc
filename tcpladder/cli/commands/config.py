"""`tcpladder config`: the settings in force, and where each value comes from."""

import os
from pathlib import Path

import click

from tcpladder.cli.arguments import ascii_option, config_option, in_force, tell_problems
from tcpladder.errors import UsageError, quoted
from tcpladder.printable import printable


@click.command("config")
@click.option("--path", "is_path_wanted", is_flag=True, help="Print where the file is looked for, and no more.")
@click.option("--init", "is_new", is_flag=True, help="Write a file there in which every setting stands as a comment.")
@config_option
@ascii_option
@click.option("--tshark", metavar="PATH", help="As the other commands take it.")
def print_config(
    *, is_path_wanted: bool, is_new: bool, config: Path | None, is_ascii: bool, tshark: str | None
) -> None:
    """Print the settings in force, as a settings file, and where each value comes from."""
    from tcpladder.settings.names import Names
    from tcpladder.settings.writing import listing

    if is_path_wanted or is_new:
        from tcpladder.settings.place import settings_file

        path = config or settings_file(os.environ)
        if is_new:
            _write_new(path)
        click.echo(printable(str(path)))
        return
    settings = in_force(config, tshark, is_ascii=is_ascii)
    for line in listing(settings):
        click.echo(line)
    from tcpladder.tui.keymap import keymap  # only the app knows which actions there are

    names = Names(settings.settings.names, settings.problem)
    tell_problems([*settings.problems, *names.problems, *keymap(settings.settings.keys, settings.problem)[1]])


def _write_new(path: Path) -> None:
    """Write a first file of settings. Raises UsageError where there is one, or none can be written."""
    from tcpladder.settings.place import write_first
    from tcpladder.settings.writing import default_file

    try:
        write_first(path, default_file())
    except FileExistsError:
        raise UsageError(f"There is a file {quoted(path)} already.", "It stays as it is.") from None
    except OSError as error:
        raise UsageError(
            f"{quoted(path)} can't be written: {error.strerror}.", "See tcpladder config --path."
        ) from error


COMMAND = print_config
