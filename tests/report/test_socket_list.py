"""Sockets in words, in order, and as objects."""

import json

import pytest

from tcpladder.report.socket_list import (
    COLUMNS,
    SocketListing,
    nearest_time,
    socket_json_lines,
    socket_lines,
    time_words,
)
from tcpladder.report.sockets import SocketHistory
from tcpladder.settings.names import Names
from tests.samples import sample

NS = 1_000_000_000


@pytest.fixture(scope="module")
def history() -> SocketHistory:
    return SocketHistory(sample("showcase"), sample("showcase").judgement)


def listing(history: SocketHistory, seconds: float, names: dict[str, str] | None = None) -> SocketListing:
    found = history.at(nearest_time(seconds, history.begin))
    return SocketListing(found, sample("showcase").addresses, Names(names or {}))


def test_printed_sockets_are_counted_by_host_and_listed_by_state(history: SocketHistory) -> None:
    lines = ["".join(span.text for span in line) for line in socket_lines(listing(history, 5.8))]
    assert lines[:3] == [
        "192.0.2.10  4 TIME-WAIT · 1 ESTABLISHED",
        "198.51.100.20  2 TIME-WAIT · 1 LISTEN · 1 ESTABLISHED",
        "TIME-WAIT is inferred: for 240 s (RFC 9293 §3.4.2); on Linux 60 s.",
    ]
    assert lines[4].split() == ["state", "socket", "peer", "basis", "for", "s", "#"]
    assert lines[5].split() == ["LISTEN", "198.51.100.20:80", "*", "inferred", "5.789699"]
    assert lines[6].split() == ["ESTABLISHED", "192.0.2.10:5000", "198.51.100.20:5000", "seen", "0.058547", "6"]


def test_before_the_capture_there_are_none_that_are_known_of(history: SocketHistory) -> None:
    (line,) = socket_lines(listing(history, -1))
    assert line[0].text == "No socket is known of at this time."
    assert listing(history, -1e300).sockets.time < history.begin


def test_time_waits_that_are_old_are_counted(history: SocketHistory) -> None:
    *_, remark = listing(history, 90).summary()
    assert remark[0].text.endswith("on Linux 60 s. 12 are older.")


@pytest.mark.parametrize("key", [column.key for column in COLUMNS])
def test_whatever_it_is_sorted_by_every_row_is_there_once(history: SocketHistory, key: str) -> None:
    rows = listing(history, 18.2)
    for is_descending in (False, True):
        order = rows.order(key, is_descending=is_descending).tolist()
        assert sorted(order) == list(range(len(rows)))
    longest = max(len(rows.text(at, key)) for at in range(len(rows)))
    assert longest <= rows.longest(key)


def test_the_oldest_come_first_where_the_time_is_what_counts_downwards(history: SocketHistory) -> None:
    rows = listing(history, 18.2)
    ages = [float(rows.text(at, "since")) for at in rows.order("since", is_descending=True).tolist()]
    assert ages == sorted(ages, reverse=True)


def test_endpoints_have_their_names(history: SocketHistory) -> None:
    rows = listing(history, 5.8, {"198.51.100.20": "shop"})
    assert {rows.text(at, "peer") for at in range(len(rows))} >= {"shop:80", "shop:5000", "*"}
    assert next(line[0].text for line in list(rows.summary())[1:]) == "shop  "


def test_each_socket_is_an_object(history: SocketHistory) -> None:
    rows = listing(history, 5.8)
    objects = [json.loads(line) for line in socket_json_lines(rows.sockets, sample("showcase").addresses)]
    assert len(objects) == len(rows)
    (listening,) = [one for one in objects if one["state"] == "LISTEN"]
    assert (listening["connection"], listening["peer"]) == (None, None)
    assert listening["local"] == {"address": "198.51.100.20", "port": 80}
    assert {one["basis"] for one in objects} == {"seen", "inferred"}


def test_the_time_is_told_in_seconds_of_the_capture(history: SocketHistory) -> None:
    assert time_words(listing(history, 5.8).sockets, history.begin, history.end) == "5.800000 of 38.416326 s"
