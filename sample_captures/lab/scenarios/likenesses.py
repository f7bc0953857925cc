"""What resembles the stories of the other files and is another one, or nothing to worry about."""

from __future__ import annotations

import time
from contextlib import suppress

from sample_captures.lab.forwarder import ONE_WAY_DELAY
from sample_captures.lab.middleboxes import blind_reset
from sample_captures.lab.scenario import Scenario
from sample_captures.lab.stage import PAUSE, REQUEST, Stage, await_end, close_in_turn, exchange, process_with

from .queues import begin_to_connect


def blind_reset_ignored(stage: Stage) -> None:
    """Somebody who can't see the connection sends an RST that misses RCV.NXT: a challenge ACK answers, no more."""
    client, server = stage.connection()
    exchange(client, server)
    exchange(client, server)
    close_in_turn(client, server)


def killed_after_reading(stage: Stage) -> None:
    """A client's process is killed that has read all: its kernel closes the connection as if the process had."""
    client, server = stage.connection()
    exchange(client, server)
    with process_with(client):
        time.sleep(1)
    await_end(server)
    time.sleep(PAUSE)
    server.close()


def caller_gone(stage: Stage) -> None:
    """The client gives up before an answer to its SYN has come: the SYN-ACK meets nobody, and RST answers it, once."""
    stage.listener()
    client = stage.open(stage.net.client)
    begin_to_connect(client, stage)
    time.sleep(ONE_WAY_DELAY)
    client.close()
    time.sleep(PAUSE)


def request_crosses_close(stage: Stage) -> None:
    """The server closes a connection that was idle for 2 s just when the client sends its next request: RST."""
    client, server = stage.connection()
    exchange(client, server)
    time.sleep(2)
    server.close()
    client.sendall(REQUEST)
    with suppress(ConnectionResetError):
        await_end(client)


LIKENESSES = (
    Scenario(play=blind_reset_ignored, policy=blind_reset),
    Scenario(play=killed_after_reading),
    Scenario(play=caller_gone),
    Scenario(play=request_crosses_close),
)
