"""The ladder's colours: there for every theme, and legible on every ground they are put on."""

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tcpladder.tui.palette import DARK, LIGHT, SIXTEEN, THEMES, ladder_colours

LEGIBLE = 4.5  # WCAG 2, level AA
WITH_COLOURS = [theme for theme in (*THEMES, *BUILTIN_THEMES.values()) if not theme.ansi]
WITH_GROUNDS = {"reset": "reset-ground", "flag-syn": "control-ground", "flag-fin": "control-ground"} | {
    "violation-sign": "violation-sign-ground"
}


def ratio(one: Color, other: Color) -> float:
    """Give the contrast of two colours as WCAG 2 defines it."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_all_palettes_have_the_same_colours() -> None:
    assert DARK.keys() == LIGHT.keys() == SIXTEEN.keys()
    named = [ladder_colours(theme).keys() for theme in THEMES]
    assert all(names == named[0] for names in named)


@pytest.mark.parametrize("theme", WITH_COLOURS, ids=lambda theme: theme.name)
def test_what_has_a_ground_of_its_own_is_legible_on_it(theme: Theme) -> None:
    colours = ladder_colours(theme)
    for name, ground in WITH_GROUNDS.items():
        assert ratio(Color.parse(colours[name]), Color.parse(colours[ground])) >= LEGIBLE, name


@pytest.mark.parametrize("theme", [theme for theme in THEMES if not theme.ansi], ids=lambda theme: theme.name)
def test_a_theme_of_ours_is_legible_all_over(theme: Theme) -> None:
    colours = theme.to_color_system().generate() | theme.variables
    foreground = Color.parse(colours["foreground"])
    for ground in ("background", "surface", "panel"):
        assert ratio(foreground, Color.parse(colours[ground])) >= LEGIBLE, ground
        for name in ("text-warning", "text-error"):
            assert ratio(Color.parse(colours[name]), Color.parse(colours[ground])) >= LEGIBLE, (name, ground)


@pytest.mark.parametrize("name", [name for name in DARK if not name.startswith("reset")])
@pytest.mark.parametrize("theme", WITH_COLOURS, ids=lambda theme: theme.name)
def test_colours_are_legible(theme: Theme, name: str) -> None:
    colours = ladder_colours(theme)
    generated = theme.to_color_system().generate()
    cursor = Color.parse(colours["ladder-cursor"])
    if name == "ladder-cursor":
        foreground, background = Color.parse(generated["foreground"]), Color.parse(generated["background"])
        # Some themes ask for less than that of themselves; the cursor is not to take much of it.
        assert ratio(foreground, cursor) >= min(LEGIBLE, 0.75 * ratio(foreground, background))
        return
    for ground in (Color.parse(generated["background"]), cursor):
        assert ratio(Color.parse(colours[name]), ground) >= LEGIBLE
