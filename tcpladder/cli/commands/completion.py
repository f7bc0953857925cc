"""`tcpladder completion SHELL`: the script that completes commands, options and files."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a completion script, to be sourced by SHELL: eval "$(tcpladder completion bash)"."""
    completion_class = get_completion_class(shell)
    if completion_class is None:
        raise AssertionError("click knows the shells that are offered")
    root = ctx.find_root()
    click.echo(completion_class(root.command, {}, "tcpladder", "_TCPLADDER_COMPLETE").source())


COMMAND = completion
