"""Reads XML that the tests have had written, with a parser that takes only what is well formed."""

from xml.etree import ElementTree as ET


def parsed(text: str | bytes) -> ET.Element:
    """Give the root of an XML document."""
    return ET.fromstring(text)  # noqa: S314 - written by this very program, a moment ago
