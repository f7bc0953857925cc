"""The colours of ladders as CSS variables, by meaning, and the themes that are made for them."""

from textual.theme import BUILTIN_THEMES, Theme

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
    "reset": "#ffffff",
    "reset-ground": "#a5182c",
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
    "reset": "#ffffff",
    "reset-ground": "#a5182c",
}

# What the terminal's owner chose is legible on the terminal's ground; what is quiet is not told from the rest.
SIXTEEN = {
    "ladder-initiator": "ansi_cyan",
    "ladder-responder": "ansi_magenta",
    "ladder-opening": "ansi_blue",
    "ladder-established": "ansi_green",
    "ladder-closing": "ansi_yellow",
    "ladder-quiet": "ansi_default",
    "ladder-cursor": "ansi_default",  # it is told by exchanged colours instead
    "level-violation": "ansi_red",
    "level-deviation": "ansi_yellow",
    "level-note": "ansi_cyan",
    "reset": "ansi_bright_white",
    "reset-ground": "ansi_red",
}

# Wireshark's colouring rules: TCP RST is yellow on red, TCP SYN/FIN dark on grey, Bad TCP red on dark, TCP lavender.
LIKE_WIRESHARK = {
    **LIGHT,
    "ladder-initiator": "#12272e",
    "ladder-responder": "#0b3d91",
    "ladder-quiet": "#4d5960",
    "ladder-cursor": "#c8dcf8",
    "level-violation": "#a40000",
    "reset": "#fffc9c",
    "reset-ground": "#a40000",
    "flag-syn": "#12272e",
    "flag-fin": "#12272e",
    "control-ground": "#a0a0a0",
    "violation-sign": "#f78787",
    "violation-sign-ground": "#12272e",
}

THEMES = (
    Theme(
        name="dark",
        primary="#0178D4",
        secondary="#004578",
        accent="#ffa62b",
        warning="#ffa62b",
        error="#ba3c5b",
        success="#4EBF71",
        foreground="#e0e0e0",
    ),
    Theme(
        name="light",
        primary="#004578",
        secondary="#0178D4",
        accent="#ffa62b",
        warning="#7a5200",
        error="#a3133a",
        success="#4EBF71",
        surface="#D8D8D8",
        panel="#D0D0D0",
        background="#E0E0E0",
        dark=False,
        variables={"footer-key-foreground": "#0178D4"},
    ),
    Theme(
        name="ansi",
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables=BUILTIN_THEMES["ansi-dark"].variables,
    ),
    Theme(
        name="wireshark",
        primary="#1d4f91",
        secondary="#31689b",
        accent="#1d4f91",
        warning="#7a5200",
        error="#a40000",
        success="#1f6b1f",
        foreground="#12272e",
        background="#e7e6ff",
        surface="#ffffff",
        panel="#dad8f2",
        dark=False,
        variables={"footer-key-foreground": "#1d4f91"},
    ),
)
"""`dark` and `light` for terminals with many colours, `ansi` of the sixteen that the terminal's owner chose."""


def ladder_colours(theme: Theme) -> dict[str, str]:
    """Give the variables for a theme; as text each has a contrast of 4.5 to 1 or more on the theme's ground."""
    if theme.ansi:
        own = SIXTEEN
    elif theme.name == "wireshark":
        own = LIKE_WIRESHARK
    else:
        own = DARK if theme.dark else LIGHT
    ground = theme.to_color_system().generate()["background"]
    plain = {  # where a theme has no grounds for them, these stand on the ladder's
        "control-ground": ground,
        "flag-syn": own["ladder-established"],
        "flag-fin": own["ladder-closing"],
        "violation-sign": own["level-violation"],
        "violation-sign-ground": ground,
    }
    return plain | own
