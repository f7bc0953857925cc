"""Annotations as they stand in a file."""

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.annotations.document import Annotation, Document, DocumentError, Place, Subject, merged, parse, written

PACKET, OTHER, CONNECTION = Place(Subject.PACKET, 12), Place(Subject.PACKET, 13), Place(Subject.CONNECTION, 10)
DOCUMENT = Document(
    fingerprint="sha256:00",
    name="a.pcap",
    revision=3,
    annotations={PACKET: Annotation(mark="a", note="why?\nüß"), CONNECTION: Annotation(note="slow")},
    size=1000,
    follows=("0123456789abcdef",),
    others={"colour": "blue"},
    rests={Subject.PACKET: {"12": {"by": "me"}, "x": {"mark": "a"}}},
)


def test_what_is_written_is_read_again_with_what_is_not_known() -> None:
    assert parse(written(DOCUMENT)) == DOCUMENT


def test_it_is_json_that_people_can_read() -> None:
    read = json.loads(written(DOCUMENT))
    assert read["packets"]["12"] == {"mark": "a", "note": "why?\nüß", "by": "me"}
    assert read["connections"] == {"10": {"note": "slow"}}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"[]", "no annotations"),
        (b'{"format": "other"}', "no annotations"),
        (b'{"format": "tcpladder annotations", "version": 2, "capture": "x"}', "newer version"),
        (b'{"format": "tcpladder annotations", "version": "1"}', "newer version"),
        (b'{"format": "tcpladder annotations", "version": 1}', "damaged"),
        (b'{"format": "tcpladder annotations", "version": 1, "capture": "x", "revision": "y"}', "damaged"),
        (b'{"format": "tcpladder annotations", "version": 1, "capture": "x", "packets": []}', "damaged"),
    ],
)
def test_what_is_no_document_is_told(content: bytes, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        parse(content)


@pytest.mark.parametrize(
    "entries",
    [
        {"0": {"mark": "a"}},
        {"012": {"mark": "a"}},
        {"-1": {"mark": "a"}},
        {"²": {"mark": "a"}},
        {"9999999999": {"mark": "a"}},
        {"x": {"mark": "a"}},
        {"1": {"mark": "AB"}},
        {"1": {"mark": 7, "note": 8}},
        {"1": [2]},
    ],
)
def test_entries_that_make_no_sense_are_not_shown_and_not_lost(entries: object) -> None:
    content = {"format": "tcpladder annotations", "version": 1, "capture": "x", "packets": entries}
    document = parse(json.dumps(content).encode())
    assert document.annotations == {}
    assert json.loads(written(document))["packets"] == entries


def test_a_file_with_too_many_is_left_to_who_wrote_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpladder.annotations.document.MOST", 1)
    with pytest.raises(DocumentError, match="more than 1 annotations"):
        parse(written(DOCUMENT))


def test_documents_that_have_grown_apart_are_put_together() -> None:
    newer = replace(DOCUMENT, annotations={PACKET: Annotation(mark="a", note="new"), CONNECTION: Annotation(note="it")})
    older = replace(
        DOCUMENT,
        revision=1,
        follows=("00",),
        annotations={
            PACKET: Annotation(mark="b", note="old"),
            CONNECTION: Annotation(note="it is"),
            OTHER: Annotation(mark="a"),
        },
        others={"colour": "red", "size": 1},
    )
    both = merged(newer, older)
    assert both.annotations == {
        PACKET: Annotation(mark="a", note="new\nold"),
        CONNECTION: Annotation(note="it is"),
        OTHER: Annotation(mark="b"),
    }
    assert (both.revision, both.follows) == (3, ("00", "0123456789abcdef"))
    assert both.others == {"colour": "blue", "size": 1}


@settings(max_examples=50)
@given(st.binary(max_size=60), st.integers(0, 200), st.integers(0, 200))
def test_damage_is_told_or_harmless(noise: bytes, start: int, length: int) -> None:
    content = written(DOCUMENT)
    damaged = content[:start] + noise + content[start + length :]
    with contextlib.suppress(DocumentError):  # and nothing else is raised
        assert all(parse(damaged).annotations.values())
