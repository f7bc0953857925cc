"""Relative numbers and windows, as people read them: as Wireshark writes them."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.connections.table import group
from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.tcp.numbers import offered_windows, relative_numbers
from tests import samples, wireshark
from tests.building import Segment, one_connection, table
from tests.generating import any_segments


def relative(text: str) -> list[tuple[int, int]]:
    seq, ack = relative_numbers(one_connection(text))
    return list(zip(seq.tolist(), ack.tolist(), strict=True))


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        (
            "a SYN is 0, and takes a number",
            "initiator > responder  SYN\n initiator < responder  SYN,ACK\n initiator > responder  ACK len=9",
            [(0, 0), (0, 1), (1, 1)],
        ),
        (
            "the numbers on the wire wrap, the relative ones do not",
            """
            initiator = 192.0.2.1:5000 isn=4294967290
            initiator > responder  SYN
            initiator < responder  SYN,ACK
            initiator > responder  ACK len=10
            initiator < responder  ACK
            initiator > responder  ACK
            """,
            [(0, 0), (0, 1), (1, 1), (1, 11), (11, 1)],
        ),
        (
            "joined late: each direction begins with 1",
            "initiator > responder  ACK seq=500 ack=900 len=5\n initiator < responder  ACK seq=900 ack=505",
            [(1, 1), (1, 6)],
        ),
        (
            "joined late: what is acknowledged before it is seen sets the beginning",
            "initiator > responder  ACK seq=500 ack=900\n initiator < responder  ACK seq=910 ack=500",
            [(1, 1), (11, 1)],
        ),
        (
            "an older number is negative, not huge",
            "initiator > responder  SYN\n initiator < responder  SYN,ACK\n initiator > responder  ACK seq=-50",
            [(0, 0), (0, 1), (-50, 1)],
        ),
        (
            "a SYN captured late is 0 all the same",
            "initiator > responder  ACK seq=1 ack=1 len=5\n initiator > responder  SYN seq=0",
            [(1, 1), (0, 0)],
        ),
        (
            "a listener whose SYN-ACK was refused begins anew with its next ISN",
            """
            initiator > responder  SYN
            initiator < responder  SYN,ACK
            initiator > responder  RST seq=1
            initiator > responder  SYN seq=0
            initiator < responder  SYN,ACK isn=900 ack=1
            initiator > responder  ACK
            initiator < responder  ACK len=5
            """,
            [(0, 0), (0, 1), (1, 0), (0, 0), (0, 1), (1, 1), (1, 1)],
        ),
        (
            "a stray SYN-ACK changes nothing",
            """
            initiator > responder  SYN
            initiator < responder  SYN,ACK
            initiator < responder  ACK len=5
            initiator < responder  SYN,ACK seq=-400
            initiator < responder  ACK len=5 seq=6
            """,
            [(0, 0), (0, 1), (1, 1), (-400, 1), (6, 1)],
        ),
        (
            "without ACK nothing is acknowledged",
            "initiator > responder  SYN ack=77\n initiator < responder  RST seq=0 ack=5",
            [(0, 0), (1, 0)],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "  " not in value else "",
)
def test_relative_numbers(what: str, text: str, expected: list[tuple[int, int]]) -> None:
    assert relative(text) == expected, what


@given(any_segments(), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_relative_numbers_do_not_depend_on_the_isns(rows: list[Segment], one: int, other: int) -> None:
    segments = group(table(rows)).segments_of(1)
    sent = segments["from_initiator"].to_numpy()
    raw = {name: segments[name].to_numpy().astype("int64") for name in ("seq", "ack")}
    offsets = {"seq": sent * one + ~sent * other, "ack": sent * other + ~sent * one}
    moved = segments.with_columns(**{name: ((raw[name] + offsets[name]) % 2**32).astype("uint32") for name in raw})
    for before, after in zip(relative_numbers(segments), relative_numbers(moved), strict=True):
        assert before.tolist() == after.tolist()


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_relative_numbers_and_windows_are_wiresharks(path: Path) -> None:
    analysis = samples.analysis_of(path)
    expected = wireshark.told(path)
    for number in range(1, len(analysis.connections) + 1):
        segments = analysis.segments_of(number)
        seq, ack = relative_numbers(segments)
        windows, _ = offered_windows(segments)
        opens = segments.filter(pl.col("flags") & SYN != 0).group_by("from_initiator").agg(pl.col("frame").min())
        own_syn = dict(opens.iter_rows())
        for row, (frame, flags, sender) in enumerate(segments.select("frame", "flags", "from_initiator").iter_rows()):
            theirs = expected[frame]
            if frame < own_syn.get(sender, 0):  # Wireshark does not know the numbers' origin yet
                continue
            assert seq[row] == int(theirs["tcp.seq"]), frame
            if flags & ACK:
                assert ack[row] == int(theirs["tcp.ack"]), frame
            if not flags & RST:
                assert windows[row] == int(theirs["tcp.window_size"]), frame


def told(text: str) -> list[tuple[int, bool]]:
    windows, is_told = offered_windows(one_connection(text))
    return list(zip(windows.tolist(), is_told.tolist(), strict=True))


SCALED = """
    initiator > responder  SYN win=64240 wscale=7
    initiator < responder  SYN,ACK win=65160 wscale=2
    """


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        (
            "a SYN's window is never scaled, what follows is, each direction by its own shift (RFC 7323 §2.2)",
            SCALED + "initiator > responder  ACK win=500\n initiator < responder  ACK win=15000",
            [(64240, False), (65160, False), (64000, False), (60000, False)],
        ),
        (
            "scaling needs the option of both (RFC 7323 §2.2)",
            """
            initiator > responder  SYN win=64240 wscale=7
            initiator < responder  SYN,ACK win=65160
            initiator > responder  ACK win=64000
            """,
            [(64240, False), (65160, False), (64000, False)],
        ),
        (
            "a shift count beyond 14 is taken for 14 (RFC 7323 §2.3)",
            """
            initiator > responder  SYN win=64240 wscale=15
            initiator < responder  SYN,ACK win=65160 wscale=0
            initiator > responder  ACK win=4
            """,
            [(64240, False), (65160, False), (65536, False)],
        ),
        (
            "without the SYNs windows are raw",
            "initiator > responder  ACK seq=9 win=500\n initiator < responder  ACK seq=9 win=400",
            [(500, False), (400, False)],
        ),
        (
            "a closed window is told, and its opening",
            SCALED
            + "initiator > responder  ACK win=500\n"
            + "initiator > responder  ACK win=0\n" * 2
            + "initiator > responder  ACK win=10",
            [(64240, False), (65160, False), (64000, False), (0, True), (0, True), (1280, True)],
        ),
        (
            "half and double are told, less is not",
            SCALED + "\n".join(f"initiator > responder  ACK win={window}" for window in (500, 300, 150, 290, 580)),
            [
                (64240, False),
                (65160, False),
                (64000, False),
                (38400, False),
                (19200, True),
                (37120, False),
                (74240, True),
            ],
        ),
        (
            "a RST's window says nothing",
            SCALED + "initiator > responder  ACK win=500\n initiator > responder  RST,ACK win=0",
            [(64240, False), (65160, False), (64000, False), (0, False)],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "  " not in value else "",
)
def test_offered_windows(what: str, text: str, expected: list[tuple[int, bool]]) -> None:
    assert told(text) == expected, what
