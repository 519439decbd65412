"""Any text comes back from a file of each format as it went in."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_briefings import ADDED, BRIEFING, make_briefing

from rag.brief.document import clean, make_document
from rag.brief.export import Format, export_briefing
from rag.brief.reading import read_export
from rag.brief.record import read_record, write_record
from rag.types import Answer, Citation, Entry, Sentence

SYNTAX = st.text(
    st.sampled_from("\\`*_{}[]()<>#+-.!|~^$@&;:=%'\"/?,“”‘’…— \n\t\0\x0b\x85\xa0\xad\u200b\u202e")
    | st.sampled_from("aZ1éб中مא\u0301\u0904\U0001f600\U0001f1eb\ud800\ufffe\ufeff\u2011"),
    max_size=20,
)
TEXT = SYNTAX | st.text(max_size=20)
READABLE: list[Format] = ["docx", "md", "html"]
NASTY = [
    "![x](http://evil.example/p.png) <img src=x onerror=alert(1)> <script>alert(1)</script>",
    "\\input{/etc/passwd} \\begin{x} $x^2$ %% comment \\end{document} \\\\ ~ ^ _ & # {",
    "[@doe2020, p. 3] ^[inline] [^1] [^1]: gone :::{.x} ```{=html} <b> ``` {{< include x >}}",
    "--- ... -- ``quoted'' \"straight\" 'single' <!-- hidden --> &lt;b&gt; &amp;",
    "[unsupported: no] [sha256:0123456789abcdef] Analyst’s comment: ## C# # ##",
    "\0NUL\x07bell\x1b[31mred\x7f \u202eturned\u202c \ud83d half \ufffe \uffff",
    "שלום עולם مرحبا بالعالم こんにちは 👩‍👩‍👧 é e\u0301 \u0915\u094d\u0937",
    "soft\u00adhyphen non\u2011breaking zero\u200bwidth",
]


def make_nasty(text: str, other: str, author: str) -> Entry:
    citation = Citation(
        *(1, "a" * 12, other, author, author, None, f"https://a.example/{other}", f"/x/{other}"),
        text,
        *(0, len(text)),
        hash="0123456789abcdef" * 4,
    )
    answer = Answer(
        other,
        "chat",
        (
            Sentence(f"So {text}", (1,), "quoted", lead=f"{other}:"),
            Sentence(f"So {other}", (1, 1), "checked"),
            Sentence(f"So {author}", (1,), "unsupported", text),
            Sentence(f"So {text}", (), "unsupported"),
        ),
        (citation,),
    )
    return Entry("e", answer, (0, 1, 2, 3), ADDED, heading=author, comment=f"So {text}\nSo {other}")


def plain(text: str) -> str:
    """What of a text must come back: all but white space and how accents are composed."""
    return "".join(unicodedata.normalize("NFC", clean(text)).split())


def assert_comes_back(form: Format, *entries: Entry, title: str) -> None:
    briefing = make_briefing(*entries, title=title)
    document = make_document(briefing)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"briefing.{form}"
        path.write_bytes(export_briefing(briefing, form))
        reading = read_export(path)
    assert plain(reading.title) == plain(document.title)
    said = [
        (plain(s.words), [plain(n.write()) for n in s.notes], plain(s.doubt)) for s in document.said
    ]
    assert [
        (plain(s.words), [plain(n) for n in s.notes], plain(s.doubt)) for s in reading.stretches
    ] == said
    assert list(map(plain, reading.headings)) == [
        plain(s.heading) for s in document.sections if s.heading
    ]
    comments = [plain(text) for section in document.sections for text in section.comment]
    assert list(map(plain, reading.comments)) == comments
    assert reading.closings == (document.closing,)
    assert reading.record == read_record(write_record(document))


@pytest.mark.parametrize("form", READABLE)
@pytest.mark.parametrize("text", NASTY)
def test_syntax_of_every_kind_comes_back_as_it_is(form: Format, text: str) -> None:
    assert_comes_back(form, make_nasty(text, text, text), title=text)


@pytest.mark.parametrize("form", READABLE)
@settings(max_examples=15)
@given(texts=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=8))
@example(texts=[("x!", "1.", "#"), ("\xad", "", "a\xad")])
def test_any_text_comes_back(form: Format, texts: list[tuple[str, str, str]]) -> None:
    assert_comes_back(form, *(make_nasty(*each) for each in texts), title=texts[0][0])


@pytest.mark.parametrize("form", READABLE)
def test_the_record_of_a_file_is_that_of_its_document(form: Format, tmp_path: Path) -> None:
    path = tmp_path / f"b.{form}"
    path.write_bytes(export_briefing(BRIEFING, form))
    assert read_export(path).record == read_record(write_record(make_document(BRIEFING)))
