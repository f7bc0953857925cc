"""A packet's fields in words, as a detail pane lists them and as two packets are compared by."""

from dataclasses import dataclass

from tcpladder.ladder.notation import clock, endpoint, seconds
from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.packets.flags import ACK, flag_names
from tcpladder.packets.options import fault_words

NONE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a packet; `value` is NONE where the packet has no such thing."""

    name: str
    value: str


def fields(ladder: Ladder, row: int, rung: Rung | None = None) -> tuple[Field, ...]:
    """Give the fields of a segment, counted from 0: for every segment the same names in the same order.

    Who has its `rung` already gives it.
    """
    rung, raw = rung or ladder.rung(row), ladder.captured(row)
    words = rung.words
    sender, receiver = (endpoint(*ladder.heading.endpoints[end]) for end in (rung.sender, rung.sender.peer))
    has_ack = bool(words.flags & ACK)
    scaled = "" if words.offered == raw["window"] else f" = {words.offered} bytes"
    sack = f"{words.sack[0]}:{words.sack[1]} (of {words.sack_count})" if words.sack else NONE
    told = {
        "frame": str(rung.frame),
        "time (UTC)": clock(rung.time, 9),
        "since start": f"{seconds(rung.elapsed, 16)} s",
        "since before": f"{seconds(rung.delta, 16, sign=True)} s",
        "from": sender,
        "to": receiver,
        "flags": flag_names(words.flags),
        "seq": f"{words.seq} (raw {words.raw_seq})",
        "ack": f"{words.ack} (raw {words.raw_ack})" if has_ack else NONE,
        "payload": f"{words.payload_length} bytes",
        "window": f"{_told(raw['window'])}{scaled}",
        "MSS": _told(words.mss),
        "window scale": _told(words.wscale),
        "SACK permitted": "yes" if words.is_sack_permitted else NONE,
        "SACK": sack,
        "TSval": _told(words.tsval),
        "TSecr": _told(words.tsecr),
        "other options": ", ".join(words.other_options) or NONE,
        "option faults": fault_words(raw["option_faults"] or 0) or NONE,
        "TTL": _told(raw["ttl"]),
        "IP id": _told(raw["ip_id"]),
        "header": f"{raw['header_length']} bytes" if raw["header_length"] is not None else NONE,
        "on the wire": f"{raw['wire_length']} bytes" if raw["wire_length"] is not None else NONE,
        "captured": f"{raw['captured_length']} bytes" if raw["captured_length"] is not None else NONE,
        "labels": ", ".join(rung.labels) or NONE,
    }
    return tuple(Field(name=name, value=value) for name, value in told.items())


def _told(value: int | None) -> str:
    return NONE if value is None else str(value)
