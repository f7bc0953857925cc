"""A connection or a packet as others find it: Wireshark display filters, and commands to type."""

import re
import shlex
from pathlib import Path

import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.ladder.notation import endpoint
from tcpladder.printable import printable

_CONTROL = re.compile(r"[^ -~\u00a0-\U0010ffff]")


def endpoints_text(analysis: Analysis, connection: int) -> str:
    """Write who talked to whom: `10.0.0.1:44240 → 10.0.0.9:80`, the initiator first."""
    initiator, responder = _endpoints(analysis, connection)
    return f"{endpoint(*initiator)} → {endpoint(*responder)}"


def frame_filter(frame: int) -> str:
    """Give the display filter of one packet."""
    return f"frame.number == {frame}"


def connection_filter(analysis: Analysis, connection: int) -> str:
    """Give the display filter that shows exactly the segments of a connection.

    `tcp.stream` would not do: Wireshark numbers connections as it meets them, and begins another one at other places.
    Where endpoints were used again, frame numbers tell one connection between them from the others.
    """
    (initiator, initiator_port), (responder, responder_port) = _endpoints(analysis, connection)
    ways = (
        _one_way(initiator, initiator_port, responder, responder_port),
        _one_way(responder, responder_port, initiator, initiator_port),
    )
    between = f"({ways[0]}) || ({ways[1]})"
    frames = _frames_where_endpoints_are_used_again(analysis, connection)
    return f"({between}) && {frames}" if frames else between


def _one_way(source: str, source_port: int, destination: str, destination_port: int) -> str:
    ip = "ipv6" if ":" in source else "ip"
    return (
        f"{ip}.src == {source} && tcp.srcport == {source_port}"
        f" && {ip}.dst == {destination} && tcp.dstport == {destination_port}"
    )


def tshark_command(files: Path | tuple[Path, ...], display_filter: str) -> str:
    """Give the command that shows the packets of captures that match a filter, to be pasted into a shell."""
    wanted = f"-Y {shell_word(display_filter)}"
    if isinstance(files, tuple) and len(files) > 1:
        return f"mergecap -w - {_words(files)} | tshark -r - {wanted}"
    return f"tshark -r {_words(files)} {wanted}"


def tcpladder_command(files: Path | tuple[Path, ...], connection: int) -> str:
    """Give the command that prints a connection's ladder."""
    return f"tcpladder ladder {_words(files)} {connection}"


def _words(files: Path | tuple[Path, ...]) -> str:
    return " ".join(shell_word(str(file)) for file in (files if isinstance(files, tuple) else (files,)))


def shell_word(text: str) -> str:
    """Quote a word for a shell, so that nothing in it is obeyed by the shell or by the terminal it is pasted into."""
    if printable(text) == text and not _CONTROL.search(text):
        return shlex.quote(text)
    written = "".join(_byte(byte) for byte in text.encode(errors="surrogateescape"))
    return f"$'{written}'"


def _byte(byte: int) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\" else f"\\x{byte:02x}"


def _endpoints(analysis: Analysis, connection: int) -> tuple[tuple[str, int], tuple[str, int]]:
    row = analysis.connections.table.row(connection - 1, named=True)
    return (
        (analysis.addresses[row["initiator"]], row["initiator_port"]),
        (analysis.addresses[row["responder"]], row["responder_port"]),
    )


def _frames_where_endpoints_are_used_again(analysis: Analysis, connection: int) -> str:
    """Say in which frames this connection is, where others are between the same endpoints; else nothing."""
    connections = analysis.connections
    row = connections.table.row(connection - 1, named=True)
    ends = [(row[end], row[f"{end}_port"]) for end in ("initiator", "responder")]
    same = pl.any_horizontal(
        (pl.col("initiator") == one[0])
        & (pl.col("initiator_port") == one[1])
        & (pl.col("responder") == other[0])
        & (pl.col("responder_port") == other[1])
        for one, other in (ends, ends[::-1])
    )
    if connections.table.select(same.sum()).item() == 1:
        return ""
    own = connections.segments_of(connection)["frame"]  # those of the others lie before or after all of them
    return f"frame.number >= {own[0]} && frame.number <= {own[-1]}"
