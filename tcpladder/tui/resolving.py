"""Finds names that nobody gave: beside the screen, and from name servers only where the user has asked for that."""

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from textual.message import Message

from tcpladder.analysis import Analysis
from tcpladder.capture.name_records import local_names
from tcpladder.settings.names import Address, fit_name
from tcpladder.tui.messages import NamesFound

MOST_ASKED = 4096  # addresses: those with most connections
AT_ONCE = 8  # questions
GIVEN_UP_S = 12.0  # without any answer: longer than two tries of the system's resolver
TOLD_EVERY_S = 0.25


def reverse_name(address: str) -> str:
    """Ask the system's resolver for the name of an address; "" where there is none."""
    try:
        return socket.getnameinfo((address, 0), socket.NI_NAMEREQD)[0]
    except (OSError, UnicodeError):
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolving:
    """Finds names for one capture, in threads; what it finds it posts. `leave` ends it as soon as may be."""

    post: Callable[[Message], object]
    ask: Callable[[str], str] = reverse_name
    given_up_s: float = GIVEN_UP_S
    left: threading.Event = field(default_factory=threading.Event)

    def leave(self) -> None:
        """Ask no more. Who waits for an answer still is waited for by nobody."""
        self.left.set()

    def look_here(self, files: Sequence[Path]) -> None:
        """Take names from this machine's hosts file and from the captures; in a thread."""
        self.post(NamesFound(local_names(files)))

    def ask_around(self, addresses: Sequence[str]) -> None:
        """Ask for the names of addresses, each once, a few at a time; in a thread.

        When no answer has come for `given_up_s`, the rest stay without names.
        """
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        for address in addresses:
            waiting.put(address)
        answers: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        for _ in range(min(AT_ONCE, len(addresses))):
            # Nobody can end a question that the system's resolver is busy with, so no thread may hold up the exit.
            threading.Thread(target=self._ask, args=(waiting, answers), daemon=True).start()
        answered, found = 0, dict[Address, str]()
        told = heard = time.monotonic()
        while answered < len(addresses) and not self.left.is_set():
            try:
                address, name = answers.get(timeout=TOLD_EVERY_S)
            except queue.Empty:
                if time.monotonic() - heard > self.given_up_s:
                    break
            else:
                heard = time.monotonic()
                answered += 1
                found |= {ipaddress.ip_address(address): name} if name else {}
            if answered < len(addresses) and time.monotonic() - told >= TOLD_EVERY_S:
                told = time.monotonic()
                self.post(NamesFound(found, answered, len(addresses)))
                found = {}
        if not self.left.is_set():
            self.post(NamesFound(found, len(addresses), len(addresses)))
        self.left.set()

    def _ask(self, waiting: "queue.SimpleQueue[str]", answers: "queue.SimpleQueue[tuple[str, str]]") -> None:
        while not self.left.is_set():
            try:
                address = waiting.get_nowait()
            except queue.Empty:
                return
            answers.put((address, fit_name(self.ask(address))))


def busiest(analysis: Analysis) -> list[str]:
    """Give the addresses to be asked for: those with most connections first, and no more than MOST_ASKED."""
    ends = [analysis.connections.table[end].to_numpy() for end in ("initiator", "responder")]
    counts = np.bincount(np.concatenate(ends), minlength=len(analysis.addresses))
    order = np.argsort(-counts, kind="stable")[:MOST_ASKED]
    texts = (analysis.addresses[int(at)] for at in order if counts[at])
    return [text for text in texts if _is_address(text)]


def _is_address(text: str) -> bool:
    try:
        return not ipaddress.ip_address(text).is_unspecified
    except ValueError:
        return False
