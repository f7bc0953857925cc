"""Marks and notes in words."""

import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.annotations.wording import in_words, plain, worth_showing


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Annotation(), ""),
        (Annotation(mark="a"), "[a]"),
        (Annotation(note="slow\n  since  noon"), '"slow since noon"'),
        (Annotation(mark="z", note="\x1b[31mred\u202e\x00"), r'[z] "\x1b[31mred\u202e\x00"'),
        (Annotation(comment="from\nafar \x1b[2J"), r'capture: "from afar \x1b[2J"'),
        (Annotation(mark="a", note="mine", comment="theirs"), '[a] "mine"; capture: "theirs"'),
    ],
)
def test_they_are_one_line_of_which_a_terminal_obeys_nothing(what: Annotation, words: str) -> None:
    assert in_words(what) == words
    assert plain(what) == words.removeprefix(f"[{what.mark}]").strip().replace('"', "")


def test_of_an_annotated_capture_only_what_no_ladder_shows_is_worth_showing() -> None:
    state = "state: responder SYN-RECEIVED -> ESTABLISHED -> unknown (sent FIN, no.37; inferred)"
    evidence = "evidence of the deviation td-close-wait-stuck at no.4"
    finding, note = "violation rst-data-lost (RFC 9293 §3.6.1): Lost", "user's note: here"
    assert worth_showing(["no.4 of a.pcap", state, evidence]) == []
    assert worth_showing(["no.4 of a.pcap", state, finding, note]) == ["no.4 of a.pcap", finding, note]
    assert worth_showing(["state: bad", "evidence of the crime at no.10 Downing Street"]) == [
        "state: bad", "evidence of the crime at no.10 Downing Street",
    ]  # fmt: skip
