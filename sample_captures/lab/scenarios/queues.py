"""What a server does whose accept queue is full (listen(2), net.ipv4.tcp_abort_on_overflow)."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sample_captures.lab.namespaces import set_sysctl
from sample_captures.lab.scenario import Scenario
from sample_captures.lab.stage import PATIENCE, PAUSE, REQUEST, Stage, await_end, close_in_turn

if TYPE_CHECKING:
    import socket


def accept_queue_abort(stage: Stage) -> None:
    """As `accept-queue-overflow`, but the server answers the handshake's last ACK with RST (tcp_abort_on_overflow)."""
    set_sysctl(stage.net.server.namespace, "net/ipv4/tcp_abort_on_overflow", "1")
    listening, fillers, victim = overflowing(stage)
    with suppress(ConnectionResetError):
        await_end(victim)
    accept_and_close(stage, listening, fillers)


def accept_queue_patience(stage: Stage) -> None:
    """As `accept-queue-overflow`, with a third repeated SYN-ACK: at 1, 3 and 7 s, and RST only after 26 s."""
    set_sysctl(stage.net.server.namespace, "net/ipv4/tcp_synack_retries", "3")
    listening, fillers, victim = overflowing(stage)
    victim.settimeout(40)
    # Its retransmissions come 0.2, 0.6, 1.4, … 25 s later, none of them near a repeated SYN-ACK.
    time.sleep(1.15 - PAUSE)
    victim.sendall(REQUEST)
    with suppress(ConnectionResetError):
        await_end(victim)
    accept_and_close(stage, listening, fillers)


def accept_queue_half_open(stage: Stage) -> None:
    """The accept queue is full, and the fourth client only waits: it thinks itself connected and never hears of it."""
    set_sysctl(stage.net.server.namespace, "net/ipv4/tcp_synack_retries", "2")
    listening, fillers, victim = overflowing(stage)
    time.sleep(9)
    accept_and_close(stage, listening, fillers)
    victim.close()


def accept_queue_syn_dropped(stage: Stage) -> None:
    """The accept queue is full and two more SYNs are dropped; both are sent again until the server accepts."""
    listening = stage.listener(backlog=1)
    fillers = [stage.open(stage.net.client) for _ in range(2)]
    for filler in fillers:
        filler.connect(stage.service)
        time.sleep(PAUSE)
    late = [stage.open(stage.net.client) for _ in range(2)]
    for client in late:
        begin_to_connect(client, stage)
        time.sleep(PAUSE)
    time.sleep(2.3)
    accept_and_close(stage, listening, [*fillers, *late])


def overflowing(stage: Stage) -> tuple[socket.socket, list[socket.socket], socket.socket]:
    """Fill an accept queue with three connections; returns the listener, the three clients and a fourth."""
    # A backlog of 2 holds three connections. A SYN that meets a full queue is dropped, so the last two SYNs go out
    # together: both are answered, and the first one's ACK takes the last place.
    listening = stage.listener(backlog=2)
    fillers = [stage.open(stage.net.client) for _ in range(3)]
    for filler in fillers[:2]:
        filler.connect(stage.service)
        time.sleep(PAUSE)
    victim = stage.open(stage.net.client)
    for client in (fillers[2], victim):
        begin_to_connect(client, stage)
    time.sleep(PAUSE)
    return listening, fillers, victim


def begin_to_connect(client: socket.socket, stage: Stage) -> None:
    """Send a SYN and don't wait for an answer."""
    client.settimeout(0)
    client.connect_ex(stage.service)
    client.settimeout(PATIENCE)


def accept_and_close(stage: Stage, listening: socket.socket, clients: list[socket.socket]) -> None:
    """Accept as many connections as there are clients; each client closes, then the server."""
    for client in clients:
        with stage.accepted(listening) as server:
            close_in_turn(client, server)


QUEUES = (
    Scenario(play=accept_queue_abort, port=8080),
    Scenario(play=accept_queue_patience, port=8090),
    Scenario(play=accept_queue_half_open, port=8080),
    Scenario(play=accept_queue_syn_dropped, port=8080),
)
