"""Zeek's state machine on shapes: what no capture of two ordinary hosts shows, and where it counts."""

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.tcp.zeek_progress import (
    BAD_CHECKSUM,
    COUNTS_MISSING,
    COUNTS_RESENT,
    COUNTS_ZERO_WINDOW,
    DATA,
    ELSEWHERE,
    FROM_RESPONDER,
    MISSING,
    RESENT,
    counting,
    judged,
)

HANDSHAKE = [SYN, SYN | ACK | FROM_RESPONDER, ACK]


def test_flags_that_do_not_go_together_are_named_so():
    assert judged([SYN | FIN, FIN | RST | FROM_RESPONDER, FIN | RST | FROM_RESPONDER], is_empty=True)[1] == "Qi"


def test_a_syn_elsewhere_counts_only_once_the_connection_is_closed():
    again = SYN | ELSEWHERE
    assert judged([SYN, again], is_empty=True)[1] == "S"
    assert judged([SYN, FIN | ACK, again], is_empty=True)[1] == "SFS"


def test_a_syn_with_payload_counts_as_sent_again():
    """Zeek's own way: it has taken the SYN's end for granted before it looks at what it carries."""
    assert judged([SYN | DATA | RESENT], is_empty=False) == ("S0", "ST")


def test_a_segment_without_any_flag_is_partial_and_has_no_letter():
    assert judged([0], is_empty=True) == ("OTH", "")


def test_letters_of_what_counts_are_written_where_they_stand():
    rows = [*HANDSHAKE, ACK | DATA | RESENT, ACK | 2 * MISSING, SYN | FROM_RESPONDER | BAD_CHECKSUM]
    assert judged(rows, is_empty=False) == ("S1", "ShADTggc")


def test_bytes_are_missed_while_both_sides_are_established_or_have_closed_in_order():
    def misses(shape: list[int]) -> list[bool]:
        return [bool(mask & COUNTS_MISSING) for mask in counting(shape)]

    assert misses(HANDSHAKE) == [False, False, True, True]
    assert misses([*HANDSHAKE, FIN | ACK, RST | FROM_RESPONDER])[-2:] == [True, False]


def test_nothing_is_sent_again_after_the_own_reset_and_no_window_matters_after_the_peers_fin():
    before, *_, after = counting([*HANDSHAKE, FIN | ACK, RST | FROM_RESPONDER])
    assert before == COUNTS_RESENT * 3 | COUNTS_ZERO_WINDOW * 3
    assert after == COUNTS_RESENT | COUNTS_ZERO_WINDOW
