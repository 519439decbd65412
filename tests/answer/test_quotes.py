"""Answers without a model: what is quoted, in which order, and what is refused and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from conftest import FakeEmbedder, make_hit, write_md

from rag.answer.evidence import Evidence, Features, ask, weigh
from rag.answer.quotes import MAX_SENTENCES, QuotesEngine, choose, compose
from rag.answer.refusal import judge
from rag.index.store import Store
from rag.retrieve.hybrid import search
from rag.retrieve.question import parse_question
from rag.types import Answer, Filters, Hit, Span

NOTHING = Features(*[0.0] * len(Features.__slots__))


def make_evidence(
    text: str, share: float = 0.1, counts: Sequence[str] = (), hit: Hit | None = None
) -> Evidence:
    hit = hit or make_hit(text, article=f"{abs(hash(text)):012x}"[:12])
    start = hit.article.text.index(text)
    return Evidence(hit, Span(start, start + len(text)), NOTHING, {}, tuple(counts), 0.0, share)


def answer(store: Store, question: str, confidence: float = 0.0) -> Answer:
    parsed = parse_question(question)
    engine = QuotesEngine(store.embedder, confidence)
    with store.reading() as generation:
        hits = search(store, generation, parsed.text, 10, Filters())
        *_, last = engine.answer(parsed, hits, generation)
    return last


def test_every_sentence_is_the_articles_own(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry sank. Nobody was hurt. It was old.", title="Ferry"))
    found = answer(store, "What became of the ferry?")
    [article] = store.library.articles()
    assert found.citations
    for citation in found.citations:
        assert article.text[citation.start : citation.end] == citation.quote


def test_a_certain_sentence_stands_alone() -> None:
    first, second = make_evidence("One thing.", 0.9), make_evidence("Another matter.", 0.1)
    assert choose([first, second]) == [first]


def test_no_more_sentences_than_the_most() -> None:
    many = [make_evidence(f"Word{n} thing{n} matter{n}.", 0.05) for n in range(9)]
    assert choose(many) == many[:MAX_SENTENCES]


def test_the_same_is_said_once() -> None:
    first = make_evidence("The council bought a ferry on Monday.", 0.3)
    again = make_evidence("On Monday the council bought a ferry.", 0.3)
    other = make_evidence("Fishermen from Skell protested.", 0.3)
    assert choose([first, again, other]) == [first, other]


def test_figures_of_different_days_are_both_shown_the_later_first() -> None:
    def count(day: int, figure: str) -> Evidence:
        text = f"The harbour master counted {figure} boats."
        hit = make_hit(text, article=f"{day:012d}", published=date(2022, 3, day))
        return make_evidence(text, 0.8 if day == 2 else 0.15, [figure], hit)

    early, late = count(2, "six"), count(9, "eleven")
    chosen = choose([early, late])
    assert [span.of(article.text) for article, span, _ in compose(chosen)] == [
        late.text,
        early.text,
    ]


def test_sentences_of_one_article_follow_one_another_and_are_introduced_once() -> None:
    hit = make_hit("The ferry sank. Divers came. The council met.")
    second = make_evidence("Divers came.", 0.4, hit=hit)
    first = make_evidence("The ferry sank.", 0.3, hit=hit)
    read = [(span.of(a.text), led) for a, span, led in compose([second, first])]
    assert read == [("The ferry sank.", True), ("Divers came.", False)]


def test_the_sentence_before_a_pronoun_is_quoted_too() -> None:
    hit = make_hit("Ines Aldana runs the harbour. She was named in May 2021.")
    found = compose([make_evidence("She was named in May 2021.", hit=hit)])
    assert [span.of(article.text) for article, span, _ in found] == [
        "Ines Aldana runs the harbour.",
        "She was named in May 2021.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The harbour opened.\n\nShe was named in May 2021.",
        "The mayor left. She and Ines Aldana stayed.",
    ],
)
def test_no_sentence_is_added_from_another_paragraph_or_where_the_name_is_there(text: str) -> None:
    sentence = text[text.index("She") :]
    assert len(compose([make_evidence(sentence, hit=make_hit(text))])) == 1


def test_a_bare_surname_of_somebody_else_does_not_count(fill: Callable[..., Store]) -> None:
    store = fill(
        a=write_md(
            "Boris Ruda leads the harbour union. Ruda called a strike in May.", title="Union"
        ),
        b=write_md("Clara Ruda leads the council. Ruda called a vote in May.", title="Council"),
    )
    parsed = parse_question("What did Clara Ruda call in May?")
    with store.reading() as generation:
        hits = search(store, generation, parsed.text, 10, Filters())
        order = [one.text for one in weigh(ask(parsed, generation), hits, FakeEmbedder())]
    assert order.index("Ruda called a vote in May.") < order.index("Ruda called a strike in May.")


def test_what_counts_the_thing_asked_for_is_told_from_other_numbers(
    fill: Callable[..., Store],
) -> None:
    store = fill(
        a=write_md(
            "The harbour lies 40 miles from Skell. The harbour lost seven boats.", title="Storm"
        )
    )
    assert (
        answer(store, "How many boats did the harbour lose?")
        .sentences[0]
        .text.startswith("The harbour lost seven")
    )


def test_a_name_that_stands_in_no_article_is_a_reason(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry sank off Skell.", title="Ferry"))
    found = answer(store, "When did the ferry reach Atlantis?")
    assert "“Atlantis” stands in no article." in found.notes


def test_an_outlet_that_is_asked_by_is_no_name_of_the_matter(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry sank off Skell.", title="Ferry"))
    found = answer(store, "What happened to the ferry, according to Bloomberg?")
    assert not any("Bloomberg" in note for note in found.notes)


def test_the_kind_that_is_missing_is_a_reason(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry to Skell was repaired.", title="Ferry"))
    notes = answer(store, "How much money did repairing the ferry to Skell cost?").notes
    assert "The sentence nearest to the question does not give a sum of money." in notes


def test_words_that_nothing_found_has_are_named(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry to Skell was repaired.", title="Ferry"))
    notes = answer(store, "Which dentist was in the ferry?").notes
    assert "Nothing found has “dentist”, or a word of like meaning." in notes


def test_the_setting_moves_the_refusal(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry to Skell was repaired in May.", title="Ferry"))
    question = "When was the ferry to Skell repaired?"
    assert not answer(store, question, confidence=0.0).refused
    refused = answer(store, question, confidence=1.0)
    assert refused.refused
    assert refused.hits
    assert refused.notes[0].startswith("How likely the articles say: ")


def test_nearer_sentences_make_an_answer_likelier(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry to Skell was repaired in May.", title="Ferry"))

    def probability(question: str) -> float:
        with store.reading() as generation:
            parsed = parse_question(question)
            hits = search(store, generation, parsed.text, 10, Filters())
            asked = ask(parsed, generation)
            return judge(asked, weigh(asked, hits, FakeEmbedder()), generation).probability

    near = probability("When was the ferry to Skell repaired?")
    assert near > probability("When did the bakery in Skell close?")
    assert near > probability("How much did the ferry to Skell weigh?")


def test_a_question_without_words_to_search_for_is_refused(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry sank.", title="Ferry"))
    assert answer(store, "Who is who?").refused
