"""The order of addresses: by number, IPv4 before IPv6, and last what is neither."""

import socket

import numpy as np
import numpy.typing as npt
import polars as pl


def places(addresses: list[str]) -> npt.NDArray[np.uint32]:
    """Give each address its place in the order."""
    texts = pl.Series(addresses, dtype=pl.String)
    numbers = _ipv4_numbers(texts)
    is_ipv4 = numbers.is_not_null()
    others = (~is_ipv4).arg_true().to_list()
    order = np.concatenate(
        (
            is_ipv4.arg_true().gather(numbers.drop_nulls().arg_sort()).to_numpy(),
            np.array(sorted(others, key=lambda at: _beyond_ipv4(addresses[at])), np.uint32),
        )
    )
    found = np.empty(len(addresses), np.uint32)
    found[order] = np.arange(len(order), dtype=np.uint32)
    return found


def _ipv4_numbers(texts: pl.Series) -> pl.Series:
    """Give each IPv4 address as a number, null for others."""
    parts = texts.str.split_exact(".", 3).struct.unnest()
    first, second, third, fourth = (parts[name].cast(pl.Int64, strict=False) for name in parts.columns)
    return ((first * 256 + second) * 256 + third) * 256 + fourth


def _beyond_ipv4(address: str) -> tuple[bool, bytes, str]:
    try:
        return False, socket.inet_pton(socket.AF_INET6, address), ""
    except (OSError, ValueError):
        return True, b"", address
