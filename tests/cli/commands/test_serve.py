"""`tcpladder serve`: the app in a browser, with nothing from elsewhere, for nobody else, and nothing left behind."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.chromium import CHROMIUM, chromium
from tests.cli.running import SHOWCASE, environment, tcpladder, tcpladder_apart

HOSTILE = 'it\'s "a" & $(touch gone) <b>.pcap'


def children(process: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def served(file: Path, *options: str) -> tuple[subprocess.Popen[bytes], str]:
    """Serve a capture at a free port; give the process and the address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tcpladder", "serve", file.name, "--port", "0", *options],
        cwd=file.parent,
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    told = process.stdout.readline().decode()
    address = re.search(r"http://\S+", told)
    assert told.startswith(f"{file.name} is at http://127.0.0.1:")
    assert address is not None
    return process, address[0]


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[tuple[subprocess.Popen[bytes], str]]:
    file = tmp_path / HOSTILE
    shutil.copy(SHOWCASE, file)
    process, address = served(file)
    yield process, address
    process.kill()
    process.communicate()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
async def test_the_app_is_there_in_chromium_and_ends_with_the_server(at, tmp_path: Path) -> None:
    process, address = at
    async with chromium() as page:
        await page.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        await page.open(address)
        await page.until("24 connections")
        await page.until_true("document.activeElement.tagName == 'TEXTAREA'")
        before = await page.picture()
        await page.press("Enter")
        await page.until("SYN-SENT")
        await page.press("y")
        await page.until("endpoints")
        await page.press("t")
        await page.until("Copied the endpoints")
        copied = await page.call("Runtime.evaluate", expression="navigator.clipboard.readText()", awaitPromise=True)
        assert re.fullmatch(r"192\.0\.2\.10:\d+ → 198\.51\.100\.20:\d+", copied["result"]["value"])
        assert await page.picture() != before
        assert {url for url in page.asked_for if not url.startswith((address, "data:"))} == set()
        assert any(url.endswith(".ttf") for url in page.asked_for)
        [app] = children(process.pid)
        process.send_signal(signal.SIGINT)
        await page.until_true("document.body.classList.contains('-closed')")
        _, complaints = await asyncio.to_thread(process.communicate)
    assert (process.returncode, complaints) == (0, b"")
    assert not Path(f"/proc/{app}").exists()
    assert list(tmp_path.iterdir()) == [tmp_path / HOSTILE]


async def test_who_is_not_its_page_gets_nothing(at) -> None:
    process, address = at
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as page:
            text = await page.text()
        assert "&lt;b&gt;.pcap" in text
        assert not re.findall(r"https?://", text)
        for headers in (
            {"Origin": "http://elsewhere.example"},
            {"Host": "elsewhere.example", "Origin": "http://elsewhere.example"},
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(f"{address}ws", headers=headers)
            assert refused.value.status == 403
        async with session.ws_connect(
            f"{address}ws?width=80&height=24", headers={"Origin": address.rstrip("/")}
        ) as own:
            assert (await own.receive()).type is aiohttp.WSMsgType.BINARY
            assert len(children(process.pid)) == 1
        for _ in range(200):
            if not children(process.pid):
                break
            await asyncio.sleep(0.05)
        assert children(process.pid) == []


def test_what_can_be_told_before_is_told_before(tmp_path: Path) -> None:
    assert "There is no file" in tcpladder("serve", tmp_path / "gone.pcap").err
    assert "There is no option and no file '--prot'" in tcpladder("serve", SHOWCASE, "--prot").err
    refused = tcpladder("serve", SHOWCASE, "--host", "192.0.2.1", "--port", "0")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("tcpladder: 192.0.2.1 port 0 can't be listened on: ")


def test_without_textual_serve_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "textual_serve").mkdir()
    (tmp_path / "textual_serve" / "__init__.py").write_text("raise ImportError")
    path = os.pathsep.join([str(tmp_path), environment()["PYTHONPATH"]])
    ran = tcpladder_apart("serve", SHOWCASE, env=environment(PYTHONPATH=path))
    assert ran.code == 2
    assert "pip install 'tcpladder[serve]'" in ran.err
