"""Pairs RSTs with the segments that they answer."""

from tcpladder.packets.flags import ACK, RST
from tcpladder.rulebook.subject import MS, Segment, Subject
from tcpladder.sequence import MODULUS
from tcpladder.tcp.states import Endpoint

Key = tuple[Endpoint, bool, int]  # sender, whether it has ACK, and the number that its answer repeats

ANSWER_MARGIN = 100 * MS
"""How much longer than a round trip an answer may take."""


def answered(subject: Subject) -> dict[int, Segment]:
    """Pair the rows of RSTs with the segments that they answer.

    An RST repeats the acknowledgment number of what it answers as its own sequence number; where there is none, it
    acknowledges that segment (RFC 9293 §3.5.2). The last RST is given the last segment that fits.
    """
    asking = [segment for segment in subject.segments if segment.flags & RST]
    keys = {reset.row: _keys(reset) for reset in asking}
    wanted = {key for own in keys.values() for key in own}
    waiting: dict[Key, list[Segment]] = {}
    for segment in subject.segments:
        if segment.flags & RST:
            continue
        key = _key(segment)
        if key in wanted:
            waiting.setdefault(key, []).append(segment)
    found = {}
    for reset in reversed(asking):
        patience = 2 * subject.time_to_and_back(reset.sender) + ANSWER_MARGIN
        for key in keys[reset.row]:
            candidates = waiting.get(key, [])
            while candidates and candidates[-1].row > reset.row:
                candidates.pop()
            if candidates and reset.time - candidates[-1].time <= patience:
                found[reset.row] = candidates.pop()
                break
    return found


def _keys(reset: Segment) -> list[Key]:
    """Give what tells the segments that an RST may answer, likelier ones first."""
    peer = reset.sender.peer
    if reset.has_ack and reset.seq_raw == 0:
        return [(peer, False, reset.ack_raw), (peer, True, reset.seq_raw)]
    return [(peer, True, reset.seq_raw)]


def _key(segment: Segment) -> Key:
    if segment.flags & ACK:
        return segment.sender, True, segment.ack_raw
    return segment.sender, False, (segment.seq_raw + segment.end - segment.seq) % MODULUS


def patience(subject: Subject, endpoint: Endpoint) -> int:
    """Give the time in ns within which an endpoint answers what is captured here."""
    return 2 * subject.time_to_and_back(endpoint) + ANSWER_MARGIN


def is_unacceptable(segment: Segment) -> bool:
    """Tell whether a segment lies outside the receiver's window, or acknowledges what that never sent.

    In a synchronized state it has to be answered by an ACK (RFC 9293 §3.10.7.4, first and fifth step).
    """
    if segment.ack is not None and segment.peer_nxt is not None and segment.ack > segment.peer_nxt:
        return True
    if segment.snd_una is None:
        return False
    is_beyond = segment.snd_edge is not None and segment.seq > max(segment.snd_edge, segment.snd_una)
    return is_beyond or segment.seq < segment.snd_una >= segment.end
