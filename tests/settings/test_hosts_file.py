"""A hosts file names addresses; what in it is none, or misleads, is passed over."""

from ipaddress import ip_address
from pathlib import Path

from tcpladder.settings.hosts_file import hosts, hosts_file, names_in

LINES = """
# a comment
127.0.0.1\tlocalhost
10.0.0.9   db.example.  db   # the first is the name
10.0.0.9   other
fe80::1    router
0.0.0.0    advertisements.example
10.0.0.10
10.0.0.11  # nothing
10.0.0.12  10.0.0.13
10.0.0.14  fe80::2
10.0.0.15  evil\x1b[2J
nonsense   host
"""


def test_the_first_name_of_each_address_is_taken():
    assert {str(address): name for address, name in names_in(LINES.splitlines()).items()} == {
        "127.0.0.1": "localhost",
        "10.0.0.9": "db.example",
        "fe80::1": "router",
        "10.0.0.15": "evil\\x1b[2J",
    }


def test_any_bytes_are_read_and_what_is_not_there_is_empty(tmp_path: Path):
    path = tmp_path / "hosts"
    assert hosts(path) == {}
    path.write_bytes(b"10.0.0.9 db\n\xff\xfe\x00\n10.0.0.8 \xff\r\n")
    assert hosts(path)[ip_address("10.0.0.9")] == "db"
    assert hosts(tmp_path) == {}


def test_the_platform_says_where_it_is():
    assert hosts_file().name == "hosts"
