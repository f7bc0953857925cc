"""Connections on which nothing happens for long; each has a port of its own, so that they can be recorded together."""

from __future__ import annotations

import socket
import threading
import time
from http.client import HTTPConnection
from http.server import HTTPServer

from sample_captures.lab.faults import is_client_ack, silent_after
from sample_captures.lab.scenario import Scenario
from sample_captures.lab.stage import PAUSE, REQUEST, Stage, await_end, close_in_turn, exchange, forget

from .basics import Page
from .reasons import keep_alive


def held_for_100_seconds(stage: Stage) -> None:
    """The client keeps its HTTP connection for 100 s after the reply, then closes it properly."""
    listening = stage.listener()
    service = HTTPServer(stage.service, Page, bind_and_activate=False)
    service.socket.close()
    service.socket = listening
    answering = threading.Thread(target=service.handle_request)
    answering.start()
    http = HTTPConnection("www.example.net")
    http.sock = stage.open(stage.net.client)
    http.sock.connect(stage.service)
    http.request("GET", "/")
    http.getresponse().read()
    time.sleep(100)
    http.close()
    answering.join()


def never_closed(stage: Stage) -> None:
    """The client has closed its direction, the server never closes; another connection comes 66 s later."""
    with stage.listener() as listening:
        client = stage.open(stage.net.client)
        client.connect(stage.service)
        server = stage.accepted(listening)
        exchange(client, server)
        client.shutdown(socket.SHUT_WR)
        await_end(server)
        time.sleep(66)
        later = stage.open(stage.net.client)
        later.connect(stage.service)
        close_in_turn(later, stage.accepted(listening))
    # No capture shows the end of what is open when it ends.
    forget(client)
    forget(server)


def fin_wait_2_timeout(stage: Stage) -> None:
    """The client has closed, the server closes 66 s later, when FIN-WAIT-2 has timed out: RST answers its FIN."""
    client, server = stage.connection()
    exchange(client, server)
    client.close()
    await_end(server)
    time.sleep(66)
    server.close()
    time.sleep(PAUSE)


def keepalive_answered(stage: Stage) -> None:
    """Nothing happens for 5 s but keep-alives of the client, which the server answers."""
    client, server = stage.connection()
    keep_alive(client, idle=1, interval=1, count=3)
    exchange(client, server)
    time.sleep(5.4)
    close_in_turn(client, server)


def zero_window(stage: Stage) -> None:
    """The client stops reading: its window closes, the server probes it, and goes on when the client reads again."""
    with stage.listener() as listening:
        client = stage.open(stage.net.client)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(stage.service)
        server = stage.accepted(listening)
    client.sendall(REQUEST)
    server.recv(len(REQUEST))
    server.sendall(bytes(range(33, 127)) * 120)
    server.close()
    time.sleep(3)
    await_end(client)
    time.sleep(PAUSE)
    client.close()


def vanished_server(stage: Stage) -> None:
    """The wire goes silent for good: the client sends its second request again and again, and gives up after 9 s."""
    client, server = stage.connection()
    exchange(client, server)
    client.sendall(REQUEST)
    time.sleep(9)
    forget(client)
    forget(server)


WAITING = (
    Scenario(play=held_for_100_seconds, port=8101),
    Scenario(play=never_closed, port=8102),
    Scenario(play=fin_wait_2_timeout, port=8103),
    Scenario(play=keepalive_answered, port=8104),
    Scenario(play=zero_window, port=8105),
    Scenario(play=vanished_server, port=8106, policy=lambda: silent_after(2, is_client_ack)),
)
