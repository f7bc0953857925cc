"""Keys, from texts and files, and what is drawn with them."""

from pathlib import Path

import pytest

from tcpladder.anonymity.keys import LARGEST_FILE, SIZE, Key, drawn, key_of, random_key
from tcpladder.errors import UsageError


def test_a_text_gives_one_key_and_another_text_another() -> None:
    assert key_of("rust on the mill wheel") == key_of("rust on the mill wheel")
    assert key_of("rust on the mill wheel") != key_of("rust on the mill whee1")
    assert len(key_of("é\udcff")) == SIZE
    assert len(key_of("ends. With words")) == SIZE


def test_a_file_gives_the_key_of_what_it_holds_whatever_its_last_line_ends_in(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("rust on the mill wheel\n")
    assert key_of(str(file)) == key_of("rust on the mill wheel")


def test_a_random_key_is_new_each_time() -> None:
    assert random_key() != random_key()
    assert len(random_key()) == SIZE


@pytest.mark.parametrize(
    ("content", "said", "part"),
    [
        (None, "", "is empty"),
        (None, "  ", "is empty"),
        (b"", "{file}", "is empty"),
        (b"\n", "{file}", "is empty"),
        (b"x" * (LARGEST_FILE + 1), "{file}", "too large"),
        (None, "{file}", "no key file"),
        (None, "{directory}", "no key file"),
        (None, "customers.key", "no key file 'customers.key'"),
    ],
)
def test_what_is_no_key_is_told(content: bytes | None, said: str, part: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=part):
        key_of(said.format(file=file, directory=tmp_path))


def test_what_is_drawn_differs_by_key_purpose_and_thing() -> None:
    one, other = Key(bytes(SIZE)), Key(b"k" * SIZE)
    drawings = {
        drawn(key, purpose, of, 16) for key in (one, other) for purpose in ("ports", "host") for of in (b"a", b"b")
    }
    assert len(drawings) == 8
    assert drawn(one, "ports", b"a", 16) in drawings
