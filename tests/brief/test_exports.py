"""What stands in the files: Word's own footnotes, a page that loads nothing, Markdown notes."""

from __future__ import annotations

import io
import os
import re
import stat
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_briefings import (
    ADDED,
    ANSWER,
    ARABIC,
    ARRIVED,
    BRIEFING,
    ENVOY,
    SECOND,
    make_answer,
    make_briefing,
    make_entry,
)

from rag.brief.document import is_closing, make_document, write_closing
from rag.brief.export import (
    FORMATS,
    Format,
    export_briefing,
    name_file,
    read_format,
    write_file,
)
from rag.errors import ExportError, UsageError
from rag.types import Briefing, Sentence

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NOTE = (
    "Ada Writer and Bo Sample, “Envoy presses the neighbours,” Example Wire, 13 March 2022,"
    " https://example.com/the_envoy?a=1&b=2, accessed 21 November 2026: “The envoy Mina Calder"
    f" flew to Port Ellery on Monday.” [sha256:{ENVOY.hash[:16]}]"
)


class Page(HTMLParser):
    """The tags of a page with their attributes, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def list_values(self, name: str) -> list[str]:
        return [values[name] or "" for _, values in self.tags if name in values]


def unpack(briefing: Briefing) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(export_briefing(briefing, "docx")))


def read_part(docx: zipfile.ZipFile, part: str) -> ET.Element:
    return ET.fromstring(docx.read(part))


def words_of(element: ET.Element) -> str:
    return " ".join("".join(node.text or "" for node in element.iter(f"{W}t")).split())


def write(form: Format, briefing: Briefing = BRIEFING) -> str:
    return export_briefing(briefing, form).decode()


def test_word_gets_a_real_footnote_for_each_citation() -> None:
    docx = unpack(BRIEFING)
    notes = [n for n in read_part(docx, "word/footnotes.xml") if n.get(f"{W}type") is None]
    body = read_part(docx, "word/document.xml")
    marks = [mark.get(f"{W}id") for mark in body.iter(f"{W}footnoteReference")]
    assert [note.get(f"{W}id") for note in notes] == marks
    document = make_document(BRIEFING)
    assert [words_of(note) for note in notes] == [note.write() for note in document.notes]
    assert words_of(notes[0]) == NOTE


def test_footnotes_are_numbered_through_under_every_heading() -> None:
    with unpack(BRIEFING) as packed:
        main = packed.read("word/document.xml").decode()
    assert re.findall(r'<w:numRestart w:val="(\w+)"', main) in ([], ["continuous"])


def test_word_gets_every_text_of_the_briefing_in_order() -> None:
    body = read_part(unpack(BRIEFING), "word/document.xml")
    paragraphs = [words_of(paragraph) for paragraph in body.iter(f"{W}p")]
    assert paragraphs == [
        "Launches this week",
        "22 November 2026",
        "The envoy’s trip",
        "Example Wire, 13 March 2022: “The envoy Mina Calder flew to Port Ellery on Monday.”"
        " ““We stay,” she said, “and talk.”” Calder telephoned Jonas Weir, who called it"
        " “a good day.” Nobody knew of it. [unsupported: It names no source.] “The ministry"
        " counted 11 launches since January.” The ministry counted 12 launches since January."
        " [unsupported: The number 12 does not stand in what it cites.]",
        "Analyst’s comment: My own view.",
        "- wait & *see*",
        "What did the envoy do?",
        "Harbor Ledger, undated: “The ferry sank off Tarn Point with 40 people aboard.”"
        " “All of them were saved.”",
        "الشرق, 13 March 2022: “وصل المبعوث إلى الميناء يوم الاثنين.”",
        "",
        "8 quotations were checked, word for word, against the articles when cited;"
        " “dateline verify FILE” checks this file again. 2 sentences are marked as unsupported.",
    ]


def test_word_shows_what_is_unsupported_highlighted_and_comments_indented() -> None:
    body = read_part(unpack(BRIEFING), "word/document.xml")
    lit = [run for run in body.iter(f"{W}r") if run.find(f"{W}rPr/{W}highlight") is not None]
    assert "".join(words_of(run) for run in lit).startswith("[unsupported: It names no source.]")
    styles = {
        words_of(p): style.get(f"{W}val")
        for p in body.iter(f"{W}p")
        if (style := p.find(f"{W}pPr/{W}pStyle")) is not None
    }
    assert styles["Analyst’s comment: My own view."] == styles["- wait & *see*"] == "BlockText"
    assert styles["The envoy’s trip"] == "Heading1"


def test_word_reads_from_right_to_left_what_does() -> None:
    said = (ARRIVED, ARABIC, ARRIVED)
    body = read_part(unpack(make_briefing(make_entry(make_answer(said)))), "word/document.xml")
    turned = [words_of(p) for p in body.iter(f"{W}p") if p.find(f"{W}pPr/{W}bidi") is not None]
    assert turned == ["الشرق, 13 March 2022: “وصل المبعوث إلى الميناء يوم الاثنين.”"]


def test_two_footnotes_behind_one_sentence_are_parted() -> None:
    first = replace(ANSWER, sentences=(Sentence("It went so.", (1, 2), "checked"),))
    briefing = make_briefing(make_entry(first))
    body = read_part(unpack(briefing), "word/document.xml")
    (paragraph,) = [p for p in body.iter(f"{W}p") if words_of(p).startswith("It went so.")]
    assert words_of(paragraph) == "It went so.,"
    assert "It went so.[^1] [^2]" in write("md", briefing)
    assert ">[1]</a></sup><sup><a" in write("html", briefing)


def test_word_dates_the_document_by_the_briefings_last_change() -> None:
    core = unpack(BRIEFING).read("docProps/core.xml").decode()
    assert re.findall(r"<dcterms:\w+[^>]*>([^<]*)<", core) == ["2026-11-22T12:00:00Z"] * 2


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_briefing_gives_the_same_bytes(form: Format) -> None:
    assert export_briefing(BRIEFING, form) == export_briefing(BRIEFING, form)


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    evil = make_briefing(
        make_entry(ANSWER, heading="<script>alert(1)</script>", comment="<img src=//evil.example>"),
        title='"><svg onload=alert(1)>',
    )
    page = Page(write("html", evil))
    assert {tag for tag, _ in page.tags} <= set(
        "html head meta title style body h1 h2 p section sup a strong mark blockquote ol li"
        " footer".split()
    )
    assert not [name for _, values in page.tags for name in values if name.startswith("on")]
    assert page.list_values("src") == []
    policy = page.list_values("content")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "<script>alert(1)</script>" in page.words
    assert '"><svg onload=alert(1)>' in page.words


def test_the_pages_own_style_is_the_one_that_its_policy_lets_in() -> None:
    import base64
    import hashlib

    page = write("html")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"sha256-{digest}" in page.replace("&#x27;", "'")


def test_footnote_links_lead_there_and_back() -> None:
    page = Page(write("html"))
    ids, links = page.list_values("id"), page.list_values("href")
    inner = [link[1:] for link in links if link.startswith("#")]
    assert len(ids) == len(set(ids)) == 16
    assert sorted(inner) == sorted(ids)
    assert all(link.startswith("https://example.com/") for link in links if link[0] != "#")


def test_the_page_says_its_language_and_its_title() -> None:
    page = Page(write("html"))
    assert page.tags[0] == ("html", {"lang": "en"})
    assert "<title>Launches this week</title>" in write("html")


def test_markdown_has_a_note_for_each_mark() -> None:
    written = write("md")
    marks, notes = (
        re.findall(r"(?<=\S)\[\^(\d+)\](?!:)", written),
        re.findall(r"^\[\^(\d+)\]: ", written, re.MULTILINE),
    )
    assert marks == notes == [str(n) for n in range(1, 9)]
    assert "> **Analyst’s comment:** My own view.\n>\n> \\- wait & \\*see\\*\n" in written
    assert "**\\[unsupported: It names no source.\\]**" in written


def test_an_introduction_goes_to_the_first_sentence_that_is_taken() -> None:
    answer = replace(
        SECOND,
        sentences=(
            *(ANSWER.sentences[0], ANSWER.sentences[1]),
            Sentence("x", (1,), "quoted", lead="Harbor Ledger, undated:"),
            Sentence("y", (1,), "quoted"),
        ),
    )
    document = make_document(make_briefing(make_entry(answer, taken=[1, 3])))
    (section,) = document.sections
    assert [[said.words for said in paragraph] for paragraph in section.paragraphs] == [
        ["Example Wire, 13 March 2022: ““We stay,” she said, “and talk.””"],
        ["Harbor Ledger, undated: “y”"],
    ]


def test_a_sentence_whose_source_is_not_known_is_marked() -> None:
    answer = replace(ANSWER, sentences=(Sentence("It rained.", (9,), "checked"),))
    (said,) = make_document(make_briefing(make_entry(answer))).said
    assert said.doubt == "[unsupported: It names no source.]"


def test_a_citation_from_an_old_record_has_no_hash() -> None:
    answer = replace(ANSWER, citations=tuple(replace(c, hash="") for c in ANSWER.citations))
    assert "sha256:" not in write("md", make_briefing(make_entry(answer, taken=[0])))


@pytest.mark.parametrize(
    "entries", [[], [make_entry(ANSWER, taken=[])], [make_entry(ANSWER, [99])]]
)
def test_a_briefing_without_a_sentence_is_refused_in_one_line(entries: list[object]) -> None:
    empty = make_briefing(*entries, title="x\n" * 5000)  # type: ignore[arg-type]
    for form in FORMATS:
        with pytest.raises(ExportError, match="holds no sentence") as caught:
            export_briefing(empty, form)
        assert len(str(caught.value)) < 200


def test_an_analysts_own_words_stand_without_a_sentence() -> None:
    own = make_entry(ANSWER, taken=[], heading="To come", comment="Ask the ministry.")
    written = write("md", make_briefing(own, make_entry(SECOND)))
    assert "## To come\n\n> **Analyst’s comment:** Ask the ministry." in written


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("title", ["ж" * 5000, "", "\0\x1b", "\ud800", "a/b\\c:*?"])
def test_any_title_gives_a_document_and_a_files_name(form: Format, title: str) -> None:
    briefing = replace(BRIEFING, title=title)
    assert export_briefing(briefing, form)
    name = name_file(briefing, form)
    assert name.endswith(f".{form}")
    assert len(name.encode()) < 100
    assert not re.search(r'[\0-\x1f/\\:*?"<>|\ud800]', name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Launches this week", "Launches this week.md"),
        ("Zürich: “Was nun?”", "Zürich Was nun.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ("CON", "briefing CON.md"),
        ("...", "briefing.md"),
        ("نشرة", "نشرة.md"),
        ("हिन्दी समाचार", "हिन्दी समाचार.md"),
        ("Zu\u0308rich", "Zürich.md"),
    ],
)
def test_a_files_name_is_made_from_the_title(title: str, name: str) -> None:
    assert name_file(replace(BRIEFING, title=title), "md") == name


def test_a_title_of_5000_characters_stands_whole_in_the_document() -> None:
    title = "ж" * 5000
    briefing = replace(BRIEFING, title=title)
    assert f"# {title}\n" in write("md", briefing)
    assert title in words_of(read_part(unpack(briefing), "word/document.xml"))


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.DOCX", "docx"), ("b.markdown", "md"), ("c.htm", "html"), ("json", "json")],
)
def test_an_ending_names_the_format(name: str, form: Format) -> None:
    assert read_format(name) == form


@pytest.mark.parametrize("name", ["a.pdf", "a", "", "a.\ud800"])
def test_an_unknown_ending_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"\.docx, \.md, \.html, \.bib, \.json"):
        read_format(name)


def test_the_closing_line_is_known_again_by_its_form_alone() -> None:
    for numbers in ((0, 0), (1, 1), (1234, 2)):
        assert is_closing(write_closing(*numbers))
    assert not is_closing(write_closing(8, 2) + " It rained.")
    assert not is_closing("It rained.")


def test_a_file_is_written_and_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "b.md"
    write_file(b"one", path)
    with pytest.raises(ExportError, match="--force"):
        write_file(b"two", path)
    assert path.read_bytes() == b"one"
    write_file(b"two", path, force=True)
    assert path.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["b.md"]


def test_a_file_is_readable_as_the_system_has_it(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        write_file(b"one", tmp_path / "b.md")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "b.md").stat().st_mode) == 0o644


@pytest.mark.parametrize("name", ["missing/b.md", "x\0y.md", "a" * 300])
def test_a_file_that_cannot_be_written_is_told_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match="cannot be written") as caught:
        write_file(b"one", tmp_path / name)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_what_is_no_ordinary_file_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(ExportError, match="no ordinary file"):
            write_file(b"one", path, force=True)
    assert pipe.is_fifo()


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "link.md").symlink_to(tmp_path / "real.md")
    write_file(b"one", tmp_path / "link.md")
    assert (tmp_path / "real.md").read_bytes() == b"one"
    assert (tmp_path / "link.md").is_symlink()


def test_the_day_of_access_is_that_of_the_entry() -> None:
    entry = replace(make_entry(ANSWER), added=date(2026, 1, 2))
    written = write("md", make_briefing(entry, make_entry(ANSWER)))
    assert "accessed 2 January 2026" in written
    assert f"accessed {ADDED.day} November 2026" in written
