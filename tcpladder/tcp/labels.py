"""Placeholder until labels are written; overwrite it."""
import polars as pl
def labels(segments: pl.DataFrame) -> pl.Series:
    return pl.zeros(len(segments), pl.UInt32, eager=True)

def words(mask: int) -> tuple[str, ...]:
    return ()
