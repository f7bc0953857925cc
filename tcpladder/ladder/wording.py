"""What an arrow's label says of its segment, at each level of detail, and how it is fitted into its place."""

from dataclasses import dataclass

from tcpladder.ladder.options import Detail, LadderOptions, SequenceNumbers
from tcpladder.packets import options as tcp_options
from tcpladder.packets.flags import ACK, FIN, RST, SYN, flag_names
from tcpladder.sequence import MODULUS

STANDARD = LadderOptions()

# Options that have no column of their own in the segment table, by what stands for them in `option_kinds`.
OTHER_OPTIONS = (
    (tcp_options.MD5, "md5"),
    (tcp_options.AUTHENTICATION, "ao"),
    (tcp_options.MULTIPATH, "mptcp"),
    (tcp_options.FAST_OPEN, "fast-open"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentWords:
    """What a label tells about a segment; `seq`, `ack` and `sack` relative to the ISNs, None where there is none."""

    flags: int
    seq: int
    ack: int
    payload_length: int
    raw_seq: int = 0
    raw_ack: int = 0
    mss: int | None = None
    wscale: int | None = None
    tsval: int | None = None
    tsecr: int | None = None
    is_sack_permitted: bool = False
    sack: tuple[int, int] | None = None  # the newest block
    raw_sack: tuple[int, int] | None = None
    sack_count: int = 0
    window: int | None = None  # in bytes, when it is zero or has changed much
    offered: int = 0  # the window in bytes, whether or not it is worth telling
    other_options: tuple[str, ...] = ()

    @property
    def has_timestamps(self) -> bool:
        """Whether there are time stamps (RFC 7323 §3)."""
        return self.tsval is not None


def other_options(kinds: int) -> tuple[str, ...]:
    """Name the options of a mask (`packets.options`) that have no column of their own."""
    return tuple(name for bit, name in OTHER_OPTIONS if kinds & bit)


def label_parts(words: SegmentWords, options: LadderOptions = STANDARD, info: str = "") -> list[str]:
    """Give what a label is made of, what matters most first. `info` is what the payload is, where that is known."""
    return _BY_DETAIL[options.detail](words, options.numbers is SequenceNumbers.RAW, info)


def label(words: SegmentWords, width: int, ellipsis: str) -> str:
    """Write a segment into at most `width` cells, in normal detail."""
    return fitted(label_parts(words), width, ellipsis)


def fitted(parts: list[str], width: int, ellipsis: str, *, is_whole: bool = False, pan: int = 0) -> str:
    """Join parts of a label in at most `width` cells: what matters least is left out first.

    Where the label is to be whole, and once it is scrolled by `pan` cells, the part in view is cut out instead.
    """
    if not pan and not is_whole:
        parts = list(parts)
        while len(parts) > 1 and len(" ".join(parts)) > width:
            parts.pop()
    return panned(" ".join(parts), width, pan, ellipsis)


def panned(text: str, width: int, pan: int, ellipsis: str) -> str:
    """Cut out what `width` cells show of a text from cell `pan` on, with an ellipsis where more of it lies."""
    if len(text) <= width:
        return text
    start = min(pan, len(text) - width) if width > 2 * len(ellipsis) else 0
    shown = text[start : start + max(width, 0)]
    if start:
        shown = ellipsis + shown[len(ellipsis) :]
    return shown if start + width >= len(text) else shown[: max(width - len(ellipsis), 0)] + ellipsis[: max(width, 0)]


def _seq(words: SegmentWords, is_raw: bool) -> str:  # noqa: FBT001 - a choice of two notations
    if not words.payload_length:
        return f"seq {words.raw_seq if is_raw else words.seq}"
    begin = words.raw_seq if is_raw else words.seq
    end = begin + words.payload_length
    return f"{begin}:{end % MODULUS if is_raw else end}"


def _ack(words: SegmentWords, is_raw: bool) -> str:  # noqa: FBT001
    return f"ack {words.raw_ack if is_raw else words.ack}"


def _sack(words: SegmentWords, is_raw: bool) -> list[str]:  # noqa: FBT001
    block = words.raw_sack if is_raw else words.sack
    if block is None:
        return []
    more = f"+{words.sack_count - 1}" if words.sack_count > 1 else ""
    return [f"sack {block[0]}:{block[1]}{more}"]


def _length(words: SegmentWords) -> list[str]:
    return [f"len {words.payload_length}"] if words.payload_length else []


def _short(words: SegmentWords, is_raw: bool, info: str) -> list[str]:  # noqa: FBT001
    is_ack = words.flags & ACK and not words.payload_length and not words.flags & (SYN | FIN | RST)
    return [flag_names(words.flags), *_length(words), *([_ack(words, is_raw)] if is_ack else []), *_known(info)]


def _normal(words: SegmentWords, is_raw: bool, info: str) -> list[str]:  # noqa: FBT001
    flags = words.flags
    has_ack = bool(flags & ACK)
    parts = [flag_names(flags)]
    ack_told = False
    if words.payload_length:
        parts += [_seq(words, is_raw), *_length(words), *_known(info)]
    elif flags & (SYN | FIN | RST):
        parts.append(_seq(words, is_raw))
    elif has_ack:
        parts.append(_ack(words, is_raw))
        ack_told = True
    if words.window is not None:
        parts.append(f"win {words.window}")
    parts += _sack(words, is_raw)
    if has_ack and not ack_told:
        parts.append(_ack(words, is_raw))
    if flags & SYN:
        options = (
            (words.mss is not None, f"mss {words.mss}"),
            (words.is_sack_permitted, "sack"),
            (words.has_timestamps, "ts"),
            (words.wscale is not None, f"ws {words.wscale}"),
        )
        parts += [text for is_there, text in options if is_there]
    return parts


def _full(words: SegmentWords, is_raw: bool, info: str) -> list[str]:  # noqa: FBT001
    options = (
        (words.mss is not None, f"mss {words.mss}"),
        (words.wscale is not None, f"ws {words.wscale}"),
        (words.is_sack_permitted, "sack-permitted"),
        (words.tsval is not None, f"tsval {words.tsval} tsecr {words.tsecr}"),
    )
    return [
        flag_names(words.flags),
        _seq(words, is_raw),
        *_length(words),
        *_known(info),
        *([_ack(words, is_raw)] if words.flags & ACK else []),
        f"win {words.offered}",
        *_sack(words, is_raw),
        *(text for is_there, text in options if is_there),
        *words.other_options,
    ]


def _known(info: str) -> list[str]:
    return [info] if info else []


_BY_DETAIL = {Detail.SHORT: _short, Detail.NORMAL: _normal, Detail.FULL: _full}
