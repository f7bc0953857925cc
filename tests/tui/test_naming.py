"""Names that nobody gave are looked for as the setting says, and the network is asked only where it says so."""

import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from tcpladder.settings.in_force import settings_in_force
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.messages import NamesFound
from tests.tui.driving import SHOWCASE, from_memory, lines, press, settled, table, words

ASKING = ("getaddrinfo", "getnameinfo", "gethostbyaddr", "gethostbyname", "gethostbyname_ex", "create_connection")


def app_with(path: Path, text: str) -> TcpladderApp:
    path.write_text(text)
    app = TcpladderApp(SHOWCASE, in_force=settings_in_force(environment={"TCPLADDER_CONFIG": str(path)}))
    app.animation_level = "none"
    return app


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Give what the network is asked, which gets no answer."""
    questions: list[object] = []

    def refuse(*question: object, **_: object) -> None:
        questions.append(question)
        raise OSError("nobody is to be asked")

    for name in ASKING:
        monkeypatch.setattr(socket, name, refuse)
    return questions


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "hosts"
    path.write_text("192.0.2.10 laptop\n")
    monkeypatch.setattr("tcpladder.capture.name_records.hosts_file", lambda: path)
    return path


@pytest.mark.parametrize(("resolve", "shown"), [("off", "192.0.2.10"), ("hosts", "laptop")])
async def test_nobody_is_asked_unless_the_setting_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[object], hosts: Path, resolve: str, shown: str
):
    from_memory(monkeypatch)
    app = app_with(tmp_path / "settings.toml", f'resolve = "{resolve}"\n[names]\n"198.51.100.20" = "web"\n')
    async with app.run_test(size=(120, 24)) as pilot:
        await settled(pilot)
        assert f" {shown}:41000 " in lines(table(pilot))[1]
        await press(pilot, "enter escape i escape S escape f escape slash h o s t colon w e b enter A")
    assert hosts.exists()
    assert asked == []


async def test_name_servers_are_asked_where_it_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[object], hosts: Path
):
    from_memory(monkeypatch)
    monkeypatch.setattr(socket, "getnameinfo", lambda end, _flags: (f"host{end[0][-2:]}.", "0"))
    app = app_with(tmp_path / "settings.toml", 'resolve = "network"\n')
    async with app.run_test(size=(120, 24)) as pilot:
        await settled(pilot)
        assert " laptop:41000 " in lines(table(pilot))[1]  # the hosts file goes before
        assert " host20:8080 " in lines(table(pilot))[1]
        app.post_message(NamesFound({ip_address("198.51.100.20"): "late"}, 3, 12))
        await settled(pilot)
        assert words(pilot, "#title").endswith(" · names 3/12")
        app.post_message(NamesFound({}, 12, 12))
        await settled(pilot)
        assert "names" not in words(pilot, "#title")
        assert " host20:8080 " in lines(table(pilot))[1]  # a name that is there stays
    assert hosts.exists()
    assert asked == []


async def test_without_any_name_the_key_says_where_to_give_some(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from_memory(monkeypatch)
    app = app_with(tmp_path / "settings.toml", "")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "A")
        assert [notice.message for notice in app._notifications] == [
            "There are no names: give some under [names] in the settings, or set resolve there."
        ]
