"""What is counted in each part of a capture; what is said of it in the end is in test_health."""

import polars as pl

from tcpladder.packets.checksums import BAD, GOOD, LEFT_TO_CARD
from tcpladder.packets.schema import CAPTURED
from tcpladder.tcp.health_tally import SENDERS, SOURCES, HealthKind, HealthTally, backwards, tally
from tcpladder.tcp.labels import labels
from tcpladder.tcp.tracking import tracked
from tests.building import grouped, one_connection

LOSS = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  ACK ack=101
    initiator < responder  ACK ack=201
    """


def found(part: HealthTally) -> dict[HealthKind, tuple[int, tuple[int, ...], list[int]]]:
    return {kind: (what.count, what.frames, what.connections.tolist()) for kind, what in part.found.items()}


def test_segments_are_counted_with_the_first_frames_and_their_connections() -> None:
    part = tracked(one_connection(LOSS))
    assert found(tally(part)) == {HealthKind.SEGMENTS_MISSING: (2, (4, 5), [1])}
    assert found(tally(part.with_columns(labels=labels(part)))) == found(tally(part))


def test_of_no_segments_nothing_is_counted() -> None:
    none = tally(tracked(one_connection(LOSS)).clear())
    assert found(none) == {}
    assert (none.sources.schema, none.senders.schema) == (SOURCES, SENDERS)


def test_who_sent_wrong_checksums_is_kept_until_it_is_known_what_to_think_of_it() -> None:
    status = pl.Series([BAD, GOOD, BAD, None, LEFT_TO_CARD], dtype=CAPTURED["checksum_status"])
    part = tally(tracked(one_connection(LOSS).with_columns(checksum_status=status)))
    assert sorted(part.sources.drop("source").rows()) == [(2, 0, True), (2, 2, False)]
    assert part.senders.drop("source").rows() == [(1, True, 2, [1, 3])]
    assert part.senders.schema == SENDERS
    assert part.sources.schema == SOURCES


def test_times_are_compared_in_frame_order_over_all_connections() -> None:
    rows = grouped("""
        other = 192.0.2.11:50000
        initiator > responder  SYN
        other > responder  SYN +1s
        initiator < responder  SYN,ACK -1ms
        """).segments
    assert found(backwards(rows)) == {HealthKind.TIMES: (1, (3,), [1])}
    assert found(backwards(rows.head(2))) == {}
