"""What a finished answer has to say of its days: as of when it holds, and which figures differ."""

from __future__ import annotations

from rag.answer.asof import note_as_of
from rag.answer.counts import find_counts
from rag.answer.evidence import ask, weigh
from rag.answer.figures import compare
from rag.answer.rivals import Telling, find_tellings, holds
from rag.answer.when import find_newest, read_wish
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.retrieve.question import Question
from rag.types import Answer


def note_days(
    answer: Answer, question: Question, generation: Generation, embedder: Embedder | None
) -> tuple[str, ...]:
    """The notes on days of an answer that is whole, by whichever engine; none for a refusal.

    `question` is what was searched for. Quotations show the figures that they have; what a model
    has left out of the passages that it was given is told, with its day and its outlet.
    """
    if answer.refused:
        return ()
    as_of = note_as_of(answer, question)
    figures = _compare(answer, question, generation, embedder)
    return (*([as_of] if as_of else []), *figures)


def _compare(
    answer: Answer, question: Question, generation: Generation, embedder: Embedder | None
) -> tuple[str, ...]:
    asked = ask(question, generation)
    words = None if embedder is None else embedder.words
    if not any(find_counts(sentence.text) for sentence in answer.sentences):
        return ()
    told = find_tellings(asked, weigh(asked, answer.hits, embedder), words)
    wish = read_wish(question.text, find_newest(answer.hits))
    told = [one for one in told if holds(one, wish.until)]
    cited = [one for one in told if _is_cited(one, answer)]
    if not cited:
        return ()
    if all(sentence.check == "quoted" for sentence in answer.sentences):
        return compare(cited, cited)
    said = {count.value for one in answer.sentences for count in find_counts(one.text)}
    meant = [one for one in cited if one.count.value in said]
    return compare(told, meant) if meant else ()


def _is_cited(one: Telling, answer: Answer) -> bool:
    span = one.evidence.span
    return any(
        citation.article == one.evidence.hit.article.id
        and citation.start < span.end
        and citation.end > span.start
        for citation in answer.citations
    )
