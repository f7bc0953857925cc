"""A conversation in lines: as text, or byte by byte. A line is made when it is looked at, however many there are.

A text line is broken by how many bytes it has, and never takes more cells: one byte of UTF-8 takes at most one cell,
and what can't be printed is shown in one. So where a line is can be told without decoding what comes before it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tcpladder.stream.conversation import Conversation
from tcpladder.tcp.numbers import Int64Array
from tcpladder.tcp.reassembly import What
from tcpladder.tcp.states import Endpoint

NEWLINE, RETURN = 0x0A, 0x0D
MOST_PARAGRAPHS = 4_000_000
"""With more ends of lines than this, they break no lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLine:
    """One line: bytes `begin` to `end` of the sender's data, or what is said in their place.

    `frame` brought its first byte; `new_frame` is the frame that begins in it, None where the line goes on with one
    that was there before. `offset` counts all bytes of the stream before it; `missing` those that a notice is about.
    """

    sender: Endpoint
    what: What
    frame: int
    new_frame: int | None
    offset: int
    begin: int = 0
    end: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """What lines are made of, as columns: turns or paragraphs of data, and notices.

    `parts` are their first parts; `endings` count the bytes that end a paragraph's last line, and take no room in it.
    """

    parts: Int64Array
    senders: Int64Array
    kinds: Int64Array
    begins: Int64Array
    ends: Int64Array
    endings: Int64Array


class Book:
    """A conversation's blocks; made once, in a thread, as it takes a moment for many megabytes."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.turns = _turns(conversation)
        self.paragraphs = _paragraphs(conversation, self.turns)

    @cached_property
    def notices(self) -> Int64Array:
        """The parts that stand for what is missing or differs."""
        return np.flatnonzero(self.conversation.reassembly.kinds != What.DATA)


class Page:
    """The lines of a book: of both sides or of one, `width` bytes wide."""

    def __init__(self, book: Book, *, width: int, is_hex: bool = False, side: Endpoint | None = None) -> None:
        self._conversation = book.conversation
        self._width = max(width, 1)
        self._is_hex = is_hex
        blocks = book.turns if is_hex else book.paragraphs
        if side is not None:
            rows = np.flatnonzero(blocks.senders == side)
            blocks = _Blocks(**{name: getattr(blocks, name)[rows] for name in _Blocks.__slots__})
        self._blocks = blocks
        lengths = blocks.ends - blocks.begins - blocks.endings
        counts = np.maximum(-(-lengths // self._width), 1)
        self._firsts = np.concatenate([[0], np.cumsum(counts)])

    def __len__(self) -> int:
        return int(self._firsts[-1])

    def line(self, number: int) -> StreamLine:
        """Give a line, counted from 0."""
        block = int(np.searchsorted(self._firsts, number, side="right")) - 1
        blocks, found = self._blocks, self._conversation.reassembly
        sender, what = Endpoint(int(blocks.senders[block])), What(int(blocks.kinds[block]))
        part = int(blocks.parts[block])
        if what is not What.DATA:
            frame = self._conversation.frame_of_part(part)
            return StreamLine(
                sender=sender,
                what=what,
                frame=frame,
                new_frame=None,
                offset=int(found.offsets[part]),
                missing=int(found.lengths[part]),
            )
        step = number - int(self._firsts[block])
        begin = int(blocks.begins[block]) + step * self._width
        is_last = number + 1 == int(self._firsts[block + 1])
        end = int(blocks.ends[block]) if is_last else begin + self._width
        if not self._is_hex:
            data = self._conversation.stream(sender).data
            begin = _boundary(data, begin, int(blocks.ends[block])) if step else begin
            end = _boundary(data, end, int(blocks.ends[block])) if end < blocks.ends[block] else end
        part = self._conversation.part_at(sender, begin)
        new = self._conversation.parts_in(sender, begin, max(end, begin + 1))
        return StreamLine(
            sender=sender,
            what=what,
            frame=self._conversation.frame_of_part(part),
            new_frame=self._conversation.frame_of_part(int(new[0])) if len(new) else None,
            offset=int(found.offsets[part]) + begin - int(found.begins[part]),
            begin=begin,
            end=end,
        )

    def lines_of(self, sender: Endpoint, places: Int64Array) -> Int64Array:
        """Give the lines that show bytes of a side's data; -1 where this page leaves the side out."""
        of_side = np.flatnonzero((self._blocks.senders == sender) & (self._blocks.kinds == What.DATA))
        if not len(of_side):
            return np.full(len(places), -1, np.int64)
        at = of_side[np.searchsorted(self._blocks.begins[of_side], places, side="right") - 1]
        within = np.clip(places - self._blocks.begins[at], 0, None)
        last = self._firsts[at + 1] - 1
        return np.asarray(np.minimum(self._firsts[at] + within // self._width, last))

    def line_of_frame(self, frame: int) -> int:
        """Give the first line of what a frame brought, else of what the next one did; the last one where none did."""
        found, shown = self._conversation.reassembly, np.unique(self._blocks.senders)
        parts = np.flatnonzero(np.isin(found.senders, shown))
        if not len(parts):
            return 0
        frames = self._conversation.frames[found.rows[parts]]
        later = np.flatnonzero(frames >= frame)
        part = int(parts[later[np.argmin(frames[later])] if len(later) else np.argmax(frames)])
        if found.kinds[part] != What.DATA:
            return int(self._firsts[np.flatnonzero(self._blocks.parts == part)[0]])
        return int(self.lines_of(Endpoint(int(found.senders[part])), found.begins[part : part + 1])[0])

    def next_notice(self, line: int, step: int) -> int | None:
        """Give the next line, or with a step of -1 the one before, that tells of something missing or different."""
        lines = self._firsts[:-1][self._blocks.kinds != What.DATA]
        ahead = lines[lines > line] if step > 0 else lines[lines < line][::-1]
        return int(ahead[0]) if len(ahead) else None


def _turns(conversation: Conversation) -> _Blocks:
    """Put the data together that came from one side with nothing in between."""
    found = conversation.reassembly
    count = len(found.kinds)
    is_data = found.kinds == What.DATA
    goes_on = np.zeros(count, np.bool_)
    goes_on[1:] = is_data[1:] & is_data[:-1] & (found.senders[1:] == found.senders[:-1])
    firsts = np.flatnonzero(~goes_on)
    lasts = np.append(firsts[1:] - 1, count - 1) if count else firsts
    ends = np.where(is_data[lasts], found.begins[lasts] + found.lengths[lasts], found.begins[lasts])
    return _Blocks(
        parts=firsts,
        senders=found.senders[firsts],
        kinds=found.kinds[firsts],
        begins=found.begins[firsts],
        ends=ends,
        endings=np.zeros(len(firsts), np.int64),
    )


def _paragraphs(conversation: Conversation, turns: _Blocks) -> _Blocks:
    """Break turns behind each end of a line, which belongs to the line that it ends."""
    pieces: list[tuple[Int64Array, Int64Array]] = []
    is_data = turns.kinds == What.DATA
    for sender in Endpoint:
        of_side = np.flatnonzero(is_data & (turns.senders == sender))
        data = np.frombuffer(conversation.stream(sender).data, np.uint8)
        begins = turns.begins[of_side]
        breaks = np.flatnonzero(data == NEWLINE) + 1
        if len(breaks) <= MOST_PARAGRAPHS:
            begins = np.union1d(begins, breaks[breaks < len(data)])
        if len(of_side):
            pieces.append((of_side[np.searchsorted(turns.begins[of_side], begins, side="right") - 1], begins))
    others = np.flatnonzero(~is_data)
    pieces.append((others, turns.begins[others]))
    turn = np.concatenate([piece[0] for piece in pieces])
    begins = np.concatenate([piece[1] for piece in pieces])
    order = np.argsort(turn, kind="stable")
    turn, begins = turn[order], begins[order]
    ends = turns.ends[turn]
    is_same = turn[1:] == turn[:-1]
    ends[:-1] = np.where(is_same, begins[1:], ends[:-1])
    senders, kinds = turns.senders[turn], turns.kinds[turn]
    return _Blocks(
        parts=turns.parts[turn],
        senders=senders,
        kinds=kinds,
        begins=begins,
        ends=ends,
        endings=_endings(conversation, np.where(kinds == What.DATA, senders, -1), begins, ends),
    )


def _endings(conversation: Conversation, senders: Int64Array, begins: Int64Array, ends: Int64Array) -> Int64Array:
    """Count the bytes of each paragraph's LF or CR LF."""
    endings = np.zeros(len(begins), np.int64)
    for sender in Endpoint:
        data = np.frombuffer(conversation.stream(sender).data, np.uint8)
        rows = np.flatnonzero(senders == sender)
        rows = rows[data[ends[rows] - 1] == NEWLINE]
        endings[rows] = 1
        rows = rows[ends[rows] - begins[rows] > 1]
        endings[rows[data[ends[rows] - 2] == RETURN]] = 2
    return endings


def _boundary(data: bytes, place: int, end: int) -> int:
    """Give where the character ends that a place lies within; the place itself where it is within none."""
    for back in range(1, min(4, place + 1)):
        lead = data[place - back]
        if lead & 0xC0 == 0x80:
            continue
        length = 2 if lead >> 5 == 0b110 else 3 if lead >> 4 == 0b1110 else 4 if lead >> 3 == 0b11110 else 1
        stop = place - back + length
        if length <= back or stop > end:
            return place
        try:
            data[place - back : stop].decode()
        except UnicodeDecodeError:
            return place
        return stop
    return place
