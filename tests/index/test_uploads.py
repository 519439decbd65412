"""Uploaded files: names that cannot be trusted, and contents that must not be lost."""

from __future__ import annotations

import errno
import stat
import threading
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md
from hypothesis import given
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.errors import LibraryError
from rag.index import uploads
from rag.index.uploads import clean_name, save_uploads
from rag.ingest.formats import refuse_format
from rag.settings import Settings

TEXT = b"The mayor opened the bridge."
OTHER = b"The port was closed."

HOSTILE = {
    "../../etc/passwd.md": "passwd.md",
    "/etc/cron.d/job.txt": "job.txt",
    "..\\..\\boot.md": "boot.md",
    "C:\\Users\\x\\notes.md": "notes.md",
    "two\0parts\x1b[31m.md": "twoparts[31m.md",
    "turned\u202edm.txt": "turneddm.txt",
    "line\nbreak.md": "line break.md",
    "con.md": "_con.md",
    "LPT1.tar.html": "_LPT1.tar.html",
    "..hidden.md": "hidden.md",
    ".md": "article.md",
    "\ud800.md": "article.md",
    "half\udfffway.md": "halfway.md",
    "trailing.md. . ": "trailing.md",
    "<img src=x onerror=alert(1)>.md": "_img src=x onerror=alert(1)_.md",
    "Über „Größe“ & Maß.md": "Über „Größe“ & Maß.md",
    "日本の記事.txt": "日本の記事.txt",
}


def names(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "articles").iterdir())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_becomes_a_plain_one_in_the_folder(home: Path, name: str) -> None:
    [path], skipped = save_uploads(home, [(name, TEXT)])
    assert (path, skipped) == (home / "articles" / HOSTILE[name], [])
    assert path.read_bytes() == TEXT
    assert names(home) == [HOSTILE[name]]


@given(name=st.text(st.characters(), max_size=300), suffix=st.sampled_from(["", ".md", ".TXT"]))
def test_no_name_leaves_its_folder_or_is_too_long(name: str, suffix: str) -> None:
    cleaned = clean_name(name + suffix)
    assert Path(cleaned).name == cleaned
    assert cleaned not in ("", ".", "..")
    assert not cleaned.startswith(".")
    assert len(cleaned.encode()) <= uploads.MAX_NAME + 1
    assert cleaned.isprintable()
    assert clean_name(cleaned) == cleaned
    assert cleaned.endswith(suffix)


def test_a_name_of_300_characters_keeps_its_beginning_and_its_ending(home: Path) -> None:
    [path], _ = save_uploads(home, [("é" * 300 + ".html", TEXT)])
    assert path.name.startswith("ééé")
    assert path.suffix == ".html"


def test_another_file_of_the_same_name_gets_a_number(home: Path) -> None:
    paths, _ = save_uploads(home, [("a.md", TEXT), ("a.md", OTHER), ("a.md", b"Third.")])
    assert [path.name for path in paths] == ["a.md", "a (2).md", "a (3).md"]
    assert [path.read_bytes() for path in paths] == [TEXT, OTHER, b"Third."]


def test_the_same_file_again_is_the_same_file(home: Path) -> None:
    first, _ = save_uploads(home, [("a.md", TEXT), ("a.md", OTHER)])
    again, _ = save_uploads(home, [("a.md", OTHER), ("a.md", TEXT), ("a.md", TEXT)])
    assert sorted(again) == sorted(first)
    assert names(home) == ["a (2).md", "a.md"]


def test_names_that_differ_in_capitals_alone_do_not_meet(home: Path) -> None:
    paths, _ = save_uploads(home, [("Über.md", TEXT), ("ÜBER.md", OTHER)])
    assert [path.name for path in paths] == ["Über.md", "ÜBER (2).md"]


def test_a_link_in_the_folder_is_never_written_through(home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_bytes(TEXT)
    (home / "articles").mkdir(parents=True)
    (home / "articles" / "a.md").symlink_to(outside)
    (home / "articles" / "b.md").mkdir()
    paths, _ = save_uploads(home, [("a.md", OTHER), ("a.md", TEXT), ("b.md", TEXT)])
    assert [path.name for path in paths] == ["a (2).md", "a (3).md", "b (2).md"]
    assert outside.read_bytes() == TEXT


def test_many_files_at_once_look_at_each_name_a_few_times_only(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[str] = []
    fold = uploads._fold
    monkeypatch.setattr(uploads, "_fold", lambda name: folded.append(name) or fold(name))
    paths, _ = save_uploads(home, [(f"{number}.md", TEXT) for number in range(50)])
    paths, _ = save_uploads(home, [(f"{number}.md", OTHER) for number in range(50)])
    assert (len(names(home)), paths[-1].name) == (100, "49 (2).md")
    assert len(folded) <= 10 * 50


def test_what_is_no_article_is_passed_over_in_the_known_words(home: Path) -> None:
    paths, skipped = save_uploads(home, [("x/photo.jpg", b"\xff"), ("", TEXT), ("a.md:b", TEXT)])
    assert paths == []
    assert [(one.file, one.reason) for one in skipped] == [
        ("photo.jpg", refuse_format(".jpg")),
        ("article", refuse_format("")),
        ("a.md_b", refuse_format(".md_b")),
    ]
    assert names(home) == []


def test_an_empty_or_a_huge_file_is_not_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.formats.MAX_BYTES", 1000)
    _, [empty, huge] = save_uploads(home, [("a.md", b""), ("b.md", b"x" * 1001)])
    assert empty.reason.startswith("It is empty")
    assert "at most" in huge.reason
    assert names(home) == []


def test_only_the_owner_may_read_what_was_uploaded(home: Path) -> None:
    [path], _ = save_uploads(home, [("a.md", TEXT)])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_full_disk_is_an_error_in_words_and_leaves_no_piece(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads.os, "fsync", fail)
    with pytest.raises(LibraryError, match="no room left on the disk"):
        save_uploads(home, [("a.md", TEXT)])
    assert names(home) == []


def test_a_folder_that_cannot_be_made_is_an_error_in_words(home: Path) -> None:
    home.mkdir()
    (home / "articles").write_text("a file in the way")
    with pytest.raises(LibraryError, match="articles"):
        save_uploads(home, [("a.md", TEXT)])


def test_uploads_at_the_same_time_lose_nothing(home: Path) -> None:
    contents = [f"Article {number}.".encode() for number in range(8)]
    threads = [
        threading.Thread(target=save_uploads, args=(home, [("a.md", content)]))
        for content in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(p.read_bytes() for p in (home / "articles").iterdir()) == contents


@pytest.fixture
def assistant(home: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    monkeypatch.setattr("rag.assistant.MiniLM.open", lambda _: embedder)
    return Assistant(Settings(home=home), create=True)


def test_what_was_added_can_be_asked_about(assistant: Assistant) -> None:
    page = write_md("The mayor opened the new bridge on Monday.", title="Bridge opens").encode()
    broken = b"---\ntitle: nothing\n---\n"
    report = assistant.add([("../bridge.md", page), ("photo.jpg", b"x"), ("none.md", broken)])
    assert (report.added, len(report.skipped)) == (1, 2)
    assert assistant.search("bridge")[0].article.title == "Bridge opens"
    assert assistant.add([("bridge.md", page)]).unchanged == 1
    assert assistant.add([("photo.jpg", b"x")]).skipped[0].reason == refuse_format(".jpg")
    assistant.close()


def test_an_upload_brings_a_removed_article_back(assistant: Assistant) -> None:
    page = write_md("The mayor opened the new bridge on Monday.", title="Bridge opens").encode()
    assistant.add([("bridge.md", page)])
    [article] = assistant.articles()
    assistant.remove(article.id)
    assert assistant.add([("bridge.md", page)]).added == 1
    assert assistant.show(article.id) == article
    assert assistant.library.removed() == []
    assistant.close()
