"""A rule's docstring, taken apart."""

from tcpladder.rulebook.manual import manual

PAGE = """A SYN echoes
a timestamp.

## What it checks
One thing.

And another.

## Example
    initiator > responder  SYN
      # deeper
    initiator < responder  SYN,ACK

## References
- RFC 7323 §3.2 (SHOULD)
- RFC 9293 §3.1
"""


def test_the_first_paragraph_is_the_title() -> None:
    assert manual(PAGE).title == "A SYN echoes a timestamp"


def test_sections_keep_their_paragraphs_and_ladders_their_shape() -> None:
    sections = manual(PAGE).sections
    assert sections["What it checks"] == "One thing.\n\nAnd another."
    assert sections["Example"].splitlines()[1] == "  # deeper"


def test_references_are_one_a_line() -> None:
    assert manual(PAGE).references == ("RFC 7323 §3.2 (SHOULD)", "RFC 9293 §3.1")
    assert manual("A title only.").references == ()
