"""Answers without a model: what is quoted, in which order, and what is refused and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from conftest import FakeEmbedder, make_hit, write_md

from rag.answer.evidence import Evidence, Features, Read, ask, weigh
from rag.answer.quotes import MAX_SENTENCES, QuotesEngine, choose, compose
from rag.answer.refusal import judge
from rag.index.store import Store
from rag.retrieve.hybrid import search
from rag.retrieve.question import parse_question
from rag.settings import load_settings
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


def test_what_the_reader_has_read_is_shown_up_to_a_larger_share() -> None:
    found = [make_evidence("One thing.", 0.8), make_evidence("Another matter.", 0.15)]
    found += [make_evidence("Something else again.", 0.05)]
    assert choose(found) == found[:1]
    read = [replace(one, read=Read(1.0, 1.0)) for one in found]
    assert choose(read) == read[:2]


def test_no_more_sentences_than_the_most() -> None:
    many = [make_evidence(f"Word{n} thing{n} matter{n}.", 0.05) for n in range(9)]
    assert choose(many) == many[:MAX_SENTENCES]


def test_the_same_is_said_once() -> None:
    first = make_evidence("The council bought a ferry on Monday.", 0.3)
    again = make_evidence("On Monday the council bought a ferry.", 0.3)
    other = make_evidence("Fishermen from Skell protested.", 0.3)
    assert choose([first, again, other]) == [first, other]


def test_a_toll_without_a_noun_is_what_counts(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The toll of the flood at Tarsa rose to 41.", title="Flood"))
    parsed = parse_question("How many people did the flood at Tarsa kill?")
    with store.reading() as generation:
        hits = search(store, generation, parsed.text, 10, Filters())
        [found] = weigh(ask(parsed, generation), hits, FakeEmbedder())
    assert found.counts == ("41",)


def test_who_somebody_is_need_not_be_near_in_meaning(fill: Callable[..., Store]) -> None:
    store = fill(
        a=write_md(
            "The missing funds at the harbour office were first noticed in the spring of 2021 by a"
            " junior accountant, Ida Holm, who had asked for the receipts of two winters.",
            title="Harbour",
        )
    )
    found = answer(store, "Who is Ida Holm?", load_settings(env={}).confidence)
    assert not found.refused


def test_sentences_of_one_article_follow_one_another() -> None:
    hit = make_hit("The ferry sank. Divers came. The council met.")
    second = make_evidence("Divers came.", 0.4, hit=hit)
    first = make_evidence("The ferry sank.", 0.3, hit=hit)
    read = [span.of(article.text) for article, span in compose([second, first])]
    assert read == ["The ferry sank.", "Divers came."]


def test_an_article_is_introduced_once_and_a_speaker_who_is_not_named_with_it(
    fill: Callable[..., Store],
) -> None:
    text = "Maria Holm runs the ferry. The ferry leaks, she said. It was built in Brim in 1961."
    store = fill(a=write_md(text, title="Ferry", outlet="Skell Courier"))
    for question, lead in (
        ("Does the ferry leak?", ", reporting what Maria Holm said:"),
        ("Where was the ferry built?", ":"),
    ):
        first = answer(store, question).sentences[0]
        assert first.lead is not None
        assert first.lead.startswith("Skell Courier, ")
        assert first.lead.endswith(lead)


def test_no_sentence_before_a_pronoun_whom_the_lead_names() -> None:
    hit = make_hit("Maria Aldana runs the ferry. She said that it leaks.")
    found = compose([make_evidence("She said that it leaks.", hit=hit)])
    assert [span.of(article.text) for article, span in found] == ["She said that it leaks."]


def test_the_sentence_before_a_pronoun_is_quoted_too() -> None:
    hit = make_hit("Ines Aldana runs the harbour. She was named in May 2021.")
    found = compose([make_evidence("She was named in May 2021.", hit=hit)])
    assert [span.of(article.text) for article, span in found] == [
        "Ines Aldana runs the harbour.",
        "She was named in May 2021.",
    ]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        # Newspapers begin a paragraph with every sentence.
        ("Ines Aldana won.\n\nShe thanked Skell.", ["Ines Aldana won.", "She thanked Skell."]),
        ("Ines Aldana won. She wept. She spoke.", ["Ines Aldana won.", "She wept.", "She spoke."]),
        # A name after the pronoun is another's.
        ("Ida won. She told Ines Aldana.", ["Ida won.", "She told Ines Aldana."]),
        ("A new mayor\n\nShe spoke.", ["She spoke."]),
        ("Read more.\n\nShe spoke.", ["She spoke."]),
        ("Skell voted in May. Those who voted won.", ["Those who voted won."]),
        ("She sang. She ate. She wept. She sat. She spoke.", ["She sat.", "She spoke."]),
        (
            "Skell grew. It is the seat of the Aldana works.",
            ["It is the seat of the Aldana works."],
        ),
        ("Skell grew. This pleased the mayor.", ["Skell grew.", "This pleased the mayor."]),
    ],
)
def test_a_pronoun_is_followed_back_to_what_explains_it(text: str, read: list[str]) -> None:
    found = compose([make_evidence(read[-1], hit=make_hit(text))])
    assert [span.of(article.text) for article, span in found] == read


def test_a_long_article_is_not_read_whole_for_a_pronoun() -> None:
    text = "Skell grew. " * 50_000 + "Ines Aldana won. She spoke."
    found = compose([make_evidence("She spoke.", hit=make_hit(text))])
    assert [span.of(article.text) for article, span in found] == [
        "Ines Aldana won.",
        "She spoke.",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The storm took 14 boats in Skell.", "The storm took 12 boats in Skell."),
        ("The storm took seven boats in Skell.", "The storm took nine boats in Skell."),
        ("The storm took boats in Skell.", "The storm has not taken boats in Skell."),
        ("The storm took boats in Skell.", "The storm hasn’t taken boats in Skell."),
    ],
)
def test_sentences_with_other_figures_do_not_say_the_same(first: str, second: str) -> None:
    found = [make_evidence(first, 0.3), make_evidence(second, 0.3)]
    assert choose(found) == found


@pytest.mark.parametrize(
    ("figure", "again"), [("12", "twelve"), ("5,000", "5000"), ("200", "two hundred")]
)
def test_a_figure_written_otherwise_is_the_same_figure(figure: str, again: str) -> None:
    found = [
        make_evidence(f"The storm took {figure} boats in the harbour of Skell.", 0.3),
        make_evidence(f"The storm took {again} boats in the harbour of Skell.", 0.3),
    ]
    assert choose(found) == found[:1]


def test_without_an_embedder_the_words_decide(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry to Skell was repaired in May.", title="Ferry"))
    store.embedder = None
    confidence = load_settings(env={}).confidence
    found = answer(store, "When was the ferry to Skell repaired?", confidence)
    assert [sentence.text for sentence in found.sentences] == [
        "The ferry to Skell was repaired in May."
    ]
    assert answer(store, "How much did the dentist in Atlantis charge?", confidence).refused


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


def test_numbers_are_not_said_to_want_a_word_of_like_meaning(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry to Skell was repaired.", title="Ferry"))
    notes = answer(store, "Was the ferry to Skell repaired on 29 May 1950?").notes
    assert not any("like meaning" in note for note in notes)


def test_a_long_list_of_names_is_cut_short(fill: Callable[..., Store]) -> None:
    store = fill(a=write_md("The ferry sank.", title="Ferry"))
    names = ", ".join(f"Zq{chr(97 + n)}" for n in range(20))
    notes = answer(store, f"Did {names} see the ferry sink?").notes
    assert "“Zqa” and “Zqb” and “Zqc” and 17 more names stand in no article." in notes


def test_dotless_letters_in_an_article_do_no_harm(fill: Callable[..., Store]) -> None:
    body = "The ferry took sıx goats to Zarkon. The ferry took seven goats to Zarkon, 3 poınts up."
    store = fill(a=write_md(body, title="Ferry"))
    assert not answer(store, "How many goats did the ferry take to Zarkon?").refused


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
