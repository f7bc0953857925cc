"""The raw bytes of the TCP options, as tshark writes them, as columns."""

from collections.abc import Mapping

import polars as pl

from tcpladder.packets.checksums import MODULUS
from tcpladder.packets.options import NO_OPERATION, TSOPT, Options, read_options

OPTION_COLUMNS = ("option_kinds", "option_faults")

FIXED_HEADER = 20
USUAL = "0101080a"  # two of No-Operation and time stamps: what nearly all segments carry, if they carry anything
USUAL_DIGITS = 24
_KNOWN = (  # by whether they are the usual ones
    Options(kinds=0, faults=0),
    Options(kinds=1 << NO_OPERATION | 1 << TSOPT, faults=0),
)


def options_of(texts: pl.Series, columns: Mapping[str, pl.Series]) -> pl.DataFrame:
    """Read the options' hexadecimal digits; `columns` are the segments' header_length, tsval and tsecr.

    Gives OPTION_COLUMNS, and as `sum` a number congruent to the options' sum (packets.checksums). All are null where
    there are not as many digits as the header says. What the usual options are is known, and each other text is gone
    through once.
    """
    texts = texts.fill_null("")
    digits = texts.str.len_bytes().cast(pl.Int64)
    is_known = digits == 2 * (columns["header_length"].cast(pl.Int64) - FIXED_HEADER)
    is_usual = texts.str.starts_with(USUAL) & (digits == USUAL_DIGITS)
    rows = (is_known & ~is_usual & (digits > 0)).arg_true()
    rare = texts.gather(rows)
    contents = {text: content for text in rare.unique() if (content := _bytes(text))}
    places = {text: place for place, text in enumerate(contents, start=len(_KNOWN))}
    place = is_usual.cast(pl.UInt32)
    place = place.scatter(rows, rare.replace_strict(places, default=None, return_dtype=pl.UInt32))
    place = place.set(~is_known.fill_null(value=False), None)
    found = [*_KNOWN, *map(read_options, contents.values())]
    sums = [
        0,
        int.from_bytes(bytes.fromhex(USUAL)),
        *(int.from_bytes(content) % MODULUS for content in contents.values()),
    ]
    time_stamps = columns["tsval"].cast(pl.Int64) + columns["tsecr"].cast(pl.Int64)
    return pl.DataFrame(
        {
            "option_kinds": _at(place, [options.kinds for options in found], pl.UInt32()),
            "option_faults": _at(place, [options.faults for options in found], pl.UInt8()),
            "sum": _at(place, sums, pl.Int64()) + time_stamps.set(~is_usual, 0),
        }
    )


def _at(place: pl.Series, values: list[int], data_type: pl.DataType) -> pl.Series:
    """Give each row the value that is at its place."""
    return pl.DataFrame({"place": place}).select(pl.lit(pl.Series(values, dtype=data_type)).gather("place")).to_series()


def _bytes(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None
