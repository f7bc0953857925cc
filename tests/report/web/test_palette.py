"""Colours of reports: texts can be read on light and on dark, and pictures need no properties of a page."""

import re

from tcpladder.report.web.palette import PALETTE, asset, resolved, variables

NO_TEXT = {"ground", "raised", "rule", "faint"}


def luminance(colour: str) -> float:
    """Give the relative luminance of WCAG 2.1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lower, higher = sorted(map(luminance, (one, other)))
    return (higher + 0.05) / (lower + 0.05)


def test_words_of_every_colour_can_be_read() -> None:
    for at in (0, 1):
        for name in PALETTE.keys() - NO_TEXT - {"closed"}:
            for ground in ("ground", "raised"):
                assert contrast(PALETTE[name][at], PALETTE[ground][at]) >= 4.5, (name, ground, at)


def test_a_picture_has_the_colours_themselves_for_light_and_dark() -> None:
    sheet = resolved(asset("ladder.css"))
    assert "var(" not in sheet
    light, _, dark = sheet.partition("@media (prefers-color-scheme:dark)")
    assert PALETTE["established"].light in light
    assert PALETTE["established"].dark in dark


def test_every_colour_that_is_used_is_there() -> None:
    used = {name for sheet in ("ladder.css",) for name in re.findall(r"var\(--([a-z]+)\)", asset(sheet))}
    assert used <= PALETTE.keys()
    assert all(f"--{name}:" in variables() for name in used)
