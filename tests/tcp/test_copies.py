"""Which segments are the same packet captured twice, and which are others that only look like it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.connections.table import group
from tcpladder.packets.schema import CAPTURED
from tcpladder.tcp.copies import originals
from tests import samples
from tests.building import Segment, one_connection, table
from tests.generating import any_segments, maimed_lives

DATA = "initiator > responder  ACK seq=1 ack=1 len=100"
EMPTY = "initiator > responder  ACK seq=1 ack=1"
TWICE = f"{DATA} ip_id=7\n {DATA} ip_id=7 +1us"


def is_copy(segments: pl.DataFrame) -> list[bool]:
    marks: list[bool] = (originals(segments) != np.arange(len(segments))).tolist()
    return marks


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        ("the same packet, hardly later", f"{DATA} ip_id=7\n {DATA} ip_id=7 +900us", [False, True]),
        ("whatever its TTL, having a number", f"{DATA} ip_id=7\n {DATA} ip_id=7 ttl=50 +1us", [False, True]),
        ("thrice", f"{EMPTY} ip_id=7" + f"\n {EMPTY} ip_id=7 +1us" * 2, [False, True, True]),
        ("captured the wrong way round in time", f"{DATA} ip_id=7\n {DATA} ip_id=7 -1us", [False, True]),
        ("later it is another one", f"{DATA} ip_id=7\n {DATA} ip_id=7 +1001us", [False, False]),
        ("sent again it has another number", f"{DATA} ip_id=7\n {DATA} ip_id=8 +1us", [False, False]),
        ("another time stamp", f"{DATA} ip_id=7 tsval=1\n {DATA} ip_id=7 tsval=2 +1us", [False, False]),
        ("the other direction", f"{DATA} ip_id=7\n initiator < responder  ACK ip_id=7 +1us", [False, False]),
        ("data without a number", f"{DATA}\n {DATA} +900us", [False, True]),
        ("and through one router", f"{DATA} ip_id=0 ttl=64\n {DATA} ip_id=0 ttl=63 +900us", [False, True]),
        ("not through two", f"{DATA} ip_id=0 ttl=64\n {DATA} ip_id=0 ttl=62 +1us", [False, False]),
        (
            "data without a number that a SACK block has asked for",
            f"{DATA}\n initiator < responder  ACK seq=1 ack=1 sack=101:201 +1us\n {DATA} +10us",
            [False, False, False],
        ),
        ("an empty pair without a number: a duplicate ACK", f"{EMPTY}\n {EMPTY} +1us", [False, False]),
        (
            "unless its sender's other packets were captured twice too",
            f"{TWICE}\n {EMPTY}\n {EMPTY} +100us",
            [False, True, False, True],
        ),
        ("not so close: a duplicate ACK", f"{TWICE}\n {EMPTY}\n {EMPTY} +101us", [False, True, False, False]),
        (
            "not two: duplicate ACKs",
            f"{TWICE}\n {EMPTY}\n {EMPTY} +1us\n {EMPTY} +1us",
            [False, True, False, False, False],
        ),
        ("SACK blocks differ: duplicate ACKs", f"{EMPTY} sack=9:19\n {EMPTY} sack=9:29 +1us", [False, False]),
        (
            "two RSTs in answer to two segments",
            "initiator > responder  RST seq=1\n initiator < responder  ACK +1us\ninitiator > responder  RST seq=1 +2us",
            [False, False, False],
        ),
        (
            "several RSTs in answer to several segments",
            "initiator > responder  RST seq=1\n" + "initiator > responder  RST seq=1 +2us\n" * 2,
            [False, False, False],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "  " not in value else "",
)
def test_the_same_packet_captured_twice(what: str, text: str, expected: list[bool]) -> None:
    assert is_copy(one_connection(text)) == expected, what


def test_of_copies_the_first_capture_is_the_original() -> None:
    text = f"{EMPTY} ip_id=7\n initiator < responder  ACK +1us" + f"\n {EMPTY} ip_id=7 +1us" * 2
    assert originals(one_connection(text)).tolist() == [0, 1, 0, 0]


def test_what_is_sent_again_has_copies_of_its_own() -> None:
    assert originals(one_connection(f"{DATA} ip_id=7\n {DATA} ip_id=7 +2ms\n {DATA} ip_id=7 +1us")).tolist() == [
        0,
        1,
        1,
    ]


def test_no_segments_have_no_originals() -> None:
    assert originals(group(table([])).segments).tolist() == []


@given(any_segments() | maimed_lives(), st.data())
def test_packets_captured_twice_are_found_in_anything(rows: list[Segment], data: st.DataObject) -> None:
    rows = [replace(row, more={"ip_id": data.draw(st.integers(0, 2))}) for row in rows]
    rows += [replace(row, time=row.time + 500_000) for row in rows if data.draw(st.booleans())]
    connections = group(table(rows))
    in_order = connections.segments[connections.order]
    found = is_copy(in_order)
    same = [name for name in CAPTURED if name not in {"frame", "time", "ttl"}]
    for at, row in enumerate(in_order.to_dicts()):
        if row["ip_id"]:
            equal = [
                earlier
                for earlier in in_order[:at].to_dicts()
                if earlier["connection"] == row["connection"] and all(earlier[name] == row[name] for name in same)
            ]
            assert found[at] == (bool(equal) and abs(equal[-1]["time"] - row["time"]) <= 1_000_000)


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_real_retransmissions_are_no_duplicates(path: Path) -> None:
    connections = samples.analysis_of(path).connections
    assert not any(is_copy(connections.segments[connections.order]))
