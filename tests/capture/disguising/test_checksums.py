"""What TCP checksums are, before and after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.capture.disguising.checksums import BAD, GOOD, LEFT, LEFT_WITHOUT_LENGTH, checksum, verdict

ENDS = (bytes.fromhex("c0000201"), bytes.fromhex("c0000202"))


@pytest.mark.parametrize("told", [GOOD, BAD, LEFT, LEFT_WITHOUT_LENGTH])
@given(
    segment=st.binary(min_size=20, max_size=61),
    ends=st.just(ENDS) | st.tuples(*[st.binary(min_size=16, max_size=16)] * 2),
)
def test_a_checksum_is_what_it_is_made_to_be(segment: bytes, ends: tuple[bytes, bytes], told: int) -> None:
    frame = bytearray(b"head" + segment + b"tail")
    end = 4 + len(segment)
    frame[20:22] = checksum(frame, 4, end, ends, told).to_bytes(2)
    found = verdict(frame, 4, end, ends)
    # A right one may be what a card finds as well, by one chance in some thirty thousand.
    assert found == told or (told == GOOD and frame[20:22] == checksum(frame, 4, end, ends, found).to_bytes(2))
    assert bytes(frame[:4] + frame[end:]) == b"headtail"
