"""Options of a TCP header: the kinds there are, and what is wrong with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.packets import options as o
from tcpladder.packets.options import Options, fault_words, read_options

TIME_STAMPS = b"\x08\x0a" + bytes(8)


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (b"", set()),
        (b"\x01\x01" + TIME_STAMPS, {1, 8}),
        (b"\x02\x04\x05\xb4\x04\x02" + TIME_STAMPS + b"\x01\x03\x03\x07", {1, 2, 3, 4, 8}),
        (b"\x01\x01\x05\x0a" + bytes(8), {1, 5}),
        (b"\x00\x02\x01\x08", {0}),  # padding
        (b"\x13\x12" + bytes(16), {19}),
        (b"\x1e\x02\x01\x01", {1, 30}),
        (b"\x3e\x02\x01\x01", {1}),  # nobody asks for kind 62
    ],
)
def test_options_without_a_fault(content: bytes, kinds: set[int]) -> None:
    assert read_options(content) == Options(kinds=sum(1 << kind for kind in kinds), faults=0)


@pytest.mark.parametrize(
    ("content", "mask"),
    [
        (b"\x13\x12" + bytes(16), o.MD5),
        (b"\x1d\x10" + bytes(14), o.AUTHENTICATION),
        (b"\x1e\x0c" + bytes(10), o.MULTIPATH),
        (b"\x22\x0a" + bytes(8), o.FAST_OPEN),
        (b"\xfe\x04\xf9\x89", o.FAST_OPEN),
        (b"\xfd\x0c\xf9\x89" + bytes(8), o.FAST_OPEN),
        (b"\xfe\x04\xf9\x88", 0),
        (b"\xfe\x03\xf9\x89", 0),
        (b"\x3f\x02", 0),
        (b"\xff\x02", 0),
    ],
)
def test_kinds_that_rules_ask_for(content: bytes, mask: int) -> None:
    assert read_options(content).kinds & (o.MD5 | o.AUTHENTICATION | o.MULTIPATH | o.FAST_OPEN) == mask


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"\x08\x09" + bytes(7), o.TSOPT_LENGTH),
        (b"\x08\x0b" + bytes(9), o.TSOPT_LENGTH),
        (b"\x08\x02", o.TSOPT_LENGTH),
        (TIME_STAMPS + TIME_STAMPS, o.TSOPT_TWICE),
        (TIME_STAMPS + b"\x08\x02", o.TSOPT_TWICE | o.TSOPT_LENGTH),
        (b"\x02\x03\x05", o.MSS_LENGTH),
        (b"\x02\x05\x05\xb4\x00", o.MSS_LENGTH),
        (b"\x03\x02", o.WSCALE_LENGTH),
        (b"\x03\x04\x07\x00", o.WSCALE_LENGTH),
        (b"\x04\x03\x00", o.SACK_PERMITTED_LENGTH),
        (b"\x05\x02", o.SACK_LENGTH),
        (b"\x05\x09" + bytes(7), o.SACK_LENGTH),
        (b"\x02\x04\x05\xb4" * 2, o.TWICE),
        (b"\x03\x03\x07" * 2, o.TWICE),
        (b"\x04\x02" * 2, o.TWICE),
        (b"\x05\x0a" + bytes(8) + b"\x05\x0a" + bytes(8), 0),
        (b"\x01\x01\x01\x02", o.OVERRUN),  # no room for the length
        (b"\xc8\x00", o.OVERRUN),
        (b"\xc8\x01\x00\x00", o.OVERRUN),
        (b"\xc8\x05\x00\x00", o.OVERRUN),
        (b"\x08\x0a\x00\x00", o.OVERRUN),
        (b"\x02\x00\x05\xb4", o.OVERRUN | o.MSS_LENGTH),
        (b"\x08\x28\x00\x00", o.OVERRUN | o.TSOPT_LENGTH),
        (b"\x00\x02\x00\x08", 0),
    ],
)
def test_faults(content: bytes, faults: int) -> None:
    assert read_options(content).faults == faults


def test_what_follows_an_option_of_a_wrong_length_still_counts() -> None:
    assert read_options(b"\x02\x03\x05" + TIME_STAMPS + b"\x04\x03\x00").faults == (
        o.MSS_LENGTH | o.SACK_PERMITTED_LENGTH
    )


@given(st.binary(max_size=40))
def test_any_bytes_give_masks_that_fit_their_columns(content: bytes) -> None:
    found = read_options(content)
    assert 0 <= found.faults < 1 << 8
    assert 0 <= found.kinds < 1 << 64
    assert bool(fault_words(found.faults)) == bool(found.faults)


def test_faults_in_words() -> None:
    assert fault_words(0) == ""
    assert fault_words(o.TSOPT_TWICE | o.OVERRUN) == "time stamps twice, an option that runs past the header's end"
