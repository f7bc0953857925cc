"""tshark asked for payload: what it writes is read with care, and it is gone afterwards."""

import threading
from pathlib import Path

import polars as pl
import pytest

from tcpladder.analysis import analyse
from tcpladder.capture.tshark_job import CancelledError
from tcpladder.capture.tshark_payloads import payloads_by_tshark
from tcpladder.errors import TsharkError
from tests.capture.reading import TRAFFIC

NEVER = threading.Event()


@pytest.fixture(scope="module")
def wanted() -> pl.DataFrame:
    return analyse(TRAFFIC).connections.segments.with_row_index("row").filter(pl.col("payload_length") > 0)


def pretender(directory: Path, script: str) -> str:
    path = directory / "tshark"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_lines_that_are_none_are_left_out(wanted: pl.DataFrame, tmp_path: Path) -> None:
    heads = [f"{frame}\\t{seq}" for frame, seq in wanted.select("frame", "seq").iter_rows()]
    lines = [
        f"{heads[0]}\\t41:42",  # as tshark 3 writes it
        f"{heads[0]}\\t4344",
        f"{heads[1]}\\t414",
        "x\\ty\\t41",
        "99999\\t1\\t41",
        f"{heads[2]}\\t{'41' * (wanted['payload_length'][2] + 1)}",
        f"{wanted['frame'][3]}\\t77\\t41",
        f"{heads[3]}\\t",
    ]
    output = "".join(f"{line}\\n" for line in lines)
    tshark = pretender(tmp_path, f"printf '\\n{output}'")
    rows = wanted["row"].to_list()
    assert list(payloads_by_tshark(TRAFFIC, tshark, wanted, NEVER)) == [(rows[0], b"AB"), (rows[3], b"")]


def test_a_failure_is_told(wanted: pl.DataFrame, tmp_path: Path) -> None:
    tshark = pretender(tmp_path, "echo 'tshark: no luck' >&2; exit 2")
    with pytest.raises(TsharkError, match=r"could not read the payload: tshark: no luck"):
        list(payloads_by_tshark(TRAFFIC, tshark, wanted, NEVER))
    with pytest.raises(TsharkError):
        list(payloads_by_tshark(TRAFFIC, str(tmp_path / "none"), wanted, NEVER))


def test_cancelling_ends_tshark(wanted: pl.DataFrame, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    tshark = pretender(tmp_path, f"echo $$ > {mark}; exec sleep 100")
    cancelled = threading.Event()
    timer = threading.Timer(0.2, cancelled.set)
    timer.start()
    with pytest.raises(CancelledError):
        list(payloads_by_tshark(TRAFFIC, tshark, wanted, cancelled))
    timer.join()
    assert not Path(f"/proc/{mark.read_text().strip()}").exists()
