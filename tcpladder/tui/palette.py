"""The colours of ladders as CSS variables: by meaning, for dark and for light themes."""

DARK = {
    "ladder-initiator": "#56c2d6",
    "ladder-responder": "#d787d7",
    "ladder-opening": "#5fafff",
    "ladder-established": "#5fd787",
    "ladder-closing": "#e5c07b",
    "ladder-quiet": "#8a8f98",
    "ladder-cursor": "#23405e",
}

LIGHT = {
    "ladder-initiator": "#00697d",
    "ladder-responder": "#8a1f8a",
    "ladder-opening": "#005faf",
    "ladder-established": "#00702f",
    "ladder-closing": "#7a5200",
    "ladder-quiet": "#5f646d",
    "ladder-cursor": "#c5dcf2",
}


def ladder_colours(*, is_dark: bool) -> dict[str, str]:
    """Give the variables for a dark or a light background; each has a contrast of 4.5 to 1 or more on it."""
    return DARK if is_dark else LIGHT
