"""Which rows of a ladder a report has."""

import pytest

from tcpladder.ladder.folding import folding
from tcpladder.report import drawn
from tcpladder.report.drawn import AROUND, LeftOut, shortened
from tests.building import ladder
from tests.ladder.test_layout import HANDSHAKE

ACK = "initiator > responder  ACK seq=1 +2s\n"


def test_a_short_ladder_has_all_its_rows() -> None:
    short = ladder(HANDSHAKE)
    assert [row.first for row in shortened(short, folding(short)) if not isinstance(row, LeftOut)] == [0, 1, 2]


def test_a_very_long_ladder_keeps_both_ends_and_what_has_something_to_say() -> None:
    long = ladder(HANDSHAKE + ACK * 400 + "initiator > responder  FIN,ACK\n" + ACK * 400)
    rows = list(shortened(long, folding(long, folded=False)))
    left_out = [row for row in rows if isinstance(row, LeftOut)]
    assert len(left_out) == 2
    kept = {row.first for row in rows if not isinstance(row, LeftOut)}
    assert {0, 1, 2, 403, 803} <= kept
    assert len(rows) == 2 * AROUND + 1 + 2
    assert sum(row.segments for row in left_out) + len(kept) == len(long)
    assert left_out[0].words == f"{left_out[0].rows} rows left out, with {left_out[0].segments} segments"


def test_where_too_much_has_something_to_say_the_rest_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "MOST_ROWS", 20)
    monkeypatch.setattr(drawn, "AROUND", 2)
    long = ladder(HANDSHAKE + ACK * 50)
    monkeypatch.setattr(long, "telling_rows", lambda: list(range(len(long))))
    kept = [row for row in shortened(long, folding(long, folded=False)) if not isinstance(row, LeftOut)]
    assert len(kept) == 20 + 2
