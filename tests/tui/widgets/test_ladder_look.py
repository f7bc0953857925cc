"""Every token that a ladder is drawn with has a colour."""

from tcpladder.tui.widgets.ladder_look import LADDER_CSS, TOKENS, component_class


def test_every_token_of_a_ladder_has_a_colour() -> None:
    for token in TOKENS:
        assert f".{component_class(token)} " in LADDER_CSS
