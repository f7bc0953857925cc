"""Ports used again, and what makes that legal."""

import numpy as np
import pytest

from tcpladder.report.port_reuse import Reuse, reuse
from tests.building import analysed

GRACEFUL = """
    initiator > responder  SYN isn={isn} kinds=0 {syn}
    initiator < responder  SYN,ACK isn={peer} {answer}
    initiator > responder  ACK kinds=0 {stamp}
    initiator {closer} responder  FIN,ACK kinds=0 {close}
    initiator {other} responder  FIN,ACK kinds=0 {reply}
    initiator {closer} responder  ACK kinds=0 {last}
"""


def closed(isn: int, *, tsval: int | None = None, closer: str = "<") -> str:
    """Give a connection that one end closed first."""
    stamps = ["" if tsval is None else f"tsval={tsval + step} tsecr=1" for step in range(6)]
    return GRACEFUL.format(
        isn=isn,
        peer=isn + 7,
        closer=closer,
        other={"<": ">", ">": "<"}[closer],
        syn="" if tsval is None else f"tsval={tsval} tsecr=0",
        answer="" if tsval is None else "tsval=7 tsecr=1",
        stamp=stamps[1],
        close=stamps[2],
        reply=stamps[3],
        last=stamps[4],
    )


def again(syn: str, after: str = "+2s", *, tsval: int | None = 100) -> Reuse:
    """Give what is told of a SYN on a port whose last connection the responder has in TIME-WAIT."""
    text = f"{closed(1_000, tsval=tsval)}\n    initiator > responder  SYN {syn} {after}\n... +60s"
    analysis = analysed(text)
    assert len(analysis.connections) == 2
    return reuse(analysis.judgement)


@pytest.mark.parametrize(
    ("syn", "tsval", "told"),
    [
        ("isn=500 tsval=900 tsecr=0", 100, "by_timestamp"),  # RFC 6191 §2: newer, though the number is lower
        ("isn=500 tsval=900 tsecr=0", None, "by_timestamp"),  # the first timestamp between them
        ("isn=90000", 100, "by_number"),
        ("isn=90000 tsval=50 tsecr=0", 100, "by_number"),
        ("isn=500 tsval=50 tsecr=0", 100, "by_neither"),
        ("isn=500", None, "by_neither"),
    ],
)
def test_a_syn_within_2msl_is_compared_with_what_was_sent_before(syn: str, tsval: int | None, told: str) -> None:
    found = again(f"{syn} kinds=0", tsval=tsval)
    assert found.place.tolist() == [1]
    assert found.gap.tolist() == [2_000_000_000]
    assert found.is_waiting.tolist() == [True]
    marked = {name for name in ("by_timestamp", "by_number", "by_neither") if getattr(found, name).any()}
    assert told in marked
    assert "by_neither" not in marked or marked == {"by_neither"}


def test_after_2msl_nothing_is_compared() -> None:
    found = again("isn=500 kinds=0", "+241s")
    assert found.gap.tolist() == [241_000_000_000]
    assert not np.concatenate([found.is_waiting, found.by_neither]).any()


def test_what_the_snap_length_cut_off_is_not_judged() -> None:
    found = again("isn=500")  # its options are unknown
    assert found.is_waiting.tolist() == [True]
    assert not np.concatenate([found.by_timestamp, found.by_number, found.by_neither]).any()


def test_a_port_whose_last_connection_was_reset_is_free() -> None:
    text = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  RST,ACK
    initiator > responder  SYN isn=5 kinds=0 +1s
    ... +60s
    """
    found = reuse(analysed(text).judgement)
    assert found.gap.tolist() == [1_000_000_000]
    assert not found.is_waiting.any()


def test_a_capture_of_one_direction_or_of_nothing_has_no_reuse() -> None:
    assert not len(reuse(analysed("").judgement).place)
    assert not len(reuse(analysed("initiator < responder  ACK len=5\n... +60s").judgement).place)
