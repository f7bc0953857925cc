"""Why there is an RST: what processes, hosts and the devices between them do to end a connection."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sample_captures.lab.faults import HELD_BACK, LOST, is_client_ack, is_client_data, nth, silent_until_a_reset_after
from sample_captures.lab.middleboxes import (
    proxy,
    renumbering_firewall,
    reset_for_client,
    resets_after_the_close,
    resets_for_both,
    then,
    wrong_acknowledgment,
)
from sample_captures.lab.namespaces import set_sysctl
from sample_captures.lab.scenario import Scenario
from sample_captures.lab.stage import (
    PAUSE,
    REPLY,
    REQUEST,
    Stage,
    await_end,
    close_in_turn,
    exchange,
    forget,
    ignore_bare_resets,
    process_with,
    reset_on_close,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PROBES, BETWEEN_PROBES = 5, 2.0
"""How many probes a load balancer makes, and how many seconds apart."""

REUSED_PORT = 49_153
WORD = b"ping"


def probe_answered_by_reset(stage: Stage) -> None:
    """A load balancer probes a port every 2 s: it connects and closes at once; the server answers its FIN with RST."""

    def answer(client: socket.socket, server: socket.socket) -> None:
        reset_on_close(server)
        # Acknowledge late: else the FIN would get an ACK of its own before the RST.
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        client.close()
        await_end(server)
        server.close()

    probe(stage, answer)


def probe_closed_properly(stage: Stage) -> None:
    """A load balancer probes a port every 2 s: it connects and closes at once, and the server closes as well."""

    def answer(client: socket.socket, server: socket.socket) -> None:
        client.close()
        await_end(server)
        server.close()

    probe(stage, answer)


def probe_ended_by_reset(stage: Stage) -> None:
    """A load balancer probes a port every 2 s: it connects and aborts at once."""

    def answer(client: socket.socket, server: socket.socket) -> None:
        reset_on_close(client)
        client.close()
        with suppress(ConnectionResetError):
            await_end(server)
        server.close()

    probe(stage, answer)


def probe(stage: Stage, answer: Callable[[socket.socket, socket.socket], None]) -> None:
    """Connect several times at equal intervals, and go on with each connection as told."""
    with stage.listener() as listening:
        start = time.monotonic()
        for number in range(PROBES):
            time.sleep(max(start + number * BETWEEN_PROBES - time.monotonic(), 0))
            client = stage.open(stage.net.client)
            client.connect(stage.service)
            answer(client, stage.accepted(listening))


def killed_while_idle(stage: Stage) -> None:
    """A client's process is killed 3 s after the reply, which it has not read: its kernel resets the connection."""
    client, server = stage.connection()
    client.sendall(REQUEST)
    server.recv(len(REQUEST))
    with process_with(client):
        server.sendall(REPLY)
        time.sleep(3)
    with suppress(ConnectionResetError):
        await_end(server)


def killed_during_download(stage: Stage) -> None:
    """A client's process is killed in the middle of a download: RST, and one more for each segment still under way."""
    client, server = stage.connection()
    client.sendall(REQUEST)
    server.recv(len(REQUEST))
    with process_with(client) as process, suppress(ConnectionResetError, BrokenPipeError):
        for number in range(20):
            server.sendall(bytes(range(33, 127)) * 10)
            if number == 10:
                process.kill()
            time.sleep(0.004)


def closed_by_resets(stage: Stage) -> None:
    """An application ends each of its six connections by RST in place of FIN, once all data were acknowledged."""
    with stage.listener() as listening:
        for _ in range(6):
            client = stage.open(stage.net.client)
            client.connect(stage.service)
            server = stage.accepted(listening)
            for _ in range(2):
                exchange(client, server)
            time.sleep(0.3)
            reset_on_close(client)
            client.close()
            with suppress(ConnectionResetError):
                await_end(server)
            server.close()


def reset_by_unread_data(stage: Stage) -> None:
    """The server closes without having read all that came: its kernel sends RST in place of FIN."""
    client, server = stage.connection()
    exchange(client, server)
    client.sendall(REQUEST)
    time.sleep(PAUSE)
    server.close()
    with suppress(ConnectionResetError):
        await_end(client)


def late_data_reset(stage: Stage) -> None:
    """The server has closed; the client, which has more to send, sends it, and the server's host answers with RST."""
    client, server = stage.connection()
    client.sendall(WORD)
    server.recv(len(WORD))
    server.close()
    await_end(client)
    time.sleep(PAUSE)
    client.sendall(WORD)
    with suppress(ConnectionResetError):
        await_end(client)


def late_data_reset_lossy(stage: Stage) -> None:
    """The server has closed; of the client's later data one segment is lost, two change places, and RSTs answer."""
    client, server = stage.connection()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.sendall(WORD)
    server.recv(len(WORD))
    server.close()
    await_end(client)
    time.sleep(PAUSE)
    for _ in range(3):
        client.sendall(WORD)
    time.sleep(PAUSE)


def reset_behind_fin(stage: Stage) -> None:
    """A proxy sends FIN, then an RST with the FIN's number, which the client ignores; RST-ACK answers the FIN's ACK."""
    client, server = stage.connection()
    ignore_bare_resets(client)
    client.sendall(WORD)
    server.recv(len(WORD))
    close_and_abort(server)
    time.sleep(PAUSE)
    with suppress(ConnectionResetError):
        await_end(client)


def reset_behind_fin_lossy(stage: Stage) -> None:
    """As `reset-behind-fin`, where the first two of the client's segments change places and the third is lost."""
    client, server = stage.connection()
    ignore_bare_resets(client)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(3):
        client.sendall(WORD)
    for _ in range(2):
        server.recv(len(WORD), socket.MSG_WAITALL)
    close_and_abort(server)
    time.sleep(PAUSE)
    with suppress(ConnectionResetError):
        await_end(client)


def close_and_abort(server: socket.socket) -> None:
    """Send FIN, and at once RST-ACK behind it."""
    reset_on_close(server)
    server.shutdown(socket.SHUT_WR)
    server.close()


def reset_after_close(stage: Stage) -> None:
    """A second after a graceful close, a device sends both hosts an RST to clean up."""
    client, server = stage.connection()
    exchange(client, server)
    close_in_turn(client, server)
    time.sleep(1.2)


def forgotten_connection(stage: Stage) -> None:
    """The server's host has lost the connection, as by a crash: it answers the client's next request with RST."""
    client, server = stage.connection()
    exchange(client, server)
    forget(server)
    client.sendall(REQUEST)
    with suppress(ConnectionResetError):
        await_end(client)


def keepalive_timeout(stage: Stage) -> None:
    """The wire goes silent on an idle connection: three keep-alives of the client stay unanswered, then it resets."""
    client, server = stage.connection()
    keep_alive(client, idle=2, interval=1, count=3)
    exchange(client, server)
    with suppress(TimeoutError):
        await_end(client)
    with suppress(ConnectionResetError):
        await_end(server)


def keep_alive(holding: socket.socket, *, idle: int, interval: int, count: int) -> None:
    """Probe the other end after so many idle seconds, then every so many, and reset when so many went unanswered."""
    holding.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    options = {socket.TCP_KEEPIDLE: idle, socket.TCP_KEEPINTVL: interval, socket.TCP_KEEPCNT: count}
    for option, value in options.items():
        holding.setsockopt(socket.IPPROTO_TCP, option, value)


def syn_ack_of_unsent(stage: Stage) -> None:
    """Each SYN-ACK acknowledges what the client never sent: the client answers with RST and sends its SYN again."""
    set_sysctl(stage.net.server.namespace, "net/ipv4/tcp_synack_retries", "1")
    stage.listener()
    client = stage.open(stage.net.client)
    client.settimeout(3.5)
    with suppress(TimeoutError):
        client.connect(stage.service)


def injected_reset(stage: Stage) -> None:
    """A firewall dislikes the request: it keeps it and sends both hosts an RST in the other's name."""
    client, server = stage.connection()
    client.sendall(REQUEST)
    for end in (client, server):
        with suppress(ConnectionResetError):
            await_end(end)


def injected_reset_at_client(stage: Stage) -> None:
    """A firewall resets the client in the server's name; the server's reply then meets a client that has gone."""
    client, server = stage.connection()
    client.sendall(REQUEST)
    server.recv(len(REQUEST))
    server.sendall(REPLY)
    for end in (client, server):
        with suppress(ConnectionResetError):
            await_end(end)


def port_reuse_refused(stage: Stage) -> None:
    """The client connects again from the same port, but its SYN seems older than what the server's TIME-WAIT saw."""
    # Without timestamps only the sequence number tells which SYN is newer (RFC 6191 §2).
    set_sysctl(stage.net.client.namespace, "net/ipv4/tcp_timestamps", "0")
    with stage.listener() as listening:
        for _ in range(2):
            client = stage.bound(stage.net.client, REUSED_PORT)
            client.connect(stage.service)
            server = stage.accepted(listening)
            exchange(client, server)
            close_in_turn(server, client)
            time.sleep(PAUSE)


REASONS = (
    Scenario(play=probe_answered_by_reset),
    Scenario(play=probe_closed_properly),
    Scenario(play=probe_ended_by_reset),
    Scenario(play=killed_while_idle),
    Scenario(play=killed_during_download),
    Scenario(play=closed_by_resets, port=443),
    Scenario(play=reset_by_unread_data),
    Scenario(play=late_data_reset, port=8080),
    Scenario(
        play=late_data_reset_lossy,
        port=8080,
        policy=lambda: then(nth(2, is_client_data, LOST), nth(2, is_client_data, HELD_BACK)),
    ),
    Scenario(play=reset_behind_fin, port=8080, policy=proxy, misled=("client", "server")),
    Scenario(
        play=reset_behind_fin_lossy,
        port=8080,
        policy=lambda: then(nth(3, is_client_data, LOST), then(nth(1, is_client_data, HELD_BACK), proxy())),
        misled=("client", "server"),
    ),
    Scenario(play=reset_after_close, policy=resets_after_the_close, misled=("client", "server")),
    Scenario(play=forgotten_connection),
    Scenario(play=keepalive_timeout, policy=lambda: silent_until_a_reset_after(2, is_client_ack)),
    Scenario(play=syn_ack_of_unsent, policy=lambda: wrong_acknowledgment, misled=("client",)),
    Scenario(play=injected_reset, policy=lambda: resets_for_both, misled=("client", "server")),
    Scenario(play=injected_reset_at_client, policy=lambda: reset_for_client, misled=("client",)),
    Scenario(play=port_reuse_refused, policy=renumbering_firewall),
)
