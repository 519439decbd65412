"""Articles are removed, stay removed, and come back whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md

from rag.assistant import Assistant
from rag.errors import EmbedderMismatch, LibraryError, UsageError
from rag.index import indexing, removal
from rag.index.indexing import index_files, rebuild, remove_article, restore_article
from rag.index.library import Library
from rag.index.store import Store
from rag.retrieve.hybrid import retrieve
from rag.settings import Settings
from rag.types import Article

BRIDGE = write_md(
    "The mayor opened the new bridge over the river on Monday.",
    title="Bridge opens",
    outlet="Wire",
    author="A. Sample",
    published="2022-03-13",
    url="https://example.com/bridge",
)
LATER = write_md("The mayor closed the bridge again after a flood.", title="Bridge closes")
HARVEST = write_md("Farmers reported a poor harvest of barley after the drought.", title="Harvest")
PORT = write_md("The port workers ended their strike after eleven days.", title="Port strike ends")

Fill = Callable[..., Store]


def titles(store: Store) -> list[str]:
    """What is found for words that stand in every article."""
    found = retrieve(store, "bridge harvest port mayor farmers workers", 9)
    return sorted({hit.article.title for hit in found})


def find(store: Store, title: str) -> Article:
    [article] = [one for one in store.library.articles() if one.title == title]
    return article


def reasons(report: indexing.IndexReport) -> list[str]:
    return [skipped.reason for skipped in report.skipped]


def test_a_removed_article_is_no_longer_found(fill: Fill) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST, port=PORT)
    article = find(store, "Bridge opens")
    before = datetime.now(UTC)
    removed = remove_article(store, article.id)
    assert titles(store) == ["Harvest", "Port strike ends"]
    assert store.library.count_articles() == store.library.count_passages() == 2
    assert store.library.removed() == [removed]
    assert (removed.id, removed.title, removed.outlet, removed.published, removed.file) == (
        article.id,
        article.title,
        article.outlet,
        article.published,
        article.file,
    )
    assert before <= removed.removed <= datetime.now(UTC)


def test_a_restored_article_is_as_it_was(fill: Fill) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST, port=PORT)
    before = store.library.articles()
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    restored = restore_article(store, article.id)
    assert (restored.id, restored.title, restored.note) == (article.id, "Bridge opens", None)
    assert store.library.articles() == before
    assert titles(store) == ["Bridge opens", "Harvest", "Port strike ends"]
    assert store.library.removed() == []
    report = index_files(store, [Path(article.file).parent])
    assert (report.unchanged, report.added, report.skipped) == (3, 0, ())


def test_removals_are_listed_the_newest_first(fill: Fill) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST, port=PORT)
    for title in ("Harvest", "Bridge opens", "Port strike ends"):
        remove_article(store, find(store, title).id)
    assert [one.title for one in store.library.removed()] == [
        "Port strike ends",
        "Bridge opens",
        "Harvest",
    ]


def test_a_folder_does_not_bring_a_removed_article_back(
    fill: Fill, articles: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    remove_article(store, find(store, "Bridge opens").id)
    # Better readers read every file anew: that is no change of the file.
    monkeypatch.setattr("rag.index.run.READER_VERSION", 99)
    report = index_files(store, [articles()], prune=True)
    [reason] = reasons(report)
    assert reason.startswith("it was removed from the library; ")
    assert "name the file" in reason
    assert (report.added, report.dropped) == (0, 0)
    assert titles(store) == ["Harvest"]


def test_a_moved_or_copied_file_does_not_bring_it_back_either(
    fill: Fill, articles: Callable[..., Path]
) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    remove_article(store, find(store, "Bridge opens").id)
    folder = articles(copy=BRIDGE)
    (folder / "bridge.md").rename(folder / "moved.md")
    assert len(reasons(index_files(store, [folder]))) == 2
    assert titles(store) == ["Harvest"]


def test_what_moved_while_it_was_removed_stays_when_it_is_back(
    fill: Fill, articles: Callable[..., Path]
) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    folder, article = articles(), find(store, "Bridge opens")
    remove_article(store, article.id)
    moved = (folder / "bridge.md").rename(folder / "moved.md")
    assert reasons(index_files(store, [folder], prune=True)) == [removal.REMOVED]
    restore_article(store, article.id)
    report = index_files(store, [folder], prune=True)
    assert (report.dropped, report.skipped) == (0, ())
    assert find(store, "Bridge opens").file == str(moved)


def test_a_file_that_was_named_brings_it_back(fill: Fill, articles: Callable[..., Path]) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    report = index_files(store, [articles(), articles() / "bridge.md"])
    assert (report.added, report.unchanged, report.skipped) == (1, 1, ())
    assert find(store, "Bridge opens") == article
    assert store.library.removed() == []
    note = restore_article(store, article.id).note
    assert note == "“Bridge opens” is in the library already."
    assert store.library.count_articles() == 2


def test_a_copy_that_was_named_brings_it_back_with_all_its_files(
    fill: Fill, articles: Callable[..., Path]
) -> None:
    store = fill(bridge=BRIDGE)
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    index_files(store, [articles(copy=BRIDGE) / "copy.md"])
    assert find(store, "Bridge opens").id == article.id
    report = index_files(store, [articles()])
    assert (report.unchanged, report.skipped) == (2, ())


def test_a_changed_file_is_indexed_as_usual(fill: Fill) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    fill(bridge=LATER)
    assert titles(store) == ["Bridge closes", "Harvest"]
    assert [one.id for one in store.library.removed()] == [article.id]


def test_restoring_what_its_file_no_longer_holds_keeps_both(
    fill: Fill, articles: Callable[..., Path]
) -> None:
    store = fill(bridge=BRIDGE)
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    fill(bridge=LATER)
    later = find(store, "Bridge closes")
    restored = restore_article(store, article.id)
    assert restored.note == (f"Both are in the library: {article.file} now holds “Bridge closes”.")
    assert titles(store) == ["Bridge closes", "Bridge opens"]
    assert find(store, "Bridge closes") == later
    assert find(store, "Bridge opens") == replace(article, file="")
    report = index_files(store, [articles()], prune=True)
    assert (report.unchanged, report.dropped, report.skipped) == (1, 0, ())
    remove_article(store, article.id)
    assert restore_article(store, article.id).note is None
    assert store.library.count_articles() == 2


def test_a_file_that_turns_into_what_was_removed_does_not_stay_what_it_was(fill: Fill) -> None:
    store = fill(bridge=BRIDGE)
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    fill(bridge=LATER)
    fill(bridge=BRIDGE)
    assert store.library.articles() == [article]
    assert store.library.removed() == []


def test_content_that_came_in_past_the_removal_is_not_there_twice(fill: Fill) -> None:
    store = fill(bridge=BRIDGE)
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    # As a program that had the library open before its format was raised would write it.
    with store.library.writer() as writer, writer.transaction() as db:
        db.execute(
            "INSERT INTO articles(id, hash, title, outlet, author, published, updated, url, text,"
            " added) SELECT 'other', hash, title, outlet, author, published, updated, url, text,"
            " added FROM removed"
        )
        db.execute("INSERT INTO sources VALUES ('/e.md', 'other', '1:x', '/e.md', '/e.md')")
    restored = restore_article(store, article.id)
    assert restored.id == "other"
    assert restored.note == "“Bridge opens” is in the library already."
    assert [one.id for one in store.library.articles()] == ["other"]
    assert store.library.removed() == []
    with store.library.writer() as writer:
        assert set(writer.held()) == {"/e.md", article.file}


def test_an_article_of_two_files_goes_and_comes_with_both(
    fill: Fill, articles: Callable[..., Path]
) -> None:
    store = fill(bridge=BRIDGE, copy=BRIDGE)
    [article] = store.library.articles()
    remove_article(store, article.id)
    assert len(reasons(index_files(store, [articles()]))) == 2
    restore_article(store, article.id)
    assert index_files(store, [articles()]).unchanged == 2


def test_restored_passages_are_cut_and_embedded_by_the_present_embedder(
    fill: Fill, home: Path
) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    other = Store(Library.open(home), FakeEmbedder("fake-2", dimension=32, max_tokens=10))
    with pytest.raises(EmbedderMismatch):
        restore_article(other, article.id)
    assert [one.id for one in other.library.removed()] == [article.id]
    rebuild(other)
    assert [one.id for one in other.library.removed()] == [article.id]
    restore_article(other, article.id)
    rows = [row for row in other.library.rows([article.id]) if row.vector is not None]
    assert len(rows) > 1
    assert {len(row.vector) for row in rows} == {32}
    assert titles(other) == ["Bridge opens", "Harvest"]
    other.close()


def test_without_an_embedder_an_article_comes_back_and_is_embedded_later(
    fill: Fill, home: Path, articles: Callable[..., Path]
) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    article = find(store, "Bridge opens")
    remove_article(store, article.id)
    bare = Store(Library.open(home), None)
    restore_article(bare, article.id)
    assert titles(bare) == ["Bridge opens", "Harvest"]
    bare.close()
    index_files(store, [articles()])
    assert store.library.count_passages(embedded=True) == 2


def test_another_process_sees_a_removal_at_its_next_question(fill: Fill, home: Path) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    other = Store(Library.open(home), FakeEmbedder())
    assert titles(other) == ["Bridge opens", "Harvest"]
    remove_article(store, find(store, "Harvest").id)
    assert titles(other) == ["Bridge opens"]
    other.close()


@pytest.mark.parametrize("article", ["", "zzz", "\ud800", "' OR 1=1 --"])
def test_an_unknown_article_is_an_error_in_words(fill: Fill, article: str) -> None:
    store = fill(bridge=BRIDGE)
    change = store.library.last_change()
    with pytest.raises(UsageError, match="No article has the id"):
        remove_article(store, article)
    with pytest.raises(UsageError, match="was removed"):
        restore_article(store, article)
    assert store.library.last_change() == change


def test_a_beginning_of_an_id_removes_nothing(fill: Fill) -> None:
    store = fill(bridge=BRIDGE)
    with pytest.raises(UsageError):
        remove_article(store, find(store, "Bridge opens").id[:5])
    assert store.library.count_articles() == 1


@pytest.fixture
def assistant(
    fill: Fill, home: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    fill(bridge=BRIDGE)
    monkeypatch.setattr("rag.assistant.MiniLM.open", lambda _: embedder)
    with Assistant(Settings(home=home)) as opened:
        yield opened


def test_a_library_that_was_emptied_says_so_and_can_be_filled_again(assistant: Assistant) -> None:
    [article] = assistant.articles()
    removed = assistant.remove(article.id)
    assert assistant.library.removed() == [removed]
    overview = assistant.overview()
    assert (overview.articles, overview.passages, overview.outlets) == (0, 0, ())
    with pytest.raises(LibraryError, match="holds no articles yet"):
        assistant.ask("Who opened the bridge?")
    assert assistant.rebuild() == 0
    assert assistant.restore(article.id).note is None
    assert assistant.articles() == [article]
    assert assistant.search("bridge")[0].article.id == article.id
