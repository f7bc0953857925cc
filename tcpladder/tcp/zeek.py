"""What Zeek would write into its `conn.log` about a connection: `conn_state`, and the letters of `history`.

Zeek's documentation of `Conn::Info` explains both; this tells them for whom nothing but a capture is at hand.
The originator is our initiator, upper case in a history, the responder lower case:

| letter | stands for | again |
| --- | --- | --- |
| s h f r | SYN, SYN-ACK, FIN, RST | at another sequence number than the last |
| a d | pure acknowledgment, payload | never |
| i q | FIN and RST at once, SYN with FIN or RST | never |
| c t w g | bad checksum, payload sent again, zero window, bytes missing | the 10th, 100th, … time |
| ^ | the responder was captured first | never |

Checksums that an anonymizer or the like spoilt are passed over, as Zeek does when told to (`-C`).

Zeek also ends a connection after some time of silence, and logs what follows as another; here one stays one.
"""

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.checksums import BAD, GOOD
from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.tcp.zeek_gaps import gap_counts

Codes = npt.NDArray[np.uint32]

FLAGS = SYN | FIN | RST | ACK
# The other bits of a code, beside those of packets.flags.
FROM_RESPONDER = 1 << 5
DATA = 1 << 6
ELSEWHERE = 1 << 7  # not at the sequence number of the sender's last segment of the same kind
RESENT = 1 << 8  # payload, none of which is new
ZERO_WINDOW = 1 << 9
BAD_CHECKSUM = 1 << 10
MISSING = 1 << 16  # and above: how many stretches of bytes the segment acknowledges that were not captured
MOST_MISSING = (1 << 15) - 1

ZEEK: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),
    "conn_state": pl.String(),  # one of Zeek's thirteen, such as SF
    "history": pl.String(),  # such as ShADadFf
}
"""The columns of what `zeek` gives."""

NEEDED = (
    *("connection", "from_initiator", "flags", "payload_length", "window", "captured_length", "wire_length"),
    *("source", "checksum_status", "seq_relative", "end_relative", "ack_relative", "snd_nxt", "rcv_nxt", "peer_nxt"),
)

RESET_BEFORE_ANSWER = re.compile(r"\^?S[^HAFGIQ]*R.*")
MORE_OFTEN = 10  # a letter that counts comes again each time that its count has grown tenfold


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


def zeek(tracked: pl.DataFrame) -> pl.DataFrame:
    """Give the ZEEK columns, one row a connection, in order of its number.

    `tracked` is a segment table with TRACKED columns, sorted by connection, then frame.
    """
    connections = tracked.select("connection").unique(maintain_order=True)
    rows = tracked.lazy().filter(~pl.col("is_header_cut")).select(NEEDED).collect()  # Zeek passes over cut headers
    codes = _codes(rows)
    kept = rows.select("connection").with_columns(code=pl.Series(codes)).filter(_decisive(rows, codes))
    strings = _by_shape(kept, _emptiness(rows))
    return (
        connections.join(strings, on="connection", how="left", maintain_order="left")
        .with_columns(pl.col("conn_state").fill_null("OTH"), pl.col("history").fill_null(""))
        .select(pl.col(name).cast(dtype) for name, dtype in ZEEK.items())
    )


def _codes(rows: pl.DataFrame) -> Codes:
    """Give of each segment all that matters to Zeek, but for its place."""
    flags, payload = pl.col("flags"), pl.col("payload_length")
    is_rst = (flags & RST) != 0
    is_syn = (flags & SYN) != 0
    kind = flags & (SYN | FIN | RST)
    # A FIN is where the payload ends, and an RST occupies nothing.
    place = pl.col("seq_relative") + pl.when(kind == FIN).then(payload).otherwise(0)
    is_elsewhere = (place != place.shift(1).over("connection", "from_initiator", kind.alias("kind"))).fill_null(
        value=False
    )
    end = pl.col("end_relative") - pl.when(is_rst).then(payload).otherwise(0)
    is_resent = (payload > 0) & (is_syn | (end <= pl.col("snd_nxt")).fill_null(value=False))
    bits = {
        FROM_RESPONDER: ~pl.col("from_initiator"),
        DATA: payload > 0,
        ELSEWHERE: (kind != 0) & is_elsewhere,
        RESENT: is_resent,
        ZERO_WINDOW: (pl.col("window") == 0) & ~is_rst,
        BAD_CHECKSUM: _is_damaged(),
    }
    code = (flags & FLAGS).cast(pl.UInt32)
    for bit, where in bits.items():
        code = code | pl.when(where).then(pl.lit(bit, pl.UInt32)).otherwise(pl.lit(0, pl.UInt32))
    codes: Codes = rows.select(code).to_series().to_numpy()
    return codes + np.minimum(gap_counts(rows), MOST_MISSING).astype(np.uint32) * np.uint32(MISSING)


def _is_damaged() -> pl.Expr:
    """Tell segments with a bad checksum, but for senders that seldom have a good one: theirs were spoilt on purpose."""
    is_bad, is_good = ((pl.col("checksum_status") == status).fill_null(value=False) for status in (BAD, GOOD))
    return is_bad & (is_good.sum().over("source") > is_bad.sum().over("source"))


def _decisive(rows: pl.DataFrame, codes: Codes) -> pl.Series:
    """Mark the segments that can change anything: all but plain ones, and the first plain ones of each kind between."""
    is_plain = (codes & ~np.uint32(FROM_RESPONDER | ACK | DATA)) == 0
    connection = rows["connection"].to_numpy()
    stretches = ~is_plain
    stretches[1:] |= connection[1:] != connection[:-1]
    key = np.cumsum(stretches).astype(np.int64) << 8 | np.where(is_plain, codes & np.uint32(0xFF), 0)
    return pl.Series(~is_plain) | pl.Series(key).is_first_distinct()


def _emptiness(rows: pl.DataFrame) -> pl.DataFrame:
    """Tell of each connection whether neither side sent or was acknowledged a byte, as far as numbers tell."""
    is_rst = (pl.col("flags") & RST) != 0
    sender = pl.col("from_initiator")
    sent, acked = pl.col("end_relative").filter(~is_rst), pl.col("ack_relative").filter(~is_rst)
    has_fin = (pl.col("flags") & FIN) != 0

    def payload(is_sender: pl.Expr) -> pl.Expr:
        extent = pl.max_horizontal(
            sent.filter(is_sender.filter(~is_rst)).max(), acked.filter(~is_sender.filter(~is_rst)).max()
        )
        return extent.fill_null(1) - 1 - (has_fin & is_sender).any().cast(pl.Int64)

    return rows.group_by("connection", maintain_order=True).agg(
        is_empty=(payload(sender) <= 0) & (payload(~sender) <= 0)
    )


def _by_shape(kept: pl.DataFrame, emptiness: pl.DataFrame) -> pl.DataFrame:
    """Run Zeek's state machine once for each distinct list of codes."""
    ends = np.cumsum(kept.group_by("connection", maintain_order=True).len()["len"].to_numpy()).tolist()
    codes = kept["code"].to_numpy()
    content = codes.tobytes()
    known: dict[tuple[bytes, bool], tuple[str, str]] = {}
    found = []
    start = 0
    for end, is_empty in zip(ends, emptiness["is_empty"].to_list(), strict=True):
        shape = content[start * codes.itemsize : end * codes.itemsize], is_empty
        if shape not in known:
            known[shape] = judged(codes[start:end].tolist(), is_empty=is_empty)
        found.append(known[shape])
        start = end
    return emptiness.select("connection").with_columns(
        pl.DataFrame(found, schema={name: ZEEK[name] for name in ("conn_state", "history")}, orient="row")
    )


@dataclass(slots=True)
class _End:
    """One endpoint as Zeek sees it."""

    is_originator: bool
    progress: Progress = Progress.INACTIVE
    before: Progress = Progress.INACTIVE
    said: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

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

    def counted(self, letter: str, times: int = 1) -> Iterator[str]:
        for count in range(self.counts.get(letter, 0) + 1, self.counts.get(letter, 0) + times + 1):
            if _is_power(count):
                yield self.spoken(letter)
        self.counts[letter] = self.counts.get(letter, 0) + times

    def spoken(self, letter: str) -> str:
        return letter.upper() if self.is_originator else letter


def _is_power(count: int) -> bool:
    while count % MORE_OFTEN == 0:
        count //= MORE_OFTEN
    return count == 1


def judged(codes: Sequence[int], *, is_empty: bool) -> tuple[str, str]:
    """Give `conn_state` and `history` of a connection from the codes of its segments."""
    originator, responder = _End(is_originator=True), _End(is_originator=False)
    letters = ["^"] if codes and codes[0] & FROM_RESPONDER else []
    for code in codes:
        own, peer = (responder, originator) if code & FROM_RESPONDER else (originator, responder)
        if code & BAD_CHECKSUM:
            letters += own.counted("c")
            continue
        letters += _letters(own, peer, code)
        _advance(own, peer, code)
        if code >= MISSING and own.is_clean() and peer.is_clean():
            letters += peer.counted("g", code // MISSING)
    history = "".join(letters)
    return _conn_state(originator.progress, responder.progress, history, is_empty=is_empty), history


def _letters(own: _End, peer: _End, code: int) -> Iterator[str]:
    """Give the letters that a segment adds before anybody's progress changes."""
    control = code & (SYN | FIN | RST)
    if control in (SYN, FIN, RST):
        yield from _control_letters(own, code, control)
    elif control:
        yield from own.once("i" if control & FIN and control & RST else "q")
    elif code & DATA:
        yield from own.once("d")
    elif code & ACK:
        yield from own.once("a")
    if code & ZERO_WINDOW and peer.progress is not Progress.CLOSED and own.progress is not Progress.RESET:
        yield from own.counted("w")
    if code & RESENT and own.progress is not Progress.RESET:
        yield from own.counted("t")


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
