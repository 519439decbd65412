"""Hybrid retrieval: fused, spread over articles, offsets exact, and a LangChain retriever."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from conftest import write_md
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.retrievers import BaseRetriever

from rag.index.indexing import rebuild
from rag.index.passages import Row
from rag.index.store import Store
from rag.retrieve.hybrid import PER_ARTICLE, Features, fuse, rank, retrieve, spread
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


def make_features(**given: list[float]) -> Features:
    arrays = {name: np.array(values, np.float32) for name, values in given.items()}
    return Features(**dict.fromkeys(Features.__slots__) | arrays)


def test_the_score_is_the_weighted_mean_of_what_the_question_gives() -> None:
    features = make_features(bm25=[1.0, 0.5], cosine=[0.5, 0.5])
    weights = dict.fromkeys(Features.__slots__, 9.0) | {"bm25": 3.0, "cosine": 1.0}
    assert fuse(features, weights).tolist() == [0.875, 0.5]


def test_nothing_found_is_no_score() -> None:
    assert fuse(make_features(), dict.fromkeys(Features.__slots__, 1.0)).tolist() == []


def test_each_part_of_a_question_finds_its_article(fill: Callable[..., Store]) -> None:
    """One long article speaks of the first part in every passage, another of the second in one."""
    store = fill(
        long=write_md(LONG, title="Cranes"),
        other=write_md("The orchard society elected a gardener from Skell.", title="Society"),
    )
    asked = (
        "What did the harbour committee discuss about the crane, and whom did the orchard"
        " society elect as gardener?"
    )
    assert {hit.article.title for hit in retrieve(store, asked, 2)} == {"Cranes", "Society"}


def test_the_outlet_that_a_question_names_comes_first(fill: Callable[..., Store]) -> None:
    text = "The ferry broke down off Skell on Monday."
    store = fill(
        a=write_md(f"{text} It was towed.", title="Ferry", outlet="Northern Wire"),
        b=write_md(f"{text} It was old.", title="Ferry", outlet="The Skell Courier"),
    )
    for outlet in ("Northern Wire", "The Skell Courier"):
        [first, *_] = retrieve(store, f"What did the {outlet} report about the ferry?", 2)
        assert first.article.outlet == outlet


def test_the_days_that_a_question_names_come_first(fill: Callable[..., Store]) -> None:
    text = "The council met about the ferry."
    store = fill(
        early=write_md(f"{text} First.", title="Council", published="2022-03-02"),
        late=write_md(f"{text} Second.", title="Council", published="2022-03-25"),
    )
    for asked, day in (
        ("What did the council discuss in early March 2022?", 2),
        ("What did the council discuss in late March?", 25),
        ("What did the council discuss this week?", 25),
        ("What did the council discuss three weeks ago?", 2),
    ):
        [first, *_] = retrieve(store, asked, 2)
        assert first.article.published is not None
        assert first.article.published.day == day, asked


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


def test_each_hit_knows_its_place_in_either_leg(fill: Callable[..., Store]) -> None:
    store = fill(
        long=write_md(LONG, title="Cranes"),
        short=write_md("One crane fell.", title="Fall"),
        far=write_md("The zoo bought a zebra.", title="Zebra"),
    )
    hits = retrieve(store, "crane fell", 50)
    assert all((hit.bm25 is None) == (hit.bm25_rank is None) for hit in hits)
    by_words = sorted((h for h in hits if h.bm25_rank), key=lambda h: h.bm25_rank or 0)
    by_meaning = sorted(hits, key=lambda h: h.cosine_rank or 0)
    assert [hit.bm25_rank for hit in by_words] == list(range(1, len(by_words) + 1))
    assert [hit.cosine_rank for hit in by_meaning] == list(range(1, len(hits) + 1))
    scores = [hit.bm25 or 0 for hit in by_words]
    cosines = [hit.cosine or 0 for hit in by_meaning]
    assert scores == sorted(scores, reverse=True)
    assert cosines == sorted(cosines, reverse=True)
    assert (by_words[0].article.title, len(by_words) < len(hits)) == ("Fall", True)


def test_places_go_by_score_then_by_the_lower_id() -> None:
    assert rank({}) == {}
    assert rank({7: 0.5, 3: 0.5, 5: 0.9}) == {5: 1, 3: 2, 7: 3}


def test_a_question_goes_on_while_every_passage_is_replaced_again_and_again(
    fill: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = fill(ferry="The ferry Aurora sank off Skell.")
    look_up, left = store.library.rows_of, [1, 2, 3]

    def replace_first(ids: Sequence[int]) -> dict[int, Row]:
        if left:
            left.pop()
            rebuild(store)
        return look_up(ids)

    monkeypatch.setattr(store.library, "rows_of", replace_first)
    [hit] = retrieve(store, "Where did the Aurora sink?", 1)
    assert left == []
    assert hit.passage.text == "The ferry Aurora sank off Skell."
