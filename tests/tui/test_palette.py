"""The ladder's colours: there for every theme, and legible on every ground they are put on."""

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tcpladder.tui.palette import DARK, LIGHT, ladder_colours

LEGIBLE = 4.5  # WCAG 2, level AA
THEMES = [theme for theme in BUILTIN_THEMES.values() if not theme.name.startswith("ansi")]


def ratio(one: Color, other: Color) -> float:
    """Give the contrast of two colours as WCAG 2 defines it."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_both_palettes_have_the_same_colours() -> None:
    assert DARK.keys() == LIGHT.keys()


@pytest.mark.parametrize("name", DARK)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_colours_are_legible(theme: Theme, name: str) -> None:
    colours = ladder_colours(is_dark=theme.dark)
    generated = theme.to_color_system().generate()
    cursor = Color.parse(colours["ladder-cursor"])
    if name == "ladder-cursor":
        foreground, background = Color.parse(generated["foreground"]), Color.parse(generated["background"])
        # Some themes ask for less than that of themselves; the cursor is not to take much of it.
        assert ratio(foreground, cursor) >= min(LEGIBLE, 0.75 * ratio(foreground, background))
        return
    for ground in (Color.parse(generated["background"]), cursor):
        assert ratio(Color.parse(colours[name]), ground) >= LEGIBLE
