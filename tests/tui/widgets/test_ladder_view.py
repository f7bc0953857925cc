"""The ladder on the screen: what it draws and when, and the mouse; its keys are in test_bindings."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from textual.color import Color

from tcpladder.ladder import layout as drawing
from tcpladder.ladder.options import ColourMode, TimeFormat
from tcpladder.ladder.rungs import ladder_of
from tcpladder.tui.palette import DARK, LIGHT
from tcpladder.tui.screens.comparison import ComparisonScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.screens.packet_detail import PacketDetailScreen
from tcpladder.tui.widgets import ladder_rows, ladder_view
from tcpladder.tui.widgets.ladder_view import HEADINGS, PAN, LadderView
from tests.building import analysed, segments
from tests.samples import path_of
from tests.tui.driving import Driver, from_memory, ladder, lines, opened, press, settled, words

LONG = "1 6 G enter"  # 49 segments, of which 20 are in view at 80×24


class Counter:
    """Counts what is drawn: rungs put into spans, and lines of the view that are painted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn: list[str] = []
        self.painted: list[int] = []
        for name in ("draw_title", "draw_columns", "draw_initial", "draw_rung"):
            drawn_by = ladder_rows if name == "draw_rung" else ladder_view
            monkeypatch.setattr(drawn_by, name, self._counting(name, getattr(drawing, name)))
        render = LadderView.render_line

        def render_line(view: LadderView, y: int) -> Any:
            self.painted.append(y)
            return render(view, y)

        monkeypatch.setattr(LadderView, "render_line", render_line)

    def _counting(self, name: str, draw: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.drawn.append(name)
            return draw(*arguments, **named)

        return counted

    def clear(self) -> None:
        self.drawn.clear()
        self.painted.clear()


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    from_memory(monkeypatch)
    return Counter(monkeypatch)


async def test_it_draws_what_is_in_view_and_no_more(counter: Counter) -> None:
    async with opened(keys=LONG):
        assert sorted(set(counter.drawn)) == ["draw_columns", "draw_initial", "draw_rung", "draw_title"]
        assert counter.drawn.count("draw_rung") == 18


async def test_a_second_painting_draws_nothing_anew(counter: Counter) -> None:
    async with opened(keys=LONG) as pilot:
        counter.clear()
        ladder(pilot).refresh()
        await settled(pilot)
        assert len(counter.painted) == 21
        assert counter.drawn == []


async def test_moving_the_cursor_repaints_two_lines(counter: Counter) -> None:
    async with opened(keys=f"{LONG} j") as pilot:
        counter.clear()
        await press(pilot, "j")
        assert sorted(counter.painted) == [HEADINGS + 2, HEADINGS + 3]
        assert counter.drawn == []


async def test_scrolling_by_a_row_draws_one_row(counter: Counter) -> None:
    async with opened(keys=f"{LONG} 1 9 G") as pilot:
        counter.clear()
        await press(pilot, "j")
        assert counter.drawn == ["draw_rung"]


async def test_coming_back_draws_nothing_anew(counter: Counter) -> None:
    async with opened(keys=f"{LONG} G") as pilot:
        counter.clear()
        await press(pilot, "g")
        assert counter.drawn == []


async def test_the_headings_stay_while_the_rest_scrolls(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys=LONG) as pilot:
        before = lines(ladder(pilot))
        await press(pilot, "G")
        after = lines(ladder(pilot))
        assert after[:HEADINGS] == before[:HEADINGS]
        assert after[HEADINGS:] != before[HEADINGS:]
        assert "LAST-ACK" in after[-2]


@pytest.mark.parametrize(("keys", "row"), [("1 2 G", 12), ("0 7 G", 7), ("9 9 9 G", 49), ("1 2 G 3 j G", 49)])
async def test_a_count_goes_to_its_row(monkeypatch: pytest.MonkeyPatch, keys: str, row: int) -> None:
    from_memory(monkeypatch)
    async with opened(keys=f"{LONG} {keys}") as pilot:
        assert ladder(pilot).cursor == row


async def test_state_changes_forth_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter g") as pilot:
        rows = []
        for _ in range(8):
            await press(pilot, "right_curly_bracket")
            rows.append(ladder(pilot).cursor)
        assert rows == [1, 2, 3, 8, 9, 10, 11, 11]
        for _ in range(8):
            await press(pilot, "left_curly_bracket")
            rows.append(ladder(pilot).cursor)
        assert rows[8:] == [10, 9, 8, 3, 2, 1, 1, 1]


async def test_findings_forth_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 4 G enter g") as pilot:
        expected = ladder(pilot).ladder.finding_rows()
        rows = []
        for _ in (*expected, "once more"):
            await press(pilot, "right_square_bracket")
            rows.append(ladder(pilot).segment)
        assert rows == [*expected, expected[-1]]
        for _ in expected:
            await press(pilot, "left_square_bracket")
        assert ladder(pilot).segment == expected[0]


@pytest.mark.parametrize("height", [12, 24])
async def test_the_end_shows_what_did_not_come(monkeypatch: pytest.MonkeyPatch, height: int) -> None:
    from_memory(monkeypatch)
    async with opened(path_of("never-closed.client"), size=(80, height), keys="1 G enter") as pilot:
        await press(pilot, "G j")
        view = ladder(pilot)
        assert view.cursor == len(view.ladder) == 9  # a cursor does not go where no segment is
        shown = [line for line in lines(view) if line.strip()]
        assert "FIN did not come" in shown[-1]
        await pilot.click(LadderView, offset=(40, len(shown) - 1))
        await settled(pilot)
        assert view.cursor == 9


@pytest.mark.parametrize(("theme", "colour"), [("dark", DARK), ("light", LIGHT)])
async def test_signs_have_the_colours_of_their_levels(
    monkeypatch: pytest.MonkeyPatch, theme: str, colour: dict[str, str]
) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 4 G enter") as pilot:
        pilot.app.theme = theme
        await settled(pilot)
        view = ladder(pilot)
        signs = {
            segment.text: Color.from_rich_color(segment.style.color).hex.lower()
            for strip in view.render_lines(view.size.region)
            for segment in strip
            if segment.style and segment.style.color and segment.text in ("▲", "●")
        }
        assert signs == {"▲": colour["level-deviation"], "●": colour["level-note"]}


async def test_there_is_no_packet_before_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="enter k enter") as pilot:
        assert isinstance(pilot.app.screen, LadderScreen)


async def test_a_click_moves_and_a_double_click_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter") as pilot:
        await pilot.click(LadderView, offset=(40, HEADINGS + 4))
        await settled(pilot)
        assert ladder(pilot).cursor == 4
        await pilot.click(LadderView, offset=(40, 0))
        await pilot.click(LadderView, offset=(40, 20))  # below the last row
        await settled(pilot)
        assert ladder(pilot).cursor == 4
        await pilot.click(LadderView, offset=(40, HEADINGS + 5), times=2)
        await settled(pilot)
        assert isinstance(pilot.app.screen, PacketDetailScreen)
        assert pilot.app.screen.frame == 5


async def test_the_wheel_scrolls_and_leaves_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys=LONG) as pilot:
        await _wheel(pilot)
        assert ladder(pilot).scroll_offset.y > 0
        assert ladder(pilot).cursor == 1
        await press(pilot, "j")  # moving brings the cursor back into view
        assert ladder(pilot).scroll_offset.y <= 2


async def _wheel(pilot: Driver) -> None:
    view = ladder(pilot)
    view.scroll_down(animate=False)
    view.scroll_down(animate=False)
    await settled(pilot)


async def test_going_to_a_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys=f"{LONG} ctrl+g 1 5 0 enter") as pilot:
        assert ladder(pilot).cursor == 7
        assert words(pilot, "#status").startswith("no.150  7/49 ")
        await press(pilot, "ctrl+g 1 enter")
        assert ladder(pilot).cursor == 7
        told = [notification.message for notification in pilot.app._notifications]
        assert told == ["This connection has no packet 1; its packets are between 144 and 192."]


async def test_a_longer_ladder_takes_the_place_of_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 0 G enter G J") as pilot:
        assert ladder(pilot).cursor == 1
        assert lines(ladder(pilot))[0].startswith(" 16/24 ")
        await press(pilot, "G")
        assert ladder(pilot).scroll_offset.y == 31


@pytest.mark.parametrize("keys", ["1 G enter", "1 0 G enter"])
async def test_a_theme_changes_the_colours(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    from_memory(monkeypatch)
    async with opened(keys=keys) as pilot:
        before = _colours(pilot)
        pilot.app.theme = "light"
        await settled(pilot)
        light = _colours(pilot)
        assert not before & light
        pilot.app.theme = "dark"
        await settled(pilot)
        assert _colours(pilot) == before


def _colours(pilot: Driver) -> set[object]:
    view = ladder(pilot)
    strips = view.render_lines(view.size.region)[HEADINGS:]
    return {segment.style.color for strip in strips for segment in strip if segment.style and segment.text.strip()}


SENT = "initiator < responder  PSH,ACK len=1000 +1ms\n"
DOWNLOAD = f"""
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    {SENT * 60}
    {SENT.replace("+1ms", "+3s")}
    {SENT * 60}
    initiator > responder  FIN,ACK
    """
TWO_RUNS = ["SEGMENT"] * 3 + ["RUN", "GAP", "RUN", "SEGMENT"]


def kinds(pilot: Driver) -> list[str]:
    shown = ladder(pilot)._folding
    return [shown.row(at).kind.name for at in range(len(shown))]


async def test_a_long_connection_opens_folded_and_its_runs_unfold(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch, analysed(segments(DOWNLOAD)))
    async with opened(size=(120, 24), keys="enter 4 G") as pilot:
        view = ladder(pilot)
        assert view.segment == 3, "4G goes to the fourth segment, and unfolds what holds it"
        assert kinds(pilot) == ["SEGMENT"] * 63 + ["GAP", "RUN", "SEGMENT"]
        await press(pilot, "z")
        assert kinds(pilot) == TWO_RUNS
        assert words(pilot, "#status").startswith("no.4-63  4-63/125 ")
        shown = lines(view)[HEADINGS + 4 :]
        assert "60 segs 60.0 kB · 59.0 ms" in shown[0]
        assert "idle 3.000 s" in shown[1]
        assert "61 segs 61.0 kB · 60.0 ms" in shown[2]
        await press(pilot, "j")
        assert words(pilot, "#status").startswith("idle between no.63 and no.64 ")
        await press(pilot, "right_curly_bracket")
        assert view.segment == 124
        await press(pilot, "g z")
        assert [told.message[:20] for told in pilot.app._notifications] == ["Nothing to fold here"]


async def test_all_runs_fold_and_unfold_with_the_cursor_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch, analysed(segments(DOWNLOAD)))
    async with opened(keys="enter j j j Z") as pilot:
        view = ladder(pilot)
        assert (view.segment, len(view._folding)) == (3, 126)
        await press(pilot, "5 0 G")
        above = view.cursor - view.scroll_offset.y
        await press(pilot, "Z")
        assert kinds(pilot) == TWO_RUNS
        assert view.segment == 3, "the run that holds segment 50 begins with it"
        await press(pilot, "G Z")
        assert view.segment == 124
        assert 0 < above <= view.size.height
        await press(pilot, "ctrl+g 7 0 enter")
        assert view.segment == 69
        await press(pilot, "Z ctrl+g 7 0 enter")
        assert (view.segment, kinds(pilot)[:5]) == (69, TWO_RUNS[:5])


async def test_what_is_folded_stays_so_when_the_judgement_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    again = "initiator < responder  PSH,ACK seq=1 len=1000 +900ms\n"
    analysis = analysed(segments(f"{DOWNLOAD} {SENT.replace('<', '>') * 8} {again} {SENT * 120}"))
    from_memory(monkeypatch, analysis)
    async with opened(keys="enter") as pilot:
        shown = pilot.app.screen
        assert isinstance(shown, LadderScreen)
        shown.show(ladder_of(analysis, 1), 1)
        await settled(pilot)
        await press(pilot, "G")
        segment, before = ladder(pilot).segment, kinds(pilot)
        shown.judge(ladder_of(analysis, 1, analysis.judgement))
        await settled(pilot)
        assert segment == ladder(pilot).segment == 125
        assert len(kinds(pilot)) > len(before)
        assert "RUN" in kinds(pilot)


async def test_times_numbers_labels_and_colours_are_chosen_and_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter") as pilot:
        first = lines(ladder(pilot))
        await press(pilot, "t")
        since_start = lines(ladder(pilot))
        assert since_start[1].split()[0] == "time"
        assert since_start[HEADINGS + 2] != first[HEADINGS + 2]
        assert words(pilot, "#status").startswith("[time: since the connection's start]")
        await press(pilot, "t")
        assert lines(ladder(pilot))[1].split()[0] == "UTC"
        assert re.match(r" \d\d:\d\d:\d\d\.\d{3} ", lines(ladder(pilot))[HEADINGS + 1])
        await press(pilot, "Q D c")
        shown = lines(ladder(pilot))
        raw, _ = ladder(pilot).ladder.raw_numbers(0)
        assert f"SYN seq {raw} win " in shown[HEADINGS + 1]
        await press(pilot, "J")
        assert lines(ladder(pilot))[1].split()[0] == "UTC"
        options = ladder(pilot).options
        await press(pilot, "escape enter")
        assert ladder(pilot).options == options


async def test_long_labels_are_scrolled_as_far_as_the_longest_in_view(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter") as pilot:
        first = HEADINGS + 1
        await press(pilot, "D")
        assert "SYN seq 0 win 64240" in lines(ladder(pilot))[first]
        await press(pilot, "right")
        assert " … win 64240 mss 1460" in lines(ladder(pilot))[first]
        await press(pilot, "right " * 9)
        assert " tsecr 0 ──►" in lines(ladder(pilot))[first]
        furthest = ladder(pilot)._pan
        await press(pilot, "right left")
        assert ladder(pilot)._pan == furthest - PAN
        await press(pilot, "J")
        assert ladder(pilot)._pan == 0


@pytest.mark.parametrize("mode", list(ColourMode))
async def test_colours_tell_what_was_chosen(monkeypatch: pytest.MonkeyPatch, mode: ColourMode) -> None:
    from_memory(monkeypatch)
    async with opened(keys="9 G enter" + " c" * list(ColourMode).index(mode)) as pilot:
        view = ladder(pilot)
        (line,) = (strip for strip in view.render_lines(view.size.region) if "RST" in strip.text)
        arrow = next(part.style for part in line if part.style and "◄" in part.text)
        expected = {
            ColourMode.DIRECTION: DARK["ladder-responder"],
            ColourMode.FINDING: DARK["level-note"],
            ColourMode.FLAGS: "#ffffff",
        }
        assert arrow.color is not None
        assert Color.from_rich_color(arrow.color).hex.lower() == expected[mode]


async def test_times_are_told_from_a_reference_and_two_packets_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter j space t t t") as pilot:
        view = ladder(pilot)
        assert view.options.time is TimeFormat.REFERENCE
        shown = lines(view)
        assert shown[HEADINGS + 2].startswith(f"{view._glyphs.reference} +0.000000 ")
        assert shown[HEADINGS + 1].split()[0].startswith("-0.")
        await press(pilot, "j")
        assert " s since no.2   no.3 " in words(pilot, "#status")
        await press(pilot, "space")
        compared = pilot.app.screen
        assert isinstance(compared, ComparisonScreen)
        assert str(compared.query_one("HelpPane").border_title).startswith("no.2 and no.3 ")
        await press(pilot, "escape k space")
        assert view.reference is None
        assert lines(view)[1].split()[0] == "time", "without a reference, since the start"
