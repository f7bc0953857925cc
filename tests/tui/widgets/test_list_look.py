"""Every part of the connection list has a colour."""

import pytest

from tcpladder.ladder.glyphs import PHASES
from tcpladder.tui.widgets.list_look import LIST_CSS, PARTS, component_class
from tcpladder.tui.widgets.list_rows import LEVELS


@pytest.mark.parametrize("token", [*PHASES.values(), *LEVELS, *PARTS])
def test_every_part_of_the_list_has_a_colour(token: str) -> None:
    assert f".{component_class(token)} " in LIST_CSS
