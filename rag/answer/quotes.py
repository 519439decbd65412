"""The quotes engine: answers in the articles' own sentences, with no language model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answer.citing import Citations
from rag.answer.counted import drop_hedged, find_reported
from rag.answer.evidence import Asked, Evidence
from rag.answer.figures import compare, say_later
from rag.answer.followup import complete
from rag.answer.introducing import Introductions, tells_whom
from rag.answer.quantities import find_quantities
from rag.answer.refusal import judge
from rag.answer.rivals import Settled, settle
from rag.answer.short import find_short
from rag.answer.states import find_latest
from rag.answer.study import study
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.index.lexical import stems
from rag.ingest.corrections import widen
from rag.ingest.sentences import split_sentences
from rag.reader.reader import Reader
from rag.retrieve.question import Question, find_names
from rag.types import Answer, Article, Hit, Sentence, Span

NAME = "quotes"
HOW = "Answers in the articles' own sentences."
WHERE = "Answers in the articles' own sentences; nothing leaves this machine."
MAX_SENTENCES = 4
#: Sentences are added until the share of all that speaks for any sentence reaches this; the second
#: where the reader has read, which shares out less evenly. With each some three are shown.
SHARE, SHARE_READ = 0.75, 0.9
#: Two sentences that share this part of their terms (Jaccard) say the same, and so do two with the
#: same figures and this cosine.
SAME = 0.6
ALIKE = 0.72

#: Sentences before one that begins with a pronoun among which the one that explains it is looked
#: for, and the characters that those may take.
BACK, BACK_TEXT = 3, 2_000
LEAST_WORDS = 3

_OPENING = r"^[“\"‘'(]*"
#: What means somebody named before, whoever else the sentence names.
_SOMEBODY = re.compile(rf"{_OPENING}(?:He|She|They|His|Her|Their)\b")
_SOMETHING = re.compile(
    rf"{_OPENING}(?:It|Its|This|That|These|Those(?! (?:who|that|in|of|with))|Both|Such)\b"
)
#: Of two sentences of which one has such a word, the one may say the opposite of the other.
_DENIED = re.compile(r"\b(?:not?|never|none|nor|neither|cannot|without)\b|n[’']t\b", re.IGNORECASE)
#: A sentence is whole where it ends so: a heading has no end, and a paragraph that is cut has none.
_ENDED = re.compile(r"[.!?…][”\"’')\]]*$")


@dataclass(frozen=True, slots=True)
class QuotesEngine:
    """Picks one to four sentences that answer, with what explains their pronouns, or refuses.

    `confidence` is the probability below which it refuses, 0..1. By `reader` the sentences that
    may answer are read, and the words that do are shown.
    """

    embedder: Embedder | None
    confidence: float
    reader: Reader | None = None
    name: str = NAME
    where: str = WHERE

    def condense(self, typed: str, earlier: Sequence[Answer]) -> str:
        """What a follow-up is searched for as, by rules."""
        return complete(typed, earlier)

    def answer(
        self, question: Question, hits: Sequence[Hit], generation: Generation
    ) -> Iterator[Answer]:
        """The answer as it grows, sentence by sentence; the last one is whole."""
        studied = study(question, hits, generation, self.embedder, self.reader)
        asked, evidence, hits = studied.asked, studied.evidence, studied.hits
        answer = Answer(question.text, self.name, hits=hits)
        verdict = judge(asked, evidence, generation)
        answer = answer.with_notes(*verdict.notes)
        if not evidence or verdict.probability < self.confidence:
            yield answer
            return
        settled = self._settle(asked, evidence, hits)
        if settled.later and not settled.chosen:
            yield replace(answer, notes=say_later(settled.later))
            return
        notes = (*compare(settled.told, settled.told), *answer.notes)
        answer, short = replace(answer, notes=notes), find_short(asked, settled.chosen)
        citations, introductions = Citations(), Introductions()
        for article, span in compose(settled.chosen, settled.leading):
            number = citations.cite(article, span)
            lead = introductions.introduce(article, span)
            sentence = Sentence(span.of(article.text), (number,), "quoted", lead=lead)
            said = (*answer.sentences, sentence)
            answer = replace(answer, sentences=said, citations=citations.list())
            if short and any(short in one.quote for one in answer.citations):
                answer = replace(answer, short=short)
            yield answer

    def _settle(self, asked: Asked, evidence: Sequence[Evidence], hits: Sequence[Hit]) -> Settled:
        evidence = drop_hedged(asked, evidence, self.embedder)
        wish, reported = find_reported(asked, evidence, hits, self.embedder)
        chosen = choose(evidence)
        if not reported and (latest := find_latest(asked, evidence)):
            rest = [one for one in chosen if one not in latest]
            return Settled([*latest, *rest][:MAX_SENTENCES], latest)
        return settle(chosen, reported, wish, MAX_SENTENCES)


def choose(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The fewest sentences among which the answer most likely is, best first, none said twice."""
    chosen: list[Evidence] = []
    share = 0.0
    enough = SHARE if not evidence or evidence[0].read is None else SHARE_READ
    for found in evidence:
        if len(chosen) == MAX_SENTENCES or share >= enough:
            break
        share += found.share
        if not any(_say_the_same(found, other) for other in chosen):
            chosen.append(found)
    return chosen


def compose(
    chosen: Sequence[Evidence], leading: Sequence[Evidence] = ()
) -> list[tuple[Article, Span]]:
    """The stretches to quote in the order to be read.

    The article of the best sentence first, its sentences as they follow one another; before one
    that begins with a pronoun goes the sentence that tells whom it means, unless its lead does
    (see `rag.answer.introducing`). Those of `leading` go before all others, in their order. A
    notice of correction is quoted whole, since it repeats what was wrong.
    """
    before = {id(one): place for place, one in enumerate(leading)}
    first: dict[str, int] = {}
    for place, one in enumerate(chosen):
        first.setdefault(one.hit.article.id, place)

    def place_of(one: Evidence) -> tuple[int, int, int]:
        return before.get(id(one), len(before)), first[one.hit.article.id], one.span.start

    spans: list[tuple[Article, Span]] = []
    for one in sorted(chosen, key=place_of):
        article = one.hit.article
        for found in (*_find_antecedent(article, one.span), one.span):
            span = widen(article.text, found, article.title)
            if (article, span) not in spans:
                spans.append((article, span))
    return spans


def _find_antecedent(article: Article, span: Span) -> list[Span]:
    """What goes before a sentence that begins with a pronoun, back to one that explains it.

    The sentence before alone where none near does; nothing where that is no whole sentence.
    """
    if not _needs_antecedent(span.of(article.text)) or tells_whom(article, span):
        return []
    start = max(0, span.start - BACK_TEXT)
    sentences = [
        Span(start + one.start, start + one.end)
        for one in split_sentences(article.text[start : span.start])
    ]
    if start:
        sentences = sentences[1:]  # its beginning may be cut off
    found: list[Span] = []
    for before in reversed(sentences[-BACK:]):
        said = before.of(article.text)
        apart = "\n" in article.text[before.end : span.start]
        # “Read more.” in a line of its own is no sentence of the article's.
        if not _ENDED.search(said) or (apart and len(said.split()) < LEAST_WORDS):
            break
        found.insert(0, before)
        if not _needs_antecedent(said):
            return found
    return found[-1:]


def _needs_antecedent(sentence: str) -> bool:
    if _SOMEBODY.match(sentence):
        return True
    return bool(_SOMETHING.match(sentence)) and not find_names(sentence)


def _say_the_same(one: Evidence, other: Evidence) -> bool:
    figures, others = _figures(one), _figures(other)
    if figures - others and others - figures:
        return False
    if bool(_DENIED.search(one.text)) != bool(_DENIED.search(other.text)):
        return False
    first, second = set(stems(one.text)), set(stems(other.text))
    if len(first & second) > SAME * len(first | second):
        return True
    if one.vector is None or other.vector is None or figures != others:
        return False
    return float(one.vector @ other.vector) >= ALIKE


def _figures(one: Evidence) -> set[Decimal]:
    return {quantity.value for quantity in find_quantities(one.text)}
