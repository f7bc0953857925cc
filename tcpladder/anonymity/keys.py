"""Keys, of which every disguise is made: who has one can tell what stands for what."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import NewType

from tcpladder.errors import UsageError, quoted

Key = NewType("Key", bytes)

SIZE = 32  # bytes
LARGEST_FILE = 1 << 20  # bytes
_WORK = {"n": 1 << 14, "r": 8, "p": 1, "maxmem": 64 << 20}  # RFC 7914 §2: a twentieth of a second for each guess
_SALT = b"tcpladder key"


def random_key() -> Key:
    """Give a key that nobody has, and that is gone when it is forgotten."""
    return Key(secrets.token_bytes(SIZE))


def key_of(said: str) -> Key:
    """Give the key that is in a file of this name, or that the text itself stands for where there is none.

    Raises UsageError where it is empty, where the file can't be read, or where a path leads nowhere.
    """
    path = Path(said)
    if not said.strip():
        raise UsageError("The key is empty.", "Give some words that nobody guesses, or a file that has them.")
    try:
        is_file = path.is_file()
        content = _content(path) if is_file else said.encode(errors="surrogateescape")
    except OSError as error:
        raise UsageError(f"The key file {quoted(said)} can't be read: {error.strerror}.") from error
    if not is_file and (os.sep in said or path.exists() or _is_file_name(said)):
        raise UsageError(
            f"There is no key file {quoted(said)}.",
            "A key that is a text has no slash in it, and no ending such as .key unless it is of several words.",
        )
    if not content.strip():
        raise UsageError(f"The key file {quoted(said)} is empty.", "Put some words into it that nobody guesses.")
    return Key(hashlib.scrypt(content.strip(), salt=_SALT, dklen=SIZE, **_WORK))


def _is_file_name(said: str) -> bool:
    """Tell whether a text looks like a file's name: as a key of its own it would be guessed first."""
    return bool(Path(said).suffix) and not any(letter.isspace() for letter in said)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise UsageError(f"{quoted(path)} is too large for a key file.", "A line of words that nobody guesses will do.")
    return content


def drawn(key: Key, purpose: str, of: bytes, size: int) -> bytes:
    """Draw bytes, 64 at most, that look random to who has not the key: the same for the same purpose and thing."""
    return hashlib.blake2b(of, key=key, person=purpose.encode(), digest_size=size).digest()
