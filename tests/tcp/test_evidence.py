"""What of each segment matters for states: the bits of its code, whatever the numbers, wherever they wrap."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from tcpladder.connections.table import group
from tcpladder.tcp import evidence as e
from tcpladder.tcp.evidence import control_rows, evidence, ordered
from tests.building import Segment, segments, table
from tests.generating import any_segments

BITS = {
    "SYN": e.SYN,
    "ACK": e.ACK,
    "FIN": e.FIN,
    "RST": e.RST,
    "DATA": e.DATA,
    "covers-SYN": e.COVERS_SYN,
    "covers-FIN": e.COVERS_FIN,
    "fits": e.RST_FITS,
    "late": e.LATE,
    "resent": e.RESENT,
    "long-after-SYN": e.LONG_AFTER_SYN,
    "refuses": e.REFUSES,
    "new-ISN": e.NEW_ISN,
    "unseen": e.ACKS_UNSEEN,
}
HANDSHAKE = """
    initiator > responder  SYN                        | SYN
    initiator < responder  SYN,ACK                    | SYN ACK covers-SYN
    initiator > responder  ACK                        | ACK covers-SYN
    """

CONNECTIONS = {
    "a whole connection": """
        initiator > responder  ACK len=5                  | ACK DATA covers-SYN
        initiator < responder  ACK                        | ACK covers-SYN
        initiator > responder  FIN,ACK len=5              | ACK DATA FIN covers-SYN
        initiator < responder  ACK                        | ACK covers-SYN covers-FIN
        initiator < responder  FIN,ACK                    | ACK FIN covers-SYN covers-FIN
        initiator > responder  ACK                        | ACK covers-SYN covers-FIN
        """,
    "a SYN with another ISN is a stray one": """
        initiator > responder  SYN seq=70000              |
        initiator < responder  ACK ack=1                  | ACK covers-SYN
        """,
    "an ACK beyond a FIN does not cover it": """
        initiator > responder  FIN,ACK                    | ACK FIN covers-SYN
        initiator < responder  ACK ack=1                  | ACK covers-SYN
        initiator < responder  ACK ack=3                  | ACK covers-SYN unseen
        initiator < responder  ACK ack=2                  | ACK covers-SYN covers-FIN
        """,
    "of two FINs at different places the acknowledged one counts": """
        initiator > responder  FIN,ACK                    | ACK FIN covers-SYN
        initiator > responder  FIN,ACK seq=50             | ACK covers-SYN
        initiator < responder  ACK ack=2                  | ACK covers-SYN covers-FIN
        """,
    "a FIN that is sent again with data ends at the same place": """
        initiator > responder  ACK len=9                  | ACK DATA covers-SYN
        initiator > responder  FIN,ACK seq=10             | ACK FIN covers-SYN
        initiator > responder  FIN,ACK seq=1 len=9        | ACK FIN DATA covers-SYN resent
        """,
    "a RST exactly where the peer expects it": """
        initiator < responder  ACK len=10                 | ACK DATA covers-SYN
        initiator > responder  ACK                        | ACK covers-SYN
        initiator < responder  RST seq=11                 | RST fits
        """,
    "a RST beyond what its sender has sent": """
        initiator < responder  ACK len=10                 | ACK DATA covers-SYN
        initiator > responder  ACK                        | ACK covers-SYN
        initiator < responder  RST seq=12                 | RST
        """,
    "a RST behind what the peer has acknowledged": """
        initiator < responder  ACK len=10                 | ACK DATA covers-SYN
        initiator > responder  ACK                        | ACK covers-SYN
        initiator < responder  RST seq=10                 | RST
        """,
    "a RST at the end of data that is not yet acknowledged": """
        initiator < responder  ACK len=10                 | ACK DATA covers-SYN
        initiator < responder  RST,ACK seq=11             | RST ACK covers-SYN fits
        """,
    "a RST one behind an acknowledged FIN": """
        initiator < responder  FIN,ACK                    | ACK FIN covers-SYN
        initiator > responder  ACK                        | ACK covers-SYN covers-FIN
        initiator < responder  RST seq=1                  | RST fits
        """,
    "a RST with a FIN's own number, which is acknowledged afterwards": """
        initiator < responder  FIN,ACK                    | ACK FIN covers-SYN
        initiator < responder  RST seq=1                  | RST
        initiator > responder  ACK +1ms                   | ACK covers-SYN covers-FIN
        initiator < responder  RST seq=2                  | RST fits
        """,
    "and which is not": """
        initiator < responder  FIN,ACK                    | ACK FIN covers-SYN
        initiator < responder  RST seq=1                  | RST fits
        initiator > responder  ACK len=1 ack=1 +1ms       | ACK DATA covers-SYN
        """,
    "what is sent two round-trip times after a RST is late": """
        initiator < responder  RST seq=1                  | RST fits
        initiator > responder  ACK len=1  +20ms           | ACK DATA covers-SYN
        initiator > responder  ACK len=1  +60ms           | ACK DATA covers-SYN late
        """,
    "data sent again before the responder has said a word": """
        initiator > responder  ACK len=10                 | ACK DATA covers-SYN
        initiator > responder  ACK len=10                 | ACK DATA covers-SYN
        initiator > responder  ACK len=10 seq=11          | ACK DATA covers-SYN resent
        initiator < responder  ACK                        | ACK covers-SYN
        initiator > responder  ACK len=10 seq=11          | ACK DATA covers-SYN
        """,
    "a RST so long after the SYN-ACK that this would have been sent again": """
        initiator < responder  RST seq=1  +60s            | RST fits long-after-SYN
        """,
}
OTHERS = {
    "a refusal in SYN-SENT acknowledges the SYN": """
        initiator > responder  SYN                        | SYN
        initiator < responder  RST,ACK seq=0 ack=1        | RST ACK covers-SYN fits
        """,
    "and the data in it": """
        initiator > responder  SYN len=10                 | SYN DATA
        initiator < responder  RST,ACK seq=0 ack=11       | RST ACK covers-SYN fits
        """,
    "and nothing beyond": """
        initiator > responder  SYN                        | SYN
        initiator < responder  RST,ACK seq=0 ack=2        | RST ACK covers-SYN
        """,
    "without ACK it refuses nothing": """
        initiator > responder  SYN                        | SYN
        initiator < responder  RST seq=0                  | RST
        """,
    "a SYN-ACK that acknowledges what was not sent": """
        initiator > responder  SYN                        | SYN
        initiator < responder  SYN,ACK ack=77             | SYN ACK unseen
        initiator < responder  SYN,ACK seq=0 ack=0        | SYN ACK
        initiator < responder  SYN,ACK seq=0 ack=1        | SYN ACK covers-SYN
        """,
    "a RST against an ACK of what was never sent has the number of that": """
        initiator > responder  SYN                        | SYN
        initiator < responder  SYN,ACK ack=77             | SYN ACK unseen
        initiator > responder  RST seq=77                 | RST fits refuses
        """,
    "one that ends the connection goes on behind the SYN": """
        initiator > responder  SYN                        | SYN
        initiator < responder  SYN,ACK ack=1              | SYN ACK covers-SYN
        initiator > responder  RST seq=1                  | RST fits
        """,
    "a listener that has forgotten the request takes another ISN": """
        initiator > responder  SYN                        | SYN
        initiator < responder  SYN,ACK ack=1              | SYN ACK covers-SYN
        initiator < responder  SYN,ACK seq=0 ack=1        | SYN ACK covers-SYN
        initiator < responder  SYN,ACK isn=900 ack=1      | SYN ACK covers-SYN new-ISN
        """,
    "a SYN-ACK that was captured before its SYN": """
        initiator < responder  SYN,ACK ack=1              | SYN ACK covers-SYN
        initiator > responder  SYN seq=0                  | SYN
        """,
    "joined late: what an ACK acknowledges is not known": """
        initiator > responder  ACK seq=50 ack=70 len=5    | ACK DATA
        initiator < responder  ACK seq=70                 | ACK
        """,
}


def coded(rows: list[Segment]) -> list[int]:
    found: list[int] = evidence(ordered(group(table(rows)).segments_of(1))).tolist()
    return found


def names(code: int) -> set[str]:
    return {name for name, bit in BITS.items() if code & bit}


@pytest.mark.parametrize(
    "text",
    [*OTHERS.values(), *(HANDSHAKE + rest for rest in CONNECTIONS.values())],
    ids=[*OTHERS, *CONNECTIONS],
)
@pytest.mark.parametrize("isn", [1000, 2**32 - 6, 2**31 - 3], ids="isn={}".format)
def test_the_bits_of_each_segment(text: str, isn: int) -> None:
    lines = [line.partition("|") for line in text.splitlines() if line.strip()]
    ends = f"initiator = 192.0.2.10:40000 isn={isn}\n responder = 198.51.100.20:443 isn={(isn + 5000) % 2**32}\n"
    rows = segments(ends + "\n".join(line[0] for line in lines))
    assert [names(code) for code in coded(rows)] == [set(line[2].split()) for line in lines]
    assert [bool(code & e.FROM_RESPONDER) for code in coded(rows)] == [" < " in line[0] for line in lines]


def test_every_bit_has_its_place_in_a_code_of_32() -> None:
    bits = [e.FROM_RESPONDER, *BITS.values(), e.NEW, e.OUTSTANDING]
    assert sorted(bits) == [1 << place for place in range(len(bits))]
    assert max(bits) < 1 << 32


@given(any_segments(), any_segments())
def test_a_connections_codes_do_not_depend_on_its_neighbours(one: list[Segment], other: list[Segment]) -> None:
    alone = [group(table(rows)).segments for rows in (one, other)]
    own = [frame.filter(pl.col("connection") == 1) for frame in alone]
    both = pl.concat([frame.with_columns(connection=pl.lit(at, pl.UInt32)) for at, frame in enumerate(own, start=1)])
    separate = [code for frame in own for code in evidence(ordered(frame)).tolist()]
    assert evidence(ordered(both)).tolist() == separate


def test_no_segments_have_no_codes() -> None:
    nothing = ordered(group(table([])).segments)
    assert evidence(nothing).tolist() == []
    assert control_rows(evidence(nothing), nothing.starts).tolist() == []


@pytest.mark.parametrize(
    ("what", "codes", "expected"),
    [
        ("one segment", [2], [0]),
        ("of a run of equals, the first and the last", [4, 4, 4, 4], [0, 3]),
        ("runs are looked at in each direction for itself", [4, 5, 4, 5, 4, 5], [0, 1, 4, 5]),
        ("every change", [2, 4, 8, 4], [0, 1, 2, 3]),
        ("the last before a change", [4, 4, 4, 12, 12, 12], [0, 2, 3, 5]),
        ("every new ISN", [e.NEW_ISN] * 4, [0, 1, 2, 3]),
    ],
)
def test_a_shape_is_made_of_the_ends_of_runs(what: str, codes: list[int], expected: list[int]) -> None:
    starts = np.array([True] + [False] * (len(codes) - 1))
    assert np.flatnonzero(control_rows(np.array(codes, np.uint32), starts)).tolist() == expected, what


@pytest.mark.parametrize("more", [1, 2, 500])
def test_more_data_of_the_same_kind_leaves_the_shape_as_it_is(more: int) -> None:
    text = """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator > responder  ACK
        """
    shapes = []
    for count in (3, 3 + more):
        rows = segments(text + "initiator > responder  ACK len=100\n initiator < responder  ACK\n" * count)
        arranged = ordered(group(table(rows)).segments_of(1))
        codes = evidence(arranged)
        shapes.append(codes[control_rows(codes, arranged.starts)].tolist())
    assert shapes[0] == shapes[1]
