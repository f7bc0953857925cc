"""What labels say of segments, at each level of detail, and how they are fitted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.ladder.options import Detail, LadderOptions, SequenceNumbers
from tcpladder.ladder.wording import SegmentWords, fitted, label, label_parts, other_options, panned
from tcpladder.packets import options as tcp_options
from tcpladder.packets.flags import ACK, FIN, PSH, RST, SYN


def shown(words: SegmentWords, width: int, options: LadderOptions | None = None, info: str = "") -> str:
    chosen = options or LadderOptions()
    return fitted(label_parts(words, chosen, info), width, "…", is_whole=chosen.detail is Detail.FULL)


SYN_WORDS = SegmentWords(
    flags=SYN, seq=0, ack=0, payload_length=0, mss=1460, wscale=7, tsval=1, tsecr=2, is_sack_permitted=True
)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (SYN_WORDS, "SYN seq 0 mss 1460 sack ts ws 7"),
        (SegmentWords(flags=SYN | ACK, seq=0, ack=1, payload_length=0), "SYN,ACK seq 0 ack 1"),
        (SegmentWords(flags=SYN, seq=0, ack=0, payload_length=100), "SYN 0:100 len 100"),
        (SegmentWords(flags=ACK, seq=1, ack=1, payload_length=0), "ACK ack 1"),
        (SegmentWords(flags=ACK, seq=1, ack=11, payload_length=0, window=0), "ACK ack 11 win 0"),
        (SegmentWords(flags=PSH | ACK, seq=1, ack=1, payload_length=100), "PSH,ACK 1:101 len 100 ack 1"),
        (SegmentWords(flags=FIN | ACK, seq=5, ack=9, payload_length=0), "FIN,ACK seq 5 ack 9"),
        (SegmentWords(flags=FIN | ACK, seq=5, ack=9, payload_length=3), "FIN,ACK 5:8 len 3 ack 9"),
        (SegmentWords(flags=RST, seq=5, ack=0, payload_length=0), "RST seq 5"),
        (SegmentWords(flags=ACK, seq=1, ack=1, payload_length=0, sack=(11, 21), sack_count=1), "ACK ack 1 sack 11:21"),
        (
            SegmentWords(flags=ACK, seq=1, ack=1, payload_length=0, sack=(11, 21), sack_count=3),
            "ACK ack 1 sack 11:21+2",
        ),
        (SegmentWords(flags=ACK, seq=1, ack=1, payload_length=0, mss=1460, tsval=1, tsecr=2), "ACK ack 1"),
        (SegmentWords(flags=0, seq=1, ack=0, payload_length=0), "-"),
    ],
)
def test_labels(words: SegmentWords, written: str) -> None:
    assert shown(words, 80) == written


def test_a_label_that_does_not_fit_drops_what_matters_least_first() -> None:
    found = list(dict.fromkeys(shown(SYN_WORDS, width) for width in range(40, 1, -1)))
    assert found == [
        "SYN seq 0 mss 1460 sack ts ws 7",
        "SYN seq 0 mss 1460 sack ts",
        "SYN seq 0 mss 1460 sack",
        "SYN seq 0 mss 1460",
        "SYN seq 0",
        "SYN",
        "S…",
    ]


@given(
    st.builds(
        SegmentWords,
        flags=st.integers(0, 0xFFF),
        seq=st.integers(-(10**10), 10**10),
        ack=st.integers(-(10**10), 10**10),
        payload_length=st.sampled_from([0, 1, 65535]),
        mss=st.none() | st.integers(0, 65535),
        wscale=st.none() | st.integers(0, 255),
        tsval=st.none() | st.integers(0, 2**32 - 1),
        is_sack_permitted=st.booleans(),
        sack=st.none() | st.tuples(st.integers(0, 10**10), st.integers(0, 10**10)),
        sack_count=st.integers(0, 4),
        window=st.none() | st.integers(0, 2**30),
    ),
    st.integers(0, 120),
    st.sampled_from(["…", "~"]),
)
def test_a_label_never_exceeds_its_width(words: SegmentWords, width: int, ellipsis: str) -> None:
    assert len(label(words, width, ellipsis)) <= width


DATA = SegmentWords(
    flags=PSH | ACK,
    seq=1,
    ack=11,
    payload_length=100,
    raw_seq=4294967290,
    raw_ack=5011,
    tsval=7,
    tsecr=8,
    sack=(21, 31),
    raw_sack=(5021, 5031),
    sack_count=2,
    offered=64000,
    other_options=("mptcp",),
)
EMPTY = SegmentWords(flags=ACK, seq=1, ack=11, payload_length=0, raw_seq=1001, raw_ack=5011)


@pytest.mark.parametrize(
    ("detail", "numbers", "written"),
    [
        (Detail.SHORT, SequenceNumbers.RELATIVE, "PSH,ACK len 100"),
        (Detail.NORMAL, SequenceNumbers.RELATIVE, "PSH,ACK 1:101 len 100 sack 21:31+1 ack 11"),
        (Detail.NORMAL, SequenceNumbers.RAW, "PSH,ACK 4294967290:94 len 100 sack 5021:5031+1 ack 5011"),
        (
            Detail.FULL,
            SequenceNumbers.RELATIVE,
            "PSH,ACK 1:101 len 100 ack 11 win 64000 sack 21:31+1 tsval 7 tsecr 8 mptcp",
        ),
    ],
)
def test_levels_of_detail_and_raw_numbers(detail: Detail, numbers: SequenceNumbers, written: str) -> None:
    assert shown(DATA, 100, LadderOptions(detail=detail, numbers=numbers)) == written


def test_short_labels_of_empty_segments() -> None:
    short = LadderOptions(detail=Detail.SHORT)
    assert shown(EMPTY, 80, short) == "ACK ack 11"
    assert shown(SYN_WORDS, 80, short) == "SYN"


def test_what_the_payload_is_comes_before_what_matters_less() -> None:
    assert shown(DATA, 40, info="GET / HTTP/1.1") == "PSH,ACK 1:101 len 100 GET / HTTP/1.1"
    assert shown(DATA, 30, info="GET / HTTP/1.1") == "PSH,ACK 1:101 len 100"
    assert shown(DATA, 60, LadderOptions(detail=Detail.SHORT), info="GET /") == "PSH,ACK len 100 GET /"


def test_a_whole_label_is_cut_where_it_does_not_fit() -> None:
    assert shown(DATA, 20, LadderOptions(detail=Detail.FULL)) == "PSH,ACK 1:101 len 1…"


@pytest.mark.parametrize(
    ("width", "pan", "written"),
    [
        (10, 0, "abcdefghij"),
        (10, 5, "abcdefghij"),
        (6, 0, "abcde…"),
        (6, 2, "…defg…"),
        (6, 9, "…fghij"),
        (2, 3, "a…"),
        (-1, 0, ""),
    ],
)
def test_a_long_text_is_scrolled_within_its_place(width: int, pan: int, written: str) -> None:
    assert panned("abcdefghij", width, pan, "…") == written


def test_options_without_a_column_have_names() -> None:
    kinds = tcp_options.MULTIPATH | tcp_options.MD5 | 1 << tcp_options.MSS
    assert other_options(kinds) == ("md5", "mptcp")
