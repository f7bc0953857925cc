"""Text from a capture made harmless: whatever a terminal would obey, hide or reorder is shown instead."""

import re
import unicodedata

SHORT_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

# Unicode's Default_Ignorable_Code_Point, as far as str.isprintable() lets it through: characters that take up
# no room, or that look like nothing, and so can make two different names look alike.
_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def printable(text: str) -> str:
    r"""Show every control, format, bidirectional, zero-width and surrogate character as an escape such as `\x1b`.

    What is left is what `str.isprintable` accepts, less the characters that Unicode says to draw as nothing.
    Spaces other than U+0020 are kept where they have a width and do not break the line. Backslashes are not
    doubled: the result is for reading, not for reading back.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_harmless(character) else _escape(character) for character in text)


def encodable(text: str) -> str:
    r"""Give a text as UTF-8 can have it: a lone surrogate is shown as an escape such as `\ud800`."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _is_harmless(character: str) -> bool:
    """Tell whether one character may reach a terminal as it is."""
    if character.isprintable():
        return _IGNORABLE.match(character) is None
    return unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    code = ord(character)
    if character in SHORT_ESCAPES:
        return SHORT_ESCAPES[character]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
