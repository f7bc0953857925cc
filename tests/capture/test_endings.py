"""What is said where reading ended before the file did."""

from pathlib import Path

import pytest

from tcpladder.capture.endings import cut_off, damaged, incomplete, no_capture, unsupported
from tcpladder.capture.reader import NoticeKind

HOSTILE = Path("a\x1b[31mb.pcap")


@pytest.mark.parametrize("say", [cut_off, damaged, no_capture, unsupported])
def test_each_is_a_sentence_about_the_file_and_a_hint(say) -> None:
    error = say(HOSTILE)
    assert error.sentence.startswith(r"'a\x1b[31mb.pcap' ")
    assert error.sentence.endswith(".")
    assert error.sentence.isprintable()
    assert error.hint


def test_a_notice_tells_how_far_it_came() -> None:
    notice = incomplete(damaged(Path("x")), 17)
    assert notice.kind is NoticeKind.INCOMPLETE
    assert notice.sentence == "'x' is damaged. What was read, up to frame 17, is shown."
