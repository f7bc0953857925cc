"""The connection list: what its columns say, and in which order they sort."""

import polars as pl
import pytest

from tcpladder.report.columns import BY_KEY, COLUMNS, OFFERED, Column
from tcpladder.report.judged_columns import CLEAN
from tcpladder.report.listing import KEPT_ORDERS, Listing, Totals
from tcpladder.rulebook.levels import Level
from tests.building import analysed
from tests.samples import sample

TEXT = """
    a = 10.0.0.9:1000
    b = 10.0.0.10:2000
    c = [2001:db8::1]:3000
    server = 192.0.2.1:443
    six = [2001:db8::2]:443
    a > server  SYN
    b > server  SYN  +1s
    c > six  SYN  +1s
    b < server  SYN,ACK
    b > server  ACK len=1500
    b < server  RST,ACK  +10s
    a < server  RST,ACK seq=0
    """


JUDGED = ("level", "ending", "finding", "history", "conn_state", "irtt", "retransmissions", "closed_first", "reset_by")


def listing() -> Listing:
    analysis = analysed(TEXT)
    return Listing(analysis, analysis.judgement)


def numbers(found: Listing, key: str, *, is_descending: bool = False) -> list[int]:
    return [int(at) + 1 for at in found.order(key, is_descending=is_descending)]


def texts(key: str) -> list[str]:
    found = listing()
    return [found.texts(row, [BY_KEY[key]])[0] for row in found.table.iter_rows(named=True)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("connection", ["1", "2", "3"]),
        ("initiator", ["10.0.0.9:1000", "10.0.0.10:2000", "[2001:db8::1]:3000"]),
        ("responder", ["192.0.2.1:443", "192.0.2.1:443", "[2001:db8::2]:443"]),
        ("start", ["0.000000", "1.000000", "2.000000"]),
        ("initiator_state", ["CLOSED", "CLOSED", "SYN-SENT"]),
        ("responder_state", ["CLOSED", "CLOSED", "?"]),
        ("segments", ["2", "4", "1"]),
        ("bytes", ["0", "1500", "0"]),
        ("duration", ["12.030000", "11.020000", "0.000000"]),
        ("first_frame", ["1", "2", "3"]),
        ("ending", ["refused", "abort-after-data", "handshake-timeout"]),
        ("history", ["Sr", "ShDr", "S"]),
        ("finding", ["hs-refused", "rst-abortive-close", "hs-timeout"]),
        ("level", ["●", "●", "●"]),
        ("date", ["2023-11-14 22:13:20.000", "2023-11-14 22:13:21.000", "2023-11-14 22:13:22.000"]),
        ("irtt", ["", "1020.000", ""]),
        ("conn_state", ["REJ", "RSTR", "S0"]),
        ("retransmissions", ["0", "0", "0"]),
        ("initiator_bytes", ["0", "1500", "0"]),
        ("responder_bytes", ["0", "0", "0"]),
        ("responder_port", ["443", "443", "443"]),
        ("closed_first", ["", "", ""]),
        ("reset_by", ["responder", "responder", ""]),
        ("findings", ["2", "2", "1"]),
    ],
)
def test_a_column(key: str, expected: list[str]) -> None:
    assert texts(key) == expected


def test_every_column_is_tested_and_has_a_key_of_its_own() -> None:
    assert len({column.key for column in COLUMNS}) == len(COLUMNS) == 14


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        ("connection", [1, 2, 3], [3, 2, 1]),
        ("initiator", [1, 2, 3], [3, 2, 1]),  # 10.0.0.9 before 10.0.0.10, and IPv4 before IPv6
        ("responder", [1, 2, 3], [3, 1, 2]),
        ("start", [1, 2, 3], [3, 2, 1]),
        ("segments", [3, 1, 2], [2, 1, 3]),
        ("bytes", [1, 3, 2], [2, 1, 3]),
        ("duration", [3, 2, 1], [1, 2, 3]),
        ("ending", [2, 3, 1], [1, 3, 2]),
    ],
)
def test_sorting_is_by_number_and_keeps_equals_in_order(key: str, ascending: list[int], descending: list[int]) -> None:
    found = listing()
    assert numbers(found, key) == ascending
    assert numbers(found, key, is_descending=True) == descending


@pytest.mark.parametrize("column", OFFERED, ids=lambda column: column.key)
def test_every_column_can_be_sorted_by(column: Column) -> None:
    assert sorted(numbers(listing(), column.key, is_descending=True)) == [1, 2, 3]


def test_the_gravest_findings_come_first_and_connections_without_any_last() -> None:
    analysis = sample("showcase")
    found = Listing(analysis, analysis.judgement)
    order = found.order("level", is_descending=False)
    gravity = found.table["gravity"].gather(order).to_list()
    assert gravity == sorted(gravity)
    assert gravity[0] < gravity[-1] == CLEAN
    assert found.texts(found.row(int(order[-1])), COLUMNS)[0] == ""


def test_nothing_is_said_of_endings_before_the_capture_is_judged() -> None:
    found = Listing(analysed(TEXT))
    assert not found.is_judged
    assert {text for row in found.rows() for text in found.texts(row, [BY_KEY[key] for key in JUDGED])} == {""}
    assert numbers(found, "ending", is_descending=True) == [1, 2, 3]
    assert found.longest(BY_KEY["ending"]) == found.longest(BY_KEY["irtt"]) == 0


def test_no_connections_make_an_empty_list() -> None:
    assert len(Listing(analysed(""))) == 0


def test_a_filtered_listing_has_only_the_rows_that_are_kept() -> None:
    analysis = sample("showcase")
    listing = Listing(analysis, analysis.judgement)
    is_kept = listing.table["ending"].is_in(["refused", "half-close"]).to_numpy()
    filtered = listing.filtered(is_kept)
    assert numbers(filtered, "connection", is_descending=True) == [9, 4]
    assert [row["connection"] for row in filtered.rows()] == [4, 9]
    assert filtered.whole is listing.whole is listing
    assert numbers(filtered.filtered(~is_kept), "connection") == [at for at in range(1, 25) if at not in (4, 9)]
    assert (len(listing), len(filtered), filtered.is_judged) == (24, 2, True)


def test_rows_of_which_a_column_says_nothing_come_last() -> None:
    analysis = analysed(TEXT)
    found = Listing(analysis, analysis.judgement)
    found.table = found.table.with_columns(ending=pl.Series([None, "refused", "half-close"]))
    assert numbers(found, "ending") == [3, 2, 1]
    assert numbers(found, "ending", is_descending=True) == [2, 3, 1]
    assert found.texts(found.row(0), [BY_KEY["ending"]]) == [""]


@pytest.mark.parametrize(
    ("key", "longest"),
    [
        ("level", 1),
        ("connection", 1),
        ("initiator", len("[2001:db8::1]:65535")),
        ("initiator_state", 10),
        ("segments", 1),
        ("bytes", 4),
        ("duration", 9),
        ("ending", len("handshake-timeout")),
        ("date", len("2023-11-14 22:13:22.000")),
        ("activity", 12),
        ("reset_by", len("responder")),
    ],
)
def test_the_longest_entry_of_a_column(key: str, longest: int) -> None:
    assert listing().longest(BY_KEY[key]) == longest


def test_many_orders_are_not_all_kept() -> None:
    found = listing()
    for _ in range(2):
        for column in COLUMNS:
            assert sorted(numbers(found, column.key)) == [1, 2, 3]
    assert len(found._orders) == KEPT_ORDERS


def test_totals_are_of_what_is_kept() -> None:
    analysis = sample("showcase")
    found = Listing(analysis, analysis.judgement)
    all_levels = {Level.DEVIATION: 2, Level.NOTE: 17}
    assert found.totals() == Totals(connections=24, segments=366, bytes=94603, findings=all_levels)
    refused = found.filtered((found.table["ending"] == "refused").to_numpy()).totals()
    assert (refused.connections, refused.segments, refused.bytes, refused.findings) == (1, 2, 0, {Level.NOTE: 1})


def test_activity_lies_where_the_connection_was_in_the_time_of_the_capture() -> None:
    found = listing()  # of 13 s
    assert [found.activity(at, 13) for at in range(3)] == [
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        [0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
