"""Every setting there is: its key in the file, what it takes, its default, and what it means."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tcpladder.settings.kinds import Entries, Flag, Kind, Number, OneOf, Several, Shaped, Text

VERSION = 1
"""The version of the file's form; a file may say which one it has, as `version = 1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A row of the table. `variable` is the environment variable that also sets it, "" where there is none."""

    key: str
    kind: Kind
    default: object
    meaning: str
    field: str
    since: int = VERSION
    variable: str = ""

    @property
    def section(self) -> str:
        """The table of the file that it stands in; "" for the top."""
        return self.key.rpartition(".")[0] if not isinstance(self.kind, Entries) else self.key


def setting(key: str, kind: Kind, default: Any, meaning: str, *, variable: str = "") -> Any:
    """Make a field of Settings a setting."""
    row = {"key": key, "kind": kind, "meaning": meaning, "variable": variable}
    if isinstance(kind, Entries):
        return dataclasses.field(default_factory=dict, metadata=row)
    return dataclasses.field(default=default, metadata=row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force. Each field is one, and here is all that is known of it."""

    theme: str = setting(
        "theme",
        Text("the name of a theme"),
        "dark",
        "The colours: `dark`, `light`, `ansi`, which takes the sixteen of the terminal, `wireshark`, which looks like "
        "Wireshark, or another that the app's command palette offers.",
        variable="TCPLADDER_THEME",
    )
    has_colour: bool = setting("color", Flag(), default=True, meaning="Whether there are colours.", variable="NO_COLOR")
    is_ascii: bool = setting("ascii", Flag(), default=False, meaning="Whether to draw with ASCII characters only.")
    has_hints: bool = setting(
        "hints",
        Flag(),
        default=True,
        meaning="Whether a line names the first keys to those who have hardly used the app.",
    )
    columns: tuple[str, ...] = setting(
        "columns",
        Several(Text('text such as "segments" or "segments:9"')),
        (),
        "The columns of the list, in order, and how many characters wide they are if not as wide as needed; none for "
        "those that there is room for. What is chosen in the app is kept here.",
    )
    resolve: str = setting(
        "resolve",
        OneOf(("off", "hosts", "network")),
        "off",
        "Where names come from that nobody gave: `hosts` looks into this machine's hosts file and into the names that "
        "a pcapng file has before its packets, which whoever made it could choose freely; `network` asks name servers "
        "too, which tells them whose traffic is looked at. The option `--resolve` sets it too.",
    )
    recent_files: int = setting(
        "recent_files", Number(0, 100), 20, "How many of the captures that were opened last are remembered."
    )
    ladder_time: str = setting(
        "ladder.time",
        OneOf(("delta", "start", "clock")),
        "delta",
        "What the time beside a segment tells: the time since the segment before, since the connection's start, or of "
        "day (UTC).",
    )
    ladder_numbers: str = setting(
        "ladder.numbers", OneOf(("relative", "raw")), "relative", "How ladders write sequence numbers."
    )
    ladder_labels: str = setting(
        "ladder.labels", OneOf(("short", "normal", "full")), "normal", "How much labels tell of their segments."
    )
    ladder_colours: str = setting(
        "ladder.colours",
        OneOf(("direction", "finding", "flags")),
        "direction",
        "What the colour of an arrow tells. With these four a ladder begins; its keys change them while the app runs.",
    )
    tshark: str = setting(
        "tshark.path", Text("a path"), "", "The tshark to use; empty for the one found.", variable="TCPLADDER_TSHARK"
    )
    tshark_preferences: tuple[str, ...] = setting(
        "tshark.preferences",
        Several(Shaped(":", 'text such as "tcp.desegment_tcp_streams:false"')),
        (),
        "Preferences for tshark, as after its option -o.",
    )
    decode_as: tuple[str, ...] = setting(
        "tshark.decode_as",
        Several(Shaped(",", 'text such as "tcp.port==8443,tls"')),
        (),
        "What tshark is to take for what, as after its option -d.",
    )
    tls_key_log: str = setting(
        "tshark.tls_key_log_file",
        Text("a path"),
        "",
        "The file with the secrets of TLS sessions (as SSLKEYLOGFILE makes it) by which tshark decrypts them.",
    )
    names: Mapping[str, str] = setting(
        "names",
        Entries("an address, an address with a port, or a network, and its name"),
        {},
        "Names for addresses, which stand in their place where there is room (a network's beside them), such as "
        '`"10.0.0.9" = "db"`, `"10.0.0.9:443" = "web"` or `"10.1.0.0/16" = "office"`.',
    )
    keys: Mapping[str, str] = setting(
        "keys",
        Entries("an action, and its keys, separated by commas"),
        {},
        'Keys in place of the default ones, such as `ladder.back = "b,escape"`.',
    )


def rows() -> tuple[Setting, ...]:
    """Give the table: a row a setting, in the order in which the file has them."""
    defaults = Settings()
    return tuple(
        Setting(field=known.name, default=getattr(defaults, known.name), **known.metadata)
        for known in dataclasses.fields(Settings)
    )
