"""Many connections over few ports of one address: each comes out as one, whatever happened to the one before."""

import json
from pathlib import Path

from tcpladder.analysis import analyse
from tcpladder.tcp.states import State

DATA = Path(__file__).parent.parent / "data"
ENDED = {State.CLOSED, State.TIME_WAIT}


def test_every_use_of_a_port_is_a_connection_of_its_own():
    made = json.loads((DATA / "reused-ports.json").read_text())
    analysis = analyse(DATA / "reused-ports.pcap.gz")
    table = analysis.connections.table
    assert len(table) == made["connections"]
    assert table["initiator_port"].n_unique() <= made["ports"]
    assert set(table["initiator"]) == set(table["responder"])  # one address: ports alone tell the two ends apart
    assert set(table["responder_port"]) == {9000}


def test_each_of_them_is_opened_and_ended_on_both_sides():
    analysis = analyse(DATA / "reused-ports.pcap.gz")
    for connection in range(1, len(analysis.connections) + 1):
        initiator, responder = analysis.states_of(connection)
        assert initiator[:3] == [State.CLOSED, State.SYN_SENT, State.ESTABLISHED]
        assert responder[:3] == [State.LISTEN, State.SYN_RCVD, State.ESTABLISHED]
        assert {initiator[-1], responder[-1]} <= ENDED
