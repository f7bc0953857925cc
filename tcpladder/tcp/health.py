"""Placeholder until it is written; overwrite it."""
from dataclasses import dataclass
import enum
import polars as pl
class HealthKind(enum.StrEnum):
    X = "x"
@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNote:
    kind: HealthKind
    sentence: str
    frames: tuple[int, ...] = ()
    connections: tuple[int, ...] = ()
def health(tracked: pl.DataFrame) -> tuple[HealthNote, ...]:
    return ()
