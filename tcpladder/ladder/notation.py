"""How a ladder writes states, times, endpoints and what a segment says."""

from rich.cells import cell_len

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


def named(name: str, otherwise: str, port: int, width: int | None = None) -> str:
    """Write an endpoint by its name where it has one for which there is room (None: any); else as `otherwise` does."""
    by_name = f"{name}:{port}"
    return by_name if name and (width is None or cell_len(by_name) <= width) else otherwise


def introduced(name: str, host: str, address: str, port: int, width: int) -> str:
    """Write an endpoint's `name` and the endpoint where there is room for both, else as `named` by that of its host."""
    written = endpoint(address, port)
    whole = f"{name} {written}" if name else written
    return whole if cell_len(whole) <= width else named(host, written, port, width)


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


def clock(nanoseconds: int, decimals: int) -> str:
    """Write the time of day, UTC, of a time since 1970: such as `12:03:04.510`."""
    of_day, fraction = divmod(nanoseconds % (86_400 * NS), NS)
    hours, minutes = divmod(of_day // 60, 60)
    return f"{hours:02}:{minutes:02}:{of_day % 60:02}.{fraction:09}"[: 9 + decimals]
