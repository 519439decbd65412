"""What a finished answer has to say of its days: as of when it holds, and which figures differ."""

from __future__ import annotations

from collections.abc import Sequence, Set
from decimal import Decimal

from rag.answer.asof import note_as_of
from rag.answer.counted import drop_hedged, find_reported
from rag.answer.counts import find_counts
from rag.answer.evidence import Evidence, ask, weigh
from rag.answer.figures import compare
from rag.answer.quotes import NAME
from rag.answer.reported import find_beside, tell
from rag.answer.rivals import holds
from rag.answer.when import find_newest, read_wish
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.retrieve.question import Question
from rag.types import Answer


def note_days(
    answer: Answer, question: Question, generation: Generation, embedder: Embedder | None
) -> tuple[str, ...]:
    """The notes on days of an answer that is whole, by whichever engine; none for a refusal.

    `question` is what was searched for. What a model has left out of the passages that it was given
    is told, with its day and its outlet; quotations have shown what there is.
    """
    if answer.refused:
        return ()
    wish = read_wish(question.text, find_newest(answer.hits))
    as_of = note_as_of(answer, question, first=wish.is_past)
    quoted = answer.engine == NAME
    figures = () if quoted else _compare(answer, question, generation, embedder)
    return (*([as_of] if as_of else []), *figures)


def _compare(
    answer: Answer,
    question: Question,
    generation: Generation,
    embedder: Embedder | None,
) -> tuple[str, ...]:
    said = {count.value for one in answer.sentences for count in find_counts(one.text)}
    if not said:
        return ()
    asked = ask(question, generation)
    evidence = drop_hedged(asked, weigh(asked, answer.hits, embedder), embedder)
    wish, told = find_reported(asked, evidence, answer.hits, embedder)
    told = [one for one in told if holds(one, wish.until)]
    cited = [one for one in told if _is_cited(one.evidence, answer)]
    if told:
        meant = [one for one in cited if one.count.value in said]
        return compare(told, meant) if meant else ()
    given = [one for one in evidence if _is_cited(one, answer)]
    return _compare_said(given, evidence, said, embedder)


def _compare_said(
    given: Sequence[Evidence],
    evidence: Sequence[Evidence],
    said: Set[Decimal],
    embedder: Embedder | None,
) -> tuple[str, ...]:
    """The same for what an answer counts though no count was asked for, figure by figure."""
    notes: dict[str, None] = {}
    for one in given:
        for count in find_counts(one.text):
            if count.value in said:
                report = tell(one, count)
                beside = find_beside(report, evidence, embedder)
                beside = [other for other in beside if other.differs(report)]
                notes.update(dict.fromkeys(compare([report, *beside], [report])))
    return tuple(notes)


def _is_cited(one: Evidence, answer: Answer) -> bool:
    return any(
        citation.article == one.hit.article.id
        and citation.start < one.span.end
        and citation.end > one.span.start
        for citation in answer.citations
    )
