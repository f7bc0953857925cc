"""The colours of reports in browsers, on light and on dark, and style sheets that are made with them."""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Shade(NamedTuple):
    """A colour, as it is on a light and on a dark ground."""

    light: str
    dark: str


PALETTE = {
    "ground": Shade("#ffffff", "#14171c"),
    "raised": Shade("#f6f7f9", "#1c2128"),
    "rule": Shade("#d9dde3", "#343b45"),
    "ink": Shade("#1b1f24", "#e4e8ee"),
    "quiet": Shade("#5b6570", "#98a3b0"),
    "faint": Shade("#9aa3ad", "#66707c"),
    "link": Shade("#0b57b7", "#7db4ff"),
    "initiator": Shade("#0a6c86", "#5cc8e0"),
    "responder": Shade("#8a3a93", "#d696de"),
    "opening": Shade("#0b6fb3", "#5fb2f2"),
    "established": Shade("#1a7f37", "#56c271"),
    "closing": Shade("#9a6200", "#e0ad45"),
    "closed": Shade("#7a838d", "#7f8a96"),
    "violation": Shade("#c01c28", "#ff7b72"),
    "deviation": Shade("#a65a00", "#f0a64a"),
    "note": Shade("#0b57b7", "#7db4ff"),
    "mark": Shade("#0a6c86", "#5cc8e0"),
}
"""Every colour by what it stands for. All but `rule` and `faint` can be read as text on `ground` and on `raised`."""


@cache
def asset(name: str) -> str:
    """Give the text of a file of this package."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def variables() -> str:
    """Give the colours as properties of the page: light or dark as its reader's system has it, or as they chose."""
    light, dark = (_declared(is_dark) for is_dark in (False, True))
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )


def _declared(is_dark: bool) -> str:  # noqa: FBT001 - one of two shades
    return "".join(f"--{name}:{shade[is_dark]};" for name, shade in PALETTE.items())


def resolved(sheet: str) -> str:
    """Put the colours into a style sheet themselves: viewers of pictures know no properties of a page."""
    light, dark = (_with_colours(sheet, is_dark) for is_dark in (False, True))
    return f"{light}@media (prefers-color-scheme:dark){{\n{dark}}}\n"


def _with_colours(sheet: str, is_dark: bool) -> str:  # noqa: FBT001 - one of two shades
    return re.sub(r"var\(--([a-z]+)\)", lambda found: PALETTE[found[1]][is_dark], sheet)
