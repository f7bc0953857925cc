"""PDML as trees: what is shown, and which bytes are believed."""

import asyncio
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.capture.pdml_tree import (
    LONGEST_LABEL,
    MOST_LEVELS,
    FrameNumbers,
    PacketParser,
    ProtocolNode,
    captured_length,
    frame_number,
    parse_packet,
    protocol_tree,
)

DATA = bytes(range(0x40, 0x60))
FRAME = (
    '<proto name="frame" showname="Frame 3: 32 bytes on wire" size="32" pos="0">'
    '<field name="frame.number" showname="Frame Number: 3" size="0" pos="0" show="3"/>'
    '<field name="frame.cap_len" showname="Capture Length: 32 bytes" size="0" pos="0" show="32"/>'
    '<field name="frame.time_delta_displayed" showname="Time delta" size="0" pos="0" show="0"/>'
    "</proto>"
)


def packet(content: str) -> bytes:
    return f'<packet><proto name="geninfo" pos="0" size="32"/>{FRAME}{content}</packet>'.encode()


def tree(content: str, numbers: FrameNumbers | None = None) -> tuple[ProtocolNode, ...]:
    """Give the layers above the frame layer."""
    return protocol_tree(parse_packet(packet(content)), DATA, numbers)[1:]


def every(nodes: tuple[ProtocolNode, ...]) -> Iterator[ProtocolNode]:
    for node in nodes:
        yield node
        yield from every(node.children)


def span(node: ProtocolNode) -> tuple[int | None, int | None]:
    return node.start, node.length


def test_the_frame_layer_stands_for_all_bytes_and_has_no_field_that_depends_on_the_display() -> None:
    (frame,) = protocol_tree(parse_packet(packet("")), DATA)
    assert span(frame) == (0, 32)
    assert [child.name for child in frame.children] == ["frame.number", "frame.cap_len"]


def test_a_field_is_believed_when_its_value_is_what_the_frame_has_there() -> None:
    (layer,) = tree(
        '<proto name="p" showname="P" pos="4" size="8">'
        '<field name="p.good" showname="Good: 1" pos="4" size="2" show="1" value="4445"/>'
        '<field name="p.masked" showname="..1. = Masked: 1" pos="6" size="1" show="1" value="1" unmaskedvalue="46"/>'
        '<field name="p.computed" showname="Computed: 7" pos="4" size="0" show="7"/>'
        '<field name="p.elsewhere" showname="Elsewhere: 1" pos="8" size="2" show="1" value="ffff"/>'
        "</proto>"
    )
    assert span(layer) == (4, 8)
    assert [span(child) for child in layer.children] == [(4, 2), (6, 1), (None, None), (None, None)]


def test_a_layer_of_reassembled_data_lights_nothing_even_where_a_field_of_it_agrees_by_chance() -> None:
    (layer,) = tree(
        '<proto name="http" showname="HTTP" pos="0" size="20">'
        '<field name="a" show="a" pos="0" size="2" value="1111"/>'
        '<field name="b" show="b" pos="2" size="2" value="2222"><field name="c" show="c" pos="3" size="1" value="43"/>'
        "</field></proto>"
    )
    assert {span(node) for node in every((layer,))} == {(None, None)}


def test_what_reaches_beyond_the_frame_was_read_elsewhere() -> None:
    (layer,) = tree('<proto name="x" pos="0" size="5000"><field name="y" pos="0" size="1" value="40"/></proto>')
    assert {span(node) for node in every((layer,))} == {(None, None)}


def test_a_layer_is_believed_for_its_own_fields_and_not_for_the_pieces_of_reassembled_data_below() -> None:
    pieces = "".join(f'<field name="tcp.segment" pos="{at}" size="1" value="ee" show="1"/>' for at in range(4, 10))
    (layer,) = tree(
        '<proto name="tcp" showname="TCP" pos="4" size="8">'
        '<field name="tcp.srcport" show="1" pos="4" size="2" value="4445"/>'
        f'<field name="tcp.segments" showname="6 Segments" pos="0" size="6">{pieces}</field></proto>'
    )
    port, segments = layer.children
    assert span(layer) == (4, 8)
    assert span(port) == (4, 2)
    assert {span(node) for node in every((segments,))} == {(None, None)}


def test_plain_text_inside_of_a_believed_layer_is_believed() -> None:
    (layer,) = tree(
        '<proto name="p" pos="4" size="8"><field name="a" show="a" pos="4" size="2" value="4445"/>'
        '<field name="" show="Some text" pos="6" size="3"/><field name="" show="Outside" pos="20" size="3"/></proto>'
    )
    assert [span(child) for child in layer.children] == [(4, 2), (6, 3), (None, None)]


def test_hidden_fields_are_left_out_and_the_fields_of_no_protocol_become_layers() -> None:
    layers = tree(
        '<proto name="p" pos="0" size="1"><field name="s" hide="yes" show="1" pos="0" size="1" value="40"/></proto>'
        '<proto name="fake-field-wrapper"><field name="data" show="Data" pos="0" size="2" value="4041"/></proto>'
    )
    assert [(layer.name, layer.children) for layer in layers] == [("p", ()), ("data", ())]
    assert span(layers[1]) == (0, 2)


def test_labels_are_made_harmless_and_are_no_markup() -> None:
    # tshark escapes most of this itself; older and newer ones differ in what.
    hostile = packet(
        '<field name="h" showname="Host: [red]\x1b]0;owned\x07[/red] &#x9b;2J &#x202e;gpj.exe" pos="0" size="0"/>'
    )
    (node,) = protocol_tree(parse_packet(hostile), DATA)[1:]
    assert node.label == r"Host: [red]\x1b]0;owned\x07[/red] \x9b2J \u202egpj.exe"


def test_bytes_that_are_no_utf_8_and_labels_without_end_are_survived() -> None:
    (node,) = protocol_tree(
        parse_packet(packet('<field name="n" showname="X" pos="0" size="0"/>').replace(b'"X"', b'"\xff\xfe"')), DATA
    )[1:]
    assert node.label == r"\xff\xfe"
    (node,) = tree(f'<field name="n" showname="{"y" * 100_000}" pos="0" size="0"/>')
    assert len(node.label) == LONGEST_LABEL
    (node,) = tree('<field name="" show="" pos="0" size="0"/>')
    assert node.label == "(empty)"


def test_depth_is_bounded() -> None:
    deep = '<field name="d" show="d" pos="0" size="1">' * 1000 + "</field>" * 1000
    node = tree(deep)[0]
    levels = 1
    while node.children:
        node = node.children[0]
        levels += 1
    assert levels == MOST_LEVELS + 1
    assert node.label == "(deeper levels are not shown)"


def test_numbers_of_a_partial_copy_become_the_originals() -> None:
    numbers = FrameNumbers(originals=[1, 200, 300, 400], fields=frozenset({"tcp.segment", "http.request_in"}))
    layers = protocol_tree(
        parse_packet(
            packet(
                '<proto name="tcp" showname="TCP, Seq: 3" pos="0" size="1">'
                '<field name="tcp.stream" showname="Stream index: 0" show="0" pos="0" size="0"/>'
                '<field name="http.request_in" showname="Request in frame: 2" show="2" pos="0" size="0"/>'
                '<field name="tcp.segments" showname="2 Reassembled Segments (3 bytes): #2(1), #3(2)" pos="0" size="0">'
                '<field name="tcp.segment" showname="Frame: 2, payload: 0-2 (2 bytes)" show="2" pos="0" size="0"/>'
                "</field></proto>"
            )
        ),
        DATA,
        numbers,
    )
    assert [node.label for node in every(layers)] == [
        "Frame 300: 32 bytes on wire",
        "Frame Number: 300",
        "Capture Length: 32 bytes",
        "TCP, Seq: 3",
        "Request in frame: 200",
        "2 Reassembled Segments (3 bytes): #200(1), #300(2)",
        "Frame: 200, payload: 0-2 (2 bytes)",
    ]


def test_a_frame_number_that_the_copy_does_not_have_stays() -> None:
    numbers = FrameNumbers(originals=[10], fields=frozenset({"x"}))
    assert [numbers.original(number) for number in ("1", "2", "0")] == ["10", "2", "0"]


def test_number_and_length_are_tsharks() -> None:
    xml = packet("")
    assert frame_number(xml) == 3
    assert captured_length(parse_packet(xml)) == 32


@pytest.mark.parametrize("xml", [b"<packet></packet>", b'<packet><field name="frame.number"/></packet>'])
def test_a_packet_without_number_or_length_is_an_error(xml: bytes) -> None:
    with pytest.raises(ParseError):
        frame_number(xml)
    with pytest.raises(ParseError):
        captured_length(parse_packet(xml))


def test_what_is_no_xml_is_an_error() -> None:
    with pytest.raises(ParseError):
        parse_packet(b"<packet><field></packet>")


@given(st.lists(st.binary(max_size=30)), st.lists(st.integers(1, 40), min_size=1))
def test_packets_are_cut_the_same_however_the_output_comes_in_pieces(contents: list[bytes], sizes: list[int]) -> None:
    packets = [b"<packet>" + content.replace(b"<", b"") + b"</packet>" for content in contents]
    output = b"<pdml>\n" + b"\n".join(packets) + b"\n</pdml>"
    pieces: list[bytes] = []
    while output:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(output[:size])
        output = output[size:]

    class Stream(asyncio.StreamReader):
        async def read(self, n: int = -1) -> bytes:
            return pieces.pop(0) if pieces else b""

    async def cut() -> list[bytes]:
        parser = PacketParser()
        found: list[bytes] = []
        stream = Stream()
        while True:
            try:
                packet, _ = await parser.get_packets_from_stream(stream, b"")
            except EOFError:
                return found
            if packet is not None:
                found.append(packet)

    assert asyncio.run(cut()) == packets
