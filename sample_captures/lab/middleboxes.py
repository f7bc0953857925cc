"""What only a device between the hosts does: policies that rewrite segments, or make some up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .faults import is_client_data, is_server_data
from .forwarder import Onward
from .frames import ACK, FIN, RST, SYN, Looks, congested, renumbered, reset, restamped, without_timestamps

if TYPE_CHECKING:
    from .forwarder import Policy, Verdict
    from .frames import Segment

FOREIGN = Looks(ttl=255, identification=0xE49E)
"""How a device's own segments look; those of the hosts have 64 hops to live."""

A_LITTLE = 0.02
"""Seconds that a device takes longer than the hosts."""

A_DAY = 86_400_000
"""In ticks of a timestamp clock of 1 kHz."""

WITHIN_WINDOW = 10_000
"""So far ahead that the numbers are still within the receiver's window."""

FAR = 0x4000_0000
"""Farther than any window reaches (RFC 7323 §2.3)."""


def wrong_echo(segment: Segment) -> Verdict:
    """Rewrite a SYN-ACK's timestamps: TSval 0, and a TSecr that was never sent."""
    if segment.flags != SYN | ACK:
        return 0.0
    return (Onward(restamped(segment, lambda _, echo: (0, echo + FAR)), to_client=not segment.from_client),)


def zero_timestamps(segment: Segment) -> Verdict:
    """Rewrite a SYN-ACK's timestamps: both are 0."""
    if segment.flags != SYN | ACK:
        return 0.0
    return (Onward(restamped(segment, lambda *_: (0, 0)), to_client=not segment.from_client),)


def wrong_acknowledgment(segment: Segment) -> Verdict:
    """Rewrite a SYN-ACK: it acknowledges what was never sent."""
    if segment.flags != SYN | ACK:
        return 0.0
    return (Onward(renumbered(segment, ack=FAR), to_client=not segment.from_client),)


def strip_timestamps(segment: Segment) -> Verdict:
    """Take the timestamps out of the server's data, though both ends agreed to use them."""
    if not is_server_data(segment):
        return 0.0
    return (Onward(without_timestamps(segment), to_client=True),)


def date_back() -> Policy:
    """Give the server's second segment with data a TSval that is older than those before it."""
    met = 0

    def policy(segment: Segment) -> Verdict:
        nonlocal met
        met += is_server_data(segment)
        if not is_server_data(segment) or met != 2:
            return 0.0
        return (Onward(restamped(segment, lambda value, echo: (value - A_DAY, echo)), to_client=True),)

    return policy


def congested_download() -> Policy:
    """Mark the fifth data segment of a download that may be marked (RFC 3168 §5)."""
    met = 0

    def policy(segment: Segment) -> Verdict:
        nonlocal met
        met += is_server_data(segment)
        return (Onward(congested(segment), to_client=True),) if is_server_data(segment) and met == 5 else 0.0

    return policy


def resets_for_both(segment: Segment) -> Verdict:
    """Answer the client's data with an RST in the server's name, and give the server one in the client's."""
    if not is_client_data(segment):
        return 0.0
    to_client = reset(segment, is_answer=True, seq=segment.ack, looks=FOREIGN)
    to_server = reset(segment, is_answer=False, seq=segment.seq, looks=FOREIGN)
    return Onward(to_client, to_client=True), Onward(to_server, to_client=False)


def blind_reset() -> Policy:
    """Upon its first data, give the client an RST in the server's name, within its window but not at its edge.

    RFC 5961 §3.2: such an RST is answered by a challenge ACK and changes nothing.
    """
    is_sent = False

    def policy(segment: Segment) -> Verdict:
        nonlocal is_sent
        if is_sent or not is_client_data(segment):
            return 0.0
        is_sent = True
        forged = reset(segment, is_answer=True, seq=segment.ack + WITHIN_WINDOW, looks=FOREIGN)
        return Onward(segment.frame, to_client=False), Onward(forged, to_client=True, held_back=A_LITTLE)

    return policy


def reset_for_client(segment: Segment) -> Verdict:
    """Let the client's data through, and answer them with an RST in the server's name all the same."""
    if not is_client_data(segment):
        return 0.0
    forged = reset(segment, is_answer=True, seq=segment.ack, looks=FOREIGN)
    return Onward(forged, to_client=True), Onward(segment.frame, to_client=False)


def proxy() -> Policy:
    """Give the server's RST the sequence number of its FIN, and its later ones another sender's looks.

    The server, which has sent a FIN, aborts: RST-ACK with the number behind the FIN. It goes on as a bare RST with the
    FIN's own number. Upon segments that come later the server's host sends bare RSTs; they go on as RST-ACKs.
    """
    resets = client_end = 0

    def policy(segment: Segment) -> Verdict:
        nonlocal resets, client_end
        if segment.from_client:
            client_end = segment.end
        if segment.from_client or not segment.flags & RST:
            return 0.0
        resets += 1
        if resets == 1:
            return (Onward(reset(segment, is_answer=False, seq=segment.seq - 1), to_client=True),)
        late = reset(segment, is_answer=False, seq=segment.seq, ack=client_end, looks=FOREIGN)
        return (Onward(late, to_client=True, held_back=A_LITTLE),)

    return policy


def renumbering_firewall() -> Policy:
    """Add to the sequence numbers of the client's first connection, as a firewall that hides them, not to the second's.

    The server thus takes the second SYN for one that is older than the first connection.
    """
    added, is_first = FAR, True
    first_syn: int | None = None

    def policy(segment: Segment) -> Verdict:
        nonlocal is_first, first_syn
        if segment.from_client and segment.flags & SYN:
            first_syn = segment.seq if first_syn is None else first_syn
            is_first = segment.seq == first_syn
        if not is_first:
            return 0.0
        if segment.from_client:
            return (Onward(renumbered(segment, seq=added), to_client=False),)
        return (Onward(renumbered(segment, ack=-added), to_client=True),)

    return policy


def resets_after_the_close() -> Policy:
    """Send both hosts an RST in the other's name a second after the last ACK of a close."""
    fins = 0

    def policy(segment: Segment) -> Verdict:
        nonlocal fins
        is_last = fins == 2 and segment.flags == ACK
        fins += bool(segment.flags & FIN)
        if not is_last:
            return 0.0
        same = reset(segment, is_answer=False, seq=segment.seq, looks=FOREIGN)
        other = reset(segment, is_answer=True, seq=segment.ack, looks=FOREIGN)
        return (
            Onward(segment.frame, to_client=not segment.from_client),
            Onward(same, to_client=not segment.from_client, held_back=1.0),
            Onward(other, to_client=segment.from_client, held_back=1.0),
        )

    return policy


def then(first: Policy, second: Policy) -> Policy:
    """Ask the second policy about what the first one lets pass undelayed and unchanged."""

    def policy(segment: Segment) -> Verdict:
        verdict = first(segment)
        return second(segment) if verdict == 0.0 else verdict

    return policy
