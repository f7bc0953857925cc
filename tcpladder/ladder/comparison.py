"""Two packets of a connection, field beside field, and where they differ."""

from dataclasses import dataclass

from tcpladder.ladder.fields import NONE, fields
from tcpladder.ladder.notation import seconds, state_word
from tcpladder.ladder.rungs import Ladder
from tcpladder.tcp.states import Endpoint

ALWAYS_APART = frozenset({"frame", "time (UTC)", "since start", "since before"})
"""What differs between any two packets, and so tells nothing by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A field of both packets. `is_different` marks differences that tell something."""

    name: str
    values: tuple[str, str]
    is_different: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two packets: `apart` is the time from the first to the second, in ns."""

    frames: tuple[int, int]
    apart: int
    fields: tuple[Compared, ...]

    @property
    def heading(self) -> str:
        """Which packets they are, and how far apart."""
        count = sum(field.is_different for field in self.fields)
        differences = "1 difference" if count == 1 else f"{count} differences"
        return f"no.{self.frames[0]} and no.{self.frames[1]}  {seconds(self.apart, 16, sign=True)} s  {differences}"


def compared(ladder: Ladder, first: int, second: int) -> Comparison:
    """Compare two segments, counted from 0. Fields that neither has are left out."""
    found = [
        Compared(
            name=one.name,
            values=(one.value, other.value),
            is_different=one.value != other.value and one.name not in ALWAYS_APART,
        )
        for one, other in zip(fields(ladder, first), fields(ladder, second), strict=True)
        if (one.value, other.value) != (NONE, NONE)
    ]
    states = ladder.states_after(first), ladder.states_after(second)
    found += [
        Compared(
            name=f"{end.name.lower()} then",
            values=(state_word(states[0][end]), state_word(states[1][end])),
            is_different=states[0][end] is not states[1][end],
        )
        for end in Endpoint
    ]
    time = ladder.column("time")
    return Comparison(
        frames=(ladder.frames[first], ladder.frames[second]),
        apart=int(time[second]) - int(time[first]),
        fields=tuple(found),
    )
