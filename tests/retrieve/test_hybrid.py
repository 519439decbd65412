"""Hybrid retrieval: fused, spread over articles, offsets exact, and a LangChain retriever."""

from __future__ import annotations

from collections.abc import Callable

from conftest import write_md
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.retrievers import BaseRetriever

from rag.index.store import Store
from rag.retrieve.hybrid import PER_ARTICLE, fuse, retrieve, spread
from rag.retrieve.retriever import HybridRetriever
from rag.types import Filters

LONG = " ".join(
    f"The harbour committee met for the {n}th time and discussed the crane." for n in range(40)
)


def test_each_hit_is_the_slice_of_its_article(fill: Callable[..., Store]) -> None:
    store = fill(
        long=write_md(LONG, title="Cranes"), short=write_md("One crane fell.", title="Fall")
    )
    hits = retrieve(store, "the crane of the harbour", 10)
    assert len(hits) > 2
    for hit in hits:
        assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_hits_come_best_first_with_scores_between_0_and_1(fill: Callable[..., Store]) -> None:
    store = fill(
        long=write_md(LONG, title="Cranes"), short=write_md("One crane fell.", title="Fall")
    )
    scores = [hit.score for hit in retrieve(store, "crane fell", 4)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1.0001 for score in scores)


def test_one_article_does_not_crowd_out_another(fill: Callable[..., Store]) -> None:
    store = fill(long=write_md(LONG, title="Cranes"), short=write_md("A crane.", title="Other"))
    found = [
        hit.article.title for hit in retrieve(store, "harbour committee crane", PER_ARTICLE + 1)
    ]
    assert found.count("Cranes") == PER_ARTICLE
    assert "Other" in found


def test_what_both_legs_find_comes_before_what_one_finds() -> None:
    scores = fuse({1: 4.0, 2: 4.0}, {1: 0.9, 3: 0.9})
    assert scores[1] > scores[2] > scores[3]


def test_one_leg_alone_is_enough() -> None:
    assert fuse({1: 4.0, 2: 2.0}, {}) == {1: 1.0, 2: 0.5}
    assert fuse({}, {1: 0.5, 2: -0.5}) == {1: 0.5, 2: 0.0}
    assert fuse({}, {}) == {}


@given(st.lists(st.tuples(st.integers(), st.sampled_from("abc")), unique_by=lambda x: x[0]))
def test_spreading_keeps_every_passage_and_the_order_within_articles(
    ranked: list[tuple[int, str]],
) -> None:
    found = spread(ranked, len(ranked))
    assert sorted(found) == sorted(passage for passage, _ in ranked)
    for article in "abc":
        own = [passage for passage, name in ranked if name == article]
        assert [passage for passage in found if passage in own] == own


def test_it_is_a_langchain_retriever(fill: Callable[..., Store]) -> None:
    store = fill(short=write_md("One crane fell.", title="Fall", published="2022-03-01"))
    retriever = HybridRetriever(store=store, k=3, filters=Filters())
    assert isinstance(retriever, BaseRetriever)
    [document] = retriever.invoke("crane")
    assert document.page_content == "One crane fell."
    assert document.metadata["published"] == "2022-03-01"
    assert document.metadata["hit"].article.title == "Fall"


def test_an_empty_library_has_no_hits(store: Store) -> None:
    assert retrieve(store, "crane", 5) == []
