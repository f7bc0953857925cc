"""pcapng files (draft-ietf-opsawg-pcapng): sections, interfaces, and the blocks that hold packets."""

import struct
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tcpladder.capture.native.content import Content, Places
from tcpladder.capture.native.frames import LONGEST, Frames, Numbers, State, Stretch, joined
from tcpladder.capture.native.pcap import LARGEST_FRAME, MOST_TRIES
from tcpladder.capture.native.ticks import Clock
from tcpladder.capture.native.walking import walk

SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, PACKET = 0x0A0D0D0A, 1, 2, 3, 6
MAGIC_NUMBER = SECTION.to_bytes(4)
ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}

BLOCK_HEADER, LEAST_BLOCK, LEAST_SECTION, LEAST_PACKET, LEAST_SIMPLE, LEAST_INTERFACE = 8, 12, 28, 32, 16, 20
LARGEST_BLOCK = (1 << 27) + 131_104  # what tshark takes
LARGEST_KEPT = 1 << 20  # larger ones hold no frame that is looked into
VERSIONS = ((1, 0), (1, 2))
MOST_OPTIONS = 64

END_OF_OPTIONS, RESOLUTION, CHECK_SEQUENCE, OFFSET = 0, 9, 13, 14  # of an interface
FLAGS, CHECK_SEQUENCE_BITS = 2, 0x1E0  # of a packet
# The lengths that options of packets must have; those of other kinds may have any.
_OPTION_LENGTHS = {FLAGS: 4, 4: 8, 5: 8, 6: 4}
_STRANGE_OPTIONS = (3, 7)  # hashes and verdicts, whose lengths depend on what they hold


def is_strange_block(kinds: Numbers) -> npt.NDArray[np.bool_]:
    """Tell which blocks are frames for some tshark and for others not: journals, custom blocks, system calls."""
    is_strange: npt.NDArray[np.bool_] = (
        (kinds == 9) | (kinds & 0xBFFFFFFF == 0xBAD) | ((kinds >= 0x200) & (kinds < 0x300))
    )
    return is_strange


@dataclass(frozen=True, slots=True)
class _Interface:
    link: int
    snap_length: int
    clock: Clock


@dataclass(frozen=True, slots=True)
class PcapngRecords:
    """How blocks of this byte order follow each other; a new section is not walked over."""

    order: str

    def length(self, content: Content, at: int) -> int:
        """Give the length of the block at a place; 0 if it is not whole or not to be walked over."""
        if at + LEAST_BLOCK > content.size:
            return 0
        kind, total = struct.unpack_from(f"{self.order}II", content.buffer, at)
        if kind == SECTION or total < LEAST_BLOCK or total % 4 or at + total > content.size:
            return 0
        (again,) = struct.unpack_from(f"{self.order}I", content.buffer, at + total - 4)
        return int(total) if again == total else 0

    def lengths(self, content: Content, places: Places) -> Places:
        """Give the same for many places."""
        number = f"{self.order}u4"
        totals = content.values(places + 4, number)
        totals[(totals < LEAST_BLOCK) | (totals % 4 != 0) | (places + totals > content.size)] = 0
        again = content.values(places + np.maximum(totals, LEAST_BLOCK) - 4, number)
        totals[(again != totals) | (content.values(places, number) == SECTION)] = 0
        return totals

    def find(self, content: Content, at: int, stop: int, example: int) -> int | None:
        """Find a packet's block: its kind, and a length that is there again at its end."""
        wanted = struct.pack(f"{self.order}I", PACKET)
        place = at - 1
        for _ in range(MOST_TRIES):
            place = content.buffer.find(wanted, place + 1, stop)
            if place < 0:
                return None
            if (place - example) % 4 == 0 and self.length(content, place) >= LEAST_PACKET:
                return place
        return None


@dataclass(slots=True)
class PcapngFile:
    """A file in whose current section there are these interfaces."""

    records: PcapngRecords = field(default_factory=lambda: PcapngRecords("<"))
    interfaces: list[_Interface] = field(default_factory=list)

    def stretch(self, content: Content, at: int, number: int) -> Stretch:
        """Read the whole blocks from `at` on; `number` is that of the first frame."""
        parts: list[Frames] = []
        state: State | None = None
        while state is None:
            if content.buffer[at : at + 4] == MAGIC_NUMBER and at + LEAST_SECTION <= content.size:
                at, state = self._section(content, at)
                if state:
                    break
            places, end = walk(self.records, content, at)
            frames, bad, state = self._frames(content, places, number)
            parts.append(frames)
            number += len(frames)
            if state is None:
                at, state = self._stopped(content, end)
            else:
                at = bad
        return Stretch(frames=joined(parts), end=at, state=state)

    def _section(self, content: Content, at: int) -> tuple[int, State | None]:
        """Begin a section; give where what follows its header starts, or what is wrong."""
        order = ORDERS.get(bytes(content.buffer[at + 8 : at + 12]))
        if order is None:
            return at, State.DAMAGED
        total, major, minor = struct.unpack_from(f"{order}I4xHH", content.buffer, at + 4)
        if total < LEAST_SECTION:
            return at, State.DAMAGED
        if (major, minor) not in VERSIONS or total > LARGEST_KEPT or total % 4:
            return at, State.STRANGE
        if at + total > content.size:
            return at, State.UNFINISHED
        (again,) = struct.unpack_from(f"{order}I", content.buffer, at + total - 4)
        if again != total:
            return at, State.DAMAGED
        self.records = PcapngRecords(order)
        self.interfaces = []
        return at + total, None

    def _stopped(self, content: Content, at: int) -> tuple[int, State | None]:
        """Tell why the walk stopped at a place: None if a section begins there."""
        if at + LEAST_BLOCK > content.size:
            return at, State.UNFINISHED
        kind, total = struct.unpack_from(f"{self.records.order}II", content.buffer, at)
        if kind == SECTION:
            return at, None if at + LEAST_SECTION <= content.size else State.UNFINISHED
        if total > LARGEST_BLOCK or total < LEAST_BLOCK:
            return at, State.DAMAGED
        if total % 4:
            return at, State.STRANGE
        if at + total <= content.size:  # its length is another one at its end
            return at, State.DAMAGED
        if total <= LARGEST_KEPT:
            return at, State.UNFINISHED
        is_passed = kind not in (INTERFACE, OLD_PACKET, SIMPLE_PACKET, PACKET) and not is_strange_block(np.array(kind))
        return (at + total, State.UNFINISHED) if is_passed else (at, State.STRANGE)

    def _frames(self, content: Content, places: Places, number: int) -> tuple[Frames, int, State | None]:
        """Read what is a frame among whole blocks, up to the first one that is not what it should be."""
        order = f"{self.records.order}u4"
        kinds, totals, first, high, low, captured, wire = (
            content.rows(places, 28).view(order).reshape(-1, 7).T.astype(np.int64)
        )
        is_interface = kinds == INTERFACE
        known = len(self.interfaces) + np.cumsum(is_interface)
        states: list[tuple[int, State]] = []
        for row in np.flatnonzero(is_interface).tolist():
            interface = self._interface(content, int(places[row]), int(totals[row]))
            if isinstance(interface, State):
                states.append((row, interface))
                break
            self.interfaces.append(interface)
        is_simple = kinds == SIMPLE_PACKET
        is_old = kinds == OLD_PACKET
        is_frame = (kinds == PACKET) | is_old | is_simple
        interfaces = np.where(is_simple, 0, first)
        if is_old.any():
            interfaces[is_old] = content.values(places[is_old] + 8, f"{self.records.order}u2")
        header = np.where(is_simple, 12, 28)
        if is_simple.any():
            wire[is_simple] = first[is_simple]
            snap = self.interfaces[0].snap_length if self.interfaces else 0
            captured[is_simple] = np.minimum(wire[is_simple], snap or LARGEST_BLOCK)
        padded = captured + -captured % 4
        rest = totals - header - 4 - padded
        is_damaged = is_frame & (
            (totals < header + 4) | (rest < 0) | (captured > LARGEST_FRAME) | (interfaces >= known)
        )
        is_strange = is_strange_block(kinds) | (is_simple & (rest != 0))
        with_options = np.flatnonzero(is_frame & ~is_simple & (rest > 0))
        if len(with_options):
            begin = places + header + padded
            is_strange[with_options] |= self._have_strange_options(content, begin[with_options], rest[with_options])
        for is_bad, state in ((is_damaged, State.DAMAGED), (is_strange, State.STRANGE)):
            if is_bad.any():
                states.append((int(is_bad.argmax()), state))
        stop, found = min(states, key=lambda item: item[0], default=(len(places), None))
        if found:
            is_frame[stop:] = False
        rows = np.flatnonzero(is_frame)
        ticks = (high[rows].astype(np.uint64) << np.uint64(32)) | low[rows].astype(np.uint64)
        frames = Frames(
            numbers=np.arange(number, number + len(rows), dtype=np.int64),
            starts=places[rows] + header[rows],
            captured=captured[rows],
            wire=np.minimum(wire[rows], LONGEST),
            times=self._times(interfaces[rows], ticks, is_simple[rows]),
            positions=places[rows] + content.base,
            links=np.array([interface.link for interface in self.interfaces], np.int64)[interfaces[rows]],
        )
        return frames, int(places[stop]) if found else -1, found

    def _times(self, interfaces: Numbers, ticks: npt.NDArray[np.uint64], is_timeless: npt.NDArray[np.bool_]) -> Numbers:
        times = np.zeros(len(ticks), np.int64)
        clocks = [interface.clock for interface in self.interfaces]
        for clock in set(clocks):
            if all(clock == other for other in clocks):
                times = clock.nanoseconds(ticks)
            else:
                rows = np.flatnonzero(np.isin(interfaces, [at for at, other in enumerate(clocks) if other == clock]))
                times[rows] = clock.nanoseconds(ticks[rows])
        times[is_timeless] = 0
        return times

    def _interface(self, content: Content, at: int, total: int) -> _Interface | State:
        """Read what an interface's block says; or what is wrong with it."""
        if total < LEAST_INTERFACE:
            return State.DAMAGED
        order = self.records.order
        link, snap_length = struct.unpack_from(f"{order}HxxI", content.buffer, at + 8)
        resolution, offset, stop = None, None, at + total - 4
        at += 16
        while at < stop:
            if at + 4 > stop:
                return State.STRANGE
            code, length = struct.unpack_from(f"{order}HH", content.buffer, at)
            at += 4
            if at + length > stop:
                return State.STRANGE
            if code == END_OF_OPTIONS:
                break
            if code == RESOLUTION and length == 1 and resolution is None:
                resolution = content.buffer[at]
            elif code == OFFSET and length == 8 and offset is None:
                (offset,) = struct.unpack_from(f"{order}q", content.buffer, at)
            elif code == CHECK_SEQUENCE and length == 1 and content.buffer[at]:
                return State.STRANGE
            at += length + -length % 4
        clock = Clock(*(() if resolution is None else (resolution,)))
        return _Interface(link, snap_length, Clock(clock.resolution, offset or 0))

    def _have_strange_options(self, content: Content, begin: Places, rest: Numbers) -> npt.NDArray[np.bool_]:
        """Tell which packets have options that change what a frame is, or that do not fit into their block."""
        number, flags = f"{self.records.order}u2", f"{self.records.order}u4"
        is_strange = np.zeros(len(begin), np.bool_)
        at, stop = begin.copy(), begin + rest
        left = np.arange(len(begin))
        for _ in range(MOST_OPTIONS):
            left = left[at[left] < stop[left]]
            if not len(left):
                return is_strange
            code, length = (content.values(at[left] + place, number) for place in (0, 2))
            end = at[left] + 4 + length + -length % 4
            is_wrong = (end > stop[left]) | np.isin(code, _STRANGE_OPTIONS)
            for kind, right in _OPTION_LENGTHS.items():
                is_wrong |= (code == kind) & (length != right)
            has_check_sequence = content.values(np.minimum(at[left] + 4, stop[left]), flags) & CHECK_SEQUENCE_BITS != 0
            is_strange[left] |= is_wrong | ((code == FLAGS) & has_check_sequence)
            at[left] = np.where((code == END_OF_OPTIONS) | is_wrong, stop[left], end)
        is_strange[left] = True
        return is_strange


def pcapng_file(content: Content) -> PcapngFile | None:
    """Give a file that begins with a section of a known byte order and version; None for any other."""
    file = PcapngFile()
    if content.buffer[:4] != MAGIC_NUMBER or content.size < LEAST_SECTION:
        return None
    _, state = file._section(content, 0)  # noqa: SLF001 - its own
    return file if state is None else None
