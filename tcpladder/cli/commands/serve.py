"""`tcpladder serve FILE...`: the terminal app in a web browser."""

from pathlib import Path

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    ascii_option,
    check_is_no_option,
    config_option,
    files_argument,
    reader_option,
)
from tcpladder.errors import UsageError


@click.command("serve", context_settings=TAKES_ANY_FILE)
@files_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@ascii_option
@click.option("--tshark", metavar="PATH", help="The tshark to use, if not the one on the PATH.")
@config_option
@reader_option
def serve_app(  # noqa: PLR0913 - one parameter an option
    files: tuple[Path, ...],
    *,
    host: str,
    port: int,
    is_ascii: bool,
    tshark: str | None,
    config: Path | None,
    reader: str,
) -> None:
    """Show the app in web browsers, on this machine alone unless --host says otherwise."""
    from tcpladder.capture.opening import check_openable

    for file in files:
        check_is_no_option(file)
        check_openable(file)
    try:
        from tcpladder.cli.browser import serve
    except ImportError as error:
        raise UsageError(
            "tcpladder serve needs textual-serve, which is not installed.",
            "Install it by: pip install 'tcpladder[serve]'",
        ) from error
    options = {"--tshark": tshark, "--config": config and str(config.absolute()), "--reader": reader}
    given = [word for name, value in options.items() if value for word in (name, value)]
    flags = ["--ascii"] if is_ascii else []
    more = f" + {len(files) - 1} more" if len(files) > 1 else ""
    serve(
        ["open", *flags, *given, *(str(file.absolute()) for file in files)],
        host=host,
        port=port,
        title=f"{files[0].name}{more}",
    )


COMMAND = serve_app
