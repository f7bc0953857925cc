"""Writes docs/settings.md from the table of settings and from the keys' bindings."""

from collections.abc import Iterator
from pathlib import Path

from tcpladder.settings.kinds import Entries, toml
from tcpladder.settings.table import VERSION, rows
from tcpladder.tui.keymap import actions

PAGE = Path(__file__).parent / "settings.md"


def page() -> str:
    """Give the page."""
    return "\n".join([*_head(), *_settings(), *_keys(), ""])


def _head() -> list[str]:
    return [
        "# Settings",
        "",
        "One file, in [TOML](https://toml.io), has what you choose once for all. `tcpladder config --path` says where",
        "it is looked for: at the place that your system has for such files, such as",
        "`~/.config/tcpladder/settings.toml`; the environment variable `TCPLADDER_CONFIG` or the option `--config`",
        "name another one. `tcpladder config --init` writes one there in which every setting stands as a comment, and",
        "`tcpladder config` prints what is in force, and where each value comes from. A value on the command line goes",
        "before one in the environment, that before one in the file, and that before the default.",
        "",
        "What is wrong in the file is told with its line, and all else in it holds.",
        f"`version = {VERSION}` says which form the file has. tcpladder takes from a newer one what it knows.",
        "",
    ]


def _settings() -> Iterator[str]:
    yield from ("## The settings", "", "| setting | takes | default | meaning |", "| --- | --- | --- | --- |")
    for row in rows():
        name = f"`[{row.key}]`" if isinstance(row.kind, Entries) else f"`{row.key}`"
        default = "none" if isinstance(row.kind, Entries) else f"`{toml(row.default)}`"
        variable = f" The environment variable `{row.variable}` sets it too." if row.variable else ""
        yield f"| {name} | {row.kind.words} | {default} | {row.meaning}{variable} |"


def _keys() -> Iterator[str]:
    yield from (
        "",
        "## Actions and their keys",
        "",
        "Under `[keys]`, an action's name stands before the keys that it is to have in place of its own, separated by",
        'commas: `ladder.back = "b,escape"`. A key is a character, or one of `enter`, `escape`, `space`, `tab`, `up`,',
        "`down`, `left`, `right`, `home`, `end`, `pageup`, `pagedown`, `backspace`, `delete`, `insert` and `f1` to",
        "`f24`, after `ctrl+`, `alt+` or `shift+` if need be. In the list and on a ladder no digit can be one: there",
        "they are typed before keys, as in `12G`.",
        "",
        "| action | keys | what it does |",
        "| --- | --- | --- |",
    )
    for action in actions():
        keys = " ".join(f"`` {key} ``" if "`" in key else f"`{key}`" for key in action.keys)
        yield f"| `{action.id}` | {keys} | {action.words} |".replace("`|`", "`\\|`")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
