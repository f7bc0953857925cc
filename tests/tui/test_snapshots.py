"""How the screens look. `make snapshots` accepts them; each test says what to look for before one does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation
from tcpladder.capture.reader import CaptureNotice, NoticeKind
from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.tui.app import TcpladderApp
from tests.annotating import keep
from tests.samples import path_of
from tests.tui.driving import SHOWCASE, beginning_of, from_memory, press, settled

Look = Callable[..., bool]
SIZES = [(80, 24), (120, 40), (160, 48)]
at_every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, snap_compare: Callable[..., bool]) -> Look:
    """Compare the app, opened on a capture and after some keys, with its picture."""
    from_memory(monkeypatch)

    def compare(
        size: tuple[int, int],
        keys: str = "",
        *,
        path: Path = SHOWCASE,
        theme: str = "dark",
        glyphs: Glyphs = UNICODE,
    ) -> bool:
        app = TcpladderApp(path, glyphs=glyphs)
        app.animation_level = "none"
        app.theme = theme

        async def drive(pilot: Pilot[None]) -> None:
            await settled(pilot)
            await press(pilot, keys)

        return snap_compare(app, terminal_size=size, run_before=drive)

    return compare


@at_every_size
def test_connection_list(look: Look, size: tuple[int, int]) -> None:
    """24 connections, the gravest findings first, those without any last. Signs and rules have the colours of their
    levels. Numbers end below the end of their headings; no endpoint is cut; a rule is cut with an ellipsis, and only
    at 120 columns; states have the colours of their phases; the key bar has room for every key."""
    assert look(size, "5 G")


def test_connection_list_at_its_end(look: Look) -> None:
    """The last row is an IPv6 connection; its address is shortened in the middle. The scroll bar is at the bottom."""
    assert look((80, 24), "G")


def test_connection_list_by_segments(look: Look) -> None:
    """The triangle is beside the heading `segs`, and points down; the longest connection comes first."""
    assert look((80, 24), "less_than_sign I g")


def test_connection_list_in_light_colours(look: Look) -> None:
    """Dark text on a light ground; the row under the cursor is light blue, and its states are still legible."""
    assert look((80, 24), "5 G", theme="light")


def test_selected_connections(look: Look) -> None:
    """A sign at the left edge of two rows, three apart; the title counts them."""
    assert look((80, 24), "5 G space j j space")


def test_ascii_connection_list(look: Look) -> None:
    """Signs, triangle, ellipsis and activity of ASCII characters."""
    assert look((160, 24), "5 G space", glyphs=ASCII)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_choosing_columns(look: Look, size: tuple[int, int]) -> None:
    """A box over the lower part of the list: the columns in their order, `segs` hidden; `ended` stands before
    `responder`, and is two cells wider, in the box and in the list."""
    assert look(size, "C j j j j K plus plus j j space")


@at_every_size
def test_summary(look: Look, size: tuple[int, int]) -> None:
    """Figures, then charts: bars begin below one another, numbers end below one another, and the first bar is lit."""
    assert look(size, "S")


def test_summary_in_light_colours(look: Look) -> None:
    """Dark text on a light ground; signs have the colours of their levels, and the lit line is legible."""
    assert look((120, 40), "S j", theme="textual-light")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_filter_while_it_is_typed(look: Look, size: tuple[int, int]) -> None:
    """A green check mark before the line; below it what Tab goes through, the one that was taken lit. The title counts
    4 of 24 connections, the columns are as wide as without a filter, and the key bar has the line's keys."""
    assert look(size, "slash s t a t e colon T tab space minus p o r t colon 8 tab")


def test_filter_that_is_none(look: Look) -> None:
    """A red cross; the sentence below is red as well, what is not understood is underlined, and the list is still that
    of the filter which was one, a letter before."""
    assert look((80, 24), "slash c l a s s colon r e f u s e d x")


def test_filter_that_is_kept(look: Look) -> None:
    """The line stays above the list, which has the cursor and its own keys, with nothing between them."""
    assert look((80, 24), "slash p o r t colon 8 0 8 0 enter j")


def test_filter_that_nothing_matches(look: Look) -> None:
    """The headings stay; below them it is said that nothing matches, and how to go on."""
    assert look((80, 24), "slash r t t greater_than_sign 5 s enter")


@at_every_size
def test_graceful_close(look: Look, size: tuple[int, int]) -> None:
    """Eleven arrows from SYN to the last ACK. The lifelines change with the states beside them, the heads of the arrows
    touch them, and the labels stand in the middle. The row of the FIN is lit over its whole width."""
    assert look(size, "1 G enter 8 G")


@at_every_size
def test_refused(look: Look, size: tuple[int, int]) -> None:
    """Two arrows; RST is white on red, and stays so under the cursor. The RST's row has a sign, from 120 columns on the
    rule beside it, and the line above the status says the finding."""
    assert look(size, "9 G enter G")


@at_every_size
def test_simultaneous_close(look: Look, size: tuple[int, int]) -> None:
    """Both ends go from FIN-WAIT-1 through CLOSING to TIME-WAIT; what is inferred is in italics."""
    assert look(size, "5 G enter 9 G")


def test_ladder_with_findings(look: Look) -> None:
    """Segments that are sent again have two heads, and say so in the note; two rows have signs in the gutter, of
    different colours; the finding of the cursor's row stands above the status."""
    assert look((120, 40), "1 4 G enter right_square_bracket")


def test_ladder_with_a_ghost(look: Look) -> None:
    """Below the last segment a broken, italic line from the responder's side: the FIN that did not come. It touches no
    lifeline."""
    assert look((80, 24), "1 G enter G", path=path_of("never-closed.client"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_findings(look: Look, size: tuple[int, int]) -> None:
    """Rules with their signs, and below each the connections or hosts; what has no room ends in an ellipsis. The first
    rule is lit, and its finding stands at the bottom."""
    assert look(size, "i")


def test_why_a_finding(look: Look) -> None:
    """Both states, then the finding, its proof, and the sections of the rule's page, their headings in bold."""
    assert look((120, 40), "9 G enter right_square_bracket w")


def test_why_a_state(look: Look) -> None:
    """A small box: a sentence for each endpoint, with the frame and what it rests on."""
    assert look((80, 24), "1 G enter 9 G w")


@at_every_size
def test_ipv6_ladder(look: Look, size: tuple[int, int]) -> None:
    """Addresses in brackets; the two above the lifelines don't touch one another."""
    assert look(size, "enter", path=path_of("ipv6.client"))


def test_long_ladder_at_its_end(look: Look) -> None:
    """49 segments. The headings are still there, times stand in their column beside the scroll bar's."""
    assert look((80, 24), "1 6 G enter G")


def test_narrow_ladder(look: Look) -> None:
    """60 columns: states in six letters, no times; nothing is cut off at the right."""
    assert look((60, 20), "enter")


def test_no_room_for_a_ladder(look: Look) -> None:
    """A sentence in place of the ladder; the lines below it are there, and what has no room ends in an ellipsis."""
    assert look((59, 10), "enter")


def test_no_room_for_anything(look: Look) -> None:
    """A sentence, broken into four lines, and nothing else."""
    assert look((20, 5), "enter")


def test_ladder_in_light_colours(look: Look) -> None:
    """As test_simultaneous_close, dark on light: every colour is legible, under the cursor as well."""
    assert look((120, 40), "5 G enter 9 G", theme="light")


@pytest.mark.parametrize("theme", ["ansi", "wireshark"])
def test_themes(look: Look, theme: str) -> None:
    """`ansi`: the terminal's own ground, its cyan and magenta for both sides, the row under the cursor in exchanged
    colours. `wireshark`: dark on lavender, SYN on grey, the reset yellow on red."""
    assert look((80, 24), "1 4 G enter 5 G", theme=theme)


@pytest.mark.parametrize("theme", ["ansi", "wireshark"])
def test_themes_of_the_list(look: Look, theme: str) -> None:
    """The row under the cursor is plain to see, and the signs keep their shapes and the colours of their levels."""
    assert look((80, 24), "5 G", theme=theme)


def test_ascii_ladder(look: Look) -> None:
    """Arrows, lifelines and signs of ASCII characters."""
    assert look((80, 24), "5 G enter right_square_bracket", glyphs=ASCII)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_time_sequence(look: Look, size: tuple[int, int]) -> None:
    """The number of the graph is in brackets. Data climbs between two staircases, with two columns of S, below one of
    them R, and F where it ends. The line of the cursor is lit, with a triangle on the axis. At 160 columns both sides
    have a graph."""
    assert look(size, "1 6 G enter T right_square_bracket")


def test_round_trips_in_light_colours(look: Look) -> None:
    """Small squares above the axis, one of them near the top; all dark on light."""
    assert look((80, 24), "1 6 G enter T 2", theme="light")


def test_window_in_ascii(look: Look) -> None:
    """Below a dotted line the bytes in flight, of # signs; axes and cursor of ASCII characters."""
    assert look((80, 24), "1 6 G enter T 3 G", glyphs=ASCII)


def test_a_graph_of_nothing(look: Look) -> None:
    """A sentence in place of axes, and what to do."""
    assert look((80, 24), "T 5", path=path_of("timestamps-by-client-only.client"))


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_comparison(look: Look, size: tuple[int, int]) -> None:
    """Both names, what differs as a whole, then phases with rules to the edge. At 160 columns rows stand beside one
    another with a sign between those that differ; at 80 below one another, numbered, and once where they are alike."""
    assert look(size, "1 G v 1 4 G v right_square_bracket")


def test_comparison_in_light_colours(look: Look) -> None:
    """As at 80 columns, dark on light; RST is white on red."""
    assert look((120, 24), "1 G v 9 G v right_square_bracket", theme="textual-light")


def test_comparison_in_ascii(look: Look) -> None:
    """Signs, arrows and rules of ASCII characters."""
    assert look((80, 24), "1 G v 1 5 G v", glyphs=ASCII)


@at_every_size
def test_copy_menu(look: Look, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter a line, what it copies, and how that begins; what has no room ends with an ellipsis."""
    monkeypatch.chdir(SHOWCASE.parent)
    assert look(size, "5 G enter j y", path=Path(SHOWCASE.name))


@at_every_size
def test_packet_detail(look: Look, size: tuple[int, int]) -> None:
    """The TCP layer is open and its bytes are lit; the bytes stand below the tree, or beside it from 120 columns on."""
    assert look(size, "enter enter")


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_followed_text(look: Look, size: tuple[int, int]) -> None:
    """Both sides with their totals, and each line with its side's sign; the frames' numbers stand where they begin. The
    match that was gone to is underlined, the others are lit as well, and it is said which of how many it is."""
    assert look(size, "1 6 G f ctrl+f slash full_stop T slash enter n")


def test_followed_bytes_in_light_colours(look: Look) -> None:
    """Offsets, bytes and characters in their columns, without the frames' numbers only where there is no room."""
    assert look((80, 24), "1 G f r", theme="light")


@at_every_size
def test_help_on_the_list(look: Look, size: tuple[int, int]) -> None:
    """Two columns, keys and words, and the signs of findings below; a scroll bar where there is more than fits."""
    assert look(size, "question_mark")


@at_every_size
def test_help_on_a_ladder(look: Look, size: tuple[int, int]) -> None:
    """As on the list, with arrows and lifelines below the signs."""
    assert look(size, "enter question_mark")


def test_empty_capture(look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice below the title, and a sentence in place of the list that says what to do."""
    monkeypatch.chdir(tmp_path)
    path = Path("empty.pcap")
    path.write_bytes(SHOWCASE.read_bytes()[:24])
    assert look((80, 24), path=path)


def test_stopped_reading(look: Look, monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    """`incomplete` in the title, and below it which part is shown; fewer connections than there are."""
    sentence = "Reading was stopped after 100 segments; the rest of 'showcase.pcap' is not shown."
    notice = CaptureNotice(kind=NoticeKind.INCOMPLETE, sentence=sentence)
    from_memory(monkeypatch, replace(beginning_of(showcase, 100), notices=(notice,)))
    assert look((80, 24))


WRITTEN = {
    "no.34": Annotation(mark="a", note="the balancer's \x1b[31m own"),
    "no.36": Annotation(note="世界 asks for it"),
    "no.40": Annotation(mark="z"),
    "#33": Annotation(mark="c", note="slow since 14:02,\nask Jürgen"),
    "no.164": Annotation(note="it stalls here"),
}


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_marks_and_notes_in_a_ladder(look: Look, size: tuple[int, int], tmp_path: Path) -> None:
    """The connection's stand before the first segment; a letter and a quotation mark are in front of the second, a
    circle and a letter in front of no.40. Lifelines are straight in spite of the wide characters. The status line has
    the note of no.34, with its escape written out; at 160 columns so have the note column and, whole, the pane."""
    keep(SHOWCASE, tmp_path / "state", WRITTEN)
    assert look(size, "4 G enter j")


def test_all_marks_and_notes_in_light_colours(look: Look, tmp_path: Path) -> None:
    """In the box, five lines, by connection, with letters in front; behind it connections 4 and 16 have signs beside
    those of their findings, and the lowest lines begin with what is written about connection 4."""
    keep(SHOWCASE, tmp_path / "state", WRITTEN)
    assert look((80, 24), "4 G apostrophe", theme="light")


def test_writing_a_note(look: Look, tmp_path: Path) -> None:
    """The note stands in the box, its escape written out and its end under the cursor; below it are its keys."""
    keep(SHOWCASE, tmp_path / "state", WRITTEN)
    assert look((80, 24), "4 G enter j M")
