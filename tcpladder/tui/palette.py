"""The colours of ladders as CSS variables: by meaning, for dark and for light themes."""

DARK = {
    "ladder-initiator": "#56c2d6",
    "ladder-responder": "#dc92dc",
    "ladder-opening": "#5fafff",
    "ladder-established": "#5fd787",
    "ladder-closing": "#e5c07b",
    "ladder-quiet": "#a3a8b1",
    "ladder-cursor": "#1c3752",
    "level-violation": "#ff7b85",
    "level-deviation": "#e5c07b",
    "level-note": "#56c2d6",
}

LIGHT = {
    "ladder-initiator": "#006478",
    "ladder-responder": "#8a1f8a",
    "ladder-opening": "#005faf",
    "ladder-established": "#006a2c",
    "ladder-closing": "#7a5200",
    "ladder-quiet": "#565b63",
    "ladder-cursor": "#c8def3",
    "level-violation": "#b00020",
    "level-deviation": "#7a5200",
    "level-note": "#006478",
}


def ladder_colours(*, is_dark: bool) -> dict[str, str]:
    """Give the variables for a dark or a light background; each has a contrast of 4.5 to 1 or more on it."""
    return DARK if is_dark else LIGHT
