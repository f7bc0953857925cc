"""Manual pages taken apart into what a page lays out."""

from tcpladder.report.web.prose import Block, blocks
from tcpladder.rulebook.manual import manual
from tcpladder.rules import catalogue


def test_paragraphs_lists_and_code_are_told_apart() -> None:
    text = "Look at `ss -ltn`:\nit tells.\n\n- one\n- two\n  goes on\n\n    sysctl -a\n      indented"
    assert list(blocks(text)) == [
        Block(kind="p", items=((("Look at ", False), ("ss -ltn", True), (": it tells.", False)),)),
        Block(kind="ul", items=((("one", False),), (("two goes on", False),))),
        Block(kind="pre", items=((("sysctl -a\n  indented", True),),)),
    ]


def test_no_word_of_a_manual_page_is_lost() -> None:
    for rule in catalogue():
        for name in ("Why it matters", "Harmless when", "Likely causes", "What to try next"):
            text = manual(rule.manual).sections[name]
            found = "".join(words for block in blocks(text) for item in block.items for words, _ in item)
            wanted = "".join(line.removeprefix("- ") for line in text.splitlines()).replace("`", "")
            assert "".join(found.split()) == "".join(wanted.split())
