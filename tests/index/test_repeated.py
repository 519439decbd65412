"""What repeats across the articles of a library is taken out of them, early or late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.index.indexing import index_files, remove_article, restore_article
from rag.index.store import Store
from rag.index.writer import Writer
from rag.types import Filters

Fill = Callable[..., Store]

TOPICS = (
    "The harbour of Alvin was closed by fog and forty ships waited outside its walls",
    "A court in Berlen freed the two drivers whom the police had held since the spring",
    "Farmers around Corvey lost half of their barley when hail fell on three evenings",
    "The old theatre of Dunmore opens again after nine years of repairs to its roof",
    "Engineers found the leak that had emptied the reservoir above Eastley in a night",
    "The chess club of Farrow won its league though its best player stayed at home",
    "A new tram will run from Grafton to the university before the next winter comes",
)
NOISE = "The Alvin Gazette belongs to its members, and two crowns a month support us in that work."
SECOND = "Nobody had foreseen it, said the people who live there, and nobody was hurt in the end."
REPEATED_NEWS = "The region has been governed from the capital since the reform of the provinces."


def article(topic: str) -> str:
    return "\n\n".join([topic + ".", NOISE, SECOND, REPEATED_NEWS, f"{topic}, officials said.", ""])


def write(articles: Callable[..., Path], topics: tuple[str, ...]) -> Path:
    return articles(**{f"a{TOPICS.index(topic)}": article(topic) for topic in topics})


def test_a_line_of_the_site_goes_once_enough_stories_have_it_and_sentences_stay(
    store: Store, articles: Callable[..., Path]
) -> None:
    index_files(store, [write(articles, TOPICS[:3])])
    assert all(NOISE in one.text for one in store.library.articles())
    index_files(store, [write(articles, TOPICS)])
    for one in store.library.articles():
        assert NOISE not in one.text
        assert REPEATED_NEWS in one.text
    # Those that were there before are cut and embedded anew, and say so to the indexes.
    with store.reading() as generation:
        for row in store.library.rows():
            assert NOISE not in row.passage.text
            [found] = generation.vectors.search(np.asarray(row.vector), 1, Filters())
            assert found[0] == row.passage.id


def test_what_was_learnt_is_left_out_of_what_comes_later_and_nothing_is_read_twice(
    store: Store, articles: Callable[..., Path]
) -> None:
    index_files(store, [write(articles, TOPICS[:6])])
    change = store.library.last_change()
    folder = write(articles, TOPICS)
    assert index_files(store, [folder]).added == 1
    assert len(store.library.changed_since(change)) == 1
    assert all(NOISE not in one.text for one in store.library.articles())
    change = store.library.last_change()
    report = index_files(store, [folder])
    assert (report.unchanged, store.library.last_change()) == (len(TOPICS), change)


def test_the_copies_of_one_story_teach_nothing(store: Store, articles: Callable[..., Path]) -> None:
    text = "\n\n".join([TOPICS[0] + ".", NOISE, SECOND, TOPICS[0] + ", officials said."])
    folder = articles(**{f"c{n}": f"---\noutlet: Paper {n}\n---\n\n{text}\n" for n in range(7)})
    index_files(store, [folder])
    assert store.library.count_articles() == 7
    assert all(NOISE in one.text for one in store.library.articles())


def test_a_line_learnt_at_the_edge_goes_everywhere_once_more_stories_have_it(
    store: Store, articles: Callable[..., Path]
) -> None:
    asks = "Tell us what you think of it, dear readers, and we answer you on the last page."
    topics = [*TOPICS, *(topic.replace("The", "That").replace("A ", "One ") for topic in TOPICS)]
    topics = [f"{topic} in {year}" for topic, year in zip(topics, range(1990, 2004), strict=True)]

    def tell(topic: str, within: bool) -> str:
        said = [topic + ".", asks, SECOND, f"{topic}, officials said."]
        return "\n\n".join(said if within else [said[0], *said[2:], asks])

    first = articles(**{f"a{n}": tell(topic, False) for n, topic in enumerate(topics[:6])})
    index_files(store, [first])
    assert not any(asks in one.text for one in store.library.articles())
    index_files(store, [articles(**{f"b{n}": tell(t, True) for n, t in enumerate(topics[6:])})])
    assert store.library.count_articles() == len(topics)
    assert not any(asks in one.text for one in store.library.articles())


def test_what_a_stopped_run_has_learnt_is_taken_out_by_the_next(
    store: Store, articles: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(articles, TOPICS)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "replace_text", stop)
        with pytest.raises(KeyboardInterrupt):
            index_files(store, [folder])
    assert all(NOISE in one.text for one in store.library.articles())
    index_files(store, [folder])
    assert not any(NOISE in one.text for one in store.library.articles())


def test_an_article_that_comes_back_is_cleaned_like_the_others(
    store: Store, articles: Callable[..., Path]
) -> None:
    index_files(store, [write(articles, TOPICS[:3])])
    removed = store.library.articles()[0].id
    remove_article(store, removed)
    index_files(store, [write(articles, TOPICS[3:])])
    restore_article(store, removed)
    index_files(store, [articles()])
    assert store.library.count_articles() == len(TOPICS)
    assert not any(NOISE in one.text for one in store.library.articles())
