"""Both legs honour the filters, and the lexical one survives any question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from conftest import write_md

from rag.index.lexical import distinct_stems, stems
from rag.index.store import Store
from rag.types import Filters

TEXT = "The council voted on the harbour plan."


@pytest.fixture
def filled(fill: Callable[..., Store]) -> Store:
    return fill(
        early=write_md(
            TEXT + " Early.", title="Early", outlet="Example Wire", published="2022-01-05"
        ),
        late=write_md(
            TEXT + " Late.", title="Late", outlet="Harbor Ledger", published="2022-03-14"
        ),
        never=write_md(TEXT + " Never.", title="Never", outlet="Example Wire"),
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"Early", "Late", "Never"}),
        (Filters(since=date(2022, 1, 5)), {"Early", "Late"}),
        (Filters(since=date(2022, 1, 6)), {"Late"}),
        (Filters(until=date(2022, 1, 5)), {"Early"}),
        (Filters(until=date(2022, 1, 5), undated=True), {"Early", "Never"}),
        (Filters(since=date(2022, 1, 1), until=date(2022, 2, 1)), {"Early"}),
        (Filters(outlets=("example WIRE",)), {"Early", "Never"}),
        (Filters(outlets=("Example Wire", "Harbor Ledger")), {"Early", "Late", "Never"}),
        (Filters(since=date(2022, 2, 1), outlets=("Example Wire",)), set()),
        (Filters(since=date(2023, 1, 1), undated=True, outlets=("Example Wire",)), {"Never"}),
    ],
)
def test_filters_admit_the_same_articles_in_both_legs(
    filled: Store, filters: Filters, expected: set[str]
) -> None:
    assert filled.embedder is not None
    vector = filled.embedder.embed([TEXT])[0]
    with filled.reading() as generation:
        legs = [
            generation.lexical.search("harbour plan", 10, filters),
            generation.vectors.search(vector, 10, filters),
        ]
    for leg in legs:
        found = filled.library.passages([passage for passage, _ in leg])
        assert {article.title for _, article in found.values()} == expected


def test_a_filter_does_not_move_the_scores(filled: Store) -> None:
    with filled.reading() as generation:
        free = dict(generation.lexical.search("harbour plan", 10, Filters()))
        bound = dict(generation.lexical.search("harbour", 10, Filters(outlets=("Harbor Ledger",))))
        assert generation.lexical.search("harbour plan", 10, Filters(since=date(2022, 3, 1)))
    assert all(bound[passage] < free[passage] for passage in bound)


def test_title_and_outlet_are_searched_as_well_as_the_body(filled: Store) -> None:
    with filled.reading() as generation:
        [(passage, _)] = generation.lexical.search("ledger", 10, Filters())
    [(_, article)] = filled.library.passages([passage]).values()
    assert article.outlet == "Harbor Ledger"


@pytest.mark.parametrize(
    "question",
    [
        '"',
        "title:harbour AND (",
        "*",
        "\\",
        "harbour~ ^2 [a TO b]",
        "«¿»",
        "北京",
        "\U0001f6a2",
        "the of",
    ],
)
def test_no_question_breaks_the_lexical_index(filled: Store, question: str) -> None:
    with filled.reading() as generation:
        found = generation.lexical.search(question, 5, Filters())
    assert bool(found) == ("harbour" in question)


def test_stems_join_forms_of_a_word_and_leave_out_function_words() -> None:
    assert stems("The launches were launched") == ["launch", "launch"]
    assert distinct_stems("What did China's leaders say?") == ["china", "leader", "say"]
    assert stems("cafe\u0301") == stems("café") == ["cafe"]
