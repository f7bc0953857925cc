"""Where annotations are kept, and found again."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tcpladder.annotations.document import Annotation, Place, Subject
from tcpladder.annotations.sidecar import Annotations, beside, load

PACKET, OTHER = Place(Subject.PACKET, 12), Place(Subject.PACKET, 13)
CONNECTION = Place(Subject.CONNECTION, 10)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "captures" / "a.pcap"
    path.parent.mkdir()
    path.write_bytes(b"packets of one")
    return path


@pytest.fixture
def states(tmp_path: Path) -> Path:
    return tmp_path / "state"


def noted(capture: Path, states: Path, note: str = "slow") -> Annotations:
    annotations = load(capture, states)
    annotations.set_note(CONNECTION, note)
    annotations.save()
    return annotations


def test_nothing_is_written_until_it_is_saved(capture: Path, states: Path) -> None:
    annotations = load(capture, states)
    assert not annotations.is_unsaved
    annotations.set_mark(PACKET, "a")
    assert annotations.is_unsaved
    assert list(capture.parent.iterdir()) == [capture]
    assert annotations.save().path == beside(capture)
    assert not annotations.is_unsaved
    assert load(capture, states)[PACKET] == Annotation(mark="a")


def test_a_letter_marks_one_place_and_is_taken_away_by_marking_again(capture: Path, states: Path) -> None:
    annotations = load(capture, states)
    annotations.set_mark(PACKET, "a")
    annotations.set_mark(OTHER, "a")
    assert (annotations.marked("a"), list(annotations)) == (OTHER, [OTHER])
    annotations.set_mark(OTHER, "a")
    assert annotations.marked("a") is None
    assert not annotations.is_unsaved


def test_a_note_taken_back_leaves_nothing_to_save(capture: Path, states: Path) -> None:
    annotations = noted(capture, states)
    annotations.set_note(CONNECTION, "fast")
    annotations.set_note(CONNECTION, " slow\n")
    assert not annotations.is_unsaved
    assert annotations.of(Subject.CONNECTION) == {10: Annotation(note="slow")}
    assert annotations.of(Subject.PACKET) == {}


def test_a_note_that_was_taken_away_stays_away(capture: Path, states: Path) -> None:
    annotations = noted(capture, states)
    annotations.set_note(CONNECTION, "")
    annotations.save()
    assert list(load(capture, states)) == []


def test_a_capture_that_was_moved_and_renamed_still_has_its_notes(capture: Path, states: Path, tmp_path: Path) -> None:
    noted(capture, states)
    moved = capture.rename(tmp_path / "b.pcap")
    annotations = load(moved, states)
    assert annotations[CONNECTION].note == "slow"
    assert annotations.notices == ()
    annotations.set_mark(PACKET, "b")
    assert annotations.save().path == beside(moved)


def test_a_colleague_finds_them_beside_the_capture(capture: Path, states: Path, tmp_path: Path) -> None:
    noted(capture, states)
    shutil.copytree(capture.parent, tmp_path / "colleague")
    assert load(tmp_path / "colleague" / "a.pcap", tmp_path / "elsewhere")[CONNECTION].note == "slow"


@pytest.mark.parametrize("size", [100, 1 << 16, 1 << 17])
def test_a_capture_that_grows_keeps_them(capture: Path, states: Path, size: int) -> None:
    capture.write_bytes(bytes(size))
    noted(capture, states)
    with capture.open("ab") as file:
        file.write(b"more")
    annotations = load(capture, states)
    assert annotations[CONNECTION].note == "slow"
    annotations.set_mark(PACKET, "a")
    assert annotations.save().sentence == ""
    assert load(capture.rename(capture.with_name("moved")), states)[PACKET].mark == "a"


def test_a_letter_that_two_sessions_chose_marks_what_was_saved_last(capture: Path, states: Path) -> None:
    one, two = load(capture, states), load(capture, states)
    one.set_mark(PACKET, "a")
    two.set_mark(OTHER, "a")
    one.save()
    two.save()
    assert list(load(capture, states)) == [OTHER]


def test_a_colleagues_file_and_own_notes_are_put_together(capture: Path, states: Path, tmp_path: Path) -> None:
    noted(capture, states, "mine")
    beside(capture).unlink()
    theirs = load(capture, tmp_path / "elsewhere")
    theirs.set_note(CONNECTION, "theirs")
    theirs.set_mark(PACKET, "a")
    theirs.save()
    annotations = load(capture, states)
    assert annotations[CONNECTION].note in {"mine\ntheirs", "theirs\nmine"}
    assert annotations[PACKET].mark == "a"


def test_what_was_deleted_after_it_was_seen_stays_deleted(capture: Path, states: Path, tmp_path: Path) -> None:
    """Somebody else saves beside the capture what I had saved, less a note: my copy of it does not bring it back."""
    noted(capture, states)
    theirs = load(capture, tmp_path / "elsewhere")
    theirs.set_note(CONNECTION, "")
    theirs.save()
    assert list(load(capture, states)) == []


def test_a_file_that_is_read_only_is_told_and_left_as_it_is(capture: Path, states: Path) -> None:
    noted(capture, states)
    before = beside(capture).read_bytes()
    beside(capture).chmod(0o444)
    annotations = load(capture, states)
    annotations.set_note(CONNECTION, "")
    saved = annotations.save()
    assert "read-only" in saved.sentence
    assert beside(capture).read_bytes() == before
    assert list(load(capture, states)) == []


def test_a_pipe_in_the_file_s_place_is_not_waited_for(capture: Path, states: Path) -> None:
    os.mkfifo(beside(capture))
    annotations = load(capture, states)
    assert "no file" in annotations.notices[0]


def test_two_sessions_lose_nothing_of_each_other(capture: Path, states: Path) -> None:
    one, two = load(capture, states), load(capture, states)
    one.set_mark(PACKET, "a")
    two.set_note(OTHER, "here")
    one.save()
    two.save()
    assert list(two) == [PACKET, OTHER]
    assert list(load(capture, states)) == [PACKET, OTHER]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "damaged"),
        (json.dumps({"format": "tcpladder annotations", "version": 9}).encode(), "newer version"),
        (
            json.dumps({"format": "tcpladder annotations", "version": 1, "capture": "sha256:1"}).encode(),
            "another capture",
        ),
    ],
)
def test_a_file_that_is_not_ours_to_change_is_told_and_left_as_it_is(
    capture: Path, states: Path, content: bytes, why: str
) -> None:
    beside(capture).write_bytes(content)
    annotations = load(capture, states)
    (notice,) = annotations.notices
    assert why in notice
    annotations.set_mark(PACKET, "a")
    saved = annotations.save()
    assert why in saved.sentence
    assert beside(capture).read_bytes() == content
    assert load(capture, states)[PACKET].mark == "a"


def test_where_the_folder_can_not_be_written_they_are_kept_elsewhere_and_that_is_told(
    capture: Path, states: Path
) -> None:
    beside(capture).with_name("x").touch()
    beside(capture).mkdir()  # root may write everywhere, but not over a folder
    annotations = load(capture, states)
    annotations.set_mark(PACKET, "a")
    saved = annotations.save()
    assert saved.path.is_relative_to(states)
    assert "it is no file" in saved.sentence
    assert load(capture, states)[PACKET].mark == "a"


def test_where_nothing_can_be_written_nothing_is_lost(capture: Path, states: Path) -> None:
    beside(capture).mkdir()
    states.touch()
    annotations = load(capture, states)
    annotations.set_mark(PACKET, "a")
    with pytest.raises(OSError, match=r"no file.*can't be"):
        annotations.save()
    assert annotations.is_unsaved
    assert annotations[PACKET].mark == "a"


def test_a_capture_that_is_gone_has_none(tmp_path: Path) -> None:
    annotations = load(tmp_path / "gone.pcap", tmp_path)
    annotations.set_mark(PACKET, "a")
    with pytest.raises(OSError, match=r"gone\.pcap' can't be read"):
        annotations.save()
    assert list(annotations) == [PACKET]


def test_those_of_several_captures_are_kept_in_the_state_folder_alone(capture: Path, states: Path) -> None:
    other, merged = capture.with_name("b.pcap"), states.parent / "temporary" / "a.pcap + 1 more"
    other.write_bytes(b"packets of another")
    files = (capture, other)
    annotations = load(merged, states, files=files)
    annotations.set_note(PACKET, "slow")
    saved = annotations.save()
    assert "several captures" in saved.sentence
    assert saved.path.parent == states / "annotations"
    assert sorted(capture.parent.iterdir()) == [capture, other]
    assert not merged.parent.exists()
    assert load(merged, states, files=files)[PACKET] == Annotation(note="slow")
    assert load(merged, states, files=files[::-1])[PACKET] == Annotation()
    assert load(capture, states)[PACKET] == Annotation()


def test_what_the_capture_says_stands_beside_and_is_never_saved(capture: Path, states: Path) -> None:
    annotations = load(capture, states)
    annotations.set_mark(PACKET, "a")
    annotations.show_comments({13: "theirs", 12: "theirs too"})
    assert list(annotations.of(Subject.PACKET).items()) == [
        (12, Annotation(mark="a", comment="theirs too")), (13, Annotation(comment="theirs")),
    ]  # fmt: skip
    assert (len(annotations), list(annotations)) == (2, [PACKET, OTHER])
    annotations.set_note(OTHER, "mine")
    assert annotations[OTHER] == Annotation(note="mine", comment="theirs")
    annotations.save()
    assert "theirs" not in beside(capture).read_text()
    assert annotations[OTHER] == Annotation(note="mine", comment="theirs")
    annotations.set_note(OTHER, "")
    assert annotations[OTHER] == Annotation(comment="theirs")
    annotations.save()
    assert dict(load(capture, states).of(Subject.PACKET)) == {12: Annotation(mark="a")}


def test_what_only_the_capture_says_is_nothing_to_save(capture: Path, states: Path) -> None:
    annotations = load(capture, states)
    annotations.show_comments({12: "theirs"})
    annotations.set_mark(PACKET, "b")
    annotations.set_mark(PACKET, "b")
    assert not annotations.is_unsaved
