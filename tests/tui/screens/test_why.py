"""What is said of a finding and of a row's states."""

import pytest
from rich.text import Text

from tcpladder.rulebook.manual import manual
from tcpladder.rulebook.rule import Rule
from tcpladder.rules import catalogue
from tcpladder.tui.screens.help import HelpPane
from tcpladder.tui.screens.why import SHOWN, WhyScreen, explanation, paragraphs
from tests.samples import sample
from tests.tui.driving import Driver, from_memory, opened, press, screen_lines

TALL = (100, 70)


@pytest.fixture(autouse=True)
def _from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)


def plain(found: list[Text]) -> list[str]:
    return [line.plain for line in found]


def shown(pilot: Driver) -> str:
    """Give what the box says, its lines joined."""
    return " ".join(" ".join(line.strip(" │") for line in screen_lines(pilot.app)).split())


def titles(pilot: Driver) -> str:
    return str(pilot.app.screen.query_one(HelpPane).border_title)


def test_a_finding_is_told_with_its_proof_and_the_pages_sections() -> None:
    finding = sample("refused.client").judgement.findings[0]
    page = next(manual(rule.manual) for rule in catalogue() if rule.id == finding.rule)
    told = plain(explanation(finding, page))
    assert told[:2] == [f"{finding.level.word}  {finding.rule}", page.title]
    assert finding.message in told
    assert [line for line in told if line in SHOWN] == list(SHOWN)
    assert any(page.clause in line for line in told)


def test_lines_of_a_paragraph_are_joined_and_lists_stay_lists() -> None:
    text = "One sentence\ngoes on.\n\nAnother.\n- an item\n  goes on\n- a second"
    assert plain(paragraphs(text)) == ["One sentence goes on.", "", "Another.", "- an item goes on", "- a second"]


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)
def test_every_rule_can_be_explained(rule: Rule) -> None:
    page = manual(rule.manual)
    assert all(page.sections.get(heading) for heading in SHOWN)


async def test_a_row_without_a_finding_is_explained_by_its_states() -> None:
    async with opened(size=TALL, keys="5 G enter w") as pilot:
        assert titles(pilot) == "no.52"
        assert "Initiator: SYN-SENT since no.52, when it sent SYN. Seen:" in shown(pilot)
        assert "Responder: LISTEN from before the first segment." in shown(pilot)
        assert "What it checks" not in shown(pilot)


async def test_the_states_before_the_first_segment_are_explained() -> None:
    async with opened(size=TALL, keys="5 G enter g w") as pilot:
        assert titles(pilot) == "Before the first segment"
        assert "Initiator: CLOSED from before the first segment." in shown(pilot)


async def test_a_row_with_a_finding_is_explained_by_both() -> None:
    async with opened(size=TALL, keys="9 G enter right_square_bracket w") as pilot:
        assert "Initiator: CLOSED since no.91, when it received RST." in shown(pilot)
        assert "note hs-refused" in shown(pilot)
        assert "What it checks" in shown(pilot)


async def test_what_a_segment_is_besides_is_told() -> None:
    async with opened(size=TALL, keys="1 9 G enter") as pilot:
        for _ in range(12):
            await press(pilot, "w")
            if "The segment: " in shown(pilot):
                break
            await press(pilot, "w j")
        assert "retransmission" in shown(pilot)


async def test_all_findings_of_a_connection_are_explained_together() -> None:
    found = sample("showcase").judgement.findings_of(14)
    async with opened(size=(100, 200), keys="1 4 G w") as pilot:
        assert isinstance(pilot.app.screen, WhyScreen)
        assert all(f"{finding.level.word} {finding.rule}" in shown(pilot) for finding in found)
        await press(pilot, "q enter i")
        assert titles(pilot) == "Findings"
        assert all(f"{finding.level.word} {finding.rule}" in shown(pilot) for finding in found)
