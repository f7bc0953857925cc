"""Both endpoints' states over a connection: as a specification, connection by connection, and for any capture at all.

Behind each segment stand the initiator's and the responder's state after it, and above the first one, the states they
began in. `CLOSED?` is inferred, `CLOSED` seen, and `?` unknown.
"""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from tcpladder.analysis import Analysis
from tcpladder.tcp.states import Basis, Endpoint, State
from tcpladder.tcp.transitions import Event
from tests import samples
from tests.building import Segment, analysed, segments
from tests.generating import any_segments, maimed_lives
from tests.tcp.graph import is_possible


def written(state: State, basis: Basis) -> str:
    return "?" if state is State.UNKNOWN else f"{state.name}?" if basis is Basis.INFERRED else state.name


def marked(text: str) -> tuple[str, list[list[str]]]:
    """Take the states off a text: give the segments' lines, and the expected states, the initial ones first."""
    lines = [line.partition("|") for line in text.splitlines() if line.strip()]
    return "\n".join(line[0] for line in lines), [line[2].split() for line in lines if line[1]]


HANDSHAKE = """
                                                        | CLOSED       LISTEN
    initiator > responder  SYN                          | SYN_SENT     LISTEN
    initiator < responder  SYN,ACK                      | ESTABLISHED  SYN_RCVD
    initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
    """

INFERRED = HANDSHAKE.replace(
    "ACK                          | ESTABLISHED  ESTABLISHED", "ACK | ESTABLISHED ESTABLISHED?"
)
UNPROVEN = HANDSHAKE.replace("ACK                          | ESTABLISHED  ESTABLISHED", "ACK | ESTABLISHED SYN_RCVD")

OPENINGS = {
    "an answered SYN, and nothing after the handshake": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK                      | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED?
        """,
    "a SYN that nothing answers: of the responder nothing is known": """
                                                            | CLOSED       ?
        initiator > responder  SYN                          | SYN_SENT     ?
        initiator > responder  SYN  +1s                     | SYN_SENT     ?
        """,
    "a refusal": """
                                                            | CLOSED       CLOSED?
        initiator > responder  SYN                          | SYN_SENT     CLOSED?
        initiator < responder  RST,ACK seq=0                | CLOSED?      CLOSED?
        """,
    "a refusal that acknowledges something else is none (RFC 9293 §3.10.7.3)": """
                                                            | CLOSED       CLOSED?
        initiator > responder  SYN                          | SYN_SENT     CLOSED?
        initiator < responder  RST,ACK seq=0 ack=55         | SYN_SENT     CLOSED?
        """,
    "a refusal without ACK is none": """
                                                            | CLOSED       CLOSED?
        initiator > responder  SYN                          | SYN_SENT     CLOSED?
        initiator < responder  RST seq=0                    | SYN_SENT     CLOSED?
        """,
    "a refusal of a SYN with FIN acknowledges both": """
                                                            | CLOSED       CLOSED?
        initiator > responder  SYN,FIN                      | SYN_SENT     CLOSED?
        initiator < responder  RST,ACK seq=0 ack=2          | CLOSED?      CLOSED?
        """,
    "SYNs that cross: simultaneous open (§3.5 figure 7), captured at the initiator": """
                                                            | CLOSED       CLOSED
        initiator > responder  SYN                          | SYN_SENT     CLOSED
        initiator < responder  SYN                          | SYN_RCVD     SYN_SENT
        initiator > responder  SYN,ACK seq=0                | SYN_RCVD     ESTABLISHED
        initiator < responder  SYN,ACK seq=0                | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator < responder  ACK                          | ESTABLISHED  ESTABLISHED
        """,
    "the SYN-ACK gets lost after it was captured, and is sent again": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK                      | SYN_SENT     SYN_RCVD
        initiator > responder  SYN  +1s                     | SYN_SENT     SYN_RCVD
        initiator < responder  SYN,ACK seq=0                | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator < responder  ACK                          | ESTABLISHED  ESTABLISHED
        """,
    "the handshake's last ACK is dropped at a full accept queue: the responder repeats its SYN-ACK": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK                      | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK len=5                    | ESTABLISHED  SYN_RCVD
        initiator < responder  SYN,ACK seq=0 ack=1  +1s     | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK seq=6 ack=1              | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK seq=1 len=5  +1s         | ESTABLISHED  SYN_RCVD
        """,
    "and takes the ACK in the end": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK                      | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED  SYN_RCVD
        initiator < responder  SYN,ACK seq=0 ack=1  +1s     | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
        initiator < responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        """,
    "a SYN-ACK that acknowledges something else is refused, and SYN-SENT goes on (§3.10.7.3)": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK ack=77               | SYN_SENT     SYN_RCVD
        initiator > responder  RST seq=77                   | SYN_SENT     SYN_RCVD
        initiator > responder  SYN  +1s                     | SYN_SENT     SYN_RCVD
        initiator < responder  SYN,ACK seq=0 ack=1          | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED?
        """,
    "a SYN-ACK that acknowledges something else, and the capture ends": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK ack=77               | SYN_SENT     SYN_RCVD
        """,
    "a client that is gone refuses the SYN-ACK": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK                      | SYN_SENT     SYN_RCVD
        initiator > responder  RST seq=1                    | CLOSED?      LISTEN?
        """,
    "who resets each SYN-ACK and sends its SYN again stays in SYN-SENT; each new ISN tells of a request forgotten": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK                      | SYN_SENT     SYN_RCVD
        initiator > responder  RST seq=1                    | SYN_SENT     LISTEN
        initiator > responder  SYN seq=0 +1s                | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK isn=90000 ack=1      | SYN_SENT     SYN_RCVD
        initiator > responder  RST seq=1                    | SYN_SENT     LISTEN
        initiator > responder  SYN seq=0 +2s                | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK isn=170000 ack=1     | SYN_SENT     SYN_RCVD
        initiator > responder  RST seq=1                    | SYN_SENT     LISTEN?
        """,
    "and takes the last one": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK                      | SYN_SENT     SYN_RCVD
        initiator > responder  RST seq=1                    | SYN_SENT     LISTEN
        initiator > responder  SYN seq=0 +1ms               | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK isn=90000 ack=1      | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
        initiator < responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        """,
    "a SYN-ACK of what was never sent leaves SYN-SENT as it is, even if nothing follows (§3.10.7.3)": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK ack=77               | SYN_SENT     SYN_RCVD
        initiator > responder  RST seq=77                   | SYN_SENT     LISTEN?
        """,
    "a SYN with data that is acknowledged at once, and data before the handshake ends (RFC 7413)": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN len=100                  | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK ack=101              | ESTABLISHED  SYN_RCVD
        initiator < responder  ACK len=10                   | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
        """,
    "an old connection's challenge ACK, its reset, and then a handshake (§3.5.1 figure 9)": """
                                                            | CLOSED       ?
        initiator > responder  SYN isn=70000                | SYN_SENT     ?
        initiator < responder  ACK seq=900 ack=-60000       | SYN_SENT     ?
        initiator > responder  RST seq=-60000               | SYN_SENT     ?
        initiator > responder  SYN seq=0  +1s               | SYN_SENT     ?
        initiator < responder  SYN,ACK isn=90000 ack=1      | ESTABLISHED  SYN_RCVD
        initiator > responder  ACK seq=1                    | ESTABLISHED  ESTABLISHED?
        """,
    "a SYN that was captured after its answer": """
                                                            | CLOSED       LISTEN
        initiator < responder  SYN,ACK seq=0 ack=1          | CLOSED       SYN_RCVD
        initiator > responder  SYN seq=0                    | SYN_SENT     SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED?
        """,
    "a FIN in place of the handshake's last ACK": """
                                                            | CLOSED       LISTEN
        initiator > responder  SYN                          | SYN_SENT     LISTEN
        initiator < responder  SYN,ACK                      | ESTABLISHED  SYN_RCVD
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  ACK                          | FIN_WAIT_2?  CLOSE_WAIT
        """,
}

CLOSES = {
    "four segments (§3.6 figure 12)": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  ACK                          | FIN_WAIT_2?  CLOSE_WAIT
        initiator < responder  FIN,ACK                      | TIME_WAIT    LAST_ACK
        initiator > responder  ACK                          | TIME_WAIT    CLOSED?
        """,
    "the responder closes first": """
        initiator < responder  FIN,ACK                      | CLOSE_WAIT   FIN_WAIT_1
        initiator > responder  ACK                          | CLOSE_WAIT   FIN_WAIT_2?
        initiator > responder  FIN,ACK                      | LAST_ACK     TIME_WAIT
        initiator < responder  ACK                          | CLOSED?      TIME_WAIT
        """,
    "three segments: the second FIN carries the ACK of the first": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  FIN,ACK                      | TIME_WAIT    LAST_ACK
        initiator > responder  ACK                          | TIME_WAIT    CLOSED?
        """,
    "FINs that cross (§3.6 figure 13), captured at the initiator": """
        initiator > responder  FIN,ACK ack=1                | FIN_WAIT_1   ESTABLISHED
        initiator < responder  FIN,ACK ack=1                | CLOSING      FIN_WAIT_1
        initiator > responder  ACK                          | CLOSING      TIME_WAIT?
        initiator < responder  ACK                          | TIME_WAIT?   TIME_WAIT?
        """,
    "half-closed: data goes on in one direction": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  ACK                          | FIN_WAIT_2?  CLOSE_WAIT
        initiator < responder  ACK len=1000                 | FIN_WAIT_2?  CLOSE_WAIT
        initiator > responder  ACK                          | FIN_WAIT_2?  CLOSE_WAIT
        """,
    "a FIN that is the last word is taken to have arrived": """
        initiator < responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT?
        """,
    "a FIN that is sent again and never acknowledged has not arrived": """
        initiator < responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   ESTABLISHED
        initiator > responder  FIN,ACK seq=1  +200ms        | FIN_WAIT_1   ESTABLISHED
        """,
    "a FIN that crosses data arrives with what its sender sends next": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   ESTABLISHED
        initiator < responder  ACK len=10 ack=1             | FIN_WAIT_1   ESTABLISHED
        initiator > responder  ACK                          | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  ACK ack=2                    | FIN_WAIT_2?  CLOSE_WAIT
        """,
    "a FIN behind a hole takes effect when the hole is filled": """
        initiator > responder  ACK len=10                   | ESTABLISHED  ESTABLISHED
        initiator > responder  FIN,ACK seq=21               | FIN_WAIT_1   ESTABLISHED
        initiator < responder  ACK ack=11                   | FIN_WAIT_1   ESTABLISHED
        initiator > responder  ACK seq=11 len=10  +300ms    | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  ACK ack=22                   | FIN_WAIT_2?  CLOSE_WAIT
        """,
    "a FIN that is repeated with the data before it": """
        initiator > responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   ESTABLISHED
        initiator > responder  FIN,ACK seq=1 len=5  +200ms  | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  ACK                          | FIN_WAIT_2?  CLOSE_WAIT
        """,
    "an ACK of what was never sent does not acknowledge a FIN": """
        initiator < responder  ACK ack=5000                 | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
        initiator > responder  FIN,ACK  +1s                 | FIN_WAIT_1   ESTABLISHED
        initiator > responder  FIN,ACK seq=1  +1s           | FIN_WAIT_1   ESTABLISHED
        """,
    "the last ACK is lost on the way: TIME-WAIT answers the repeated FIN": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  FIN,ACK                      | TIME_WAIT    LAST_ACK
        initiator > responder  ACK                          | TIME_WAIT    LAST_ACK
        initiator < responder  FIN,ACK seq=1  +200ms        | TIME_WAIT    LAST_ACK
        initiator > responder  ACK                          | TIME_WAIT    CLOSED?
        """,
    "a SYN that TIME-WAIT refuses changes nothing": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  FIN,ACK                      | TIME_WAIT    LAST_ACK
        initiator > responder  ACK                          | TIME_WAIT    CLOSED?
        initiator < responder  SYN seq=-4000                | TIME_WAIT    CLOSED?
        initiator > responder  ACK seq=2 ack=2              | TIME_WAIT    CLOSED?
        """,
}

RESETS = {
    "an abort": """
        initiator < responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator < responder  RST,ACK                      | CLOSED?      CLOSED
        """,
    "a FIN answered with RST,ACK: the FIN had arrived": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  RST,ACK                      | CLOSED?      CLOSED
        """,
    "data after a full close is refused": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  ACK                          | FIN_WAIT_2?  CLOSE_WAIT
        initiator < responder  ACK len=10                   | FIN_WAIT_2?  CLOSE_WAIT
        initiator > responder  RST seq=2                    | CLOSED       CLOSED?
        """,
    "a RST beyond what was sent is not obeyed (RFC 5961 §3.2)": """
        initiator < responder  ACK len=10                   | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
        initiator < responder  RST seq=500                  | ESTABLISHED  CLOSED
        """,
    "a RST behind the window is not obeyed": """
        initiator < responder  ACK len=10                   | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
        initiator < responder  RST seq=1                    | ESTABLISHED  CLOSED
        """,
    "a RST that takes its own FIN not into account is obeyed: Linux": """
        initiator < responder  FIN,ACK                      | CLOSE_WAIT   FIN_WAIT_1
        initiator > responder  ACK                          | CLOSE_WAIT   FIN_WAIT_2?
        initiator < responder  RST seq=1                    | CLOSED?      CLOSED
        """,
    "a RST with the FIN's own number, whose receiver acknowledges the FIN afterwards, was not obeyed": """
        initiator < responder  FIN,ACK                      | CLOSE_WAIT   FIN_WAIT_1
        initiator < responder  RST seq=1  +1ms              | CLOSE_WAIT   CLOSED
        initiator > responder  ACK  +1ms                    | CLOSE_WAIT   CLOSED
        initiator < responder  RST,ACK seq=2                | CLOSED?      CLOSED
        """,
    "a FIN that crosses data, and an RST behind it: both arrive, in order": """
        initiator < responder  FIN,ACK ack=1                | ESTABLISHED  FIN_WAIT_1
        initiator > responder  ACK len=10 ack=1             | CLOSE_WAIT?  FIN_WAIT_1
        initiator < responder  RST seq=1  +1ms              | CLOSED?      CLOSED
        """,
    "a RST after which both go on was forged, or had no effect": """
        initiator < responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK                          | ESTABLISHED  ESTABLISHED
        initiator < responder  RST                          | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK len=10  +1s              | ESTABLISHED  ESTABLISHED
        initiator < responder  ACK                          | ESTABLISHED  ESTABLISHED
        """,
    "what was under way when the RST came changes nothing": """
        initiator < responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator < responder  RST,ACK                      | ESTABLISHED  CLOSED
        initiator > responder  ACK len=10  +1ms             | ESTABLISHED  CLOSED
        initiator > responder  ACK len=10  +1ms             | CLOSED?      CLOSED
        initiator < responder  RST                          | CLOSED?      CLOSED
        """,
    "a bare RST right after the handshake: the responder may never have had the connection": """
        initiator < responder  RST seq=1                    | CLOSED?      CLOSED
        """,
    "a bare RST a minute after it: a SYN-ACK without its ACK would have been sent again": """
        initiator < responder  RST seq=1  +60s              | CLOSED?      CLOSED
        """,
    "a RST kills TIME-WAIT": """
        initiator > responder  FIN,ACK                      | FIN_WAIT_1   CLOSE_WAIT
        initiator < responder  FIN,ACK                      | TIME_WAIT    LAST_ACK
        initiator > responder  ACK                          | TIME_WAIT    CLOSED?
        initiator < responder  RST seq=2                    | CLOSED?      CLOSED?
        """,
    "a stray SYN and its challenge ACK change nothing": """
        initiator > responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator > responder  SYN seq=777000               | ESTABLISHED  ESTABLISHED
        initiator < responder  ACK ack=6                    | ESTABLISHED  ESTABLISHED
        """,
    "a keep-alive and its answer change nothing": """
        initiator < responder  ACK len=5                    | ESTABLISHED  ESTABLISHED
        initiator > responder  ACK seq=0  +60s              | ESTABLISHED  ESTABLISHED
        initiator < responder  ACK ack=1                    | ESTABLISHED  ESTABLISHED
        """,
}

JOINED_LATE = {
    "data: both ends take part": """
                                                            | ?             ?
        initiator > responder  ACK seq=50 ack=60 len=5      | ESTABLISHED?  ?
        initiator < responder  ACK seq=60                   | ESTABLISHED?  ESTABLISHED?
        """,
    "only a SYN-ACK: its SYN was not captured": """
                                                            | SYN_SENT?     LISTEN
        initiator < responder  SYN,ACK seq=0 ack=1          | ESTABLISHED   SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED   ESTABLISHED?
        """,
    "both FINs: who sent the first was the first": """
                                                            | ?             ?
        initiator > responder  FIN,ACK seq=50 ack=60        | FIN_WAIT_1    CLOSE_WAIT
        initiator < responder  FIN,ACK seq=60               | TIME_WAIT     LAST_ACK
        initiator > responder  ACK                          | TIME_WAIT     CLOSED?
        """,
    "one FIN only: it may be the first or the second": """
                                                            | ?             ?
        initiator > responder  FIN,ACK seq=50 ack=60        | ?             ?
        initiator < responder  ACK seq=60                   | ?             ?
        """,
    "the first FIN was not captured: the ACK of it leaves open which of the two was the first": """
                                                            | CLOSED        LISTEN
        initiator > responder  SYN                          | SYN_SENT      LISTEN
        initiator < responder  SYN,ACK                      | ESTABLISHED   SYN_RCVD
        initiator > responder  ACK                          | ESTABLISHED   ESTABLISHED
        initiator < responder  FIN,ACK ack=2                | CLOSE_WAIT?   FIN_WAIT_1?
        initiator > responder  ACK seq=2                    | CLOSE_WAIT?   FIN_WAIT_2?
        """,
    "a RST only": """
                                                            | ?             ?
        initiator < responder  RST seq=60                   | CLOSED?       CLOSED
        """,
    "one direction of an opening": """
                                                            | CLOSED        ?
        initiator > responder  SYN                          | SYN_SENT      ?
        initiator > responder  ACK ack=1                    | ESTABLISHED   ?
        """,
    "one direction of a close: which FIN was the first, the other direction tells": """
                                                            | CLOSED        ?
        initiator > responder  SYN                          | SYN_SENT      ?
        initiator > responder  ACK ack=1                    | ESTABLISHED   ?
        initiator > responder  FIN,ACK ack=11               | ?             ?
        initiator > responder  ACK ack=12                   | ?             ?
        """,
    "segments without ACK, as scanners send them": """
                                                            | ?             ?
        initiator > responder  FIN,PSH,URG                  | ?             ?
        initiator < responder  RST,ACK                      | ?             CLOSED
        """,
}


@pytest.mark.parametrize(
    "text",
    [
        *OPENINGS.values(),
        *JOINED_LATE.values(),
        *(HANDSHAKE + rest for rest in CLOSES.values()),
        *(
            (UNPROVEN if "may never have had" in what else INFERRED if "bare RST" in what else HANDSHAKE) + rest
            for what, rest in RESETS.items()
        ),
    ],
    ids=[*OPENINGS, *(f"joined late, {what}" for what in JOINED_LATE), *CLOSES, *RESETS],
)
def test_both_endpoints_states_after_each_segment(text: str) -> None:
    lines, expected = marked(text)
    analysis = analysed(lines)
    assert len(analysis.connections) == 1
    shown = analysis.timeline(1)
    found = [
        [written(State(shown.states[endpoint, column]), Basis(shown.bases[endpoint, column])) for endpoint in Endpoint]
        for column in range(shown.states.shape[1])
    ]
    assert found == expected


def test_a_change_names_the_event_and_the_segment_behind_it() -> None:
    lines, _ = marked(HANDSHAKE + CLOSES["a FIN that crosses data arrives with what its sender sends next"])
    shown = analysed(lines).timeline(1)
    told = [
        (change.row, change.endpoint.name[0], change.state.name, change.event, change.cause) for change in shown.changes
    ]
    assert told == [
        (0, "I", "SYN_SENT", Event.SENT_SYN, 0),
        (1, "I", "ESTABLISHED", Event.RECEIVED_SYN_ACK, 1),
        (1, "R", "SYN_RCVD", Event.SENT_SYN_ACK, 1),
        (2, "R", "ESTABLISHED", Event.RECEIVED_ACK_OF_SYN, 2),
        (3, "I", "FIN_WAIT_1", Event.SENT_FIN, 3),
        (5, "R", "CLOSE_WAIT", Event.RECEIVED_FIN, 3),
        (6, "I", "FIN_WAIT_2", Event.RECEIVED_ACK_OF_FIN, 6),
    ]


def test_equal_shapes_share_a_history_whatever_their_numbers() -> None:
    first = segments("initiator > responder  SYN\n initiator < responder  RST,ACK seq=0")
    second = [replace(row, time=row.time + 10**9, seq=(row.seq + 99) % 2**32, ack=row.ack + 99) for row in first]
    moved = [
        replace(
            row, source=(row.source[0], row.source[1] + 1), destination=(row.destination[0], row.destination[1] + 1)
        )
        for row in second
    ]
    found = analysed([*first, *moved]).judgement.histories
    assert len(found.shapes) == 1
    assert found.of(1) is found.of(2)


def test_no_segments_have_no_histories() -> None:
    nothing = analysed("").judgement.histories
    assert (nothing.shapes, nothing.shape_of.tolist()) == ((), [])
    assert [states.tolist() for states in nothing.last_states()] == [[], []]


MANY = """
    other = 192.0.2.11:50000
    initiator > responder  SYN
    other > responder  SYN
    initiator < responder  SYN,ACK
    other < responder  RST,ACK
    initiator > responder  FIN,ACK
    third = 192.0.2.12:50000
    third > responder  SYN
    """


@pytest.mark.parametrize(("begin", "end"), [(0, 3), (1, 2), (1, 3), (1, 9), (2, 2)])
def test_a_part_of_the_connections_has_their_histories(begin: int, end: int) -> None:
    whole = analysed(MANY).judgement.histories
    part = whole.part(begin, end)
    numbers = range(begin, min(end, 3))
    assert [part.of(number - begin + 1) for number in numbers] == [whole.of(number + 1) for number in numbers]
    assert [part.control_rows(number - begin + 1).tolist() for number in numbers] == [
        whole.control_rows(number + 1).tolist() for number in numbers
    ]
    assert len(part.shape_of) == len(numbers)


def check(analysis: Analysis) -> None:
    """Assert what holds for every connection of any capture."""
    last = analysis.judgement.histories.last_states()
    for number in range(1, len(analysis.connections) + 1):
        pair, shown = analysis.judgement.histories.of(number), analysis.timeline(number)
        rows = len(analysis.segments_of(number))
        assert shown.states.shape == shown.bases.shape == (2, rows + 1)
        for endpoint in Endpoint:
            history = pair[endpoint]
            changes = [change for change in shown.changes if change.endpoint is endpoint]
            assert [shown.before(0, endpoint), *(change.state for change in changes)] == history.states
            assert history.states[-1] == last[endpoint][number - 1] == shown.after(rows - 1, endpoint)
            assert [pair for pair in itertools.pairwise(history.states) if not is_possible(*pair)] == []
            for row in range(rows):
                at_row = [change for change in changes if change.row == row]
                assert shown.after(row, endpoint) is (at_row[-1].state if at_row else shown.before(row, endpoint))
                if at_row:
                    assert shown.basis(row, endpoint) is at_row[-1].basis
                if row + 1 < rows:
                    assert shown.before(row + 1, endpoint) is shown.after(row, endpoint)
                unknown = shown.after(row, endpoint) is State.UNKNOWN
                assert (shown.basis(row, endpoint) is Basis.UNKNOWN) == unknown
            assert all(0 <= change.cause < rows and 0 <= change.row < rows for change in changes)
        assert [change.row for change in shown.changes] == sorted(change.row for change in shown.changes)


@given(any_segments())
def test_whatever_is_captured_each_endpoint_goes_a_way_that_rfc_9293_knows(rows: list[Segment]) -> None:
    check(analysed(rows))


@given(maimed_lives())
def test_whatever_is_lost_doubled_or_reordered_each_endpoint_goes_a_possible_way(rows: list[Segment]) -> None:
    check(analysed(rows))


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_timelines_of_the_sample_captures_are_sound(path: Path) -> None:
    check(samples.analysis_of(path))
