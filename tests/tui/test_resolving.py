"""Names are asked for a few at a time, each once; nobody is waited for who does not answer."""

import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tcpladder.tui import resolving
from tcpladder.tui.messages import NamesFound
from tcpladder.tui.resolving import AT_ONCE, Resolving, busiest, reverse_name
from tests.building import analysed
from tests.samples import sample

if TYPE_CHECKING:
    from textual.message import Message

ADDRESSES = [f"10.0.0.{number}" for number in range(1, 41)]


class Answers:
    """Somebody who is asked, and who takes note."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.messages: list[Message] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def __call__(self, address: str) -> str:
        with self.lock:
            self.asked.append(address)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return self.answer(address)
        finally:
            with self.lock:
                self.at_once -= 1

    def found(self) -> dict[str, str]:
        messages = [message for message in self.messages if isinstance(message, NamesFound)]
        assert messages[-1].is_over
        return {str(address): name for message in messages for address, name in message.found.items()}


def test_every_address_is_asked_for_once_and_a_few_at_once():
    answers = Answers(lambda address: f"host-{address[7:]}.example." if address != "10.0.0.7" else "")
    Resolving(post=answers.messages.append, ask=answers).ask_around(ADDRESSES)
    assert sorted(answers.asked) == sorted(ADDRESSES)
    assert 1 <= answers.most_at_once <= AT_ONCE
    found = answers.found()
    assert found["10.0.0.3"] == "host-3.example"
    assert "10.0.0.7" not in found
    assert len(found) == len(ADDRESSES) - 1


def test_who_does_not_answer_is_given_up():
    never = threading.Event()
    answers = Answers(lambda address: "first" if address == ADDRESSES[0] else str(never.wait(60)))
    Resolving(post=answers.messages.append, ask=answers, given_up_s=0.0).ask_around(ADDRESSES)
    assert answers.found() == {ADDRESSES[0]: "first"}
    assert len(answers.asked) <= AT_ONCE + 1
    never.set()


def test_nobody_is_asked_when_it_was_left():
    answers = Answers(str.upper)
    leaving = Resolving(post=answers.messages.append, ask=answers)
    leaving.leave()
    leaving.ask_around(ADDRESSES)
    assert (answers.asked, answers.messages) == ([], [])


def test_a_name_from_the_network_may_not_pass_for_an_address():
    answers = Answers(lambda address: "10.9.9.9" if address == ADDRESSES[0] else "\x1b[2Jname")
    Resolving(post=answers.messages.append, ask=answers).ask_around(ADDRESSES[:2])
    (name,) = answers.found().values()
    assert name.isprintable()


def test_what_is_here_needs_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resolving, "local_names", lambda files: {ip_address("10.0.0.1"): str(len(files))})
    answers = Answers(str.upper)
    Resolving(post=answers.messages.append, ask=answers).look_here([tmp_path, tmp_path])
    assert answers.found() == {"10.0.0.1": "2"}
    assert answers.asked == []


def test_those_with_most_connections_come_first():
    assert busiest(sample("showcase"))[:2] == ["192.0.2.10", "198.51.100.20"]
    assert busiest(analysed("a = 1.2.3:1\nb = 10.0.0.2:2\na > b SYN")) == ["10.0.0.2"]


def test_the_system_is_asked_for_a_name_and_for_no_address(monkeypatch: pytest.MonkeyPatch):
    def answer(where: tuple[str, int], flags: int) -> tuple[str, str]:
        assert flags == socket.NI_NAMEREQD  # else it gives the address for a name
        if where[0] == "10.0.0.2":
            raise socket.gaierror
        return "db.example", "0"

    monkeypatch.setattr(socket, "getnameinfo", answer)
    assert [reverse_name(address) for address in ("10.0.0.1", "10.0.0.2")] == ["db.example", ""]
