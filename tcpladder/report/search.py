"""The connections of a listing whose words hold something: endpoints, ending, history, gravest finding."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.report.listing import ENDPOINTS, Listing

CHECKED_EVERY = 4096  # connections


def numbers_with(
    listing: Listing, is_in: Callable[[str], bool], is_stopped: Callable[[], bool] = lambda: False
) -> npt.NDArray[np.int64]:
    """Give the numbers of the connections for whose words, a line each, `is_in` says yes; until `is_stopped` does."""
    whole = listing.whole
    texts = pl.Series(whole.addresses, dtype=pl.String)
    bracketed = texts.to_frame("text").select(
        pl.when(pl.col("text").str.contains(":", literal=True))
        .then(pl.concat_str(pl.lit("["), "text", pl.lit("]")))
        .otherwise("text")
    )
    written = bracketed.to_series()
    columns = [
        written.gather(whole.table[name]) + ":" + whole.table[f"{name}_port"].cast(pl.String) for name in ENDPOINTS
    ]
    columns += [whole.table[name] for name in ("ending", "history", "finding")]
    words = pl.DataFrame([column.alias(str(at)) for at, column in enumerate(columns)]).select(
        pl.concat_str(pl.all(), separator="\n", ignore_nulls=True)
    )

    def found() -> Iterator[int]:
        for at, text in enumerate(words.to_series()):
            if not at % CHECKED_EVERY and is_stopped():
                return
            if is_in(text):
                yield at + 1

    return np.fromiter(found(), np.int64)
