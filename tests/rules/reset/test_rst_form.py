"""The forms that an RST in answer to something may lack."""

import pytest

from tcpladder.rulebook.levels import Level
from tests.rules.found import EXCHANGE, finding_of, findings_of

SYN = "responder = 198.51.100.20:443 isn=0\n initiator > responder  SYN\n"
BAD_SYN_ACK = "initiator > responder  SYN\n initiator < responder  SYN,ACK ack=77\n"
GONE = EXCHANGE + "initiator < responder  RST,ACK\n initiator > responder  PSH,ACK len=10\n"

FORMS = {
    "a SYN refused without ACK": (SYN + "initiator < responder  RST", Level.DEVIATION, "has no ACK"),
    "a SYN refused by another's number": (
        SYN + "initiator < responder  RST,ACK seq=0 ack=9",
        Level.DEVIATION,
        "something else",
    ),
    "a SYN refused from a sequence number": (
        SYN + "initiator < responder  RST,ACK seq=7",
        Level.NOTE,
        "a sequence number other than 0",
    ),
    "a bad SYN-ACK refused at one's own number": (
        BAD_SYN_ACK + "initiator > responder  RST win=0",
        Level.DEVIATION,
        "not the number",
    ),
    "a bad SYN-ACK refused with ACK": (
        BAD_SYN_ACK + "initiator > responder  RST,ACK seq=77",
        Level.DEVIATION,
        "should be bare",
    ),
    "data refused with ACK after a reset": (
        GONE + "initiator < responder  RST,ACK",
        Level.DEVIATION,
        "the connection was reset before",
    ),
    "a reason in the payload": (EXCHANGE + "initiator < responder  RST,ACK len=12", Level.NOTE, "carries payload"),
}

CORRECT = {
    "a SYN refused": SYN + "initiator < responder  RST,ACK seq=0 win=0",
    "a bad SYN-ACK refused": BAD_SYN_ACK + "initiator > responder  RST seq=77 win=0",
    "data refused after a reset": GONE + "initiator < responder  RST win=0",
    "an old connection's RST after a SYN that is accepted": (
        SYN + "initiator < responder  RST seq=99\n initiator < responder  SYN,ACK isn=9000\n initiator > responder  ACK"
    ),
}


@pytest.mark.parametrize(("text", "level", "words"), FORMS.values(), ids=FORMS)
def test_it_is_told(text: str, level: Level, words: str) -> None:
    found = finding_of("rst-form", text)
    assert words in found.message
    assert found.level is level


@pytest.mark.parametrize("text", CORRECT.values(), ids=CORRECT)
def test_nothing_is_told_of(text: str) -> None:
    assert findings_of("rst-form", text) == []
