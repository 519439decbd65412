"""Refusal with a reader: when its word counts, when it does not, and names that stand apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import FakeEmbedder, make_hit, write_md
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.evidence import LONG, Asked, Evidence, Features, Read, Term, ask, weigh
from rag.answer.refusal import judge, read_signs, share_tables
from rag.index.store import Store
from rag.learnt import read_weights
from rag.retrieve.hybrid import search
from rag.retrieve.question import parse_question
from rag.types import Filters, Span

PAGES = {
    "ferry": write_md(
        "The ferry Aurora sank off Skell in 2021. Its crew of six was saved. The harbour stayed"
        " open that day. Fenn had sold the boat long before.",
        title="Aurora sinks",
    ),
    "council": write_md("The council met about the harbour. Odile Brandt resigned.", title="Chair"),
}
#: Weights of which each table tells by one sign alone.
FIXED = {
    "answer": {"bias": 0.0, "cosine": 1.0},
    "answer_read": {"bias": 0.0, "odds": 2.0, "answers": 2.0},
    "answer_long": {"bias": 0.0, "cosine": 1.0},
    "answer_by_words": {"bias": 0.0, "said": 1.0},
}
NOTHING = Features(*[0.0] * len(Features.__slots__))
BARE = Evidence(make_hit("The ferry sank."), Span(0, 15), NOTHING, {}, (), 0.0)
SHORT = "When did the ferry Aurora sink?"
YES_OR_NO = "Did the ferry Aurora sink off Skell?"
WORDS = "harbour crew boat captain storm engine rudder mast sail anchor deck cabin quay pier buoy"
LENGTHY = f"When did the ferry sink, of {WORDS} council vote mayor office budget bridge orchard?"


def judge_read(store: Store, text: str, odds: float | None, answers: float = 0.0) -> float:
    """How likely the articles answer where the reader has read all that was found."""
    parsed = parse_question(text)
    with store.reading() as generation:
        asked = ask(parsed, generation)
        hits = search(store, generation, parsed.text, 10, Filters())
        found = weigh(asked, hits, FakeEmbedder())
        if odds is not None:
            found = [replace(one, read=Read(odds, answers)) for one in found]
        return judge(asked, found, generation).probability


@pytest.fixture
def fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.answer.refusal.read_weights", FIXED.__getitem__)


@pytest.mark.usefixtures("fixed")
def test_a_surer_reader_makes_an_answer_to_a_short_question_likelier(
    fill: Callable[..., Store],
) -> None:
    store = fill(**PAGES)
    for sides in ((0.0, 1.0), (1.0, 0.0)):
        likely = [judge_read(store, SHORT, x * sides[0], x * sides[1]) for x in (-9, -1, 0, 2, 9)]
        assert likely == sorted(likely)
        assert likely[-1] - likely[0] > 0.5
    assert judge_read(store, SHORT, 0.0, 0.0) == pytest.approx(0.5)


def test_the_reader_has_learnt_to_speak_for_an_answer(fill: Callable[..., Store]) -> None:
    store = fill(**PAGES)
    assert judge_read(store, SHORT, 9.0, 9.0) > judge_read(store, SHORT, -9.0, -9.0)
    assert min(read_weights("answer_read")[name] for name in ("odds", "answers")) >= 0.0


@pytest.mark.parametrize("weights", ["fixed", "shipped"])
@pytest.mark.parametrize("question", [LENGTHY, YES_OR_NO])
def test_a_long_question_and_one_of_yes_or_no_are_judged_without_the_reader(
    fill: Callable[..., Store], request: pytest.FixtureRequest, question: str, weights: str
) -> None:
    if weights == "fixed":
        request.getfixturevalue("fixed")
    store = fill(**PAGES)
    with store.reading() as generation:
        terms = len(ask(parse_question(question), generation).terms)
    assert (terms > LONG) is (question == LENGTHY)
    plain = judge_read(store, question, None)
    assert judge_read(store, question, 9.0, 9.0) == plain
    assert judge_read(store, question, -9.0, -9.0) == plain


@pytest.mark.usefixtures("fixed")
def test_the_longer_a_question_the_less_the_reader_moves(fill: Callable[..., Store]) -> None:
    store = fill(**PAGES)
    listed = WORDS.split()
    moved = []
    for count in (0, 9, 11, 13, 15):
        question = f"When did the ferry sink, of {' '.join(listed[:count])}?"
        moved.append(judge_read(store, question, 9.0, 9.0) - judge_read(store, question, -9.0, -9))
    assert moved == sorted(moved, reverse=True)
    assert len(set(moved)) == len(moved)


@given(st.integers(0, 50), st.booleans(), st.booleans(), st.sampled_from([SHORT, YES_OR_NO]))
def test_the_tables_parts_add_up_to_1(terms: int, read: bool, vectors: bool, text: str) -> None:
    asked = Asked(
        parse_question(text), tuple(Term(str(n), str(n), 1.0, False) for n in range(terms)), None
    )
    vector = FakeEmbedder().embed([text])[0] if vectors else None
    one = replace(BARE, vector=vector, read=Read(1.0, 1.0) if read else None)
    shares = share_tables(asked, [one])
    assert sum(part for _, part in shares) == pytest.approx(1.0)
    assert all(0.0 <= part <= 1.0 for _, part in shares)
    for table, _ in shares:
        read_weights(table)
    assert ("answer_read" in dict(shares)) is (read and vectors and text == SHORT)


@pytest.mark.parametrize(
    ("question", "best", "apart"),
    [
        ("When did Aurora sink?", "The ferry Aurora sank off Skell in 2021.", 0.0),
        ("When did Fenn sink?", "The ferry Aurora sank off Skell in 2021.", 1.0),
        ("When did Aurora sink for Fenn?", "The ferry Aurora sank off Skell in 2021.", 1.0),
        ("When did Skell sink?", "Its crew of six was saved.", 0.1),
        ("When did Skell sink?", "The harbour stayed open that day.", 1.0),
        ("When did Fenn sink?", "Fenn had sold the boat long before.", 0.0),
        ("When did the boat sink?", "The harbour stayed open that day.", 0.0),
    ],
)
def test_a_name_that_stands_neither_in_the_best_sentence_nor_beside_it_is_a_sign(
    fill: Callable[..., Store], question: str, best: str, apart: float
) -> None:
    store = fill(**PAGES)
    parsed = parse_question(question)
    with store.reading() as generation:
        asked = ask(parsed, generation)
        hits = search(store, generation, "ferry Aurora Fenn Skell harbour", 10, Filters())
        found = weigh(asked, hits, FakeEmbedder())
    first = next(one for one in found if one.text == best)
    signs = read_signs(asked, [first, *(one for one in found if one is not first)], [], [])
    assert signs.apart == pytest.approx(apart, abs=1e-5)
