"""What options do to a connection: timestamps above all, congestion marks and Fast Open."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

from sample_captures.lab.middleboxes import congested_download, date_back, strip_timestamps, wrong_echo, zero_timestamps
from sample_captures.lab.namespaces import set_sysctl
from sample_captures.lab.scenario import Scenario
from sample_captures.lab.stage import PAUSE, REPLY, REQUEST, Stage, close_in_turn, exchange

from .basics import download, graceful_close_by_client

TCP_FASTOPEN_QUEUE = 5


def wrong_timestamp_echo(stage: Stage) -> None:
    """SYN-ACKs echo a timestamp that the client never sent: it answers each with RST and tries at 0, 1, 3, … 31 s."""
    set_sysctl(stage.net.client.namespace, "net/ipv4/tcp_syn_linear_timeouts", "0")
    try_to_connect(stage, seconds=32)


def wrong_timestamp_echo_linear(stage: Stage) -> None:
    """As `wrong-timestamp-echo`; the client's first five tries are a second apart, as Linux has it by default."""
    try_to_connect(stage, seconds=11)


def try_to_connect(stage: Stage, *, seconds: float) -> None:
    """Connect to a server that listens, and give up after so long."""
    stage.listener()
    client = stage.open(stage.net.client)
    client.settimeout(seconds)
    with suppress(TimeoutError):
        client.connect(stage.service)


def wrong_timestamp_echo_avoided(stage: Stage) -> None:
    """The client of `wrong-timestamp-echo` does without timestamps, and can connect."""
    set_sysctl(stage.net.client.namespace, "net/ipv4/tcp_timestamps", "0")
    graceful_close_by_client(stage)


def zero_timestamps_in_syn_ack(stage: Stage) -> None:
    """Both of the SYN-ACK's timestamps are 0, and the connection works all the same."""
    graceful_close_by_client(stage)


def timestamps_by_client_only(stage: Stage) -> None:
    """The client offers timestamps and the server does not take them up: no segment has them after the SYN."""
    set_sysctl(stage.net.server.namespace, "net/ipv4/tcp_timestamps", "0")
    graceful_close_by_client(stage)


def timestamps_stripped(stage: Stage) -> None:
    """A device takes the timestamps out of the server's data; the client takes the data all the same."""
    graceful_close_by_client(stage)


def old_timestamp(stage: Stage) -> None:
    """A device makes the timestamp of one segment a day older: the client discards it (PAWS), and it is sent again."""
    client, server = stage.connection()
    exchange(client, server)
    exchange(client, server)
    close_in_turn(client, server)


def slow_transfer(stage: Stage) -> None:
    """A request and its reply every 200 ms for 15 s: timestamps over a time long enough to tell their clock."""
    client, server = stage.connection()
    start = time.monotonic()
    for number in range(75):
        time.sleep(max(start + 0.2 * number - time.monotonic(), 0))
        client.sendall(REQUEST)
        server.recv(len(REQUEST))
        server.sendall(REPLY)
        client.recv(len(REPLY))
    time.sleep(PAUSE)
    close_in_turn(client, server)


def congestion_marked(stage: Stage) -> None:
    """Both ends use ECN in a 30 kB download; a router marks a segment, the client says so, the server slows down."""
    # 1 is classic ECN (RFC 3168); by default this kernel might offer a newer kind.
    set_sysctl(stage.net.client.namespace, "net/ipv4/tcp_ecn", "1")
    set_sysctl(stage.net.server.namespace, "net/ipv4/tcp_ecn", "1")
    download(stage)


def fast_open(stage: Stage) -> None:
    """The client gets a Fast Open cookie on its first connection, and sends its request with the SYN on the second."""
    for host in (stage.net.client, stage.net.server):
        set_sysctl(host.namespace, "net/ipv4/tcp_fastopen", "3")
    with stage.listener() as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, TCP_FASTOPEN_QUEUE)
        for _ in range(2):
            client = stage.open(stage.net.client)
            client.settimeout(None)
            client.sendto(REQUEST, socket.MSG_FASTOPEN, stage.service)
            server = stage.accepted(listening)
            server.recv(len(REQUEST))
            server.sendall(REPLY)
            client.recv(len(REPLY))
            time.sleep(PAUSE)
            close_in_turn(client, server)
            time.sleep(PAUSE)


TIMESTAMPS = (
    Scenario(play=wrong_timestamp_echo, port=8440, policy=lambda: wrong_echo),
    Scenario(play=wrong_timestamp_echo_linear, port=8441, policy=lambda: wrong_echo),
    Scenario(play=wrong_timestamp_echo_avoided, policy=lambda: wrong_echo),
    Scenario(play=zero_timestamps_in_syn_ack, policy=lambda: zero_timestamps),
    Scenario(play=timestamps_by_client_only),
    Scenario(play=timestamps_stripped, policy=lambda: strip_timestamps),
    Scenario(play=old_timestamp, policy=date_back),
    Scenario(play=slow_transfer, port=8442),
    Scenario(play=congestion_marked, policy=congested_download),
    Scenario(play=fast_open),
)
