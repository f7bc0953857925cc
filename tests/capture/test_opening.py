"""From a path to a reader: what can't be opened is told in one sentence, and the surest reader gets the rest."""

import contextlib
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcpladder.capture import opening
from tcpladder.capture.opening import check_openable, check_readable, compression, read_capture
from tcpladder.capture.reader import Batch, Confidence, Reader, ReadRequest
from tcpladder.errors import CaptureError, TsharkError, UsageError
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import empty_segments

SAMPLE = Path(__file__).parents[2] / "sample_captures" / "refused.client.pcap"


def test_a_capture_can_be_opened() -> None:
    check_openable(SAMPLE)


def test_what_can_not_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "device").symlink_to("/dev/zero")
    for path, words in (
        (tmp_path / "gone", "There is no file"),
        (tmp_path, "is a directory"),
        (tmp_path / "pipe", "is not a regular file"),
        (tmp_path / "empty", "is empty"),
        (Path("nul\0byte"), "can't be opened"),
        (tmp_path / ("x" * 300), "can't be opened: File name too long"),
        (tmp_path / "loop", "can't be opened: Too many levels of symbolic links"),
        (tmp_path / "device", "is not a regular file"),
    ):
        with pytest.raises(CaptureError, match=words) as refused:
            check_openable(path)
        assert refused.value.sentence.isprintable()


def test_compression_is_told_by_the_first_bytes(tmp_path: Path) -> None:
    assert compression(SAMPLE) is None
    for name, content in (
        ("gzip", gzip.compress(b"x")),
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("lz4", b"\x04\x22\x4d\x18"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        assert compression(file) == name


def reader(name: str, confidence: Confidence, used: list[str]) -> Reader:
    def read(_request: ReadRequest) -> Iterator[Batch]:
        used.append(name)
        yield Batch(segments=empty_segments())

    return Reader(name=name, recognises=lambda _head: confidence, read=read)


def test_the_surest_reader_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []
    known = [
        reader("last resort", Confidence.LAST_RESORT, used),
        reader("sure", Confidence.YES, used),
        reader("not mine", Confidence.NO, used),
        "no reader at all",
    ]
    monkeypatch.setattr(opening, "exports", lambda _package, _name: known)
    list(read_capture(ReadRequest(path=SAMPLE, addresses=AddressBook())))
    assert used == ["sure"]


def test_a_reader_is_taken_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []
    known = [reader("one", Confidence.YES, used), reader("other", Confidence.LAST_RESORT, used)]
    known.append(reader("not mine", Confidence.NO, used))
    monkeypatch.setattr(opening, "exports", lambda _package, _name: known)
    list(read_capture(ReadRequest(path=SAMPLE, addresses=AddressBook(), reader="other")))
    assert used == ["other"]
    with pytest.raises(CaptureError, match="is no file for the not mine reader"):
        read_capture(ReadRequest(path=SAMPLE, addresses=AddressBook(), reader="not mine"))
    with pytest.raises(UsageError, match=r"no reader 'third'\. There are auto, not mine, one, other\."):
        read_capture(ReadRequest(path=SAMPLE, addresses=AddressBook(), reader="third"))


@pytest.mark.parametrize(("name", "is_told"), [("auto", False), ("native", False), ("tshark", True)])
def test_a_missing_tshark_is_told_at_once_where_it_is_needed(name: str, is_told: bool) -> None:  # noqa: FBT001
    request = ReadRequest(path=SAMPLE, addresses=AddressBook(), reader=name, tshark="/no/such/tshark")
    with pytest.raises(TsharkError) if is_told else contextlib.nullcontext():
        check_readable(request)


def test_readers_are_found_without_a_list_of_them() -> None:
    batches = list(read_capture(ReadRequest(path=SAMPLE, addresses=AddressBook())))
    assert sum(len(batch.segments) for batch in batches) == 2
