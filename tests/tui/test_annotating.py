"""Marks and notes in the app: made, shown, gone to, saved, and asked about before they are lost."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tcpladder.annotations.document import Annotation, Place, Subject
from tcpladder.annotations.sidecar import load
from tcpladder.capture.pcapng_copy import copy_frames
from tcpladder.ladder.glyphs import ASCII
from tcpladder.report.annotation_list import Noted
from tcpladder.tui.annotating import stepped
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.screens.leave import LeaveScreen
from tcpladder.tui.screens.note import NoteArea
from tests.annotating import keep
from tests.samples import path_of
from tests.tui.driving import (
    SHOWCASE,
    Driver,
    from_memory,
    ladder,
    lines,
    opened,
    press_last,
    settled,
    table,
    words,
)

A, B, C = (Annotation(mark=letter) for letter in "abc")
TO_4 = "4 G enter"  # a connection of 19 segments, frames 33 to 51; a finding is proven by frame 40


def toasts(pilot: Driver) -> list[str]:
    return [notification.message for notification in pilot.app._notifications]


def shown(pilot: Driver) -> LadderScreen:
    assert isinstance(pilot.app.screen, LadderScreen)
    return pilot.app.screen


def told(pilot: Driver) -> dict[str, str]:
    """Give all that is written by now, as `no.34` or `#33`, and in words."""
    app = pilot.app
    assert isinstance(app, TcpladderApp)
    annotations = app._annotating.annotations
    assert annotations is not None
    return {
        f"{'no.' if place.subject is Subject.PACKET else '#'}{place.frame}": f"{what.mark}:{what.note}"
        for place in annotations
        for what in [annotations[place]]
    }


async def typed(pilot: Driver, keys: str) -> None:
    """Press keys one after the other, and wait until all came to rest."""
    for key in keys.split():
        await pilot.press(key)
    await settled(pilot)


async def write(pilot: Driver, note: str) -> None:
    """Write a note about what the cursor is on."""
    await typed(pilot, "M")
    pilot.app.screen.query_one(NoteArea).text = note
    await typed(pilot, "enter")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Give where the tests' notes on showcase.pcap are."""
    return tmp_path / "showcase.pcap.tcpladder.json"


async def test_marks_and_notes_are_shown_in_the_ladder_and_in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys=f"{TO_4} j m a 8 G m b", size=(120, 30)) as pilot:
        await write(pilot, "closes\nlate")
        assert told(pilot) == {"no.34": "a:", "no.40": "b:closes\nlate"}
        drawn = lines(ladder(pilot))
        assert drawn[4].startswith("a    34 ")
        assert drawn[10].startswith("●b   40 ")
        assert '"closes late"; ' in drawn[10]
        assert words(pilot, "#status").startswith('no.40  8/19  [b] "closes late"   ')
        await typed(pilot, "g m c")
        await write(pilot, "slow")
        assert lines(ladder(pilot))[2].startswith('c" ')
        assert words(pilot, "#status").startswith('before the first segment  [c] "slow"   ')
        assert told(pilot)["#33"] == "c:slow"
        await typed(pilot, "q")
        assert words(pilot, "#summary").startswith('[c] "slow"; no.34 [a]; no.40 [b] "closes late"  #4 ')
        assert any(line.startswith(" ●c  4 ") for line in lines(table(pilot)))
        await typed(pilot, "m c")
        assert told(pilot)["#33"] == ":slow"
        assert any(line.startswith(" ●a  4 ") for line in lines(table(pilot)))


async def test_a_letter_marks_one_thing_and_says_what_it_marked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        await typed(pilot, f"{TO_4} m a j m a")
        assert toasts(pilot)[-1] == "a marked no.33 before."
        assert told(pilot) == {"no.34": "a:"}
        await typed(pilot, "m A 7 a")
        assert told(pilot) == {}
        await typed(pilot, "n")  # with nothing written there is nothing to go to, and n finds
        assert shown(pilot).finder.is_open


async def test_what_is_typed_quickly_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        for keys in ("mq", "Mslow"):
            for key in keys:
                pilot.app.simulate_key(key)
            await settled(pilot)
        await typed(pilot, "enter")
        assert list(told(pilot).values()) == ["q:slow"]


async def test_a_fold_never_hides_what_is_written_about(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        await typed(pilot, "1 6 G enter 4 1 G m a Z")
        assert not ladder(pilot)._folding.is_hidden(40)
        assert [line for line in lines(ladder(pilot)) if line.startswith("a ")]
        await typed(pilot, "m a")
        assert ladder(pilot)._folding.is_hidden(40)


async def test_marks_are_gone_to_from_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from_memory(monkeypatch)
    keep(SHOWCASE, tmp_path / "state", {"no.34": A, "no.91": C, "#90": B})
    async with opened(keys="5 G") as pilot:
        await typed(pilot, "apostrophe b")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert table(pilot).connection == 9
        await typed(pilot, "apostrophe a")
        assert (shown(pilot).connection, shown(pilot).place()) == (4, Place(Subject.PACKET, 34))
        await typed(pilot, "apostrophe b")
        assert (shown(pilot).connection, ladder(pilot).cursor) == (9, 0)
        await typed(pilot, "apostrophe x down down enter")
        assert (shown(pilot).connection, shown(pilot).place()) == (9, Place(Subject.PACKET, 91))


async def test_n_goes_from_one_to_the_next_in_the_order_of_the_list(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from_memory(monkeypatch)
    keep(SHOWCASE, tmp_path / "state", {"no.34": A, "no.35": B, "#90": C})
    async with opened(keys="4 G") as pilot:
        await typed(pilot, "n")
        assert table(pilot).connection == 9
        await typed(pilot, "N enter n")
        assert shown(pilot).place() == Place(Subject.PACKET, 34)
        await typed(pilot, "n n")
        assert (shown(pilot).connection, ladder(pilot).cursor) == (9, 0)
        await typed(pilot, "n")
        assert toasts(pilot) == ["There is no mark or note after this."]
        await typed(pilot, "N")
        assert shown(pilot).place() == Place(Subject.PACKET, 35)
        await typed(pilot, "ctrl+f l a t e enter n N N")  # while something is found, n goes on with that
        assert len(toasts(pilot)) == 1


def noted(connection: int, frame: int | None) -> Noted:
    subject = Subject.CONNECTION if frame is None else Subject.PACKET
    return Noted(connection=connection, place=Place(subject, frame or 1), what=Annotation(mark="a"))


def test_the_next_one_is_next_in_the_list_and_only_of_what_is_listed() -> None:
    found = [noted(1, None), noted(1, 5), noted(2, 7), noted(3, None), noted(3, 9)]
    numbers = np.array([3, 4, 1], np.uint32)

    def steps(here: tuple[int, int | None]) -> list[tuple[int, int | None] | None]:
        both = [stepped(found, numbers, here, step) for step in (1, -1)]
        return [None if one is None else (one.connection, one.frame) for one in both]

    assert steps((3, 0)) == [(3, 9), None]
    assert steps((3, 10)) == [(1, None), (3, 9)]
    assert steps((1, 5)) == [None, (1, None)]
    assert steps((4, None)) == [(1, None), (3, 9)]
    assert steps((3, None)) == [(1, None), None]
    assert steps((2, 7)) == [(3, None), None]
    assert stepped([], np.array([], np.uint32), (1, None), 1) is None


async def test_they_are_saved_beside_the_capture_and_read_again(monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    from_memory(monkeypatch)
    async with opened(keys=f"{TO_4} enter m a") as pilot:
        assert "W saves" in toasts(pilot)[-1]
        await write(pilot, "here")
        assert not kept.exists()
        assert str(pilot.app.screen.query_one("#title").content).endswith('[a] "here"')  # type: ignore[attr-defined]
        await typed(pilot, "W")
        assert f"'{kept}'" in toasts(pilot)[-1]
        await press_last(pilot, "ctrl+q")
    async with opened(keys="4 G", glyphs=ASCII) as pilot:
        assert any(line.startswith(" *a  4 ") for line in lines(table(pilot)))
        await press_last(pilot, "q")


async def test_leaving_asks_for_what_is_not_saved(monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        await typed(pilot, "M h ctrl+q")  # what is being written is not lost either
        assert isinstance(pilot.app.screen, LeaveScreen)
        await typed(pilot, "ctrl+q escape")
        assert list(told(pilot).values()) == [":h"]
        await typed(pilot, "q")
        await press_last(pilot, "d")
    assert not kept.exists()


async def test_opening_another_capture_asks_too(monkeypatch: pytest.MonkeyPatch, kept: Path, tmp_path: Path) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        await typed(pilot, "m a")
        app = pilot.app
        assert isinstance(app, TcpladderApp)
        app._open_next(tmp_path)
        await typed(pilot, "escape")
        assert app.wanted is None
        app._open_next(tmp_path)
        await settled(pilot)
        await press_last(pilot, "s")
        assert app.wanted == tmp_path
    assert kept.exists()


async def test_what_can_not_be_saved_is_told_and_stays(
    monkeypatch: pytest.MonkeyPatch, kept: Path, tmp_path: Path
) -> None:
    from_memory(monkeypatch)
    kept.write_text("{")
    (tmp_path / "state" / "annotations").parent.mkdir()
    (tmp_path / "state" / "annotations").touch()
    async with opened(keys="m a") as pilot:
        assert toasts(pilot)[0] == "'showcase.pcap.tcpladder.json' is left as it is: it is damaged."
        await typed(pilot, "q s")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert "Marks and notes are not saved: 'showcase.pcap" in toasts(pilot)[-1]
        assert list(told(pilot).values()) == ["a:"]
        await typed(pilot, "q")
        await press_last(pilot, "d")
    assert kept.read_text() == "{"


async def test_an_error_in_the_app_does_not_cost_them(monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    from_memory(monkeypatch)
    async with opened(keys="m a") as pilot:
        app = pilot.app
        assert isinstance(app, TcpladderApp)
        app.failure = RuntimeError("a mistake")
        app.exit()
    assert kept.exists()


async def test_a_capture_that_was_moved_finds_them(tmp_path: Path) -> None:
    capture = tmp_path / "a.pcap"
    shutil.copy(path_of("refused.client"), capture)
    annotations = load(capture)
    annotations.set_note(Place(Subject.PACKET, 1), "knock")
    annotations.save()
    moved = capture.rename(tmp_path / "b.pcap")
    async with opened(moved) as pilot:
        assert words(pilot, "#summary").startswith('no.1 "knock"  ')
        await press_last(pilot, "q")


async def test_what_the_capture_says_itself_is_shown_gone_to_and_never_written(tmp_path: Path) -> None:
    capture = tmp_path / "a.pcapng"
    with capture.open("wb") as out:
        copy_frames(path_of("half-close-with-data.server"), np.arange(1, 20), out, [(4, ["late\n\x1b[2J", "lost"])])
    before = capture.read_bytes()
    async with opened(capture, keys="enter", size=(120, 30)) as pilot:
        await typed(pilot, "n")
        assert words(pilot, "#status").startswith(r'no.4  4/19  capture: "late \x1b[2J lost"   ')
        assert lines(ladder(pilot))[6].startswith('"')
        assert r'"late \x1b[2J lost"' in lines(ladder(pilot))[6]
        await write(pilot, "mine")
        assert words(pilot, "#status").startswith(r'no.4  4/19  "mine"; capture: "late \x1b[2J lost"   ')
        await typed(pilot, "W M")
        assert pilot.app.screen.query_one(NoteArea).text == "mine"
    assert "late" not in capture.with_name("a.pcapng.tcpladder.json").read_text()
    assert capture.read_bytes() == before


def test_showcase_has_no_file_of_notes() -> None:
    assert not SHOWCASE.with_name("showcase.pcap.tcpladder.json").exists()


async def test_a_filter_finds_what_is_marked_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="greater_than_sign 3 G m a 5 G slash m a r k e d enter") as pilot:
        assert table(pilot).numbers().to_list() == [3]
        await typed(pilot, "slash ctrl+u n o t e d enter")
        assert table(pilot).numbers().to_list() == []
        await typed(pilot, "escape 7 G m b slash m a r k e d enter")
        assert table(pilot).numbers().to_list() == [3, 7]
