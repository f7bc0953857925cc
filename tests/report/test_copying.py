"""What is offered to be copied, and that a terminal takes it."""

import base64
import shlex

import pytest

from tcpladder.ladder.glyphs import ASCII, UNICODE
from tcpladder.ladder.rungs import Ladder, ladder_of
from tcpladder.report.copying import (
    MOST_BYTES,
    MOST_CONNECTIONS,
    MOST_LINES,
    Copied,
    Pointed,
    bounded,
    offers,
    pointed_findings,
    pointed_in,
)
from tcpladder.report.listing import Listing
from tcpladder.report.wireshark import connection_filter, endpoints_text, tshark_command
from tests.samples import sample

SHOWCASE = sample("showcase")
OF_TERMINALS = 100_000  # characters of base64


def ladder(number: int) -> Ladder:
    return ladder_of(SHOWCASE, number, SHOWCASE.judgement)


def copied(pointed: Pointed) -> dict[str, Copied]:
    return {offer.name: offer.text() for offer in offers(SHOWCASE, ladder, pointed, UNICODE)}


def test_of_a_connection() -> None:
    texts = copied(Pointed(connections=(5,), row="as it is listed"))
    assert {name: one.text for name, one in texts.items() if name != "ladder"} == {
        "row": "as it is listed",
        "filter": connection_filter(SHOWCASE, 5),
        "tuple": endpoints_text(SHOWCASE, 5),
        "tshark": tshark_command(SHOWCASE.path, connection_filter(SHOWCASE, 5)),
        "tcpladder": f"tcpladder ladder {shlex.quote(str(SHOWCASE.path))} 5",
    }
    heading, *_, last = texts["ladder"].text.splitlines()
    assert heading.lstrip().startswith("5/24  192.0.2.10:40402")
    assert last.split()[0] == str(SHOWCASE.segments_of(5)["frame"][-1])
    assert not any(one.left_out for one in texts.values())


def test_of_a_packet_the_filter_and_the_command_are_of_the_packet_and_the_rest_of_its_connection() -> None:
    texts = copied(Pointed(frames=(53,), is_packet=True, field="Source Port: 80"))
    assert texts["packet"].text == "frame.number == 53"
    assert texts["tshark"].text.endswith("'frame.number == 53'")
    assert texts["field"].text == "Source Port: 80"
    assert texts["tuple"].text == endpoints_text(SHOWCASE, 5)


def test_of_several_connections_a_filter_that_finds_each_and_a_table() -> None:
    pointed = pointed_in(Listing(SHOWCASE, SHOWCASE.judgement), (2, 7))
    texts = copied(pointed)
    both = f"({connection_filter(SHOWCASE, 2)}) || ({connection_filter(SHOWCASE, 7)})"
    assert texts["filter"].text == both
    assert texts["tshark"].text == tshark_command(SHOWCASE.path, both)
    assert texts["tuple"].text.splitlines() == [endpoints_text(SHOWCASE, 2), endpoints_text(SHOWCASE, 7)]
    heading, *rows = texts["row"].text.splitlines()
    assert "initiator" in heading
    assert ["40160" in rows[0], "rst-abort" in rows[1] or "40" in rows[1]] == [True, True]
    assert "2/24" in texts["ladder"].text
    assert "7/24" in texts["ladder"].text
    assert "tcpladder" not in texts


def test_of_one_connection_of_the_list_its_row_without_a_heading() -> None:
    pointed = pointed_in(Listing(SHOWCASE, SHOWCASE.judgement), (5,))
    assert pointed.row.split()[:3] == [UNICODE.levels["note"], "5", "192.0.2.10:40402"]
    assert pointed_in(None, (5,)) == Pointed()


def test_of_more_connections_than_a_filter_should_have_the_first_and_it_is_said() -> None:
    many = tuple(range(1, 25)) * 5
    texts = copied(Pointed(connections=many))
    assert texts["filter"].text.count("tcp.srcport") == 2 * MOST_CONNECTIONS
    assert texts["filter"].left_out == f"only the first {MOST_CONNECTIONS} of {len(many)} connections"


def test_of_findings_their_proof() -> None:
    [finding] = [one for one in SHOWCASE.judgement.findings if one.rule == "hs-refused"]
    pointed = pointed_findings(SHOWCASE, (finding,))
    assert (pointed.connections, pointed.frames) == ((finding.connection,), finding.frames)
    assert pointed.row.startswith("note hs-refused: #9 ")
    assert finding.message in pointed.row
    found = SHOWCASE.judgement.findings
    assert len(pointed_findings(SHOWCASE, found).row.splitlines()) == len(found)
    assert pointed_findings(SHOWCASE, found).frames == ()
    assert not copied(pointed_findings(SHOWCASE, ()))


def test_a_ladder_that_is_too_long_ends_with_the_command_that_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpladder.report.copying.MOST_LINES", 10)
    whole = copied(Pointed(connections=(16,)))["ladder"]
    lines = whole.text.splitlines()
    assert len(lines) == 11
    assert whole.left_out == (
        f"only the first 10 lines; tcpladder ladder {shlex.quote(str(SHOWCASE.path))} 16 > ladder.txt writes "
        "a whole ladder"
    )
    assert lines[-1] == f"({whole.left_out})"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["a" * 100] * 500, 500),
        (["─" * 100] * 500, MOST_BYTES // 301),
        (["x"] * (MOST_LINES + 1), MOST_LINES),
        (["x"] * MOST_LINES, MOST_LINES),
    ],
)
def test_what_is_copied_is_no_more_than_terminals_take(lines: list[str], kept: int) -> None:
    one = bounded(lines)
    assert len(one.text.splitlines()) == kept
    assert bool(one.left_out) == (kept < len(lines))
    assert len(base64.b64encode(one.text.encode())) < OF_TERMINALS


def test_a_line_that_is_too_long_is_cut_and_it_is_said() -> None:
    one = bounded(["é" * MOST_BYTES])
    assert one.text == "é" * (MOST_BYTES // 2)
    assert one.left_out == f"only the first {MOST_BYTES // 2} characters"


def test_ascii_has_ascii_ladders() -> None:
    [told] = [one for one in offers(SHOWCASE, ladder, Pointed(connections=(5,)), ASCII) if one.name == "ladder"]
    assert told.text().text.isascii()
