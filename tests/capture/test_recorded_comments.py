"""Comments that captures have on their packets: found without reading anything else, and harmless."""

import gzip
import struct
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.annotations.document import Annotation, Subject
from tcpladder.capture import recorded_comments as module
from tcpladder.capture.recorded_comments import NO_COMMENTS, RecordedComments, recorded_comments, written_about
from tests.annotating import keep
from tests.capture.wrapping import Frame, block, enhanced, interface, option, padded, pcap, section

FRAME = Frame(1_600_000_000_123_456_789, b"abcde", 60)
BEGINNING = section() + interface()
PLAIN = enhanced(FRAME)
END = option(0, b"")
NO_TSHARK = "no-such-tshark"


def commented(*comments: bytes, before: bytes = b"", kind: int = 6, order: str = "<") -> bytes:
    """Write a packet with comments behind other options."""
    head = "IIIII" if kind == 6 else "HHIIII"
    own = struct.pack(f"{order}{head}", *([0] * (len(head) - 2)), 5, 60) + padded(b"abcde")
    return block(kind, own + before + b"".join(option(1, text, order) for text in comments) + END, order)


def found(path: Path, data: bytes, tshark: str | None = NO_TSHARK) -> dict[int, str]:
    path.write_bytes(data)
    recorded = recorded_comments(path, tshark)
    assert recorded.notices == ()
    return dict(recorded.by_frame)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.pcapng"


def test_comments_are_found_by_their_frames_a_line_each(file: Path) -> None:
    simple = block(3, struct.pack("<I", 4) + b"abcd")
    flags = option(2, struct.pack("<I", 1)) + option(4, bytes(8))
    data = BEGINNING + PLAIN + commented(b"one", b"two") + simple + block(77, b"abcd")
    data += commented(b"three", before=flags) + commented(b"four", kind=2) + PLAIN
    assert found(file, data) == {2: "one\ntwo", 4: "three", 5: "four"}


def test_sections_of_either_byte_order_count_on(file: Path) -> None:
    other = section(">") + interface(order=">") + enhanced(FRAME, order=">") + commented(b"big", order=">")
    data = BEGINNING + commented(b"little") + other + BEGINNING + commented(b"again")
    assert found(file, data) == {1: "little", 3: "big", 4: "again"}


def test_compressed_files_are_looked_through_alike(file: Path) -> None:
    assert found(file, gzip.compress(BEGINNING + PLAIN + commented(b"here"))) == {2: "here"}


def test_pcap_files_have_none(file: Path) -> None:
    assert found(file, pcap([FRAME])) == {}


def test_files_of_many_stretches(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1000)
    data = (
        BEGINNING
        + (PLAIN * 7 + commented(b"here") + section(">") + interface(order=">") + section() + interface()) * 40
    )
    assert found(file, data) == {8 * at: "here" for at in range(1, 41)}


def test_what_is_cut_off_or_damaged_has_what_comes_before(file: Path) -> None:
    data = BEGINNING + commented(b"one") + commented(b"two")
    assert found(file, data[:-1]) == {1: "one"}
    assert found(file, BEGINNING + commented(b"one") + commented(b"two")[:-4] + b"\1\0\0\0" + PLAIN) == {1: "one"}
    assert found(file, BEGINNING + commented(b"one") + block(0x0A0D0D0A, bytes(16)) + PLAIN) == {1: "one"}


def test_what_can_not_be_read_has_none(tmp_path: Path) -> None:
    assert recorded_comments(tmp_path / "none") == NO_COMMENTS
    assert found(tmp_path / "a", b"") == found(tmp_path / "a", b"GIF89a" * 99) == {}


def test_options_that_do_not_fit_have_none(file: Path) -> None:
    head = struct.pack("<IIIII", 0, 0, 1, 5, 60) + padded(b"abcde")
    assert found(file, BEGINNING + block(6, head + struct.pack("<HH", 1, 999) + b"abcd") + commented(b"on")) == {
        2: "on"
    }
    huge = struct.pack("<IIIII", 0, 0, 1, 0xFFFFFFF0, 60) + padded(b"abcde")
    assert found(file, BEGINNING + block(6, huge + option(1, b"no")) + commented(b"on")) == {2: "on"}


def test_a_comment_behind_very_many_options_is_found(file: Path) -> None:
    assert found(file, BEGINNING + commented(b"last", before=option(2, bytes(4)) * 100)) == {1: "last"}


def test_hostile_comments_are_short_text(file: Path) -> None:
    """What a terminal would obey is written out where they are shown; here they only have to be text, and short."""
    data = BEGINNING + commented(b"x" * 60_000) + commented(b"\xff\xfe bad") + commented(b"nul\0\0") + commented(b" \n")
    texts = found(file, data)
    assert [len(text) for text in texts.values()] == [module.LONGEST, 6, 3]
    assert texts[2] == "\ufffd\ufffd bad"


def test_too_many_are_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    file.write_bytes(BEGINNING + commented(b"here") * 4)
    assert recorded_comments(file) == RecordedComments(
        by_frame={1: "here", 2: "here"},
        notices=("Of the comments in the capture those from no.3 on are not shown",),
    )


def test_what_an_annotated_capture_repeats_is_left_out(file: Path) -> None:
    state = b"state: initiator CLOSED -> SYN-SENT (sent SYN)"
    data = commented(b"no.4 of a.pcap", state) + commented(b"no.5 of a.pcap", state, b"user's note: look")
    assert found(file, BEGINNING + data) == {2: "no.5 of a.pcap\nuser's note: look"}


def test_what_only_tshark_can_read_is_rewritten_by_it(file: Path) -> None:
    journal = block(9, padded(b"__REALTIME_TIMESTAMP=1\n"))
    data = BEGINNING + commented(b"one") + journal + commented(b"two")
    assert found(file, data) == {}
    assert found(file, data, tshark=None) == {1: "one", 3: "two"}


def test_it_can_be_cancelled(file: Path) -> None:
    file.write_bytes(BEGINNING + commented(b"here"))
    cancelled = threading.Event()
    cancelled.set()
    assert recorded_comments(file, cancelled=cancelled) == NO_COMMENTS


WHOLE = (
    BEGINNING + commented(b"one") + block(2, bytes(12) + struct.pack("<II", 5, 60) + padded(b"abcde"))
    + section(">") + interface(order=">") + commented(b"two", order=">")
)  # fmt: skip


@given(
    damage=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6),
    size=st.integers(0, len(WHOLE)),
)
@settings(max_examples=80, deadline=None)
def test_damaged_files_never_fail(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]], size: int
) -> None:
    data = bytearray(WHOLE)
    for place, value in damage:
        data[place] = value
    texts = found(tmp_path_factory.getbasetemp() / "damaged.pcapng", bytes(data[:size]))
    assert set(texts) <= {1, 2, 3}


def test_comments_stand_beside_what_users_wrote(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file.write_bytes(BEGINNING + commented(b"seen") + PLAIN)
    keep(file, tmp_path / "tcpladder", {"no.2": Annotation(mark="a")})
    annotations, notices = written_about(file)
    assert {frame: (what.mark, what.comment) for frame, what in annotations.of(Subject.PACKET).items()} == {
        1: ("", "seen"),
        2: ("a", ""),
    }
    assert notices == ()
