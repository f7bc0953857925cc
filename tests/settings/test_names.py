"""An endpoint has the name that says most about it; what is no address is told by its line."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from tcpladder.settings.names import Names
from tcpladder.settings.reading import Problem

NAMES = Names(
    {
        "10.0.0.9": "db",
        "10.0.0.9:443": "web",
        "10.0.0.0/8": "all",
        "10.0.0.8/24": "office",
        "fe80::1": "router",
        "[fe80::1]:22": "its shell",
        "2001:db8::/32": "documents",
    }
)


@pytest.mark.parametrize(
    ("address", "port", "name"),
    [
        ("10.0.0.9", 443, "web"),
        ("10.0.0.9", 80, "db"),
        ("10.0.0.7", 80, "office"),
        ("10.9.9.9", 80, "all"),
        ("192.0.2.1", 80, ""),
        ("fe80::1", 22, "its shell"),
        ("fe80::1", 23, "router"),
        ("fe80:0:0:0:0:0:0:1", 23, "router"),
        ("2001:db8::5", 1, "documents"),
        ("no address", 1, ""),
    ],
)
def test_the_nearest_name_is_given(address: str, port: int, name: str):
    assert NAMES.of(address, port) == name


@pytest.mark.parametrize("written", ["web", "10.0.0.9:http", "10.0.0.9:65536", "10.0.0.0/33", "[fe80::1]:-1", ""])
def test_what_is_no_address_is_told_and_the_rest_holds(written: str):
    names = Names({written: "x", "10.0.0.9": "db"}, lambda key, told: Problem(path=Path(key), line=7, sentence=told))
    assert [str(problem) for problem in names.problems] == [
        f"names.{written}:7: '{written}' is no address, address with a port, or network."
    ]
    assert names.of("10.0.0.9", 80) == "db"


def test_a_name_is_text_from_outside():
    assert "\x1b" not in Names({"10.0.0.9": "a\x1b[2J"}).of("10.0.0.9", 1)


def test_a_network_s_name_stands_for_none_of_its_hosts():
    assert [NAMES.host(*end) for end in (("10.0.0.9", 443), ("10.0.0.9", 80), ("10.0.0.7", 80))] == ["web", "db", ""]


def test_what_is_learnt_names_what_nobody_named():
    names = Names({"10.0.0.9": "db", "10.0.0.0/8": "all"})
    names.learn({ip_address("10.0.0.9"): "host9", ip_address("192.0.2.1"): "gate", ip_address("192.0.2.2"): ""})
    assert [names.of(address, 80) for address in ("10.0.0.9", "10.1.1.1", "192.0.2.1", "192.0.2.2")] == [
        "db",
        "all",
        "gate",
        "",
    ]


def test_names_that_are_not_shown_are_known_all_the_same():
    names = Names({"10.0.0.9:443": "web", "2001:db8::/32": "documents"})
    names.is_shown = False
    assert names.of("10.0.0.9", 443) == ""
    assert [(named.version, named.port, named.name) for named in names.every] == [
        (4, 443, "web"),
        (6, None, "documents"),
    ]
    assert names
    assert not Names({})
