"""Chromium without a window, driven through its DevTools protocol: one page, its keys, and what goes over its wires."""

import asyncio
import base64
import contextlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update"),
    *("--disable-background-networking", "--disable-sync", "--remote-debugging-port=0", "--window-size=1000,700"),
)
PATIENCE_S = 30
ENTER = 13


@dataclass(kw_only=True)
class Page:
    """A page: `asked_for` are the addresses that it asked for, `received` is what came through its websockets.

    `complaints` are the errors that the browser, and scripts that failed, told of it.
    """

    socket: aiohttp.ClientWebSocketResponse
    asked_for: list[str] = field(default_factory=list)
    received: bytes = b""
    complaints: list[str] = field(default_factory=list)
    _session: str | None = None
    _calls: int = 0

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a method of the protocol, and give its result."""
        self._calls += 1
        call = {"id": self._calls, "method": method, "params": parameters}
        await self.socket.send_json(call | ({"sessionId": self._session} if self._session else {}))
        while (message := await self._message()).get("id") != call["id"]:
            pass
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    async def _message(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.socket.receive_json()
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.asked_for.append(message["params"]["request"]["url"])
            case "Log.entryAdded" if message["params"]["entry"]["level"] == "error":
                self.complaints.append(message["params"]["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(message["params"]["exceptionDetails"]["text"])
            case "Network.webSocketFrameReceived":
                frame = message["params"]["response"]
                is_binary = frame["opcode"] == 2
                self.received += base64.b64decode(frame["payloadData"]) if is_binary else b""
        return message

    async def open(self, address: str) -> None:
        """Go to an address, in a page of its own that has the focus."""
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Network", "Log", "Runtime"):
            await self.call(f"{domain}.enable")
        await self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        await self.call("Page.navigate", url=address)

    async def until(self, text: str) -> None:
        """Wait until a text has come."""
        while text.encode() not in self.received:
            await self._message()

    async def value(self, expression: str) -> Any:
        """Give what an expression in JavaScript comes to."""
        return (await self.call("Runtime.evaluate", expression=expression))["result"].get("value")

    async def until_true(self, expression: str) -> None:
        """Wait until a condition in JavaScript holds."""
        while not await self.value(expression):
            await asyncio.sleep(0.05)

    async def press(self, key: str) -> None:
        """Press a key: a letter, or Enter."""
        text = "\r" if key == "Enter" else key
        code = ENTER if key == "Enter" else ord(key.upper())
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    async def picture(self) -> bytes:
        """Give the page as a PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Page]:
    """Start Chromium, and end it and all that it started."""
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stderr is not None
                address = next(found[0] for line in process.stderr if (found := re.search(r"ws://\S+", line)))
                async with (
                    asyncio.timeout(PATIENCE_S),
                    aiohttp.ClientSession() as session,
                    session.ws_connect(address, max_msg_size=0) as socket,
                ):
                    yield Page(socket=socket)
            finally:
                process.kill()
