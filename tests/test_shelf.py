"""What the library page does through the assistant: looked at again, filled in, deleted."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md

from rag.assistant import GONE, Assistant
from rag.errors import UsageError
from rag.settings import Settings

FERRY = write_md("The ferry returned on 4 May 2024.", title="Ferry returns", outlet="Courier")
QUAY = write_md("The quay at Norrby was painted green.", title="Paint on the quay")


@pytest.fixture
def assistant(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    monkeypatch.setattr(Assistant, "embedder", FakeEmbedder())
    with Assistant(Settings(home=home), create=True) as opened:
        yield opened


def titles(assistant: Assistant) -> set[str]:
    return {article.title for article in assistant.articles()}


def uploads(assistant: Assistant) -> list[str]:
    return sorted(path.name for path in (assistant.settings.home / "articles").iterdir())


def test_looking_again_finds_what_is_new_and_what_has_changed(
    assistant: Assistant, articles: Callable[..., Path]
):
    assistant.index([articles(ferry=FERRY)])
    articles(ferry=FERRY.replace("Ferry returns", "Ferry is back"), quay=QUAY)
    seen = []
    report = assistant.reindex(seen.append)
    assert (report.added, report.updated) == (1, 1)
    assert titles(assistant) == {"Ferry is back", "Paint on the quay"}
    assert (seen[-1].done, seen[-1].total, seen[-1].share) == (2, 2, 1.0)


def test_looking_again_brings_no_removed_article_back(
    assistant: Assistant, articles: Callable[..., Path]
):
    # Each was given by itself, once: that is no wish for it now.
    folder = articles(ferry=FERRY)
    assistant.index([folder / "ferry.md"])
    assistant.add([("quay.md", QUAY.encode())])
    for article in assistant.articles():
        assistant.remove(article.id)
    assistant.reindex()
    assert titles(assistant) == set()


def test_a_folder_that_is_gone_is_named_and_its_articles_stay(
    assistant: Assistant, articles: Callable[..., Path], tmp_path: Path
):
    folder = articles(ferry=FERRY)
    assistant.index([folder])
    folder.rename(tmp_path / "elsewhere")
    assistant.add([("quay.md", QUAY.encode())])
    report = assistant.reindex()
    assert [(one.file, one.reason) for one in report.skipped] == [(str(folder), GONE)]
    assert titles(assistant) == {"Ferry returns", "Paint on the quay"}


def test_a_drive_that_answers_no_more_is_named_and_the_others_are_looked_at(
    assistant: Assistant,
    articles: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    (dead := tmp_path / "mount").mkdir()
    (dead / "ferry.md").write_text(FERRY)
    assistant.index([dead, articles()])
    exists = Path.exists

    def refuse(path: Path, **options: bool) -> bool:
        if path == dead:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return exists(path, **options)

    articles(quay=QUAY)
    monkeypatch.setattr(Path, "exists", refuse)
    report = assistant.reindex()
    [skipped] = report.skipped
    assert skipped.file == str(dead) and os.strerror(errno.ENOTCONN) in skipped.reason
    assert titles(assistant) == {"Ferry returns", "Paint on the quay"}


def test_where_nothing_was_indexed_there_is_nothing_to_look_at(assistant: Assistant):
    with pytest.raises(UsageError, match="not known which folders"):
        assistant.reindex()


def test_a_refused_upload_does_not_stay(assistant: Assistant):
    report = assistant.add(
        [("quay.md", QUAY.encode()), ("broken.pdf", b"%PDF-1.4 no"), ("film.mp4", b"x")]
    )
    assert sorted(Path(one.file).name for one in report.skipped) == ["broken.pdf", "film.mp4"]
    assert uploads(assistant) == ["quay.md"]
    assert assistant.library.skipped() == []
    assert "broken.pdf" not in str(assistant.library.roots())


def test_an_upload_of_what_is_known_already_stays(assistant: Assistant):
    assistant.add([("quay.md", QUAY.encode())])
    assistant.add([("quay.md", QUAY.encode()), ("again.md", QUAY.encode()), ("x.bin", b"x")])
    assert uploads(assistant) == ["again.md", "quay.md"]


def test_an_uploaded_article_is_deleted_with_its_file(assistant: Assistant):
    assistant.add([("quay.md", QUAY.encode())])
    [article] = assistant.articles()
    assistant.remove(article.id)
    assistant.forget(article.id)
    assert assistant.library.removed() == []
    assert uploads(assistant) == []
    assistant.index([assistant.settings.home / "articles"])
    assert titles(assistant) == set()


def test_an_upload_that_holds_another_article_stays(assistant: Assistant):
    rows = "title,text\nFerry,The ferry came back to Skell.\nQuay,The quay was painted green.\n"
    assistant.add([("export.csv", rows.encode())])
    ferry = next(one for one in assistant.articles() if one.title == "Ferry")
    assistant.remove(ferry.id)
    assistant.forget(ferry.id)
    assert uploads(assistant) == ["export.csv"]
    assert titles(assistant) == {"Quay"}


def test_an_article_of_a_folder_is_read_again_when_it_was_deleted(
    assistant: Assistant, articles: Callable[..., Path]
):
    folder = articles(ferry=FERRY)
    assistant.index([folder])
    [article] = assistant.articles()
    filled = assistant.fill(article.id, {"section": "Harbours"})
    assistant.remove(filled)
    assistant.forget(filled)
    assert (folder / "ferry.md").exists()
    assistant.reindex()
    [again] = assistant.articles()
    # What a person said of it was deleted too.
    assert (again.title, again.section) == ("Ferry returns", None)


def test_only_what_was_removed_can_be_deleted(assistant: Assistant, articles: Callable[..., Path]):
    assistant.index([articles(ferry=FERRY)])
    [article] = assistant.articles()
    with pytest.raises(UsageError, match="was removed"):
        assistant.forget(article.id)
    assert titles(assistant) == {"Ferry returns"}


def test_what_was_cited_of_a_deleted_article_stays_as_it_was(
    assistant: Assistant, articles: Callable[..., Path]
):
    assistant.index([articles(quay=QUAY)])
    answer = assistant.ask("What was painted green at Norrby?", engine="quotes")
    assistant.freeze(answer)
    [article] = assistant.articles()
    assistant.remove(article.id)
    assistant.forget(article.id)
    assert assistant.show_frozen(article.hash).title == "Paint on the quay"


def test_an_answer_cites_the_outlet_that_was_filled_in(
    assistant: Assistant, articles: Callable[..., Path]
):
    assistant.index([articles(quay=QUAY)])
    [article] = assistant.articles()
    changed = assistant.fill(article.id, {"outlet": "Norrby Post"})
    answer = assistant.ask("What was painted green at Norrby?", engine="quotes")
    assert {one.outlet for one in answer.citations} == {"Norrby Post"}
    assert assistant.show(assistant.unfill(changed, ["outlet"])).outlet is None
