"""How the row under the cursor is lit."""

from rich.color import Color
from rich.style import Style


def cursor_style(ground: Color | None, *, is_ansi: bool) -> Style:
    """Give what is added to the styles of a row: another ground, or, of the terminal's own colours, exchanged ones.

    Which of the sixteen colours differs from the terminal's ground, and is legible with its text, can't be known.
    """
    return Style(color="default", bgcolor="default", reverse=True) if is_ansi else Style(bgcolor=ground)
