"""Reads XML and HTML that the tests have had written, with parsers that take only what is well formed."""

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

VOID = {"br", "input", "meta"}


def parsed(text: str | bytes) -> ET.Element:
    """Give the root of an XML document."""
    return ET.fromstring(text)  # noqa: S314 - written by this very program, a moment ago


class HtmlPage(HTMLParser):
    """What is on an HTML page; making one fails where elements are not nested as they should be.

    `elements` are (name, attributes); `texts` has the texts of each element of a name, in order.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data

    @property
    def ids(self) -> list[str]:
        """The names of all places."""
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    @property
    def links(self) -> list[str]:
        """Where all links lead to."""
        return [attributes["href"] for _, attributes in self.elements if "href" in attributes]
