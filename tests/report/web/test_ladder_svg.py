"""A ladder as SVG, whole and in parts."""

from hypothesis import given, settings

from tcpladder.ladder.folding import folding
from tcpladder.ladder.options import LadderOptions
from tcpladder.ladder.rungs import Ladder, ladder_of
from tcpladder.report.drawn import Drawn, shortened
from tcpladder.report.web.ladder_svg import PART, ladder_parts, ladder_picture
from tcpladder.report.web.rows import ROW
from tcpladder.settings.names import Names
from tests.building import Segment, analysed, ladder
from tests.generating import any_segments
from tests.markup import parsed

SVG = "{http://www.w3.org/2000/svg}"


def drawn(of: Ladder) -> Drawn:
    return Drawn(ladder=of, rows=tuple(shortened(of, folding(of, folded=False))))


def texts(picture: str) -> list[str]:
    return [text.text or "" for text in parsed(picture).iter(f"{SVG}text")]


def test_a_picture_says_which_connection_it_is_and_names_its_columns() -> None:
    found = texts(ladder_picture(drawn(ladder("initiator > responder  SYN")), 7, LadderOptions()))
    assert found[0] == "1/7"
    assert {"No.", "time", "Δ time", "initiator", "responder", "note", "SYN seq 0", "SYN-SENT"} <= set(found)


def test_parts_have_all_rows_and_each_fits_on_a_page() -> None:
    long = ladder("initiator > responder  SYN\ninitiator < responder  SYN,ACK\n" + "initiator > responder  ACK\n" * 90)
    parts = [parsed(part) for part in ladder_parts(drawn(long), LadderOptions())]
    assert len(parts) == 5
    frames = [text.text for part in parts for text in part.iter(f"{SVG}text") if text.get("class") == "frame"]
    assert frames == [str(frame) for frame in range(1, 93)]
    assert all(float(part.attrib["height"]) <= (PART + 1) * ROW for part in parts)
    assert not any(list(part.iter(f"{SVG}style")) for part in parts)


def test_names_mean_nothing_to_a_viewer() -> None:
    hostile = "\"><script>alert('x')</script>\u202e"
    one = ladder("initiator > responder  SYN")
    one.name_ends(Names({one.heading.endpoints[0][0]: hostile}))
    picture = ladder_picture(drawn(one), 1, LadderOptions())
    assert not list(parsed(picture).iter(f"{SVG}script"))
    assert any(r"\u202e" in text for text in texts(picture))


@settings(max_examples=25)
@given(any_segments())
def test_any_ladder_is_well_formed(segments: list[Segment]) -> None:
    analysis = analysed(segments)
    for number in analysis.connections.table["connection"].to_list()[:3]:
        one = ladder_of(analysis, number, analysis.judgement)
        root = parsed(ladder_picture(drawn(one), len(analysis.connections), LadderOptions()))
        assert root.tag == f"{SVG}svg"
