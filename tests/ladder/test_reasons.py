"""Why an endpoint is in its state, in words."""

from pathlib import Path

import pytest

from tcpladder.ladder.reasons import NOT_KNOWN, reasons
from tcpladder.ladder.rungs import ladder_of
from tests import samples
from tests.building import ladder

SEEN = "Seen: its own segments prove it."
INFERRED = "Inferred: what was captured is taken to have arrived; none of its own segments proves it."
CLOSE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  ACK ack=1
    initiator < responder  ACK ack=2
    """


@pytest.mark.parametrize(
    ("row", "initiator", "responder"),
    [
        (-1, f"CLOSED from before the first segment. {SEEN}", f"LISTEN from before the first segment. {SEEN}"),
        (
            1,
            f"ESTABLISHED since no.2, when it received SYN-ACK. {SEEN}",
            f"SYN-RECEIVED since no.2, when it sent SYN-ACK. {SEEN}",
        ),
        (
            5,
            f"FIN-WAIT-2 since no.6, when it received the ACK of its FIN. {INFERRED}",
            f"CLOSE-WAIT since no.6, which shows that it received FIN (no.4). {SEEN}",
        ),
    ],
)
def test_a_state_has_its_event_its_frame_and_its_basis(row: int, initiator: str, responder: str) -> None:
    assert reasons(ladder(CLOSE), row) == (f"Initiator: {initiator}", f"Responder: {responder}")


def test_states_that_were_gone_through_in_one_row_are_told_in_order() -> None:
    crossed = ladder_of(samples.sample("showcase"), 5)
    assert reasons(crossed, 9)[1] == (
        "Responder: CLOSING → TIME-WAIT since no.61, which shows that it received FIN (no.59)"
        f" and then received the ACK of its FIN. {INFERRED}"
    )


def test_where_an_endpoint_began_is_inferred_from_what_followed() -> None:
    refused = ladder("initiator > responder  SYN\n initiator < responder  RST,ACK seq=0")
    assert reasons(refused, 1)[1] == "Responder: CLOSED from before the first segment. Inferred from what followed."


def test_what_the_capture_does_not_tell_is_not_explained() -> None:
    assert reasons(ladder("initiator > responder  SYN"), 0)[1] == f"Responder: {NOT_KNOWN}"


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_every_row_of_the_samples_has_a_sentence_for_each_endpoint(path: Path) -> None:
    analysis = samples.analysis_of(path)
    for number in range(1, len(analysis.connections) + 1):
        shown = ladder_of(analysis, number)
        for row in range(-1, len(shown)):
            assert [told.split(":")[0] for told in reasons(shown, row)] == ["Initiator", "Responder"]
