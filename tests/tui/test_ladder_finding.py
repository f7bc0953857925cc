"""Finding in a ladder: rows' words and payload, folded or not."""

import pytest

from tcpladder.errors import CaptureError
from tcpladder.tui.app import TcpladderApp
from tests.tui.driving import from_memory, ladder, opened, press, words
from tests.tui.test_list_finding import find


async def test_words_and_payload_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter") as pilot:
        await find(pilot, "FIN")
        assert (words(pilot, "#found"), ladder(pilot).segment) == ("1 of 2 in words", 7)
        await press(pilot, "n")
        assert (words(pilot, "#found"), ladder(pilot).segment) == ("2 of 2 in words", 9)
        await find(pilot, "/Content-Length: \\d+/")
        assert (words(pilot, "#found"), ladder(pilot).segment) == ("1 of 1 in payload", 5)
        await find(pilot, "hex:48 6f 73 74")
        assert (words(pilot, "#found"), ladder(pilot).segment) == ("1 of 1 in payload", 3)
        await find(pilot, "nothing of that kind")
        assert words(pilot, "#found") == "no match"
        await press(pilot, "n N escape")
        assert ladder(pilot).has_focus
        await press(pilot, "n escape")


async def test_a_match_in_a_folded_run_is_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 6 G enter") as pilot:
        await find(pilot, "hex:21 22 23")
        assert ladder(pilot).ladder.frames[ladder(pilot).segment or 0] >= 149
        assert words(pilot, "#found").endswith("in payload")


async def test_another_connection_is_searched_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="greater_than_sign 1 G enter") as pilot:
        await find(pilot, "FIN")
        await press(pilot, "J")
        shown = ladder(pilot)
        assert shown.ladder.heading.connection == 2
        assert "FIN" in str(shown.ladder.rung(shown.segment or 0).words) or words(pilot, "#found") != ""


async def test_payload_that_can_not_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)

    def gone(*_: object) -> None:
        raise CaptureError("It is gone.")

    monkeypatch.setattr(TcpladderApp, "_follow", gone)
    async with opened(keys="1 G enter") as pilot:
        await find(pilot, "FIN")
        assert words(pilot, "#found") == "1 of 2 in words; payload: It is gone."


async def test_what_is_found_stands_out_until_the_line_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="greater_than_sign 1 6 G enter ctrl+f s a c k enter") as pilot:
        ground = ladder(pilot)._styles.of("match").bgcolor

        def lit() -> list[str]:
            view = ladder(pilot)
            drawn = [part for line in view.render_lines(view.size.region) for part in line]
            return [part.text for part in drawn if part.style and part.style.bgcolor == ground]

        assert len(lit()) > 3
        assert set(lit()) == {"sack"}
        await press(pilot, "escape")
        assert lit() == []
