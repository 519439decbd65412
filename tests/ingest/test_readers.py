"""Every file gives an article or one line that says why not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.formats import MAX_BYTES, SUFFIXES
from rag.ingest.readers import COLLECTIONS, READERS, read_articles, read_file
from rag.ingest.sources import Source, hold
from rag.types import Draft

TEXT = "Portwell opens its third barrier\n\nThe barrier opened on Tuesday, the mayor said.\n"


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_file(path)
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return caught.value.problem


TEXTS = [".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"]


@pytest.mark.parametrize("suffix", TEXTS)
def test_empty_binary_and_blank_files_are_refused_in_every_format(
    tmp_path: Path, suffix: str
) -> None:
    assert "empty" in refusal(write(tmp_path / f"a{suffix}", b""))
    assert "binary" in refusal(write(tmp_path / f"b{suffix}", b"\x89PNG\r\n\0\0" * 9))
    assert "No article text" in refusal(write(tmp_path / f"c{suffix}", b" \n\t\n \n"))


def test_file_knows_its_path(tmp_path: Path) -> None:
    path = write(tmp_path / "A File.TXT", TEXT.encode())
    assert read_file(path).file == str(path)


def test_noise_alone_is_no_article(tmp_path: Path) -> None:
    assert "No article text" in refusal(
        write(tmp_path / "a.txt", b"Advertisement\n\nShare\n\nLoad more\n")
    )


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    started = time.perf_counter()
    assert "1000 MB" in refusal(path)
    assert time.perf_counter() - started < 0.5
    os.truncate(path, MAX_BYTES + 1)
    assert "at most 20 MB" in refusal(path)


def test_missing_files_folders_and_odd_names_are_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path / "nothing.txt")
    assert "cannot be opened" in refusal(tmp_path / "a\0b.txt")
    (tmp_path / "folder.txt").mkdir()
    assert "not a regular file" in refusal(tmp_path / "folder.txt")
    assert ".jpg" in refusal(write(tmp_path / "a.jpg", b"x"))


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "not a regular file" in refusal(tmp_path / "pipe.txt")


WORDS = {
    "cp1252": "The “envoy” – José Peña – said it wasn’t “déjà vu”, and left São Paulo. " * 4,
    "iso8859_15": "Der Außenminister erklärte, größere Änderungen seien möglich und nicht geplant. "
    * 4,
    "cp1250": "Prezydent powiedział, że rozmowy rozpoczną się jutro w Łodzi, a źródła są zgodne. "
    * 4,
    "cp1251": "Президент заявил, что переговоры начнутся завтра в Москве. " * 4,
    "shift_jis": "首相は会談が明日東京で始まると述べた。政府は発射を非難した。" * 4,
    "gb18030": "总统表示会谈将于明天在北京开始。政府谴责发射导弹的行为。" * 4,
    "euc_kr": "대통령은 회담이 내일 서울에서 시작된다고 말했다. " * 4,
    "utf-16": "The “envoy” – José – left. " * 4,
    "utf-32": "The “envoy” – José – left. " * 4,
    "utf-8-sig": "The “envoy” – José – left. " * 4,
}


@pytest.mark.parametrize("encoding", WORDS)
def test_encodings_in_use_are_read(tmp_path: Path, encoding: str) -> None:
    words = WORDS[encoding].strip()
    assert read_file(write(tmp_path / "a.txt", words.encode(encoding))).text == words


def test_an_encoding_that_had_to_be_guessed_is_told(tmp_path: Path) -> None:
    def warnings(encoding: str, words: str) -> tuple[str, ...]:
        return read_file(write(tmp_path / "a.txt", words.encode(encoding))).warnings

    assert warnings("cp1251", WORDS["cp1251"]) == ("Its encoding was guessed: cp1251.",)
    assert warnings("utf-8", WORDS["cp1251"]) == warnings("utf-16", WORDS["utf-16"]) == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("kind", ["utf-16", "cp1251", "gb18030"])
def test_utf_16_without_its_mark_is_read(tmp_path: Path, encoding: str, kind: str) -> None:
    words = f"{WORDS[kind].strip()} 2022"
    draft = read_file(write(tmp_path / "a.txt", words.encode(encoding)))
    assert draft.text == words
    assert draft.warnings == (f"Its encoding was guessed: {encoding}.",)


def test_the_language_is_told_by_the_text_where_that_is_certain(tmp_path: Path) -> None:
    german = WORDS["iso8859_15"] * 3
    draft = read_file(write(tmp_path / "a.txt", german.encode()))
    assert (draft.language, draft.origins["language"]) == ("de", "text")
    assert read_file(write(tmp_path / "a.txt", german[:150].encode())).language is None
    stated = f"---\nlanguage: Dutch\n---\n{german}"
    draft = read_file(write(tmp_path / "a.md", stated.encode()))
    assert (draft.language, draft.origins["language"]) == ("nl", "front matter")


def test_a_title_that_is_guessed_says_so(tmp_path: Path) -> None:
    draft = read_file(write(tmp_path / "a.txt", TEXT.encode()))
    assert draft.origins["title"] == "text"


def test_damaged_utf_8_is_refused_and_not_garbled(tmp_path: Path) -> None:
    data = "“Größe” – das “Maß” – ändert sich täglich. ".encode() * 9
    assert "damaged" in refusal(write(tmp_path / "a.txt", data + b"\xe2\x80 and \xff more."))


def test_utf_16_that_breaks_off_is_refused(tmp_path: Path) -> None:
    assert "encoding" in refusal(
        write(tmp_path / "a.txt", "The envoy".encode("utf-16") + b"\x00\xd8\x41")
    )


def test_the_same_file_gives_the_same_article(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", TEXT.encode())
    assert read_file(path) == read_file(path)


def read_data(source: Source) -> Draft | Skipped:
    suffix = source.path.suffix
    if suffix in READERS:
        return READERS[suffix](source.load(), source.path)
    article, *_ = COLLECTIONS[suffix](source)
    return article


def assert_read_or_refused(suffix: str, data: bytes) -> None:
    started = time.perf_counter()
    try:
        draft = read_data(hold(Path(f"x{suffix}"), data))
    except UnreadableFile as refused:
        assert refused.problem
    else:
        if isinstance(draft, Skipped):
            assert draft.reason
            return
        assert draft.title == " ".join(draft.title.split("\n")) != ""
        assert draft.text == draft.text.strip() != ""
        assert "\r" not in draft.text
        (draft.title + draft.text).encode()
    assert time.perf_counter() - started < 10


FRAGMENTS = st.sampled_from(
    [
        b"---\n",
        b"title: x\n",
        b"date: 2022-01-01\n",
        b"a: &a [*a]\n",
        b"!!python/name:os.x\n",
        b"\n\n",
        b"# ",
        b"**",
        b"[a](b)",
        b"![",
        b"`",
        b"By Jane Doe\n",
        b"January 17, 2022",
        b"(AP Photo/X)",
        b"Tags A B\n",
        b"The envoy said it was late. ",
        b"Leave a Reply\n",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x00",
        b"\xe9",
        b"<p>",
        b"<article>",
        b"</p>",
        b"<h1>",
        b"<ul><li>",
        b"<!--",
        b"&#x110000;",
        b"<?xml encoding='x'?>",
        b'<script type="application/ld+json">{"@type":"Article","author":[[{"name":{}}]]}</script>',
        b'<meta property="og:url" content="http://[">',
        b'<time datetime="2022-99-99">',
        b"<meta charset=idna>",
        "“Größe” ".encode(),
        "من ".encode(),
        "👨\u200d👩\u200d👧".encode(),
        "\u2028\u202e".encode(),
        b"\xed\xa0\x80",
    ]
)


MORE = st.sampled_from(
    [
        b'{"title": "x", "text": "',
        b'"}',
        b"[",
        b"{",
        b'"articles": [',
        b"title,text,date\n",
        b'a,"b ""c""",01/02/2022\n',
        b'"',
        b",",
        b"\n",
        b"Subject: Re: x\n",
        b"From: A <<b>;\n",
        b"Date: 1 Jan 0000 99:99\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n",
        b"--b\n",
        b"Content-Type: text/html; charset=idna\n\n",
        b"Content-Transfer-Encoding: base64\n\n",
        b"<rss><channel>",
        b"<item><title>x</title><description>",
        b"</description></item>",
        b"<![CDATA[",
        b"&#x110000;&a;",
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n",
        b"trailer << /Root 1 0 R >>\n%%EOF",
        b"PK\3\4" + b"\0" * 26,
        b"PK\5\6" + b"\0" * 18,
        b"\xff\xfe",
        b"\xe9",
        b"\0",
        b"9" * 5000,
        b"1e999",
        b"words of an article. " * 9,
    ]
)


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(SUFFIXES), st.lists(MORE, max_size=20).map(b"".join))
def test_any_file_gives_articles_or_reasons(tmp_path: Path, suffix: str, data: bytes) -> None:
    try:
        for event in read_articles(write(tmp_path / f"a{suffix}", data)):
            if isinstance(event, Draft):
                assert event.title and event.text
                f"{event.title}{event.text}{event.author}{event.part}".encode()
            else:
                assert event.reason and "\n" not in event.reason + event.file
    except UnreadableFile as refused:
        assert refused.problem


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([".txt", ".md", ".html"]),
    st.one_of(st.binary(max_size=300), st.lists(FRAGMENTS, max_size=25).map(b"".join)),
)
def test_any_bytes_give_an_article_or_a_refusal(suffix: str, data: bytes) -> None:
    assert_read_or_refused(suffix, data)


@pytest.mark.parametrize("suffix", [".txt", ".md"])
@pytest.mark.parametrize(
    "unit",
    [
        b"a",
        b"\n",
        b"By Jane Doe\n",
        b"January 17, 2022\n",
        b"AP/Jane Doe\nShe speaks.\n\n",
        b"Most Popular\n",
        b"End of Document\nBody\nLength: 3 words\n",
        b"1 of 2 DOCUMENTS\nLENGTH: 3 words\nLOAD-DATE: x\n",
        b"HD\nWC\nLP\nCO\nAN\nDocument AB20220101x\n",
        b"[a](",
        b"*a ",
        b"`a",
        b"---\na: [",
        b"<!-- ",
        b"> - ",
        b"the talks went on and on for\ndays and ",
    ],
)
def test_hostile_text_takes_linear_time(suffix: str, unit: bytes) -> None:
    assert_read_or_refused(suffix, unit * (200_000 // len(unit)))


def test_no_parser_is_loaded_before_there_is_something_to_read() -> None:
    heavy = (
        "trafilatura",
        "lxml",
        "docx",
        "pypdfium2",
        "feedparser",
        "py3langid",
        "numpy",
    )
    code = f"import sys, rag.ingest.readers; assert not set({heavy}) & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
