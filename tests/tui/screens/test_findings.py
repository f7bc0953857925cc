"""The findings as a tree: what stands in it, what is said of the line under the cursor, and what opens."""

import pytest

from tcpladder.ladder.glyphs import ASCII, UNICODE
from tcpladder.rulebook.judging import Judgement
from tcpladder.tui.list_words import found_words
from tcpladder.tui.screens import findings as findings_screen
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.findings import FindingsScreen, FindingTree
from tests.building import analysed
from tests.samples import path_of, sample
from tests.tui.driving import Driver, from_memory, ladder, lines, opened, press, screen_lines, settled, table, words


@pytest.fixture(autouse=True)
def _from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)


def tree(pilot: Driver) -> FindingTree:
    return pilot.app.screen.query_one(FindingTree)


def judgement() -> Judgement:
    return sample("showcase").judgement


async def test_every_finding_stands_below_its_rule_the_gravest_first() -> None:
    async with opened(size=(160, 60), keys="i") as pilot:
        rules = [node.data or () for node in tree(pilot).root.children]
        found = [finding for node in tree(pilot).root.children for leaf in node.children for finding in leaf.data or ()]
        assert sorted(found, key=id) == sorted(judgement().findings, key=id)
        assert found == [finding for rule in rules for finding in rule]
        levels = [finding.level for finding in found]
        assert levels == sorted(levels, reverse=True)
        assert all(len({finding.rule for finding in rule}) == 1 for rule in rules)


async def test_the_first_line_says_its_finding_at_once() -> None:
    async with opened(keys="i") as pilot:
        assert tree(pilot).cursor_line == 0
        first = judgement().findings[0]
        told = words(pilot, "#message").split("\n")
        assert told[0] == first.message
        assert told[1].startswith("frame")
        await press(pilot, "G")
        assert words(pilot, "#message").split("\n")[0] != first.message


async def test_enter_opens_the_ladder_at_the_proof_and_the_list_follows() -> None:
    async with opened(keys="i j j j") as pilot:
        node = tree(pilot).cursor_node
        (finding,) = (node.data if node else None) or ()
        await press(pilot, "enter")
        shown = ladder(pilot).ladder
        assert shown.heading.connection == finding.connection
        assert shown.frames[ladder(pilot).segment or 0] == finding.frames[0]
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert table(pilot).connection == finding.connection


async def test_a_finding_about_a_host_opens_its_first_connection() -> None:
    async with opened(keys="i j") as pilot:
        node = tree(pilot).cursor_node
        (finding,) = (node.data if node else None) or ()
        assert finding.connection is None
        await press(pilot, "enter")
        assert ladder(pilot).ladder.heading.connection == finding.connections[0]


async def test_enter_on_a_rule_folds_it_and_opens_nothing() -> None:
    async with opened(keys="i enter") as pilot:
        assert isinstance(pilot.app.screen, FindingsScreen)
        assert not tree(pilot).root.children[0].is_expanded


@pytest.mark.parametrize("width", [40, 80])
async def test_lines_end_with_an_ellipsis_where_there_is_no_room(width: int) -> None:
    async with opened(size=(width, 24), keys="i") as pilot:
        view = tree(pilot)
        assert view.virtual_size.width <= view.scrollable_content_region.width
        assert "…" in "".join(lines(view))
        await pilot.resize_terminal(200, 24)
        await settled(pilot)
        assert "…" not in "".join(lines(view))


async def test_a_rule_with_many_findings_is_folded_and_lists_no_more_than_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(findings_screen, "OPEN_AT_ONCE", 2)
    monkeypatch.setattr(findings_screen, "MOST_LINES", 2)
    async with opened(size=(120, 60), keys="i") as pilot:
        rule = next(node for node in tree(pilot).root.children if len(node.data or ()) == 3)
        assert not rule.is_expanded
        assert len(rule.children) == 0
        rule.expand()
        await settled(pilot)
        assert [str(leaf.label) for leaf in rule.children][2] == "and 1 more: the list of connections has them all"
        rule.collapse()
        rule.expand()
        await settled(pilot)
        assert len(rule.children) == 3
        tree(pilot).move_cursor(rule.children[2])
        await press(pilot, "w enter")  # there is nothing to explain, and nothing to open
        assert isinstance(pilot.app.screen, FindingsScreen)
        assert words(pilot, "#message") == ""


async def test_the_health_of_the_capture_stands_first(monkeypatch: pytest.MonkeyPatch) -> None:
    one_way = analysed("initiator > responder  ACK len=1000\n" * 40)
    assert one_way.judgement.health
    from_memory(monkeypatch, one_way)
    async with opened(keys="i") as pilot:
        assert isinstance(pilot.app.screen, FindingsScreen)
        shown = "".join(screen_lines(pilot.app))
        assert all(f"▲ {note.sentence[:40]}" in shown for note in one_way.judgement.health)


async def test_nothing_is_offered_where_nothing_was_found() -> None:
    async with opened(path_of("three-segment-close.client"), keys="i") as pilot:
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert "no findings" in words(pilot, "#title")
        assert "Findings" not in screen_lines(pilot.app)[-1]


def test_findings_are_counted_by_level() -> None:
    assert found_words(sample("three-segment-close.client").judgement, UNICODE) == "no findings"
    found = judgement().findings
    counts = [sum(finding.level.word == word for finding in found) for word in ("deviation", "note")]
    assert found_words(judgement(), ASCII) == f"!{counts[0]} *{counts[1]}"
