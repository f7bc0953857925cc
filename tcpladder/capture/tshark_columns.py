"""tshark's fields as columns of the segment table: which fields are asked for, and how their text is read."""

import io
from collections.abc import Callable

import polars as pl

from tcpladder.capture.tshark_checksums import CHECKSUM_COLUMNS, checksums_of
from tcpladder.capture.tshark_options import OPTION_COLUMNS, options_of
from tcpladder.packets import schema
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.options import SACK_PERMITTED_LENGTH

# The innermost TCP header counts. A TCP header that an ICMP error quotes is no segment. Where the snap length cut the
# TCP header off, or of a fragment, tshark knows of TCP only from the IP header: such a frame is listed too, so that it
# can be counted.
DISPLAY_FILTER = (
    "(tcp || ip.proto == 6 || ipv6.nxt == 6 || ipv6.hopopts.nxt == 6 || ipv6.dstopts.nxt == 6 || ipv6.routing.nxt == 6"
    " || ipv6.fraghdr.nxt == 6) && !icmp && !icmpv6"
)

PREFERENCES = {
    "frame.show_file_off": "TRUE",
    # A user may have set these otherwise; lengths and segments in fragments rest on them.
    "ip.defragment": "TRUE",
    "ipv6.defragment": "TRUE",
    "ip.tso_support": "TRUE",
    "ipv6.tso_support": "TRUE",
    "ip.check_checksum": "FALSE",
    "tcp.check_checksum": "TRUE",
    # The index judges by itself; without these, tshark keeps no state for them.
    "tcp.analyze_sequence_numbers": "FALSE",
    "tcp.desegment_tcp_streams": "FALSE",
}

FIELDS = {
    "frame": "frame.number",
    "time": "frame.time_epoch",
    "position": "frame.file_off",
    "captured_length": "frame.cap_len",
    "wire_length": "frame.len",
    "protocols": "frame.protocols",
    "ip_source": "ip.src",
    "ip_destination": "ip.dst",
    "ip_id": "ip.id",
    "ip_ttl": "ip.ttl",
    "ipv6_source": "ipv6.src",
    "ipv6_destination": "ipv6.dst",
    "ipv6_ttl": "ipv6.hlim",
    "source_port": "tcp.srcport",
    "destination_port": "tcp.dstport",
    "seq": "tcp.seq_raw",
    "ack": "tcp.ack_raw",
    "payload_length": "tcp.len",
    "flags": "tcp.flags",
    "window": "tcp.window_size_value",
    "header_length": "tcp.hdr_len",
    "options": "tcp.options",
    "checksum": "tcp.checksum",
    "checksum_status": "tcp.checksum.status",
    "urgent_pointer": "tcp.urgent_pointer",
    "mss": "tcp.options.mss_val",
    "wscale": "tcp.options.wscale.shift",
    "sack_permitted": "tcp.options.sack_perm",
    "sack_left": "tcp.options.sack_le",
    "sack_right": "tcp.options.sack_re",
    "tsval": "tcp.options.timestamp.tsval",
    "tsecr": "tcp.options.timestamp.tsecr",
    "ip_fragments": "ip.fragment",
    "ipv6_fragments": "ipv6.fragment",
}
"""Column by column, the tshark field that it is read from."""

# Without these a row is no segment: the header was cut off by the snap length, or is damaged.
ESSENTIAL = (
    "frame",
    "source",
    "destination",
    "source_port",
    "destination_port",
    "flags",
    "seq",
    "ack",
    "payload_length",
    "window",
)

_DERIVED = (*OPTION_COLUMNS, *CHECKSUM_COLUMNS, "sack_count")
_HEADING = "\t".join(FIELDS).encode() + b"\n"


def listing(lines: bytes) -> pl.DataFrame:
    """Read whole lines of `tshark -T fields` (FIELDS, tab-separated, `,` between occurrences) as texts.

    Never raises on damaged content.
    """
    return pl.read_csv(
        io.BytesIO(_HEADING + lines),  # without a heading, polars would take a stray first line for a compressed file
        separator="\t",
        schema=dict.fromkeys(FIELDS, pl.String()),
        quote_char=None,
        encoding="utf8-lossy",
        truncate_ragged_lines=True,
    )


def segments_of(listed: pl.DataFrame, addresses: AddressBook) -> pl.DataFrame:
    """Give the `schema.CAPTURED` columns of a listing, a row a line.

    Where an essential field is missing, its column is null: see `whole`. Never raises on damaged content.
    """
    chosen = _with_addresses(listed, addresses)
    # Column by column: one expression for all of them would take polars longer to plan than to run.
    columns = {
        name: _column(chosen, name, data_type) for name, data_type in schema.CAPTURED.items() if name not in _DERIVED
    }
    options = options_of(last_texts(chosen["options"]), columns)
    columns |= {name: options[name] for name in OPTION_COLUMNS}
    is_permitted = columns["sack_permitted"] & (options["option_faults"].fill_null(0) & SACK_PERMITTED_LENGTH == 0)
    columns["sack_permitted"] = is_permitted
    # tshark 4.6 counts none itself unless it analyses sequence numbers.
    blocks = chosen["sack_left"].str.count_matches(",", literal=True) + 1
    columns["sack_count"] = blocks.set(options["option_kinds"].is_null(), None)
    texts = {name: last_texts(chosen[name]) for name in ("checksum", "checksum_status", "urgent_pointer")}
    columns |= checksums_of(texts, columns, options["sum"], addresses)
    return pl.DataFrame([columns[name].cast(kind, strict=False).alias(name) for name, kind in schema.CAPTURED.items()])


def whole(segments: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows that have all that a segment needs."""
    return segments.filter(is_whole(segments))


def is_whole(segments: pl.DataFrame) -> pl.Series:
    """Tell which rows have all that a segment needs."""
    return segments.select(pl.all_horizontal(pl.col(ESSENTIAL).is_not_null())).to_series()


def _column(chosen: pl.DataFrame, name: str, data_type: pl.DataType) -> pl.Series:
    column = chosen[name]
    match name:
        case "source" | "destination" | "outer_source" | "outer_destination":
            return column
        case "time":
            return _nanoseconds(column)
        case "flags" | "ip_id":
            return _last(column, data_type, _hexadecimal)
        case "sack_permitted":
            return column.is_not_null()
        case "sack_left" | "sack_right":
            return column.str.split(",").list.first().cast(data_type, strict=False)
        case "tsval":  # half an option, the rest of which the snap length cut off, is none
            return _last(column, data_type).set(chosen["tsecr"].is_null(), None)
        case _:
            return _last(column, data_type)


def last_texts(texts: pl.Series) -> pl.Series:
    """Take the last occurrence of each."""
    is_several = texts.str.contains(",", literal=True)
    return texts.str.split(",").list.last() if is_several.any() else texts


def _decimal(texts: pl.Series, data_type: pl.DataType) -> pl.Series:
    return texts.cast(data_type, strict=False)


def _hexadecimal(texts: pl.Series, data_type: pl.DataType) -> pl.Series:
    return texts.str.strip_prefix("0x").str.to_integer(base=16, strict=False).cast(data_type, strict=False)


def _last(
    texts: pl.Series,
    data_type: pl.DataType,
    number: Callable[[pl.Series, pl.DataType], pl.Series] = _decimal,
) -> pl.Series:
    """Read the last occurrence of each. Most columns of most captures have one at most, and need no splitting."""
    numbers = number(texts, data_type)
    if numbers.null_count() == texts.null_count():
        return numbers
    return number(texts.str.split(",").list.last(), data_type)


def _nanoseconds(texts: pl.Series) -> pl.Series:
    """Read `seconds.fraction` exactly: a float would lose the nanoseconds."""
    if (texts.str.head(-9).str.tail(1) == ".").all(ignore_nulls=False):
        return texts.str.replace(".", "", literal=True).cast(pl.Int64, strict=False).fill_null(0)
    parts = texts.str.split_exact(".", 1).struct
    seconds = parts.field("field_0")
    fraction = parts.field("field_1").fill_null("0").str.slice(0, 9).str.pad_end(9, "0").cast(pl.Int64, strict=False)
    whole_seconds = seconds.cast(pl.Int64, strict=False) * 10**9
    is_negative = seconds.str.starts_with("-").fill_null(value=False)
    return (whole_seconds + fraction.zip_with(~is_negative, -fraction)).fill_null(0)


def _with_addresses(raw: pl.DataFrame, addresses: AddressBook) -> pl.DataFrame:
    """Add the innermost and the outermost pair of addresses, and the innermost header's id and TTL."""
    chosen = _innermost(raw) if _is_tunnelled(raw).any() else _only(raw)
    texts = pl.concat([chosen[f"{name}_text"] for name in _ADDRESSES])
    ids = addresses.ids_of(texts.drop_nulls().unique(maintain_order=True).to_list())
    return chosen.with_columns(
        pl.col(f"{name}_text").replace_strict(ids, default=None, return_dtype=pl.UInt32).alias(name)
        for name in _ADDRESSES
    )


_ADDRESSES = ("source", "destination", "outer_source", "outer_destination")
_SEVERAL = pl.col("ip_source").str.contains(",", literal=True).fill_null(value=False) | pl.col(
    "ipv6_source"
).str.contains(",", literal=True).fill_null(value=False)


def _is_tunnelled(raw: pl.DataFrame) -> pl.Series:
    """Tell for each row whether the frame has several IP headers."""
    both = pl.col("ip_source").is_not_null() & pl.col("ipv6_source").is_not_null()
    return raw.select(both | _SEVERAL).to_series()


def _only(raw: pl.DataFrame) -> pl.DataFrame:
    """Take addresses and TTL from the one IP header that each frame has."""
    return raw.with_columns(
        source_text=pl.coalesce("ip_source", "ipv6_source"),
        destination_text=pl.coalesce("ip_destination", "ipv6_destination"),
        ttl=pl.coalesce("ip_ttl", "ipv6_ttl"),
        outer_source_text=pl.lit(None, pl.String),
        outer_destination_text=pl.lit(None, pl.String),
    )


def _innermost(raw: pl.DataFrame) -> pl.DataFrame:
    """Take addresses, id and TTL from the IP header before the last TCP header, and the outermost addresses."""
    stacks = raw["protocols"].drop_nulls().unique().to_list()
    headers = [_ip_headers(stack) for stack in stacks]

    def place(name: str, data_type: pl.DataType) -> pl.Expr:
        values = [header[name] for header in headers]
        return pl.col("protocols").replace_strict(stacks, values, default=None, return_dtype=data_type)

    rows = raw.with_columns(place(name, data_type).alias(name) for name, data_type in _PLACES.items()).with_columns(
        pl.col(name).str.split(",") for name in raw.columns if name.startswith("ip")
    )

    def of_innermost(v4: str, v6: str) -> pl.Expr:
        # tshark 4.6 calls IPv6 in GTP "ip" too: where there is no such IPv4 header, it is the last IPv6 one.
        return pl.when("is_v4").then(pl.coalesce(_at(v4), pl.col(v6).list.last())).when(~pl.col("is_v4")).then(_at(v6))

    def of_outermost(v4: str, v6: str) -> pl.Expr:
        first = pl.when("is_outer_v4").then(pl.col(v4).list.first()).otherwise(pl.col(v6).list.first())
        return pl.when(pl.col("is_outer_v4").is_not_null()).then(first)

    return rows.with_columns(
        source_text=of_innermost("ip_source", "ipv6_source"),
        destination_text=of_innermost("ip_destination", "ipv6_destination"),
        ttl=of_innermost("ip_ttl", "ipv6_ttl"),
        ip_id=pl.when("is_v4").then(_at("ip_id")),
        outer_source_text=of_outermost("ip_source", "ipv6_source"),
        outer_destination_text=of_outermost("ip_destination", "ipv6_destination"),
    )


_PLACES = {"is_v4": pl.Boolean(), "at": pl.Int64(), "is_outer_v4": pl.Boolean()}


def _at(column: str) -> pl.Expr:
    return pl.col(column).list.get(pl.col("at"), null_on_oob=True)


def _ip_headers(stack: str) -> dict[str, bool | int | None]:
    """Tell from `frame.protocols` what the last TCP header's IP header is, and which of its kind.

    `is_outer_v4` says what the outermost IP header is, None where there is only one.
    """
    layers = stack.split(":")
    if "tcp" in layers:
        layers = layers[: len(layers) - 1 - layers[::-1].index("tcp")]
    headers = [layer for layer in layers if layer in ("ip", "ipv6")]
    if not headers:
        return dict.fromkeys(_PLACES)
    return {
        "is_v4": headers[-1] == "ip",
        "at": headers.count(headers[-1]) - 1,
        "is_outer_v4": headers[0] == "ip" if len(headers) > 1 else None,
    }
