"""Takes the README's session from the app itself: python docs/make_session.py.

One SVG that shows scene after scene; who wants nothing to move sees the last one.
"""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.screens.connections import ConnectionsScreen

HERE = Path(__file__).parent
CAPTURE = HERE.parent / "sample_captures" / "showcase.pcap"
SIZE = (104, 28)
SETTLING_S = 0.5  # the key bar is made anew when what it offers changes
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
    Scene(keys=("escape", "y"), caption="y copies the ladder, the Wireshark filter, a tshark command"),
)


async def scenes() -> list[str]:
    """Run the app through all scenes, and give each as an SVG."""
    app = TcpladderApp(CAPTURE)
    pictures = []
    async with app.run_test(size=SIZE) as pilot:
        while not (isinstance(app.screen, ConnectionsScreen) and app.screen.judgement):
            await pilot.pause(0.05)
        for scene in SCENES:
            pictures.append(await _picture(app, pilot, scene))
    return pictures


async def _picture(app: TcpladderApp, pilot: Pilot[None], scene: Scene) -> str:
    for key in scene.keys:
        await pilot.press(key)
        await pilot.pause()
    await pilot.pause(SETTLING_S)
    return app.export_screenshot(title="tcpladder")


def film(pictures: list[str]) -> str:
    """Put pictures of one size into one that shows them one after the other, each with its caption."""
    width, height = (float(side) for side in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', pictures[0])[0])
    share = 100 / len(pictures)
    styles, frames = [], []
    for at, (taken, scene) in enumerate(zip(pictures, SCENES, strict=True)):
        begin, end = at * share, (at + 1) * share
        picture = taken.replace("<svg ", f'<svg width="{width}" height="{height}" ', 1)
        styles.append(f"@keyframes s{at} {{ 0% {{ opacity: {int(not at)} }} {begin:.2f}% {{ opacity: 1 }} ")
        styles.append(f"{end:.2f}% {{ opacity: {int(at == len(pictures) - 1)} }} }}\n")
        styles.append(f".s{at} {{ animation: s{at} {SECONDS * len(pictures)}s step-end infinite }}\n")
        caption = scene.caption.replace("&", "&amp;").replace("<", "&lt;")
        frames.append(
            f'<g class="s{at}">{picture}<text x="{width / 2}" y="{height + CAPTION_HEIGHT / 2}" class="c">{caption}</text></g>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + CAPTION_HEIGHT}">\n<style>\n'
        f"{''.join(styles)}"
        ".c { font: 20px sans-serif; text-anchor: middle; dominant-baseline: middle; fill: #808080 }\n"
        "@media (prefers-reduced-motion: reduce) { g[class^=s] { animation: none } }\n"
        f"</style>\n{''.join(frames)}\n</svg>\n"
    )


def main() -> None:
    """Take the session."""
    (HERE / "session.svg").write_text(film(asyncio.run(scenes())))


if __name__ == "__main__":
    main()
