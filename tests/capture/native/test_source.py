"""A file's bytes as they are or decompressed, a piece at a time, up to where they end."""

import gzip
import random
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tcpladder.capture.native.source import Source, Trouble

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DATA = random.Random(5).randbytes(300_000) + bytes(700_000)  # noqa: S311 - no secret
PACKERS: dict[str, Callable[[bytes], bytes]] = {"plain": bytes, "gzip": gzip.compress, "zstd": zstd.compress}


def taken(path: Path, room: int) -> tuple[bytes, Trouble | None]:
    pieces = []
    with Source(path) as source:
        while True:
            buffer = bytearray(room)
            count = source.read_into(memoryview(buffer))
            pieces.append(bytes(buffer[:count]))
            if count < room:
                return b"".join(pieces), source.trouble


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("room", [1000, 1 << 17, 1 << 21])
def test_all_bytes_come(packer: str, room: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(PACKERS[packer](DATA))
    assert taken(path, room) == (DATA, None)


@pytest.mark.parametrize("packer", ["gzip", "zstd"])
def test_members_follow_each_other(packer: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(PACKERS[packer](DATA) + PACKERS[packer](b"more") + PACKERS[packer](b""))
    assert taken(path, 1 << 20) == (DATA + b"more", None)


def test_what_follows_the_last_member_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(gzip.compress(b"packed") + b"plain")
    assert taken(tmp_path / "file", 1000) == (b"packedplain", None)


@pytest.mark.parametrize("packer", ["gzip", "zstd"])
def test_a_file_cut_off_gives_what_was_there(packer: str, tmp_path: Path) -> None:
    packed = PACKERS[packer](DATA)
    (tmp_path / "file").write_bytes(packed[: len(packed) // 2])
    found, trouble = taken(tmp_path / "file", 5000)
    assert trouble is Trouble.CUT
    assert DATA.startswith(found)
    assert found
    (tmp_path / "file").write_bytes(packed[:-1])
    assert taken(tmp_path / "file", 5000)[1] is Trouble.CUT


def test_a_wrong_checksum_costs_the_last_byte_at_most(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(gzip.compress(b"x" * 1000)[:-8] + bytes(8))
    assert taken(tmp_path / "file", 5000) == (b"x" * 999, Trouble.DAMAGED)


@pytest.mark.parametrize("packer", ["gzip", "zstd"])
def test_damage_gives_what_was_before_it(packer: str, tmp_path: Path) -> None:
    text = b"".join(b"%d," % (number * number) for number in range(200_000))
    packed = PACKERS[packer](text)
    half = len(packed) // 2
    (tmp_path / "file").write_bytes(packed[:half] + b"\xff" * 50 + packed[half + 50 :])
    found, trouble = taken(tmp_path / "file", 5000)
    assert trouble is Trouble.DAMAGED
    assert len(found) > len(text) // 4
    assert text.startswith(found[: len(text) // 4])


def test_a_bomb_takes_no_more_memory_than_there_is_room_for(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    (tmp_path / "file").write_bytes(b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush())
    with Source(tmp_path / "file") as source:
        room = memoryview(bytearray(1000))
        assert source.read_into(room) == 1000
        assert len(source._rest) < 1 << 18


def test_a_file_cut_short_while_it_is_read_just_ends(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(10_000))
    with Source(path) as source, path.open("r+b") as other:
        assert source.read_into(memoryview(bytearray(4000))) == 4000
        other.truncate(5000)
        assert source.read_into(memoryview(bytearray(4000))) == 1000
