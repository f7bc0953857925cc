"""A pcapng file may name addresses before its packets; such names are text from a stranger."""

import gzip
import struct
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.capture import name_records
from tcpladder.capture.name_records import local_names, names_in, recorded_names

A, B = "192.0.2.1", "2001:db8::1"


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    total = 12 + len(body)
    return struct.pack(f"{order}II", kind, total) + body + struct.pack(f"{order}I", total)


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def record(address: str, *names: bytes, order: str = "<") -> bytes:
    packed = ip_address(address).packed
    value = packed + b"".join(name + b"\0" for name in names)
    kind = 1 if len(packed) == 4 else 2
    return struct.pack(f"{order}HH", kind, len(value)) + value + bytes(-len(value) % 4)


def resolution(*records: bytes, order: str = "<") -> bytes:
    return block(4, b"".join(records) + bytes(4), order)


PACKET = block(6, bytes(20))


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_first_name_of_each_address_is_taken(order: str):
    content = section(order) + resolution(
        record(A, b"gate", b"other", order=order),
        struct.pack(f"{order}HH", 0x8123, 3) + b"abc\0",  # of a kind that is not known
        record(B, b"v6", order=order),
        record(A, b"late", order=order),
        order=order,
    )
    assert names_in(content) == {ip_address(A): "gate", ip_address(B): "v6"}


@pytest.mark.parametrize("name", [b"", b"10.0.0.1", b"fe80::1", b"x" * 254])
def test_what_could_pass_for_another_address_or_shows_nothing_is_no_name(name: bytes):
    assert names_in(section() + resolution(record(A, name), record(B, b"good"))) == {ip_address(B): "good"}


def test_what_a_terminal_would_obey_is_not_in_a_name():
    (name,) = names_in(section() + resolution(record(A, b"a\x1b[2Jb\xff"))).values()
    assert name.isprintable()


def test_behind_the_first_packet_nothing_is_looked_for():
    assert names_in(section() + PACKET + resolution(record(A, b"gate"))) == {}


@settings(max_examples=50)
@given(st.data())
def test_no_bytes_do_any_harm(data: st.DataObject):
    whole = section() + resolution(record(A, b"gate"), record(B, b"v6")) + PACKET
    at = data.draw(st.integers(0, len(whole) - 1))
    value = data.draw(st.integers(0, 255))
    damaged = whole[:at] + bytes([value]) + whole[at + 1 :]
    cut = data.draw(st.integers(0, len(whole)))
    for content in (damaged, whole[:cut], damaged[:cut]):
        assert set(names_in(content)) <= {address for address in names_in(content) if address.version in (4, 6)}


def test_files_are_read_compressed_too_and_the_hosts_file_goes_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    content = section() + resolution(record(A, b"gate"), record(B, b"v6"))
    for name, written in (("a.pcapng", content), ("a.pcapng.gz", gzip.compress(content))):
        path = tmp_path / name
        path.write_bytes(written)
        assert recorded_names(path) == {ip_address(A): "gate", ip_address(B): "v6"}
    assert recorded_names(tmp_path / "none") == {}
    hosts = tmp_path / "hosts"
    hosts.write_text(f"{A} mine\n")
    monkeypatch.setattr(name_records, "hosts_file", lambda: hosts)
    assert local_names([path, tmp_path / "none"]) == {ip_address(A): "mine", ip_address(B): "v6"}
