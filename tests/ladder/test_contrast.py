"""In what two connections differ as a whole."""

from tcpladder.ladder.contrast import contrast_words, contrasted
from tcpladder.ladder.rungs import ladder_of
from tests.building import analysed, ladder
from tests.ladder.test_phases import CLOSE, EXCHANGE, HANDSHAKE

GOOD = HANDSHAKE + EXCHANGE + CLOSE


def told(one: str, other: str) -> str:
    analyses = [analysed(text) for text in (one, other)]
    made = tuple(ladder_of(analysis, 1, analysis.judgement) for analysis in analyses)
    verdicts = tuple(analysis.judgement.verdicts.row(0, named=True) for analysis in analyses)
    return contrast_words(contrasted((made[0], made[1]), (verdicts[0], verdicts[1])))


def test_what_is_alike_is_not_told() -> None:
    assert told(GOOD, GOOD) == "Ending, findings, handshake and amount of data are alike."


def test_endings_who_closed_and_findings() -> None:
    refused = "initiator > responder  SYN\ninitiator < responder  RST,ACK"
    assert told(GOOD, refused) == (
        "ended: graceful-3way | refused; closed first: initiator | none; reset by: none | responder; "
        "findings: none | hs-refused, rst-form"
    )


def test_what_syns_offer_the_handshakes_time_and_the_amount_of_data() -> None:
    other = GOOD.replace("SYN\n", "SYN mss=1460 +0ms\n").replace("SYN,ACK\n", "SYN,ACK mss=1400 +250ms\n")
    other = other.replace("ACK len=1000\n", "ACK len=20000\n")
    assert told(GOOD, other) == (
        "handshake took: 0.020000 s | 0.260000 s; initiator offers: none | mss 1460; "
        "responder offers: none | mss 1400; data: 2.1 kB | 40.1 kB"
    )


def test_without_verdicts_segments_alone_tell() -> None:
    refused = "initiator > responder  SYN\ninitiator < responder  RST,ACK"
    assert contrasted((ladder(GOOD), ladder(refused)), (None, None)) == []
