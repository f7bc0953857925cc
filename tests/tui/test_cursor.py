"""The row under the cursor is told by its ground, or by exchanged colours where no ground can be trusted."""

from rich.color import Color
from rich.style import Style

from tcpladder.tui.cursor import cursor_style


def test_a_row_keeps_the_colours_of_its_text_on_another_ground() -> None:
    lit = Style(color="#ff0000", bold=True) + cursor_style(Color.parse("#112233"), is_ansi=False)
    assert lit == Style(color="#ff0000", bgcolor="#112233", bold=True)


def test_where_colours_are_the_terminal_s_own_two_of_them_are_exchanged() -> None:
    lit = Style(color="red", bold=True) + cursor_style(None, is_ansi=True)
    assert lit == Style(color="default", bgcolor="default", bold=True, reverse=True)
