"""Connections with other ports."""

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.renumbering import with_ports
from tcpladder.connections.table import group
from tests.building import captured

TEXT = """
initiator > responder  SYN
initiator < responder  SYN,ACK
other = 192.0.2.10:40001
other > responder  SYN
"""


def above(hosts: npt.NDArray[np.uint32], ports: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """Add to the ports of the first host."""
    return np.where(hosts == 0, ports + 5, ports).astype(np.uint16)


def test_ports_change_and_nothing_else() -> None:
    rows = captured(TEXT)
    before = group(pl.concat([rows[:1], rows[1:]], rechunk=False))  # in two chunks
    after = with_ports(before, above)
    assert after.table["initiator_port"].to_list() == [40005, 40006]
    assert after.table["responder_port"].to_list() == [443, 443]
    assert after.segments["source_port"].to_list() == [40005, 443, 40006]
    assert after.segments["destination_port"].to_list() == [443, 40005, 443]
    assert after.segments.n_chunks("all") == [2] * after.segments.width
    for one, other in ((before.table, after.table), (before.segments, after.segments)):
        assert one.drop(pl.selectors.ends_with("port")).equals(other.drop(pl.selectors.ends_with("port")))
        assert one.schema == other.schema


def test_there_may_be_no_connections() -> None:
    nothing = group(captured("")[:0])
    assert len(with_ports(nothing, above)) == 0
