"""The terminal app in web browsers: textual-serve runs one app a page, and the page has nothing from elsewhere."""

import asyncio
import contextlib
import html
import ipaddress
import os
import shlex
import signal
import socket
import string
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click
from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from tcpladder.errors import UsageError
from tcpladder.printable import printable

PAGE = Path(__file__).with_name("browser.html")
GRACE_S = 3.0  # how long an app may take to end before it is ended
HEARTBEAT_S = 15.0
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class Session(AppService):
    """The app of one page, in a process of its own. When it ends, so does the page's connection."""

    async def run(self) -> None:
        """Pass on what the app writes, until it ends."""
        try:
            await super().run()
        finally:
            await self.remote_close()

    async def end(self) -> None:
        """Ask the app to end; end it where it does not."""
        try:
            async with asyncio.timeout(GRACE_S):
                await self.stop()
        except TimeoutError:
            pass
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                # Not by `kill` of the process: it would take the exit status that asyncio waits for.
                os.kill(self._process.pid, signal.SIGKILL)
            await self._process.wait()


class BrowserServer(Server):
    """Gives the app's page to whoever asks, on a socket that is there already."""

    def __init__(self, arguments: Sequence[str], listening: socket.socket, title: str) -> None:
        """Run for each page the command that `arguments` are. They are quoted: textual-serve has a shell run it."""
        host, port, *_ = listening.getsockname()
        super().__init__(f"exec {shlex.join(arguments)}", host=host, port=port, title=title)
        self._listening = listening
        self._is_loopback = ipaddress.ip_address(host).is_loopback
        self._sessions: set[Session] = set()

    def run(self) -> None:
        """Serve until Ctrl+C, or until the process is asked to end; no app outlives it."""
        web.run_app(
            self._make_app(),
            sock=self._listening,
            print=None,
            access_log=None,
            shutdown_timeout=GRACE_S,
            loop=asyncio.new_event_loop(),
        )

    async def on_startup(self, app: web.Application) -> None:
        """End at a hang-up too."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.request_exit)

    async def on_shutdown(self, app: web.Application) -> None:
        """End the apps that run."""
        await asyncio.gather(*(session.end() for session in self._sessions))

    async def handle_index(self, request: web.Request) -> web.Response:
        """Give the page."""
        page = string.Template(PAGE.read_text(encoding="utf-8"))
        size = to_int(request.query.get("fontsize", ""), 16)
        text = page.substitute(title=html.escape(printable(self.title)), size=size)
        return web.Response(text=text, content_type="text/html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run an app for a page."""
        if not self._is_own_page(request):
            raise web.HTTPForbidden(text="This is for the page that tcpladder serves.")
        websocket = web.WebSocketResponse(heartbeat=HEARTBEAT_S)
        await websocket.prepare(request)
        session = Session(
            self.command,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=websocket.close,  # type: ignore[arg-type] # what it gives back is of no use
            download_manager=self.download_manager,
            debug=False,
        )
        self._sessions.add(session)
        try:
            width, height = (to_int(request.query.get(name, ""), usual) for name, usual in SIZE)
            await session.start(width, height)
            await self._process_messages(websocket, session)
        finally:
            await session.end()
            self._sessions.discard(session)
        return websocket

    def _is_own_page(self, request: web.Request) -> bool:
        """Tell whether it is our page that asks: browsers let every page that they show open a websocket to here."""
        try:
            origin = urlsplit(request.headers.get("Origin", f"http://{request.host}"))
            name = urlsplit(f"//{request.host}").hostname
        except ValueError:
            return False
        return origin.netloc == request.host and (name in LOOPBACK_NAMES or not self._is_loopback)


SIZE = (("width", 80), ("height", 24))  # of a terminal of which nothing is known


def listening_at(host: str, port: int) -> socket.socket:
    """Listen, on a free port where it is 0. Raises UsageError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UsageError(
            f"{printable(host)} port {port} can't be listened on: {reason}.", "--port 0 takes a free one."
        ) from error


def serve(arguments: Sequence[str], *, host: str, port: int, title: str) -> None:
    """Serve the app that is run by `tcpladder ARGUMENTS`, and say where."""
    with listening_at(host, port) as listening:
        address, number, *_ = listening.getsockname()
        shown = f"[{address}]:{number}" if ":" in address else f"{address}:{number}"
        if not ipaddress.ip_address(address).is_loopback:
            click.echo(
                f"tcpladder: there is no password: who reaches {shown} reads the capture, and can save files as you.",
                err=True,
            )
        click.echo(f"{printable(title)} is at http://{shown}/ until Ctrl+C.")
        # Without -P the current folder would be searched for modules: it may be anybody's.
        BrowserServer([sys.executable, "-P", "-m", "tcpladder", *arguments], listening, title).run()
