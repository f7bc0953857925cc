"""Which files the native reader takes, and what becomes of those that are none of its own."""

import gzip
from pathlib import Path

import pytest

from tcpladder.capture.opening import read_capture, reader_for
from tcpladder.capture.reader import Confidence, ReadRequest
from tcpladder.capture.readers.native import READER, recognises
from tcpladder.errors import CaptureError
from tcpladder.packets.addresses import AddressBook
from tests.capture.reading import TRAFFIC
from tests.capture.wrapping import pcapng

MAGIC_NUMBERS = ["d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "0a0d0d0a", "1f8b", "28b52ffd"]


@pytest.mark.parametrize("magic", MAGIC_NUMBERS)
def test_files_are_known_by_their_first_bytes(magic: str) -> None:
    assert recognises(bytes.fromhex(magic) + bytes(60)) is Confidence.YES


@pytest.mark.parametrize("head", [b"", b"\xd4\xc3", bytes.fromhex("34cdb2a1"), b"snoop\0\0\0", b"\x04\x22\x4d\x18"])
def test_other_files_are_not(head: bytes) -> None:
    assert recognises(head) is Confidence.NO


def test_it_is_surer_of_its_files_than_tshark() -> None:
    assert reader_for(ReadRequest(path=TRAFFIC, addresses=AddressBook())) is READER
    assert not READER.needs_tshark


@pytest.mark.parametrize(
    "content",
    [b"snoop\0\0\0" + bytes(60), gzip.compress(b"no capture at all" * 9)],
    ids=["snoop", "gzip of no capture"],
)
def test_asked_for_on_another_file_it_says_so_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CaptureError, match="the native reader") as refused:
        list(read_capture(ReadRequest(path=path, addresses=AddressBook(), reader="native")))
    assert "--reader auto" in refused.value.hint


def test_an_empty_section_is_a_capture_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(pcapng([]))
    (batch,) = [
        batch
        for batch in read_capture(ReadRequest(path=path, addresses=AddressBook(), reader="native"))
        if batch.position is None
    ]
    assert (len(batch.segments), batch.notices) == (0, ())
