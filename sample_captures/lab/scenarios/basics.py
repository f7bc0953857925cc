"""Opening, exchanging, closing, and the plain faults of a wire: what the showcase shows."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

from sample_captures.lab.faults import (
    HELD_BACK,
    LOST,
    is_client_fin,
    is_client_syn,
    is_server_data,
    lose_final_ack,
    nth,
)
from sample_captures.lab.namespaces import ip, set_sysctl
from sample_captures.lab.scenario import Scenario
from sample_captures.lab.stage import (
    PATIENCE,
    PAUSE,
    REQUEST,
    Stage,
    await_end,
    close_in_turn,
    exchange,
    reset_on_close,
)

REUSED_PORT = 49_152


def graceful_close_by_client(stage: Stage) -> None:
    """The client closes first, the server a moment later: FIN, ACK, FIN, ACK."""
    client, server = stage.connection()
    exchange(client, server)
    close_in_turn(client, server)


def graceful_close_by_server(stage: Stage) -> None:
    """The server closes first, the client a moment later: FIN, ACK, FIN, ACK."""
    client, server = stage.connection()
    exchange(client, server)
    close_in_turn(server, client)


def three_segment_close(stage: Stage) -> None:
    """The server closes at once upon the client's FIN, so its own FIN carries the ACK: FIN, FIN+ACK, ACK."""
    client, server = stage.connection()
    exchange(client, server)
    client.close()
    await_end(server)
    server.close()


def half_close_with_data(stage: Stage) -> None:
    """The client closes its direction only (shutdown), the server goes on sending for a while and closes then."""
    client, server = stage.connection()
    client.sendall(REQUEST)
    client.shutdown(socket.SHUT_WR)
    await_end(server)
    for number in range(5):
        time.sleep(PAUSE)
        server.sendall(f"line {number} of the answer\n".encode() * 8)
    server.close()
    await_end(client)
    client.close()


def reset_by_linger(stage: Stage) -> None:
    """The client aborts after the exchange (SO_LINGER 0): RST without any FIN."""
    client, server = stage.connection()
    exchange(client, server)
    reset_on_close(client)
    client.close()
    with suppress(ConnectionResetError):
        await_end(server)


def reset_in_reply_to_fin(stage: Stage) -> None:
    """A port probe: the client connects and closes at once without data, the server answers the FIN with RST."""
    client, server = stage.connection()
    reset_on_close(server)
    # Acknowledge late: else the FIN would get an ACK of its own before the RST.
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
    client.close()
    await_end(server)
    server.close()


def refused(stage: Stage) -> None:
    """Nothing listens on the port: the server's host answers the SYN with RST."""
    with suppress(ConnectionRefusedError):
        stage.open(stage.net.client).connect(stage.service)


def silent_port(stage: Stage) -> None:
    """The server's host drops every SYN as a firewall would; the client tries at 0, 1, 3 and 7 s and gives up."""
    set_sysctl(stage.net.client.namespace, "net/ipv4/tcp_syn_linear_timeouts", "0")
    # A blackhole towards the client also drops what comes from there, after tcpdump has seen it.
    ip("-n", stage.net.server.namespace, "route", "add", "blackhole", stage.net.client.address(stage.family))
    client = stage.open(stage.net.client)
    client.settimeout(8)
    with suppress(TimeoutError):
        client.connect(stage.service)


def accept_queue_overflow(stage: Stage) -> None:
    """The server is slow to accept: three clients fill its accept queue, a fourth thinks it is connected and sends."""
    set_sysctl(stage.net.server.namespace, "net/ipv4/tcp_synack_retries", "2")
    # A backlog of 2 holds three connections. A SYN that meets a full queue is dropped, so the last two SYNs go out
    # together: both are answered, and the first one's ACK takes the last place.
    listening = stage.listener(backlog=2)
    fillers = [stage.open(stage.net.client) for _ in range(3)]
    for filler in fillers[:2]:
        filler.connect(stage.service)
        time.sleep(PAUSE)
    victim = stage.open(stage.net.client)
    for client in (fillers[2], victim):
        client.settimeout(0)
        client.connect_ex(stage.service)
        client.settimeout(PATIENCE)
    # Far from the repeated SYN-ACKs (after 1 and 3 s) and their end (after 7 s), retransmissions included, so that
    # every recording has the same order.
    time.sleep(1.15)
    victim.sendall(REQUEST)
    with suppress(ConnectionResetError):
        await_end(victim)
    for filler in fillers:
        with stage.accepted(listening) as server:
            close_in_turn(filler, server)


def simultaneous_close(stage: Stage) -> None:
    """Both ends close before the other's FIN has come: the FINs cross."""
    client, server = stage.connection()
    exchange(client, server)
    client.close()
    server.close()


def simultaneous_open(stage: Stage) -> None:
    """Both ends connect to each other, nobody listens: the SYNs cross, two SYN-ACKs follow."""
    client, server = stage.bound(stage.net.client, stage.port), stage.bound(stage.net.server, stage.port)
    for end, peer in ((client, stage.net.server), (server, stage.net.client)):
        end.settimeout(0)
        end.connect_ex((peer.address(stage.family), stage.port))
        end.settimeout(PATIENCE)
    time.sleep(PAUSE)
    exchange(client, server)
    close_in_turn(client, server)


def lost_fin(stage: Stage) -> None:
    """The wire loses the client's first FIN; its retransmission gets through."""
    graceful_close_by_client(stage)


def lost_final_ack(stage: Stage) -> None:
    """The wire loses the client's last ACK; the server repeats its FIN, and TIME-WAIT answers it."""
    graceful_close_by_client(stage)


def lost_syn(stage: Stage) -> None:
    """The wire loses the client's first SYN; the next one, a second later, gets through."""
    graceful_close_by_client(stage)


def download(stage: Stage) -> None:
    """Send 30 kB from the server, which then closes first."""
    client, server = stage.connection()
    client.sendall(REQUEST)
    server.recv(len(REQUEST))
    server.sendall(bytes(range(33, 127)) * 320)
    server.close()
    await_end(client)
    time.sleep(PAUSE)
    client.close()


def lost_data(stage: Stage) -> None:
    """The wire loses one segment of a 30 kB download; SACK tells the server which one."""
    download(stage)


def reordered_data(stage: Stage) -> None:
    """One segment of a 30 kB download is overtaken by two others, too few to make the server repeat it."""
    download(stage)


def spurious_retransmission(stage: Stage) -> None:
    """One segment of a 30 kB download is overtaken by five others; the server repeats it and learns it was in vain."""
    download(stage)


def port_reuse(stage: Stage) -> None:
    """The client connects again from the same port while the server still holds the first connection in TIME-WAIT."""
    with stage.listener() as listening:
        for _ in range(2):
            client = stage.bound(stage.net.client, REUSED_PORT)
            client.connect(stage.service)
            server = stage.accepted(listening)
            exchange(client, server)
            close_in_turn(server, client)
            time.sleep(PAUSE)


def http_keepalive(stage: Stage) -> None:
    """Three HTTP requests and their replies on one connection, which the client then closes."""
    listening = stage.listener()
    service = HTTPServer(stage.service, Page, bind_and_activate=False)
    service.socket.close()
    service.socket = listening
    answering = threading.Thread(target=service.handle_request)
    answering.start()
    http = HTTPConnection("www.example.net")
    http.sock = stage.open(stage.net.client)
    http.sock.connect(stage.service)
    for path in ("/", "/style.css", "/logo.svg"):
        http.request("GET", path)
        http.getresponse().read()
        time.sleep(PAUSE)
    http.close()
    answering.join()


class Page(BaseHTTPRequestHandler):
    """Answers every request with its own path and keeps the connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one segment

    def do_GET(self) -> None:
        """Answer."""
        body = f"This is {self.path}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def ipv6(stage: Stage) -> None:
    """An exchange over IPv6; the client closes first, the server a moment later."""
    graceful_close_by_client(stage)


BASICS = (
    Scenario(play=graceful_close_by_client),
    Scenario(play=graceful_close_by_server),
    Scenario(play=three_segment_close),
    Scenario(play=half_close_with_data),
    Scenario(play=simultaneous_close),
    Scenario(play=simultaneous_open, port=5000),
    Scenario(play=reset_by_linger),
    Scenario(play=reset_in_reply_to_fin),
    Scenario(play=refused, port=8081),
    Scenario(play=silent_port, port=8443),
    Scenario(play=accept_queue_overflow, port=8080),
    Scenario(play=lost_syn, policy=lambda: nth(1, is_client_syn, LOST)),
    Scenario(play=lost_data, policy=lambda: nth(5, is_server_data, LOST)),
    # The first flight has ten segments.
    Scenario(play=reordered_data, policy=lambda: nth(8, is_server_data, HELD_BACK)),
    Scenario(play=spurious_retransmission, policy=lambda: nth(5, is_server_data, HELD_BACK)),
    Scenario(play=lost_fin, policy=lambda: nth(1, is_client_fin, LOST)),
    Scenario(play=lost_final_ack, policy=lose_final_ack),
    Scenario(play=port_reuse),
    Scenario(play=http_keepalive, server_as_pcapng=True),
    Scenario(play=ipv6, family=socket.AF_INET6),
)
