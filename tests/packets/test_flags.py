"""Flags are where RFC 9293 §3.1 puts them, and are written as engineers say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.packets import flags as f
from tcpladder.packets.flags import flag_names


def test_each_flag_has_its_bit_of_the_header_and_all_twelve_are_named() -> None:
    from_right = [f.FIN, f.SYN, f.RST, f.PSH, f.ACK, f.URG, f.ECE, f.CWR, f.AE]
    assert from_right == [1 << place for place in range(9)]
    assert sum(from_right) + f.RESERVED == 0xFFF


@pytest.mark.parametrize(
    ("flags", "written"),
    [
        (0x002, "SYN"),
        (0x012, "SYN,ACK"),
        (0x010, "ACK"),
        (0x011, "FIN,ACK"),
        (0x018, "PSH,ACK"),
        (0x019, "FIN,PSH,ACK"),
        (0x004, "RST"),
        (0x014, "RST,ACK"),
        (0x0C2, "SYN,ECE,CWR"),
        (0x1C2, "SYN,ECE,CWR,AE"),
        (0x003, "SYN,FIN"),
        (0x029, "FIN,PSH,URG"),
        (0x410, "RES,ACK"),
        (0x000, "-"),
    ],
)
def test_how_flags_are_written(flags: int, written: str) -> None:
    assert flag_names(flags) == written


@given(st.integers(0, 0x1FF), st.integers(0, 0x1FF))
def test_no_two_combinations_are_written_alike(one: int, other: int) -> None:
    assert (flag_names(one) == flag_names(other)) == (one == other)
