"""Serving in a browser, as far as it needs none: tests of the command have the rest."""

import socket

import pytest

from tcpladder.cli import browser
from tcpladder.cli.browser import PAGE, listening_at
from tcpladder.errors import UsageError


def test_a_port_that_is_taken_is_told() -> None:
    with listening_at("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(UsageError, match=rf"127\.0\.0\.1 port {port} can't be listened on: .*--port 0"):
            listening_at("127.0.0.1", port)


@pytest.mark.parametrize(("host", "is_told"), [("0.0.0.0", 1), ("127.0.0.1", 0)])  # noqa: S104
def test_others_than_this_machine_are_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str, is_told: int
) -> None:
    monkeypatch.setattr(browser.BrowserServer, "run", lambda server: None)
    browser.serve(["open", "a.pcap"], host=host, port=0, title="a.pcap")
    told = capsys.readouterr()
    assert f"a.pcap is at http://{host}:" in told.out
    assert told.err.count("no password") == is_told
    assert told.err.count("\n") == is_told


def test_the_command_is_quoted_for_a_shell() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = browser.BrowserServer(["python", "it's; rm -rf ~"], listening, "")
    assert server.command == """exec python 'it'"'"'s; rm -rf ~'"""


def test_the_page_has_nothing_from_elsewhere() -> None:
    assert "//" not in PAGE.read_text(encoding="utf-8").replace("// ", "").replace("!DOCTYPE", "")
