"""The two lines of life of a ladder's picture, which show by colour, width and dashes what state an endpoint is in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tcpladder.ladder.glyphs import PHASES
from tcpladder.report.web.markup import Markup, element
from tcpladder.report.web.measures import Measures
from tcpladder.tcp.states import Endpoint, State

LINE = 16  # from a row's top to its arrow, at which states change


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A strip of a picture: what is drawn in it, from its own top, and the states before and after its arrow.

    Where it has no states, no lifelines pass through it.
    """

    height: int
    content: tuple[Markup, ...] = ()
    before: tuple[State, State] | None = None
    after: tuple[State, State] | None = None


def lifelines(bands: Sequence[Band], columns: Measures) -> Iterator[Markup]:
    """Draw both endpoints' lifelines through all bands, each of as few lines as there are changes of looks."""
    for end in Endpoint:
        x, look, begin, y = columns.lifelines[end], "", 0, 0
        for band in (*bands, Band(height=0)):
            for height, states in ((min(LINE, band.height), band.before), (max(band.height - LINE, 0), band.after)):
                own = PHASES[states[end]] if states else ""
                if own != look:
                    if look:
                        yield element("path", class_=f"life {look}", d=f"M{x:.6g} {begin}V{y}")
                    look, begin = own, y
                y += height
