"""More passages at once than Chroma takes in one call: all of them are stored, and once."""

from __future__ import annotations

import os
from pathlib import Path

import children
import pytest
from conftest import FakeEmbedder
from news import write_article

from rag.index import vectors
from rag.index.indexing import index_files
from rag.index.library import Library
from rag.index.store import Store

LONG = "DATELINE_KILLS" in os.environ
#: Chroma's own limit is some 5,461 of them, as the platform has it.
PASSAGES = 50_000 if LONG else 5_600
#: An article of so many sentences has half as many passages.
ARTICLES, SENTENCES = PASSAGES // 100, 200


def test_more_passages_than_chromas_limit_are_all_stored_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    for number in range(ARTICLES):
        write_article(folder, number, sentences=SENTENCES)
    store = Store(Library.open(tmp_path / "home"), FakeEmbedder("minilm-1"))
    report = index_files(store, [folder])
    assert report.passages >= PASSAGES
    with store.reading() as generation:
        limit = generation.vectors._client.get_max_batch_size()
        assert limit < PASSAGES
        rows = list(store.library.rows())
        assert len(rows) == report.passages
        assert list(children.compare(rows, generation, every=10)) == []
    again = index_files(store, [folder])
    assert (again.passages, again.unchanged) == (0, ARTICLES)
    assert store.library.count_passages() == len(rows)
    store.close()


def test_a_changed_share_of_many_articles_is_replaced_in_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Three articles of eight, each with more passages than go into one call.
    calls: list[int] = []
    batches = vectors._batches

    def count(items: object, size: int) -> object:
        for batch in batches(items, 40):  # type: ignore[arg-type]
            calls.append(len(batch))
            yield batch

    monkeypatch.setattr(vectors, "_batches", count)
    folder = tmp_path / "articles"
    for number in range(8):
        write_article(folder, number, sentences=200)
    store = Store(Library.open(tmp_path / "home"), FakeEmbedder("minilm-1"))
    index_files(store, [folder])
    for number in range(3):
        write_article(folder, number, 1, sentences=200)
    index_files(store, [folder])
    assert max(calls) == 40
    with store.reading() as generation:
        assert list(children.compare(list(store.library.rows()), generation, every=3)) == []
    store.close()
