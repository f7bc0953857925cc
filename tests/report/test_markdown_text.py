"""Texts in Markdown: whatever is in them, what a renderer makes of it is the text, and nothing else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tcpladder.printable import printable
from tcpladder.report.markdown_text import ascii_only, cell, code, fenced, in_html, prose

RENDERER = MarkdownIt("gfm-like")
HOSTILE = (
    "a | b",
    "a\\| b \\",
    "`code` ``more`` ```",
    "<script>alert(1)</script> <b>x</b> &lt; &amp;",
    "[link](http://evil.example) ![image](x.png) <http://evil.example> http://evil.example www.evil.example",
    "@everyone ping #123 GH-1 deadbeefcafe user/repo#1 !5 $3 %7 ~label :smile: a@b.example",
    "# heading",
    "- entry",
    "1. entry",
    "> quote",
    "--- === *** ___",
    "*a* _b_ ~~c~~ $x$",
    "line one\n\n# line two\r\n| cell |",
    "\x1b[31m red \u202e turned",
)
texts = st.sampled_from(HOSTILE) | st.text(st.sampled_from("ab1 `|\\<>[]()#@*_~-.!\n&;:/"), max_size=20)


def flat(tokens: list[Token]) -> list[Token]:
    return [token for outer in tokens for token in (outer, *(outer.children or []))]


def rendered(markdown: str) -> tuple[set[str], str]:
    """Give the kinds of tokens that Markdown comes to, and the text that is shown."""
    tokens = flat(RENDERER.parse(markdown))
    return {token.type for token in tokens}, "".join(
        token.content for token in tokens if token.type in ("text", "code_inline")
    )


IN_A_LINE = {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}


@settings(max_examples=60)
@given(texts)
def test_prose_shows_as_its_words(text: str) -> None:
    kinds, shown = rendered(prose(text))
    assert kinds <= IN_A_LINE
    assert shown == printable(" ".join(text.split()))


@settings(max_examples=60)
@given(texts)
def test_code_shows_as_it_is(text: str) -> None:
    kinds, shown = rendered(f"x {code(text)}")
    assert kinds <= IN_A_LINE
    assert shown.removeprefix("x").strip() == printable(text).strip()


@settings(max_examples=60)
@given(texts)
def test_a_cell_stays_one_cell(text: str) -> None:
    table = f"| a | b |\n| --- | --- |\n| {cell(code(text))} | {cell(prose(text))} |\n"
    tokens = flat(RENDERER.parse(table))
    cells = [token for token in tokens if token.type == "td_open"]
    assert len(cells) == 2
    assert {token.type for token in tokens if token.nesting == 0} <= {"inline", "text", "code_inline"}
    assert sum(token.type == "table_open" for token in tokens) == 1


@settings(max_examples=30)
@given(st.lists(texts, max_size=4))
def test_no_line_ends_its_block(lines: list[str]) -> None:
    shown = [printable(line).rstrip() for line in lines]
    (block,) = RENDERER.parse("\n".join(fenced(shown)))
    assert block.type == "fence"
    assert block.content.splitlines() == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_in_html_there_is_no_tag_of_the_text(text: str) -> None:
    assert re.findall("<[^>]*>", in_html(text)) == ["<code>", "</code>"]


def test_what_a_tracker_would_link_is_code() -> None:
    words = "@bob #12 GH-1 0a1b2c3d www.x.example http://x.example a@b.example !1 :tada:"
    assert all(word.startswith("`") for word in prose(words).split())


def test_what_means_nothing_stays_as_it_is() -> None:
    sentence = 'The initiator\'s FIN, 0.005 s later, was lost (24.0 %): it is repeated; "twice"!'
    assert prose(sentence) == sentence


def test_ascii_has_references_outside_of_code_and_escapes_within() -> None:
    assert ascii_only("×2 `日` ``d`é`` §3") == "&#215;2 `\\u65e5` ``d`\\xe9`` &#167;3"
