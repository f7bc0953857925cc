"""What tshark says of TCP checksums, and the sum of the payload that follows from a good one.

A good checksum makes the sum of all words of the pseudo header, the header and the payload 0 (RFC 9293 §3.1). All but
the payload is known from the columns; so its sum is known too, though not one of its bytes is kept.
"""

from collections.abc import Mapping

import polars as pl

from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.checksums import BAD, GOOD, LEFT_TO_CARD, MODULUS, address_sum

CHECKSUM_COLUMNS = ("checksum_status", "payload_sum")

TCP = 6
OFFSET_UNIT, OFFSET_PLACE = 4, 1 << 12  # the data offset counts 4 bytes, and stands above the flags
_VERDICTS = {"0": BAD, "1": GOOD}  # tshark 4.6 calls "good" what is left to the card too
_NOT_LOOKED_AT = ("2", "3")  # as where the snap length cut the payload
_SUMMED = ("source_port", "destination_port", "seq", "ack", "flags", "window", "header_length", "payload_length")


def checksums_of(
    texts: Mapping[str, pl.Series], columns: Mapping[str, pl.Series], options: pl.Series, addresses: AddressBook
) -> dict[str, pl.Series]:
    """Give CHECKSUM_COLUMNS.

    `texts` are tshark's checksum, checksum_status and urgent_pointer, the last occurrence of each; `columns` are those
    of the segments; `options` is congruent to the options' sum.
    """
    numbers = {name: columns[name].cast(pl.Int64) for name in _SUMMED}
    without_length = _sums(columns["source"], addresses) + _sums(columns["destination"], addresses) + TCP
    pseudo_header = without_length + numbers["header_length"] + numbers["payload_length"]
    checksum = texts["checksum"].str.strip_prefix("0x").str.to_integer(base=16, strict=False)
    header = (
        numbers["source_port"]
        + numbers["destination_port"]
        + numbers["seq"]
        + numbers["ack"]
        + numbers["header_length"] // OFFSET_UNIT * OFFSET_PLACE
        + numbers["flags"]
        + numbers["window"]
        + checksum
        + texts["urgent_pointer"].cast(pl.Int64, strict=False)
        + options
    )
    # Where the card also cuts a datagram into segments, their length is left to it too.
    is_partial = (checksum % MODULUS == pseudo_header % MODULUS) | (checksum % MODULUS == without_length % MODULUS)
    is_left = is_partial & ~texts["checksum_status"].is_in(_NOT_LOOKED_AT)
    status = texts["checksum_status"].replace_strict(_VERDICTS, default=None, return_dtype=pl.UInt8)
    status = status.set(is_left.fill_null(value=False), LEFT_TO_CARD)
    payload = (MODULUS - (pseudo_header + header) % MODULUS) % MODULUS
    return {
        "checksum_status": status,
        "payload_sum": payload.set(status.ne_missing(GOOD), None),
    }


def _sums(ids: pl.Series, addresses: AddressBook) -> pl.Series:
    sums = {place: address_sum(addresses[place]) for place in ids.drop_nulls().unique()}
    return ids.replace_strict(sums, default=None, return_dtype=pl.Int64)
