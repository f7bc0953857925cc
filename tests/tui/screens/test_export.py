"""The export dialog: what is chosen is what is written, nothing is replaced unasked, and writing can be stopped."""

import threading
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from textual.app import App
from textual.widgets import Static

from tcpladder.report.format import Covers, Format, formats
from tcpladder.report.model import Report
from tcpladder.tui.exporting import Choices, Exported, scopes
from tcpladder.tui.screens.export import ExportScreen, TargetInput, Written
from tcpladder.tui.widgets.choice_line import ChoiceLine
from tests.samples import sample
from tests.tui.driving import Driver, press, screen_lines, settled, until

SHOWCASE = sample("showcase")
USUAL = Choices()


class ExportApp(App[None]):
    def __init__(self, choices: Choices = USUAL) -> None:
        super().__init__()
        self.choices = choices
        self.written: list[Written | None] = []

    def on_mount(self) -> None:
        found = scopes(
            SHOWCASE,
            this=14,
            is_first=True,
            selected=(),
            listed=np.empty(0, np.uint32),
            filtered_by="",
            found=np.array([14]),
        )
        exported = Exported(analysis=SHOWCASE, scopes=found)
        self.push_screen(ExportScreen(exported, self.choices), self.written.append)


async def looked(pilot: Driver) -> None:
    """Wait until the dialog shows what the file will be."""
    await settled(pilot)
    await until(pilot, lambda: not (isinstance(pilot.app.screen, ExportScreen) and pilot.app.screen.is_looking))


async def ended(pilot: Driver) -> None:
    """Wait until the dialog is closed."""
    await until(pilot, lambda: not isinstance(pilot.app.screen, ExportScreen))


def said(pilot: Driver, part: str = "told") -> str:
    return str(pilot.app.screen.query_one(f"#{part}", Static).content)


def line(pilot: Driver, name: str) -> str:
    return " ".join(pilot.app.screen.query_one(f"#{name}", ChoiceLine).render().plain.split())


def target(pilot: Driver) -> TargetInput:
    return pilot.app.screen.query_one(TargetInput)


async def test_choosing_and_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = ExportApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await looked(pilot)
        assert target(pilot).value == "showcase-14.md"
        assert said(pilot, "figures") == "1 connection, 15 segments, 5 findings, 1 ladder"
        assert said(pilot, "preview").startswith("# TCP connections of `showcase.pcap`")
        singles = [form.name for form in formats() if form.covers is Covers.ONE_CONNECTION]
        assert singles
        assert all(f" {name}" in line(pilot, "format") for name in singles)
        await press(pilot, "right")  # all
        await looked(pilot)
        assert not any(f" {name}" in line(pilot, "format") for name in singles)
        assert target(pilot).value == "showcase.md"
        assert said(pilot, "figures").startswith("24 connections, 366 segments")
        target(pilot).focus()
        target(pilot).value = "own.csv"
        await looked(pilot)
        assert "[csv]" in line(pilot, "format")
        assert said(pilot, "figures") == "24 rows, one a connection"
        assert line(pilot, "table") == "Rows [a row a connection] a segment a finding"
        assert line(pilot, "folds") == "Folded makes no difference to this format"
        await press(pilot, "tab")  # there is nothing that it could be completed to
        app.screen.query_one("#format", ChoiceLine).focus()
        await press(pilot, "right")
        assert target(pilot).value == "own.html"  # of what was typed only the ending follows
        await press(pilot, "escape")
        assert app.written == [None]
    assert list(tmp_path.iterdir()) == []


async def test_writing_asks_once_more_before_it_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "showcase-14.md").write_text("old")
    app = ExportApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        assert said(pilot) == f"'{tmp_path}/showcase-14.md' is there already. Enter once more replaces it."
        assert (tmp_path / "showcase-14.md").read_text() == "old"
        for typed, sentence in (
            ("none/x.md", "can't be written: No such file or directory."),
            ("~no-such-user-at-all/x", "home"),
            (str(SHOWCASE.path), "is the capture itself"),
            ("\0", "can't be written"),
        ):
            target(pilot).value = typed
            await press(pilot, "enter")
            assert sentence in said(pilot), typed
            assert app.written == []
        target(pilot).value = "showcase-14.md"
        await press(pilot, "enter enter")
        await ended(pilot)
        assert app.written == [
            Written(told=f"'{tmp_path}/showcase-14.md' has 1 connection and 5 findings.", choices=USUAL)
        ]
    assert (tmp_path / "showcase-14.md").read_text().startswith("# TCP connections of `showcase.pcap`")


async def test_writing_can_be_stopped_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(_: Report, out: BinaryIO) -> None:
        out.write(b"x" * 2_000)
        begun.set()
        go_on.wait()
        out.write(b"y")

    slow = Format(name="slow", title="slow", suffixes=(".slow",), media_type="application/slow", write=slowly)
    monkeypatch.setattr("tcpladder.tui.exporting.formats", lambda: (slow,))
    monkeypatch.chdir(tmp_path)
    app = ExportApp(Choices(form="slow"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("enter")
        begun.wait()
        await pilot.pause()
        assert said(pilot).startswith("Writing: ")
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert said(pilot) == "Stopping …"
        go_on.set()
        await until(pilot, lambda: said(pilot) != "Stopping …")
        assert said(pilot) == "Stopped: nothing was written."
        assert list(tmp_path.iterdir()) == []
        await press(pilot, "enter")  # and then it may be tried again
        await ended(pilot)
        assert [each.told for each in app.written if each] == [
            f"'{tmp_path}/showcase-14.slow' has 1 connection and 5 findings."
        ]


async def test_a_disguise_shows_in_what_is_looked_at_and_in_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = ExportApp(Choices(form="text", is_disguised=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await looked(pilot)
        seen = said(pilot, "preview")
        assert line(pilot, "notes") == "Notes left out where addresses are disguised"
        await press(pilot, "enter")
        await ended(pilot)
    written = (tmp_path / "capture-14.txt").read_text()
    assert written.startswith(seen[:200])
    assert "192.0.2.10" not in written
    assert app.written[0] is not None


async def test_who_sits_at_a_browser_is_sent_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sent: list[tuple[bytes, str]] = []

    def deliver(_: App[None], file: BinaryIO, *, save_filename: str, mime_type: str) -> None:
        assert mime_type.startswith("text/markdown")
        with file:
            sent.append((file.read(), save_filename))

    monkeypatch.setattr(App, "is_web", True)
    monkeypatch.setattr(App, "deliver_binary", deliver)
    app = ExportApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        target(pilot).value = "/etc/report.md"
        await press(pilot, "enter")
        await ended(pilot)
    [(content, name)] = sent
    assert name == "report.md"
    assert content.startswith(b"# TCP connections of")
    assert [each.told for each in app.written if each] == ["'report.md' has 1 connection and 5 findings."]
    assert list(tmp_path.iterdir()) == []


async def test_an_error_while_writing_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Report, out: BinaryIO) -> None:
        out.write(b"x")
        raise OSError(28, "No space left on device")

    full = Format(name="full", title="full", suffixes=(".full",), media_type="application/full", write=fails)
    monkeypatch.setattr("tcpladder.tui.exporting.formats", lambda: (full,))
    monkeypatch.chdir(tmp_path)
    app = ExportApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        await until(pilot, lambda: "Writing" not in said(pilot))
        assert "can't be written: No space left on device." in said(pilot)
        assert app.written == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (160, 48)])
async def test_every_line_is_there_at_any_size(size: tuple[int, int]) -> None:
    app = ExportApp()
    async with app.run_test(size=size) as pilot:
        await looked(pilot)
        shown = "\n".join(screen_lines(app))
        assert all(name in shown for name in ("What", "Format", "Ladders", "Folded", "Notes", "Text", "File"))
        assert "[markdown]" in shown
        assert "1 connection, 15 segments" in shown
        assert "# TCP connections of" in shown
        assert "Export" in shown.splitlines()[-1]
