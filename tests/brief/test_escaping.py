"""Words in Markdown: nothing comes alive, nothing changes, and prose stays readable."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.brief.markdown import escape, write_address
from rag.brief.script import tidy

ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
#: Read in a text whose escaped characters were taken out: each of them would do something.
ALIVE = re.compile(
    r"[\\`*_\[\]<{}|~^$@]|://|www\.|==|%%|--|\.\.\.|&#\w+;|&\w\w+;"
    r"|:[a-z][\w+-]*:|(?<!\w)#[a-z]|\n| {2}",
    re.IGNORECASE,
)
OPENING = re.compile(r"[#>+=:%-]|\(?(?:\d+|[a-z]|[ivxlcdm]{2,})[.)](?:\s|$)")

PAYLOADS = [
    "![beacon](https://evil.example/p.png)",
    "![beacon][1]",
    "![][beacon]",
    '![a](<https://evil.example/p.png> "title")',
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    '[click](/x "a title with ](https://evil.example)")',
    "[a [nested ![b](c)](d)](e)",
    "[click]: https://evil.example 'title'",
    "[^1]: a definition of its own",
    "as was said[^1] and said^[inline]",
    "<https://evil.example/>",
    "<reporter@evil.example>",
    "see https://evil.example/p?x=1 and HTTP://EVIL.EXAMPLE",
    "see www.evil.example, _www.evil.example and WWW.EVIL.EXAMPLE",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "<iframe src='//evil.example'></iframe>",
    "<style>body{background:url(//evil.example)}</style>",
    "<!-- a comment -->",
    "<![CDATA[ x ]]>",
    "<?php echo 1 ?>",
    "</p><details open>",
    "&lt;img src=x&gt; &#60;b&#62; &#x3C;b&#x3e;",
    "![[secret.png]] and [[note|alias]]",
    "{{template}} {% include x %} {.class #id}",
    "$x^2$ and $$\\int$$",
    "\\(x\\) and \\[x\\] and \\begin{x}",
    "`code` and ``co`de``",
    "~~~ sh",
    "```html",
    "    indented code",
    "*stressed* **strong** _stressed_ __strong__",
    "~~struck~~ and ~low~ and ^high^ and ==marked==",
    "%%hidden%%",
    "% a title block",
    "# heading",
    "Setext\n======",
    "Setext\n------",
    "---\ntitle: front matter\n---",
    "- item",
    "+ item",
    "* item",
    "- [ ] task",
    "1. item",
    "2) item",
    "a) item",
    "(1) item",
    "iv. item",
    "(@) item",
    "> quoted",
    "> [!warning] callout",
    "a | b\n--|--\n1 | 2",
    "| a line block",
    ": a definition",
    "::: warning",
    "* * *",
    "broken  \nline",
    "broken\\\nline",
    ":smile: :+1: said:tada:",
    "#tag and (#tag/sub-1)",
    "@user says [@doe2020, p. 3]",
]


def unescape(text: str) -> str:
    return ESCAPED.sub(r"\1", text)


def find_alive(text: str) -> str | None:
    """The first thing in escaped text that a reader of Markdown would not show as it is."""
    bare = ESCAPED.sub("\0", text)
    found = OPENING.match(bare) or ALIVE.search(bare)
    return found[0] if found else None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_comes_alive(payload: str) -> None:
    assert find_alive(payload) is not None
    assert find_alive(escape(payload)) is None
    assert unescape(escape(payload)) == tidy(payload)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("![a](b)", "!\\[a\\](b)"),
        ("[a]: b", "\\[a\\]: b"),
        ("<img src=x>", "\\<img src=x>"),
        ("&lt;b&gt; &#60;", "\\&lt;b\\&gt; \\&#60;"),
        ("$5 and C:\\x", "\\$5 and C:\\\\x"),
        ("1. May", "1\\. May"),
        ("(12) May", "(12\\) May"),
        ("- May", "\\- May"),
        ("> May", "\\> May"),
        ("==May==", "\\=\\=May\\=\\="),
        ("see http://a.example, www.b.example", "see http\\://a.example, www\\.b.example"),
        ("so :smile:", "so \\:smile:"),
        ("a\n\n  b\t c\u2028d", "a b c d"),
    ],
)
def test_one_backslash_is_what_it_takes(text: str, written: str) -> None:
    assert escape(text) == written


@pytest.mark.parametrize(
    "prose",
    [
        "The mayor's well-known plan (of 2021), she said, cost 3.5% more: 1,200.75 euros!",
        "“It's over,” he said; 'why' – and \"how\" — is open… A. Writer and B. & C. agree?",
        "In 2022. - + = > # 1. and 2) stay as they are within a line.",
        "At 10:30:45 on 13/3/2022 AT&T, R&D; C# and issue #1 rose by -5 to +7 = 2.",
        "2022 was bad. 3.5 million fled.",
        "A. Writer wrote it.",
    ],
)
def test_ordinary_prose_stays_as_it_is(prose: str) -> None:
    assert escape(prose) == prose


@given(st.text(st.sampled_from("\\`*_[]()<>{}|~^$@&#:=%-+.!;/\"' \n\t1aivwwwA—é\u2028")))
def test_any_text_is_dead_and_comes_back_whole(text: str) -> None:
    assert find_alive(escape(text)) is None
    assert unescape(escape(text)) == " ".join(text.split())


@given(st.text())
def test_text_is_one_line_that_nothing_can_turn_round(text: str) -> None:
    written = escape(text)
    assert len(written.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", written)


@pytest.mark.parametrize(
    "address",
    ["https://a.example/x_y-z?q=1&r=(2)#top", "http://a.example", "https://a.example/мост"],
)
def test_a_clean_address_is_a_link(address: str) -> None:
    assert write_address(address) == f"<{address}>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,<b>x</b>",
        "file:///etc/passwd",
        "//a.example/x",
        "https://a.example/x y",
        'https://a.example/"><img src=x>',
        "https://a.example/<b>",
        "https://a.example/'x'",
        "https://a.example/`x`",
        "https://a.example/?a&copy;",
        "https://a.example/\u200bx",
        "mailto:a@b.example",
    ],
)
def test_any_other_address_is_words(address: str) -> None:
    written = write_address(address)
    assert find_alive(written) is None
    assert unescape(written) == address
