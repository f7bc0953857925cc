"""An RST is answered by an RST.

## What it checks
An endpoint's RST repeats the numbers of the other side's RST, soon after it and not before it can have arrived, and the
other side had sent nothing else that it could answer. Once may be a coincidence, or an answer to something that was not
captured: that is a deviation. Again and again it is a violation.

## Why it matters
An RST is never answered by another. That rule alone keeps two machines, neither of which has the connection, from
resetting each other for ever.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  RST,ACK  +2s        !
    initiator > responder  RST win=0           !
    initiator < responder  RST,ACK             !
    initiator > responder  RST win=0           !

## Near miss
    # Both abort, each at its own number, before it can have heard of the other's RST.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator > responder  RST,ACK
    initiator < responder  RST,ACK  +1ms

## Harmless when
The capture lacks the segment that the second RST answers.

## Likely causes
- a firewall or load balancer that answers every segment it does not know by RST
- two such devices, which then go on without end

## What to try next
See how long it goes on, and find the devices by TTL and IP ID. Capture on both sides of each.

## References
- RFC 9293 §3.5.2
- RFC 9293 §3.10.7.1
"""

from collections.abc import Iterator

from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.reset_answers import patience
from tcpladder.rulebook.reset_screens import resets_each_other
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.rulebook.wording import capitalised, often
from tcpladder.tcp.states import Endpoint

SHOWN = 10


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's RSTs that answer RSTs."""
    for endpoint in Endpoint:
        replies = _replies(subject, endpoint)
        if not replies:
            continue
        frames = [segment.frame for asked, reply in replies for segment in (reply, asked)]
        asked, reply = replies[0]
        is_habit = len(replies) > 1
        yield Match(
            frames=tuple(dict.fromkeys(frames))[:SHOWN],
            endpoint=endpoint,
            level=None if is_habit else Level.DEVIATION,
            confidence=Confidence.HIGH if is_habit else Confidence.MEDIUM,
            message=f"{capitalised(endpoint)} answers RST by RST, {often(len(replies))}: frame {reply.frame} repeats "
            f"the number of the RST in frame {asked.frame}, and nothing else had come.",
        )


def _replies(subject: Subject, endpoint: Endpoint) -> list[tuple[Segment, Segment]]:
    """Pair RSTs of the other side with this endpoint's RSTs that nothing else can have caused."""
    wait, soonest = patience(subject, endpoint), _soonest(subject, endpoint)
    found = []
    asked: Segment | None = None
    last_prompt: int | None = None  # when the other side's last segment that may be answered was captured
    has_reset = False
    for segment in subject.segments:
        if segment.sender is not endpoint:
            asked = segment if segment.is_rst else asked
            last_prompt = last_prompt if segment.is_rst else segment.time
            continue
        if not segment.is_rst:
            continue
        is_unprompted = last_prompt is None or (not has_reset and segment.time - last_prompt > wait)
        is_in_time = asked is not None and soonest <= segment.time - asked.time <= wait
        if asked is not None and is_unprompted and is_in_time and _repeats(segment, asked):
            found += [(asked, segment)] if has_reset or _is_plain_answer(segment, asked) else []
        asked, last_prompt, has_reset = None, None, True
    return found


def _soonest(subject: Subject, endpoint: Endpoint) -> int:
    return subject.time_to_and_back(endpoint) // 2 if subject.half_rtts else 0


def _repeats(reply: Segment, asked: Segment) -> bool:
    at_its_ack = asked.has_ack and reply.seq_raw == asked.ack_raw
    return at_its_ack or (reply.has_ack and reply.ack_raw == asked.seq_raw and not reply.seq_raw)


def _is_plain_answer(reply: Segment, asked: Segment) -> bool:
    """Whether it can't be an abort of its own, nor the answer to a segment just before the other RST."""
    is_bare = not reply.has_ack and not reply.window and reply.tsval is None
    return is_bare and asked.seq == asked.snd_nxt


RULE = Rule(
    id="rst-reply-to-rst",
    level=Level.VIOLATION,
    category=Category.RESET,
    sources=("RFC 9293 §3.5.2", "RFC 9293 §3.10.7.1"),
    manual=__doc__,
    screen=resets_each_other,
    examine=examine,
    weaker_without=Missing.SEGMENTS | Missing.DIRECTION,
)
