"""One packet of tshark's PDML as a protocol tree, each node with the bytes of the frame it was read from."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from tcpladder.printable import printable

READ_SIZE = 1 << 20
MOST_LEVELS = 100
LONGEST_LABEL = 1000

# tshark's own bookkeeping, and what the fields of no protocol are wrapped in.
GENERAL_INFORMATION = "geninfo"
WRAPPER = "fake-field-wrapper"

# Counted from the frame that was displayed before, and so by what happened to be asked for.
BY_DISPLAY = frozenset({"frame.time_delta_displayed"})
# Counted over all conversations of the file.
BY_WHOLE_FILE = frozenset(
    {"tcp.stream", "tcp.stream.pnum", "udp.stream", "mptcp.stream", "ip.stream", "ipv6.stream", "eth.stream"}
)

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LISTED_FRAME = re.compile(r"#(\d+)(?=\()")  # "3 Reassembled TCP Segments (978 bytes): #5(400), #7(400), #9(178)"
_FRAME_LAYER = re.compile(r"^Frame \d+")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolNode:
    """A protocol or a field: what to show, and which bytes of the frame it stands for.

    `label` holds nothing that a terminal obeys, but may look like markup. `name` is the field's name in display
    filters, "" for plain text. `start` and `length` are in bytes of the frame; both are None where a field was
    computed, or read from other bytes than the frame's (reassembled, decompressed, decrypted).
    """

    label: str
    name: str = ""
    start: int | None = None
    length: int | None = None
    children: tuple["ProtocolNode", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DissectedPacket:
    """The protocol tree of one frame, and the frame's captured bytes."""

    frame: int
    layers: tuple[ProtocolNode, ...]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameNumbers:
    """What the frames of a partial copy are called in the capture it was taken from.

    `originals[n - 1]` is the number of the copy's frame `n`; `fields` are the names of all fields that hold the
    number of a frame.
    """

    originals: Sequence[int]
    fields: frozenset[str]

    def original(self, number: str) -> str:
        """Give the capture's number for the copy's; a number that is none of the copy's stays as it is."""
        index = int(number) - 1
        return str(self.originals[index]) if 0 <= index < len(self.originals) else number


class PacketParser:
    """Cuts PDML into packet elements, as bytes: a parser for pyshark that looks at every byte once.

    pyshark's own flattens every layer into a dictionary, and a tree needs PDML as it is.
    """

    def __init__(self) -> None:
        """Begin with no output."""
        self._pending = bytearray()
        self._searched = 0

    async def get_packets_from_stream(
        self,
        stream: asyncio.StreamReader,
        existing_data: bytes,
        got_first_packet: bool = True,  # noqa: FBT001, FBT002 - the signature is what pyshark calls
    ) -> tuple[bytes | None, bytes]:
        """Give the next packet, or None where more output is needed. Raises EOFError at the end."""
        end = self._pending.find(b"</packet>", self._searched)
        if end < 0:
            self._searched = max(0, len(self._pending) - len(b"</packet>"))
            chunk = await stream.read(READ_SIZE)
            if not chunk:
                raise EOFError
            self._pending += chunk
            return None, b""
        end += len(b"</packet>")
        packet = bytes(self._pending[max(0, self._pending.find(b"<packet>")) : end])
        del self._pending[:end]
        self._searched = 0
        return packet, b""


def parse_packet(xml: bytes) -> ElementTree.Element:
    """Parse one `<packet>` element. Characters that XML does not know are turned into visible escapes.

    Raises `xml.etree.ElementTree.ParseError` when it is still no XML.
    """
    text = xml.decode("utf-8", errors="backslashreplace")
    text = _NOT_IN_XML.sub(lambda found: printable(found[0]), text)
    # A packet element has no place for a document type, and so none for entities.
    return ElementTree.fromstring(text)  # noqa: S314


def frame_number(xml: bytes) -> int:
    """Give the number that tshark gave to the frame of a packet element.

    Raises `xml.etree.ElementTree.ParseError` when there is none.
    """
    # A quotation mark inside of a value is written as an entity, so no packet can bring this along.
    number = re.search(rb'name="frame\.number"[^>]* show="(\d+)"', xml)
    if number is None:
        raise ElementTree.ParseError("a packet without a frame number")
    return int(number[1])


def captured_length(packet: ElementTree.Element) -> int:
    """Give how many bytes tshark dissected.

    Raises `xml.etree.ElementTree.ParseError` when it does not say.
    """
    field = packet.find("./proto[@name='frame']/field[@name='frame.cap_len']")
    if field is None or not field.get("show", "").isdecimal():
        raise ElementTree.ParseError("a packet without a captured length")
    return int(field.get("show", ""))


def protocol_tree(
    packet: ElementTree.Element, data: bytes, numbers: FrameNumbers | None = None
) -> tuple[ProtocolNode, ...]:
    """Turn a packet element into its layers, outermost first; hidden fields are left out.

    `data` are the frame's bytes, against which every position is checked. `numbers` says that the packet was
    dissected in a partial copy: frame numbers are then the original capture's, and what can only be counted over
    the whole capture is left out.
    """
    return tuple(_Builder(data, numbers).nodes(packet, within=None, level=0))


class _Builder:
    """Makes nodes of the elements of one packet."""

    def __init__(self, data: bytes, numbers: FrameNumbers | None) -> None:
        self._hex = data.hex()
        self._length = len(data)
        self._numbers = numbers
        self._left_out = BY_DISPLAY | BY_WHOLE_FILE if numbers else BY_DISPLAY

    def nodes(
        self, parent: ElementTree.Element, *, within: Span | None, level: int, foreign: bool = False
    ) -> Iterator[ProtocolNode]:
        if level >= MOST_LEVELS and len(parent):
            yield ProtocolNode(label="(deeper levels are not shown)")
            return
        for element in parent:
            name = element.get("name", "")
            if name == WRAPPER:
                yield from self.nodes(element, within=within, level=level + 1, foreign=foreign)
            elif name != GENERAL_INFORMATION and name not in self._left_out and element.get("hide") != "yes":
                yield self._node(element, name, within=within, level=level, foreign=foreign)

    def _node(
        self, element: ElementTree.Element, name: str, *, within: Span | None, level: int, foreign: bool
    ) -> ProtocolNode:
        span = None
        if not foreign:
            # The frame layer stands for the whole frame, and none of its fields has bytes to show for it.
            span, foreign = self._place(element, (0, self._length) if name == "frame" else within)
        return ProtocolNode(
            label=self._label(element, name),
            name=name,
            start=span[0] if span else None,
            length=span[1] if span else None,
            children=tuple(self.nodes(element, within=span, level=level + 1, foreign=foreign)),
        )

    def _label(self, element: ElementTree.Element, name: str) -> str:
        label = element.get("showname") or element.get("show") or name
        if self._numbers:
            label = self._renumbered(element, name, label, self._numbers)
        label = printable(label.strip()) or "(empty)"
        return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"

    def _renumbered(self, element: ElementTree.Element, name: str, label: str, numbers: FrameNumbers) -> str:
        if name == "frame":
            own = _FRAME_LAYER.search(label)
            return _FRAME_LAYER.sub(f"Frame {numbers.original(own[0][6:])}", label) if own else label
        shown = element.get("show", "")
        if (name in numbers.fields or name == "frame.number") and shown.isdecimal():
            return re.sub(rf"(?<!\d){shown}(?!\d)", numbers.original(shown), label, count=1)
        if any(child.get("name") in numbers.fields for child in element):
            return _LISTED_FRAME.sub(lambda found: f"#{numbers.original(found[1])}", label)
        return label

    def _place(self, element: ElementTree.Element, within: Span | None) -> tuple[Span | None, bool]:
        """Give the bytes of an element, and whether it and all below it were read from other bytes than the frame's.

        PDML gives positions without saying in which bytes: after reassembly they count in the reassembled data.
        So a position is believed only when the bytes found there are those of the field, or of the fields below
        it, or when nothing below can tell and the enclosing node is believed.
        """
        span = _span(element)
        if span is None:
            return None, False
        if not self._fits(span):
            return None, True
        verdict = self._agrees(element, span)
        if verdict is None:
            verdict = self._agree_below(element, span)
        if verdict is None:
            inside = within is not None and within[0] <= span[0] and sum(span) <= sum(within)
            return (span if inside else None), False
        return (span, False) if verdict else (None, True)

    def _fits(self, span: Span) -> bool:
        return span[0] >= 0 and sum(span) <= self._length

    def _agrees(self, element: ElementTree.Element, span: Span) -> bool | None:
        """Compare an element's own value with the frame's bytes; None when it does not have its bytes as a value."""
        value = element.get("unmaskedvalue") or element.get("value") or ""
        if len(value) != 2 * span[1]:
            return None
        return self._hex[2 * span[0] : 2 * sum(span)] == value.lower()

    def _agree_below(self, element: ElementTree.Element, span: Span) -> bool | None:
        """Let the nearest level below that can tell decide, by most votes; only fields inside of `span` vote.

        One level and not all: a TCP layer holds, deeper down, the pieces of reassembled data.
        """
        generation = list(element)
        while generation:
            votes = []
            for child in generation:
                its_span = _span(child)
                if its_span and span[0] <= its_span[0] and sum(its_span) <= sum(span):
                    votes.append(self._agrees(child, its_span))
            yes, no = votes.count(True), votes.count(False)
            if yes or no:
                return yes > no
            generation = [grandchild for child in generation for grandchild in child]
        return None


def _span(element: ElementTree.Element) -> Span | None:
    try:
        start, length = int(element.get("pos", "")), int(element.get("size", ""))
    except ValueError:
        return None
    return (start, length) if length > 0 else None
