"""tshark's fields as columns of the segment table: which fields are asked for, and how their text is read."""

import io

import polars as pl

from tcpladder.packets import schema
from tcpladder.packets.addresses import AddressBook

# The innermost TCP header counts. A TCP header that an ICMP error quotes is no segment.
DISPLAY_FILTER = "tcp && !icmp && !icmpv6"

PREFERENCES = {
    "frame.show_file_off": "TRUE",
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
    "checksum_status": "tcp.checksum.status",
    "mss": "tcp.options.mss_val",
    "wscale": "tcp.options.wscale.shift",
    "sack_permitted": "tcp.options.sack_perm",
    "sack_count": "tcp.options.sack.count",
    "sack_left": "tcp.options.sack_le",
    "sack_right": "tcp.options.sack_re",
    "tsval": "tcp.options.timestamp.tsval",
    "tsecr": "tcp.options.timestamp.tsecr",
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
)

_NEW_IN_SYN = ("mss", "wscale", "sack_permitted")
_ONE_PER_HEADER = (
    "source_port",
    "destination_port",
    "seq",
    "ack",
    "payload_length",
    "flags",
    "window",
    "tsval",
    "tsecr",
)
_CHECKSUM_VERDICTS = (0, 1)  # bad and good; the others say that nobody looked


def segments_of(lines: bytes, addresses: AddressBook) -> pl.DataFrame:
    """Read whole lines of `tshark -T fields` (FIELDS, tab-separated, `,` between occurrences).

    Gives `schema.CAPTURED` columns, a row a line. Where an essential field is missing the row's columns are null:
    see `whole`. Never raises on damaged content.
    """
    raw = pl.read_csv(
        io.BytesIO(lines),
        separator="\t",
        has_header=False,
        new_columns=list(FIELDS),
        infer_schema=False,
        quote_char=None,
        encoding="utf8-lossy",
        truncate_ragged_lines=True,
    )
    raw = pl.concat([pl.DataFrame(schema=dict.fromkeys(FIELDS, pl.String)), raw], how="diagonal")
    return _with_addresses(raw, addresses).select(
        _column(name, data_type).alias(name) for name, data_type in schema.CAPTURED.items()
    )


def whole(segments: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows that have all that a segment needs."""
    return segments.filter(pl.all_horizontal(pl.col(ESSENTIAL).is_not_null()))


def _column(name: str, data_type: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    match name:
        case "time":
            return _nanoseconds(column)
        case "flags":
            return _last(column).str.strip_prefix("0x").str.to_integer(base=16, strict=False).cast(data_type)
        case "ip_id":
            return column.str.strip_prefix("0x").str.to_integer(base=16, strict=False).cast(data_type, strict=False)
        case "sack_permitted":
            return column.is_not_null()
        case "sack_left" | "sack_right":
            return _first(column).cast(data_type, strict=False)
        case "checksum_status":
            status = _last(column).cast(data_type, strict=False)
            return pl.when(status.is_in(_CHECKSUM_VERDICTS)).then(status)
        case "source" | "destination" | "outer_source" | "outer_destination":
            return column
        case _:
            return _last(column).cast(data_type, strict=False)


def _first(column: pl.Expr) -> pl.Expr:
    return column.str.split(",").list.first()


def _last(column: pl.Expr) -> pl.Expr:
    return column.str.split(",").list.last()


def _nanoseconds(column: pl.Expr) -> pl.Expr:
    """Read `seconds.fraction` exactly: a float would lose the nanoseconds."""
    parts = column.str.split_exact(".", 1)
    seconds = parts.struct.field("field_0")
    fraction = parts.struct.field("field_1").fill_null("0").str.slice(0, 9).str.pad_end(9, "0")
    sign = pl.when(seconds.str.starts_with("-")).then(-1).otherwise(1)
    return (seconds.cast(pl.Int64, strict=False) * 10**9 + sign * fraction.cast(pl.Int64, strict=False)).fill_null(0)


def _with_addresses(raw: pl.DataFrame, addresses: AddressBook) -> pl.DataFrame:
    """Add the innermost and the outermost pair of addresses, and the innermost header's id and TTL."""
    is_v4, is_v6 = pl.col("ip_source").is_not_null(), pl.col("ipv6_source").is_not_null()
    has_several = pl.col("ip_source").str.contains(",", literal=True).fill_null(value=False) | pl.col(
        "ipv6_source"
    ).str.contains(",", literal=True).fill_null(value=False)
    is_tunnelled = (is_v4 & is_v6) | has_several
    chosen = raw.with_columns(
        source_text=pl.coalesce("ip_source", "ipv6_source"),
        destination_text=pl.coalesce("ip_destination", "ipv6_destination"),
        ttl=pl.coalesce("ip_ttl", "ipv6_ttl"),
        outer_source_text=pl.lit(None, pl.String),
        outer_destination_text=pl.lit(None, pl.String),
        is_tunnelled=is_tunnelled,
    )
    if chosen["is_tunnelled"].any():
        chosen = _untunnelled(chosen)
    texts = pl.concat(
        [
            chosen["source_text"],
            chosen["destination_text"],
            chosen["outer_source_text"],
            chosen["outer_destination_text"],
        ]
    )
    ids = addresses.ids_of(texts.drop_nulls().unique(maintain_order=True).to_list())
    return chosen.with_columns(
        pl.col(f"{name}_text").replace_strict(ids, default=None, return_dtype=pl.UInt32).alias(name)
        for name in ("source", "destination", "outer_source", "outer_destination")
    )


_CHOSEN = ("source_text", "destination_text", "ip_id", "ttl", "outer_source_text", "outer_destination_text")


def _untunnelled(chosen: pl.DataFrame) -> pl.DataFrame:
    """Pick, where a frame holds several IP headers, the one right before the last TCP header."""
    headers_of = (name for name in FIELDS if name.startswith("ip"))
    rows = chosen.select("is_tunnelled", "protocols", *headers_of)
    picked = {name: chosen[name].to_list() for name in _CHOSEN}
    for index, row in enumerate(rows.iter_rows(named=True)):
        if not row["is_tunnelled"]:
            continue
        headers = _ip_headers(row)
        if not headers:
            continue
        outer = headers[0][:2] if len(headers) > 1 else (None, None)
        values = (*headers[-1], *outer)
        for name, value in zip(_CHOSEN, values, strict=True):
            picked[name][index] = value
    return chosen.with_columns(pl.Series(name, values, pl.String) for name, values in picked.items())


def _ip_headers(row: dict[str, str | None]) -> list[tuple[str, str, str | None, str | None]]:
    """List (source, destination, id, TTL) of the frame's IP headers before its last TCP header, outermost first."""
    layers = (row["protocols"] or "").split(":")
    last_tcp = max((at for at, layer in enumerate(layers) if layer == "tcp"), default=len(layers))
    occurrences = {
        "ip": _occurrences(row, "ip_source", "ip_destination", "ip_id", "ip_ttl"),
        "ipv6": _occurrences(row, "ipv6_source", "ipv6_destination", None, "ipv6_ttl"),
    }
    return [occurrences[layer].pop(0) for layer in layers[:last_tcp] if occurrences.get(layer)]


def _occurrences(
    row: dict[str, str | None], source: str, destination: str, ip_id: str | None, ttl: str
) -> list[tuple[str, str, str | None, str | None]]:
    def values(name: str | None) -> list[str]:
        return (row[name] or "").split(",") if name else []

    sources = [text for text in values(source) if text]
    found = []
    for at, text in enumerate(sources):
        others = (values(name) for name in (destination, ip_id, ttl))
        there, identification, hops = (many[at] if at < len(many) else None for many in others)
        if there:
            found.append((text, there, identification or None, hops or None))
    return found
