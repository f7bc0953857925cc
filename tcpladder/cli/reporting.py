"""What subcommands share that write reports: the options that say what is in one."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from tcpladder.cli.filtering import filter_option
from tcpladder.errors import UsageError

if TYPE_CHECKING:
    from tcpladder.anonymity.keys import Key

Command = TypeVar("Command", bound=Callable[..., object])


class FormatNames(click.ParamType[str]):
    """Names of formats; the formats are looked for only where their names are shown."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """List the formats."""
        from tcpladder.report.format import formats

        return f"[{'|'.join(each.name for each in formats())}]"


_OPTIONS = (
    click.option(
        "--only",
        metavar="WHAT",
        multiple=True,
        help="Only connections with such findings: deviating, violations, findings or a rule.",
    ),
    filter_option,
    click.option(
        "--table",
        type=click.Choice(("connections", "segments", "findings")),
        default="connections",
        show_default=True,
        help="What CSV and Parquet have a row for.",
    ),
    click.option(
        "--ladders",
        type=click.Choice(("auto", "all", "findings", "none")),
        default="auto",
        show_default=True,
        help="Whose ladders are shown; auto leaves some out where there are very many, and all out of JSON.",
    ),
    click.option("--no-notes", is_flag=True, help="Leave out marks and notes."),
    click.option(
        "--fold/--no-fold",
        "is_folded",
        default=None,
        help="Fold the data of ladders, or not; else long ones are folded.",
    ),
    click.option(
        "--anonymise",
        "--anonymize",
        "is_anonymous",
        is_flag=True,
        help="Disguise addresses and clients' ports; leave out names and notes.",
    ),
    click.option(
        "--key",
        metavar="FILE|TEXT",
        help="What the disguise is made of, so that it is the same in several reports; else it is a new one each time.",
    ),
    click.option("--ascii", "is_ascii", is_flag=True, help="Text with ASCII characters only."),
)


def asking_options(command: Command) -> Command:
    """Give a command the options that say what is in a report; it gets a report.asking.Asked as `asked`."""

    @functools.wraps(command)
    def asking(  # noqa: PLR0913 - one parameter an option
        *arguments: object,
        only: tuple[str, ...],
        filter_line: str | None,
        table: str,
        ladders: str,
        no_notes: bool,
        is_folded: bool | None,
        is_anonymous: bool,
        key: str | None,
        is_ascii: bool,
        **others: object,
    ) -> object:
        from tcpladder.report.asking import Asked
        from tcpladder.report.model import Contents, Ladders, Table

        contents = Contents(
            ladders=Ladders(ladders), has_notes=not no_notes, is_folded=is_folded, is_ascii=is_ascii, table=Table(table)
        )
        chosen = _key(key, is_wanted=is_anonymous)
        asked = Asked(only=only, filter_line=filter_line, contents=contents, key=chosen)
        asked.check()
        return command(*arguments, asked=asked, **others)

    for option in reversed(_OPTIONS):
        asking = option(asking)
    return asking  # type: ignore[return-value] # it takes what click gives


def _key(key: str | None, *, is_wanted: bool) -> "Key | None":
    """Give what disguises, where that is wanted. Raises UsageError for a key that is none."""
    if not is_wanted:
        if key is not None:
            raise UsageError("A key disguises, and nothing is to be disguised.", "Say --anonymise as well.")
        return None
    from tcpladder.anonymity.keys import key_of, random_key

    return random_key() if key is None else key_of(key)
