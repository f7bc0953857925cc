"""What Zeek's state machine makes of one connection: its `conn_state` and its `history`, from its shape.

A shape is the list of the codes of those segments that can change either. A code is a number: some of the segment's
flags, and bits that are explained below.
"""

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tcpladder.packets.flags import ACK, FIN, RST, SYN

CONTROL = SYN | FIN | RST
FROM_RESPONDER = 1 << 5
DATA = 1 << 6
ELSEWHERE = 1 << 7  # not at the sequence number of the sender's last segment of the same kind
# These count, and only the 1st, 10th, 100th, … is written; in a shape they stand only where it is time for that.
RESENT = 1 << 8  # payload, none of which is new
ZERO_WINDOW = 1 << 9
BAD_CHECKSUM = 1 << 10  # nothing else of the segment matters
MISSING = 1 << 16  # and above: how many stretches of bytes it acknowledges that were not captured; in a shape, letters

# What counts at a place of a shape: the bits of `counting`. Those of the responder are the originator's, one further.
COUNTS_RESENT = 1 << 0
COUNTS_ZERO_WINDOW = 1 << 2
COUNTS_MISSING = 1 << 4  # of either

RESET_BEFORE_ANSWER = re.compile(r"\^?S[^HAFGIQ]*R.*")


class Progress(enum.Enum):
    """What Zeek takes an endpoint to have done; not the states of RFC 9293."""

    INACTIVE = enum.auto()
    SYN_SENT = enum.auto()
    SYN_ACK_SENT = enum.auto()  # the originator, without a SYN before
    PARTIAL = enum.auto()  # has sent, but its opening was not captured
    ESTABLISHED = enum.auto()  # as soon as the responder has answered the SYN, whether or not that arrives
    CLOSED = enum.auto()  # has sent a FIN
    RESET = enum.auto()  # has sent an RST


OPENING = (Progress.SYN_SENT, Progress.SYN_ACK_SENT)
UNOPENED = (Progress.INACTIVE, Progress.PARTIAL)


@dataclass(slots=True)
class _End:
    """One endpoint as Zeek sees it."""

    is_originator: bool
    progress: Progress = Progress.INACTIVE
    before: Progress = Progress.INACTIVE
    said: set[str] = field(default_factory=set)

    def become(self, progress: Progress) -> None:
        if progress is not self.progress:
            self.before, self.progress = self.progress, progress

    def is_clean(self) -> bool:
        """Tell whether it is, or was when it sent its FIN, established."""
        is_closing = self.progress is Progress.CLOSED and self.before is Progress.ESTABLISHED
        return self.progress is Progress.ESTABLISHED or is_closing

    def once(self, letter: str) -> Iterator[str]:
        if letter not in self.said:
            yield self.spoken(letter)
        self.said.add(letter)

    def spoken(self, letter: str) -> str:
        return letter.upper() if self.is_originator else letter


def judged(shape: Sequence[int], *, is_empty: bool) -> tuple[str, str]:
    """Give `conn_state` and `history` of a connection from its shape."""
    originator, responder = _End(is_originator=True), _End(is_originator=False)
    letters = ["^"] if shape and shape[0] & FROM_RESPONDER else []
    for code in shape:
        own, peer = (responder, originator) if code & FROM_RESPONDER else (originator, responder)
        if code & BAD_CHECKSUM:
            letters += own.spoken("c")
            continue
        letters += _letters(own, code)
        _advance(own, peer, code)
        letters += peer.spoken("g") * (code // MISSING)
    history = "".join(letters)
    return _conn_state(originator.progress, responder.progress, history, is_empty=is_empty), history


def counting(shape: Sequence[int]) -> bytes:
    """Give what counts, a mask of COUNTS before each segment of a shape, and one after the last.

    What is `_OF_RESPONDER` there is shifted left by one.
    """
    originator, responder = _End(is_originator=True), _End(is_originator=False)
    masks = [_counting(originator, responder)]
    for code in shape:
        own, peer = (responder, originator) if code & FROM_RESPONDER else (originator, responder)
        _advance(own, peer, code)
        masks.append(_counting(originator, responder))
    return bytes(masks)


def _counting(originator: _End, responder: _End) -> int:
    mask = COUNTS_MISSING if originator.is_clean() and responder.is_clean() else 0
    for side, (own, peer) in enumerate(((originator, responder), (responder, originator))):
        if own.progress is not Progress.RESET:
            mask |= COUNTS_RESENT << side
            if peer.progress is not Progress.CLOSED:
                mask |= COUNTS_ZERO_WINDOW << side
    return mask


def _letters(own: _End, code: int) -> Iterator[str]:
    """Give the letters that a segment adds before anybody's progress changes."""
    control = code & CONTROL
    if control in (SYN, FIN, RST):
        yield from _control_letters(own, code, control)
    elif control:
        yield from own.once("i" if control & FIN and control & RST else "q")
    elif code & DATA:
        yield from own.once("d")
    elif code & ACK:
        yield from own.once("a")
    if code & ZERO_WINDOW:
        yield own.spoken("w")
    if code & RESENT:
        yield own.spoken("t")


def _control_letters(own: _End, code: int, control: int) -> Iterator[str]:
    letter = {SYN: "h" if code & ACK else "s", FIN: "f", RST: "r"}[control]
    kind = "s" if control == SYN else letter
    # Before a close, a SYN at another number is taken for the one that counts, and all numbers from it.
    is_renumbered = control == SYN and own.progress not in (Progress.CLOSED, Progress.RESET)
    is_new = kind not in own.said or (bool(code & ELSEWHERE) and not is_renumbered)
    own.said.add(kind)
    if is_new:
        yield own.spoken(letter)


def _advance(own: _End, peer: _End, code: int) -> None:
    """Take in what the segment says about progress."""
    if own.progress is Progress.INACTIVE:
        _enter(own, peer, code)
    elif own.progress in OPENING:
        if code & FIN:
            own.become(Progress.CLOSED)
        if code & RST:
            own.become(Progress.RESET)
    elif own.progress in (Progress.ESTABLISHED, Progress.PARTIAL):
        _go_on(own, peer, code)
    elif own.progress is Progress.CLOSED and code & RST and peer.progress is not Progress.CLOSED:
        own.become(Progress.RESET)


def _enter(own: _End, peer: _End, code: int) -> None:
    if code & SYN:
        _open(own, peer, code)
    if code & FIN:
        own.become(Progress.CLOSED)
    if code & RST:
        own.become(Progress.RESET)
    if own.progress is not Progress.INACTIVE:
        return
    if peer.progress is Progress.SYN_SENT and not own.is_originator and not code & DATA:
        return  # an acknowledgment before the SYN-ACK does not count
    is_answer = code & ACK and peer.progress is Progress.ESTABLISHED
    own.become(Progress.ESTABLISHED if is_answer else Progress.PARTIAL)


def _open(own: _End, peer: _End, code: int) -> None:
    if not own.is_originator:
        if peer.progress is Progress.SYN_SENT:
            peer.become(Progress.ESTABLISHED)
        own.become(Progress.ESTABLISHED)
    elif peer.progress is Progress.ESTABLISHED:
        own.become(Progress.ESTABLISHED)  # the answer was captured before the SYN
    else:
        own.become(Progress.SYN_ACK_SENT if code & ACK else Progress.SYN_SENT)


def _go_on(own: _End, peer: _End, code: int) -> None:
    opens_late = own.progress is Progress.PARTIAL and peer.progress is Progress.INACTIVE
    if code & SYN and not code & ACK and opens_late:
        own.become(Progress.SYN_SENT)
    if code & FIN and not code & RST:
        own.become(Progress.CLOSED)
        if peer.progress is Progress.RESET and peer.before is Progress.CLOSED:
            peer.become(Progress.CLOSED)  # FIN, RST, and still a FIN in answer: that is an end as usual
    if code & RST:
        own.become(Progress.RESET)


def _conn_state(originator: Progress, responder: Progress, history: str, *, is_empty: bool) -> str:
    """Sum up how far both came."""
    if responder is Progress.RESET:
        if originator in OPENING or (originator is Progress.RESET and is_empty):
            return "REJ"
        return "RSTRH" if originator in UNOPENED else "RSTR"
    if originator is Progress.RESET:
        if responder not in UNOPENED:
            return "RSTO"
        return "RSTOS0" if RESET_BEFORE_ANSWER.fullmatch(history) else "OTH"
    if originator is Progress.CLOSED:
        after_close = {Progress.CLOSED: "SF", Progress.INACTIVE: "SH", Progress.PARTIAL: "SH"}
        return after_close.get(responder, "S2")
    if responder is Progress.CLOSED:
        return "SHR" if originator in UNOPENED else "S3"
    pair = (originator, responder)
    return {
        (Progress.SYN_SENT, Progress.INACTIVE): "S0",
        (Progress.ESTABLISHED, Progress.ESTABLISHED): "S1",
    }.get(pair, "OTH")
