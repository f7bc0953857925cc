"""What rules about the handshake ask of a connection: who sent which SYN how often, and what was answered by RST."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from tcpladder.rulebook.subject import MS, Segment, Subject
from tcpladder.sequence import distance
from tcpladder.tcp.states import Endpoint

SHORTEST_TIMEOUT = 800 * MS  # a SYN sent sooner after an RST answers that: the first time-out is 1 s (RFC 6298 §2.1)
LOOPING = 20 * MS  # within this a packet that was sent once is back in the capture, by a loop or a second tap


class Flaw(enum.Enum):
    """Why an initiator refuses a SYN-ACK."""

    WRONG_ACK = enum.auto()  # it acknowledges something that was never sent (RFC 9293 §3.10.7.3)
    WRONG_ECHO = enum.auto()  # its TSecr was never sent (RFC 7323 §3.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A SYN-ACK that the initiator answered with an RST. `syn` is the SYN between the refusal before and this one."""

    syn: Segment | None
    syn_ack: Segment
    reset: Segment


def opening_syns(subject: Subject, endpoint: Endpoint) -> list[Segment]:
    """Give an endpoint's SYNs without ACK that carry its ISN: a stray SYN is none of them."""
    return [segment for segment in subject.by(endpoint) if segment.is_syn and segment.seq == 0]


def syn_acks(subject: Subject, endpoint: Endpoint) -> list[Segment]:
    """Give an endpoint's SYN-ACKs that carry its ISN."""
    return [segment for segment in subject.by(endpoint) if segment.is_syn_ack and segment.seq == 0]


def timed(subject: Subject, sent: Sequence[Segment]) -> list[Segment]:
    """Leave out of a SYN's transmissions what no retransmission timer sent.

    That is an answer to an RST, as some stacks try again then, and a packet that came by twice.
    """
    wanted = {segment.row for segment in sent}
    found: list[Segment] = []
    last: Segment | None = None
    is_reset_since = False
    for segment in subject.segments:
        if segment.is_rst:
            is_reset_since = True
        if segment.row not in wanted:
            continue
        is_prompted = is_reset_since and last is not None and segment.time - last.time < SHORTEST_TIMEOUT
        if last is None or not (is_prompted or _is_same_packet(last, segment)):
            found.append(segment)
        last, is_reset_since = segment, False
    return found


def _is_same_packet(first: Segment, again: Segment) -> bool:
    is_close = again.time - first.time < LOOPING
    return is_close or (bool(again.ip_id) and again.ip_id == first.ip_id and again.ttl != first.ttl)


def refusals(subject: Subject) -> list[Refusal]:
    """Give the SYN-ACKs that the initiator answered with RST, before it acknowledged any, or the responder went on."""
    found: list[Refusal] = []
    syn: Segment | None = None
    syn_ack: Segment | None = None
    for segment in subject.segments:
        if segment.sender is Endpoint.RESPONDER:
            if segment.is_syn_ack:
                syn_ack = segment
            elif not segment.is_rst:
                break
        elif segment.is_rst:
            if syn_ack is not None:
                found.append(Refusal(syn=syn, syn_ack=syn_ack, reset=segment))
            syn = syn_ack = None
        elif segment.is_syn and segment.seq == 0:
            syn = segment
        else:
            break
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What an initiator's SYNs, one at least, tell about the answers to them."""

    end: int  # of the SYN and of what data came with it (RFC 7413)
    stamps: tuple[int, int] | None  # TSval of the first and the last SYN with time stamps

    def flaw(self, syn_ack: Segment) -> Flaw | None:
        """Tell what is wrong with an answer."""
        if self.has_wrong_ack(syn_ack):
            return Flaw.WRONG_ACK
        return Flaw.WRONG_ECHO if self.has_wrong_echo(syn_ack) else None

    def has_wrong_ack(self, syn_ack: Segment) -> bool:
        """Tell whether it acknowledges neither a SYN nor data that came with it."""
        return syn_ack.ack is not None and not 1 <= syn_ack.ack <= self.end

    def has_wrong_echo(self, syn_ack: Segment) -> bool:
        """Tell whether its TSecr lies outside what the SYNs carried. 0 does not count: it is taken for no echo."""
        if self.stamps is None or not syn_ack.tsecr:
            return False
        before, after = (distance(stamp, syn_ack.tsecr) for stamp in self.stamps)
        return before < 0 or after > 0


def opening(syns: Sequence[Segment]) -> Opening:
    """Sum up an initiator's SYNs."""
    stamps = [syn.tsval for syn in syns if syn.tsval is not None]
    return Opening(end=max(syn.end for syn in syns), stamps=(stamps[0], stamps[-1]) if stamps else None)
