"""XML and HTML put together from elements; every text in them is made harmless on its way in."""

from html import escape
from typing import NewType

from tcpladder.printable import printable

Markup = NewType("Markup", str)
"""Markup that is well formed, and in which every text is escaped. Only this module makes it."""
NOTHING = Markup("")


def shown(text: str) -> Markup:
    """Write a text so that it means nothing to a browser, and so that what would be hidden in it is seen."""
    return Markup(escape(printable(text)))


def lines(texts: list[str]) -> Markup:
    """Write texts below each other."""
    return Markup("\n".join(map(shown, texts)))


def joined(*parts: Markup) -> Markup:
    """Put pieces of markup one behind the other."""
    return Markup("".join(parts))


def element(name: str, *content: Markup, **attributes: str | float) -> Markup:
    """Write an element. An attribute's name has `_` for `-`, and one at its end where it is a word of Python's."""
    inside = "".join(content)
    opened = f"<{name}{''.join(_attribute(*pair) for pair in attributes.items())}"
    return Markup(f"{opened}>{inside}</{name}>" if inside else f"{opened}/>")


def _attribute(name: str, value: str | float) -> str:
    written = shown(value) if isinstance(value, str) else f"{value:.6g}"
    return f' {name.rstrip("_").replace("_", "-")}="{written}"'
