"""The payload of segments that only tshark can read: in fragments, in tunnels, in other formats."""

import math
import tempfile
import threading
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import polars as pl

from tcpladder.capture.tshark_columns import PREFERENCES
from tcpladder.capture.tshark_job import CUT_SHORT, Job, end, last_words_of, started, whole_lines
from tcpladder.errors import TsharkError

FIELDS = ("frame.number", "tcp.seq_raw", "tcp.payload")


def payloads_by_tshark(
    path: Path, tshark: str, wanted: pl.DataFrame, cancelled: threading.Event, arguments: tuple[str, ...] = ()
) -> Iterator[tuple[int, bytes]]:
    """Give (row, payload as far as it was captured) of the wanted segments, in frame order.

    `wanted` has `row` and the columns of `packets.schema.CAPTURED`. A segment in which tshark finds another sequence
    number, or more than its length, is not given. `arguments` are tshark's before its own. No process outlives the
    iterator. Raises CancelledError; TsharkError when tshark does not start or fails.
    """
    rows = {
        (b"%d" % frame, b"%d" % seq): (row, length)
        for frame, seq, row, length in wanted.select("frame", "seq", "row", "payload_length").iter_rows()
    }
    job = Job(tshark, math.inf, cancelled, arguments)
    with tempfile.TemporaryFile() as errors:
        process = started(job, _arguments(path.absolute(), wanted), errors)
        try:
            for line in chain.from_iterable(whole_lines(process, job)):
                frame, _, rest = line.partition(b"\t")
                seq, _, digits = rest.partition(b"\t")
                row, length = rows.pop((frame, seq), (-1, -1))
                data = _bytes(digits)
                if data is not None and len(data) <= length:
                    yield row, data
            status = process.wait()
            errors.seek(0)
            words = errors.read()
            if status and CUT_SHORT not in words:
                raise TsharkError(f"tshark could not read the payload: {last_words_of(words, status)}")
        finally:
            end(process)


def _arguments(path: Path, wanted: pl.DataFrame) -> list[str]:
    first, last = wanted["frame"][0], wanted["frame"][-1]
    chosen = f"tcp && frame.number >= {first}"
    ports = set(wanted["source_port"]) | set(wanted["destination_port"])
    if len(ports) <= 2:
        chosen += "".join(f" && tcp.port == {port}" for port in sorted(ports))
    # The innermost TCP header counts.
    arguments = ["-n", "-r", str(path), "-c", str(last), "-Y", chosen, "-T", "fields", "-E", "occurrence=l"]
    for name in FIELDS:
        arguments += ["-e", name]
    for name, value in PREFERENCES.items():
        arguments += ["-o", f"{name}:{value}"]
    return arguments


def _bytes(digits: bytes) -> bytes | None:
    """Read hexadecimal digits, which some versions write with colons between the bytes."""
    try:
        return bytes.fromhex(digits.replace(b":", b"").decode("ascii"))
    except ValueError:
        return None
