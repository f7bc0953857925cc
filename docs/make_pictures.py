"""Takes the README's pictures from the app itself: python docs/make_pictures.py."""

import asyncio
from pathlib import Path

from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.screens.connections import ConnectionsScreen

HERE = Path(__file__).parent
CAPTURE = HERE.parent / "sample_captures" / "showcase.pcap"
SIZE = (100, 26)
SETTLING_S = 0.5  # the key bar is made anew when what it offers changes
PICTURES = {
    "ladder.svg": ("1", "4", "G", "enter", "right_square_bracket"),
}
"""File by file, the keys that lead to what it shows."""


async def take(name: str, keys: tuple[str, ...]) -> None:
    """Open the capture, press the keys once it is judged, save the screen."""
    app = TcpladderApp(CAPTURE)
    async with app.run_test(size=SIZE) as pilot:
        while not (isinstance(app.screen, ConnectionsScreen) and app.screen.judgement):
            await pilot.pause(0.05)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause(SETTLING_S)
        (HERE / name).write_text(app.export_screenshot(title="tcpladder"))


async def main() -> None:
    """Take all of them."""
    for name, keys in PICTURES.items():
        await take(name, keys)


if __name__ == "__main__":
    asyncio.run(main())
