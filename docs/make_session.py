"""Takes the README's session from the app itself: python docs/make_session.py.

One SVG that shows scene after scene; who wants nothing to move sees the last one.
"""

import asyncio
import io
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text
from textual.pilot import Pilot

from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.screens.connections import ConnectionsScreen

HERE = Path(__file__).parent
CAPTURE = HERE.parent / "sample_captures" / "showcase.pcap"
SIZE = (104, 28)
SETTLING_S = 1.5  # the key bar is made anew when what it offers changes, and so is the preview of an export
SECONDS = 4.0  # a scene
CAPTION_HEIGHT = 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is pressed, and what is to be said of the screen then."""

    keys: tuple[str, ...]
    caption: str


SCENES = (
    Scene(keys=(), caption="tcpladder capture.pcap: the gravest connections first"),
    Scene(keys=("slash", *"rst-reply", "enter"), caption="/ filters as you type"),
    Scene(keys=("escape", "1", "4", "G", "enter"), caption="Enter draws the ladder, with both endpoints' TCP states"),
    Scene(keys=("right_square_bracket",), caption="] goes to the finding's proof"),
    Scene(keys=("w",), caption="w explains: the clause, what it means, what would make it harmless"),
    Scene(keys=("escape", "enter"), caption="Enter on a row: the packet as Wireshark dissects it"),
    Scene(keys=("escape", "escape", "1", "6", "G", "T"), caption="T draws the connection over time"),
    Scene(keys=("escape", "S"), caption="S shows the whole capture at one glance"),
    Scene(
        keys=("escape", "s"), caption="s exports what you choose: pages, tickets, pictures, tables, annotated captures"
    ),
)


PRINTED = "tcpladder findings capture.pcap: the same for tickets and for programs"


def printed() -> str:
    """Give what the command line prints, as far as it fits, as an SVG."""
    command = [sys.executable, "-m", "tcpladder", "findings", str(CAPTURE)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    console = Console(record=True, width=SIZE[0], file=io.StringIO())
    lines = ["$ tcpladder findings capture.pcap", *output.splitlines()][: SIZE[1]]
    console.print(Text("\n".join(lines), no_wrap=True, overflow="ellipsis"))
    return console.export_svg(title="tcpladder")


async def scenes() -> list[str]:
    """Run the app through all scenes, and give each as an SVG."""
    app = TcpladderApp(CAPTURE)
    async with app.run_test(size=SIZE) as pilot:
        while not (isinstance(app.screen, ConnectionsScreen) and app.screen.judgement):
            await pilot.pause(0.05)
        return [await _picture(app, pilot, scene) for scene in SCENES]


async def _picture(app: TcpladderApp, pilot: Pilot[None], scene: Scene) -> str:
    for key in scene.keys:
        await pilot.press(key)
        await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause(SETTLING_S)
    return app.export_screenshot(title="tcpladder")


def film(pictures: list[tuple[str, str]]) -> str:
    """Put pictures, each with its caption, into one that shows them one after the other; the first tells the size."""
    width, height = (float(side) for side in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', pictures[0][0])[0])
    share = 100 / len(pictures)
    styles, frames = [], []
    for at, (taken, said) in enumerate(pictures):
        begin, end = at * share, (at + 1) * share
        picture = taken.replace("<svg ", f'<svg width="{width}" height="{height}" ', 1)
        styles.append(f"@keyframes s{at} {{ 0% {{ opacity: {int(not at)} }} {begin:.2f}% {{ opacity: 1 }} ")
        styles.append(f"{end:.2f}% {{ opacity: {int(at == len(pictures) - 1)} }} }}\n")
        styles.append(f".s{at} {{ animation: s{at} {SECONDS * len(pictures)}s step-end infinite }}\n")
        caption = said.replace("&", "&amp;").replace("<", "&lt;")
        below = f'x="{width / 2}" y="{height + CAPTION_HEIGHT / 2}"'
        frames.append(f'<g class="s{at}">{picture}<text {below} class="c">{caption}</text></g>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + CAPTION_HEIGHT}">\n<style>\n'
        f"{''.join(styles)}"
        ".c { font: 20px sans-serif; text-anchor: middle; dominant-baseline: middle; fill: #808080 }\n"
        "@media (prefers-reduced-motion: reduce) { g[class^=s] { animation: none } }\n"
        f"</style>\n{''.join(frames)}\n</svg>\n"
    )


def main() -> None:
    """Take the session."""
    captions = [scene.caption for scene in SCENES]
    pictures = [*zip(asyncio.run(scenes()), captions, strict=True), (printed(), PRINTED)]
    (HERE / "session.svg").write_text(film(pictures))


if __name__ == "__main__":
    main()
