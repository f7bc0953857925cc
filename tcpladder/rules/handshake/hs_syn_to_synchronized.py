"""A SYN comes for a connection that the other side holds open.

## What it checks
An endpoint sends a SYN with another number than the connection began with, while its peer is synchronized and not in
TIME-WAIT; or a SYN is answered with an ACK of something else, which shows an older connection that was not captured.

## Why it matters
One side has forgotten the connection, and the other has not. It answers with an ACK of what it expects, a challenge; to
that, who has forgotten sends an RST, and may then open anew. If the ACK or the RST does not get through, nothing opens
until the old connection times out.

## Example
    initiator > responder  SYN                              !
    initiator < responder  ACK seq=88000 ack=500000         !
    initiator > responder  RST seq=500000                   !
    initiator > responder  SYN seq=0  +1s
    initiator < responder  SYN,ACK isn=900000
    initiator > responder  ACK

## Near miss
    # The port is used again after the connection was closed by both.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    initiator < responder  SYN isn=700000 +90s
    initiator > responder  SYN,ACK isn=900000
    initiator < responder  ACK
    ...  +60s

## Harmless when
The challenge is answered by RST, and the SYN that is repeated then opens the connection: so TCP recovers from a crash
of one side. Systems limit how many challenges they send, so that silence for half a second is normal.

## Likely causes
- the endpoint was restarted, or its address changed hands
- an address translator used a port again whose old connection the other side still holds
- an old SYN was delayed on the way, or somebody forged one

## What to try next
Look for a keep-alive on the side that holds connections open, and for idle timeouts of the devices between: the
shortest has to be longer than the keep-alive. Check that no firewall drops the challenge ACK.

## References
- RFC 9293 §3.5.1 (figure 9: half-open connection discovery)
- RFC 9293 §3.10.7.4 (fourth step)
- RFC 5961 §4.2
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule, all_of, any_of
from tcpladder.rulebook.stamps import IS_SYN
from tcpladder.rulebook.subject import Segment, Subject, first
from tcpladder.tcp.states import Endpoint, State

HELD = frozenset(
    {
        State.ESTABLISHED,
        State.FIN_WAIT_1,
        State.FIN_WAIT_2,
        State.CLOSE_WAIT,
        State.CLOSING,
        State.LAST_ACK,
    }
)


def examine(subject: Subject) -> Iterator[Match]:
    """Find SYNs that the other side can't take for an opening."""
    for endpoint in Endpoint:
        stray = first(segment for segment in subject.by(endpoint) if _is_stray(subject, segment))
        if stray is not None:
            yield _of_stray(subject, stray)
    yield from _unheard_of(subject)


def _is_stray(subject: Subject, segment: Segment) -> bool:
    """Whether it is a SYN with another number than the connection began with, to a peer that is synchronized."""
    is_second = segment.is_syn and segment.seq != 0 and segment.snd_nxt is not None
    return is_second and subject.state_before(segment, segment.sender.peer) in HELD


def _of_stray(subject: Subject, syn: Segment) -> Match:
    peer = syn.sender.peer
    answer = first(segment for segment in subject.after(syn) if segment.sender is peer)
    challenge = answer if answer is not None and _is_challenge(answer, syn) else None
    return _match(subject, syn, challenge, answer, f"the {peer.name.lower()} was in {_name(subject, syn)}")


def _unheard_of(subject: Subject) -> Iterator[Match]:
    """Tell of a SYN that opens what was captured, and is answered as part of an older connection."""
    answer = first(segment for segment in subject.by(Endpoint.RESPONDER) if not segment.is_rst)
    syn = None if answer is None else subject.last_before(answer, Endpoint.INITIATOR)
    if answer is None or syn is None or not syn.is_syn or syn.seq != 0 or (syn.snd_nxt or 0) > syn.end:
        return
    if _is_challenge(answer, syn) and not _was_in_time_wait(subject):
        yield _match(subject, syn, answer, answer, "the responder held an older connection")


def _was_in_time_wait(subject: Subject) -> bool:
    """Whether the responder had closed the connection before and was waiting for it to be forgotten: it may refuse."""
    before = subject.previous
    return before is not None and before.last_state(subject.same_end(Endpoint.RESPONDER, before)) is State.TIME_WAIT


def _match(subject: Subject, syn: Segment, challenge: Segment | None, answer: Segment | None, state: str) -> Match:
    reset = None if challenge is None else _reset(subject, challenge)
    proof = [segment for segment in (syn, challenge or answer, reset) if segment is not None]
    return Match(
        frames=tuple(segment.frame for segment in proof),
        confidence=Confidence.HIGH if challenge else Confidence.MEDIUM,
        message=f"The {syn.sender.name.lower()} sent a SYN in frame {syn.frame} while {state}; "
        + _outcome(challenge, answer, reset),
    )


def _outcome(challenge: Segment | None, answer: Segment | None, reset: Segment | None) -> str:
    if answer is None:
        return "it was not answered."
    if challenge is None:
        return f"what came next, in frame {answer.frame}, was no challenge to it."
    if reset is None:
        return f"it was challenged in frame {challenge.frame}, and no RST confirmed that it was meant."
    return f"it was challenged in frame {challenge.frame}, and the RST in frame {reset.frame} ended the old connection."


def _is_challenge(answer: Segment, syn: Segment) -> bool:
    """Whether it is an ACK of something else than the SYN."""
    is_ack = answer.flags & (SYN | RST | ACK) == ACK
    return is_ack and answer.ack is not None and not syn.seq < answer.ack <= syn.end


def _reset(subject: Subject, challenge: Segment) -> Segment | None:
    """Find the RST with the challenge's acknowledgment as its number."""
    later = (segment for segment in subject.after(challenge) if segment.sender is not challenge.sender)
    return first(segment for segment in later if segment.is_rst and segment.seq == challenge.ack)


def _name(subject: Subject, syn: Segment) -> str:
    return subject.state_before(syn, syn.sender.peer).name.replace("_", "-")


RULE = Rule(
    id="hs-syn-to-synchronized",
    level=Level.NOTE,
    category=Category.HANDSHAKE,
    sources=("RFC 9293 §3.5.1", "RFC 9293 §3.10.7.4", "RFC 5961 §4.2"),
    manual=__doc__,
    screen=(IS_SYN & (pl.col("seq_relative") != 0))
    | (all_of(ACK) & ~any_of(SYN, RST) & ~pl.col("from_initiator") & pl.col("snd_nxt").is_null()),
    examine=examine,
)
