"""How a ladder writes states, times, endpoints and what a segment says."""

from dataclasses import dataclass

from tcpladder.packets.flags import ACK, FIN, RST, SYN, flag_names
from tcpladder.tcp.states import Basis, State

# Column by column: the state's name at 12 cells and more (RFC 9293), at 10 (as `ss` writes it), at 6.
STATE_WORDS = {
    State.UNKNOWN: ("?", "?", "?"),
    State.CLOSED: ("CLOSED", "CLOSED", "CLOSED"),
    State.LISTEN: ("LISTEN", "LISTEN", "LISTEN"),
    State.SYN_SENT: ("SYN-SENT", "SYN-SENT", "SYNSNT"),
    State.SYN_RCVD: ("SYN-RECEIVED", "SYN-RECV", "SYNRCV"),
    State.ESTABLISHED: ("ESTABLISHED", "ESTAB", "ESTAB"),
    State.FIN_WAIT_1: ("FIN-WAIT-1", "FIN-WAIT-1", "FINWT1"),
    State.FIN_WAIT_2: ("FIN-WAIT-2", "FIN-WAIT-2", "FINWT2"),
    State.CLOSE_WAIT: ("CLOSE-WAIT", "CLOSE-WAIT", "CLOSWT"),
    State.CLOSING: ("CLOSING", "CLOSING", "CLOSNG"),
    State.LAST_ACK: ("LAST-ACK", "LAST-ACK", "LSTACK"),
    State.TIME_WAIT: ("TIME-WAIT", "TIME-WAIT", "TIMEWT"),
}

NS = 1_000_000_000


def state_word(state: State, width: int = 12) -> str:
    """Write a state in at most `width` cells; 6 is the least."""
    full, short, shortest = STATE_WORDS[state]
    return full if width >= 12 else short if width >= 10 else shortest


def doubted(word: str, basis: Basis, *, is_partial: bool) -> str:
    """Mark a state that is inferred while part of the connection is not in the capture."""
    return f"{word}?" if basis is Basis.INFERRED and is_partial else word


def endpoint(address: str, port: int) -> str:
    """Write an endpoint; IPv6 addresses in brackets (RFC 5952 §6)."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def elided(text: str, width: int, ellipsis: str) -> str:
    """Shorten a text in its middle to `width` cells; both ends of an address tell something."""
    if len(text) <= width:
        return text
    if width <= len(ellipsis):
        return text[: max(width, 0)]
    kept = width - len(ellipsis)
    return text[: kept // 2] + ellipsis + text[len(text) - (kept - kept // 2) :]


def seconds(nanoseconds: int, width: int, *, sign: bool = False) -> str:
    """Write a time in seconds, with as many of six decimals as fit into `width` cells, exactly."""
    prefix = "-" if nanoseconds < 0 else "+" if sign else ""
    whole, fraction = divmod(abs(nanoseconds), NS)
    head = f"{prefix}{whole}"
    decimals = min(6, width - len(head) - 1)
    return f"{head}.{fraction // 1000:06d}"[: len(head) + 1 + decimals] if decimals > 0 else head


def byte_count(count: int) -> str:
    """Write a number of bytes as engineers do: 1.5 kB is 1 500 bytes."""
    amount, unit = float(count), "B"
    for bigger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, bigger
    return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentWords:
    """What a label tells about a segment; numbers relative to the ISNs, None where not worth telling."""

    flags: int
    seq: int
    ack: int
    payload_length: int
    mss: int | None = None
    wscale: int | None = None
    has_timestamps: bool = False
    is_sack_permitted: bool = False
    sack: tuple[int, int] | None = None  # the newest block
    sack_count: int = 0
    window: int | None = None  # in bytes, when it is zero or has changed much


def label(words: SegmentWords, width: int, ellipsis: str) -> str:
    """Write a segment into at most `width` cells: what matters least is left out first."""
    parts = _parts(words)
    while len(parts) > 1 and len(" ".join(parts)) > width:
        parts.pop()
    text = " ".join(parts)
    return text if len(text) <= width else text[: max(width - len(ellipsis), 0)] + ellipsis[:width]


def _parts(words: SegmentWords) -> list[str]:
    flags, end = words.flags, words.seq + words.payload_length
    has_ack = bool(flags & ACK)
    parts = [flag_names(flags)]
    ack_told = False
    if words.payload_length:
        parts += [f"{words.seq}:{end}", f"len {words.payload_length}"]
    elif flags & (SYN | FIN | RST):
        parts.append(f"seq {words.seq}")
    elif has_ack:
        parts.append(f"ack {words.ack}")
        ack_told = True
    if words.window is not None:
        parts.append(f"win {words.window}")
    if words.sack is not None:
        more = f"+{words.sack_count - 1}" if words.sack_count > 1 else ""
        parts.append(f"sack {words.sack[0]}:{words.sack[1]}{more}")
    if has_ack and not ack_told:
        parts.append(f"ack {words.ack}")
    if flags & SYN:
        options = (
            (words.mss is not None, f"mss {words.mss}"),
            (words.is_sack_permitted, "sack"),
            (words.has_timestamps, "ts"),
            (words.wscale is not None, f"ws {words.wscale}"),
        )
        parts += [text for is_there, text in options if is_there]
    return parts
