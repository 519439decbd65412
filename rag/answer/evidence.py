"""Which sentences of the hits answer a question, and how much speaks for each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from rag.answer.counts import asks_whether
from rag.answer.kinds import (
    Kind,
    find_head,
    find_kind,
    has_answer,
    list_counted,
    list_tallied,
)
from rag.answer.people import BACK, find_full_names, is_another
from rag.answer.when import drop_wish
from rag.index.embedders import Embedder, Vectors
from rag.index.generations import Generation
from rag.index.lexical import STOP_WORDS, has_word, split_words, stems
from rag.index.words import WordVectors
from rag.ingest.sentences import split_sentences
from rag.learnt import read_weights
from rag.retrieve.question import NOT_NAMES, NUMBER_WORDS, OPENERS, Question
from rag.types import Article, Hit, Span

#: A long question's sentence need not repeat all of it: so many of its rarest terms are enough.
TERMS_WANTED = 6
#: Sentences that are embedded for a question, chosen by their words: so many, or fewer once they
#: have so many tokens together, but four at least. A thousand tokens take 60 ms on two cores.
EMBEDDED, EMBEDDED_TOKENS, EMBEDDED_LEAST = 12, 400, 4
#: Cosines of two words from which on they begin to stand for each other, and wholly do.
KIN, TWIN = 0.3, 0.75
#: What a term counts that stands beside the sentence only.
BESIDE = 0.9
#: What the reader adds to a sentence's features, and the log odds that are well on their way to 1.
READ, STEEP = ("odds", "answers"), 5.0
#: Terms that make a question a long one.
LONG = 20
#: White space between sentences that are neighbours, in characters.
GAP = 4
#: Passages whose sentences are remembered, and a few times as many sentences with their words: the
#: same ones come up for question after question.
REMEMBERED = 4_000

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence, each in 0..1 but for the kinds.

    `said`: the share of the question's rarest terms that its own make up, words of like meaning
    counted in part; `context`: the share of all its terms in the sentence, its neighbours and its
    headline; `named`: that of its names in the article; `passage`: the hit's score; `near`: the
    hit's cosine; `cosine`: the sentence's own; `asks`: whether it is itself a question; `counted`:
    whether a number in it counts what the question counts. `person` to `reason`: 1 where the
    question asks for that kind and the sentence has one that the question does not name, -1 where
    it has none, 0 where the question asks for another.
    """

    said: float
    context: float
    named: float
    passage: float
    near: float
    cosine: float
    asks: float
    counted: float
    person: float
    number: float
    measure: float
    date: float
    place: float
    reason: float


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader makes of a sentence, by two heads of its own.

    `odds` are the log odds of its likeliest answer against there being none where it was read, and
    `short` is that answer's place; `answers` are those of an answer standing in the window at all.
    """

    odds: float
    answers: float
    short: Span | None = None

    @property
    def likely(self) -> float:
        """How much of both speaks for an answer, 0..1: no probability yet."""
        return 1 / (1 + math.exp(-(self.odds + self.answers) / 2))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a hit. `share` is how much of all that speaks for any speaks for this one.

    `covered` says of each term of the question, by its stem, how far the sentence or what stands
    beside it has it, 0..1; `counts` are the figures by which it counts what the question counts;
    `vector` is its unit vector where it was embedded, `read` what the reader makes of it.
    """

    hit: Hit
    span: Span
    features: Features
    covered: Mapping[str, float]
    counts: tuple[str, ...]
    score: float
    share: float = 0.0
    vector: Vectors | None = None
    read: Read | None = None

    @property
    def text(self) -> str:
        return self.span.of(self.hit.article.text)


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of the question; `rarity` is its inverse document frequency."""

    word: str
    stem: str
    rarity: float
    name: bool

    @property
    def soft(self) -> bool:
        """Whether a word of like meaning may stand for it: not for a name or a number."""
        if self.name or self.word[0].isnumeric():
            return False
        return self.word not in NUMBER_WORDS and self.word not in NOT_NAMES


@dataclass(frozen=True)
class Asked:
    """A question with all that its sentences are held against."""

    question: Question
    terms: tuple[Term, ...]
    kind: Kind | None

    @cached_property
    def head(self) -> tuple[str, ...]:
        return find_head(self.question)

    @cached_property
    def people(self) -> tuple[tuple[str, ...], ...]:
        return find_full_names(self.question.text)

    @cached_property
    def brief(self) -> float:
        """How far the question is a short one: 1 up to half of LONG's terms, 0 from LONG on."""
        return min(1.0, max(0.0, 2 * (1 - len(self.terms) / LONG)))

    @cached_property
    def rarities(self) -> Array:
        return np.array([term.rarity for term in self.terms], np.float32)

    @cached_property
    def wanted(self) -> float:
        return float(np.sort(self.rarities)[::-1][:TERMS_WANTED].sum()) or 1.0


def weigh(asked: Asked, hits: Sequence[Hit], embedder: Embedder | None) -> list[Evidence]:
    """Every sentence of `hits` once, that for which most speaks first."""
    listed = list_sentences(hits)
    if not listed or not asked.terms:
        return []
    words = None if embedder is None else embedder.words
    found = _look(asked, listed, words)
    found = [found[n] for n in np.argsort(-to_scores(found), kind="stable")]
    return rank_evidence(_embed(asked.question, found, embedder))


def rank_evidence(found: Sequence[Evidence]) -> list[Evidence]:
    """The sentences with their scores and shares, that for which most speaks first."""
    scores = to_scores(found)
    likely = np.exp(scores - scores.max())
    likely /= likely.sum()
    return [
        replace(found[n], score=float(scores[n]), share=float(likely[n]))
        for n in np.argsort(-scores, kind="stable")
    ]


def to_scores(found: Sequence[Evidence]) -> Array:
    """How much speaks for each by the weights that were learnt, shape (found,)."""
    weights = read_weights("sentence" if found[0].read is None else "sentence_read")
    every = np.array([list_features(one) for one in found], np.float32)
    return np.asarray(every @ np.array([weights[n] for n in name_features(found)], np.float32))


def name_features(found: Sequence[Evidence]) -> tuple[str, ...]:
    """The names of `list_features`: those of `Features`, and the reader's two where it has read."""
    return Features.__slots__ if found[0].read is None else (*Features.__slots__, *READ)


def list_features(one: Evidence) -> list[float]:
    """What speaks for a sentence, in the order of `name_features`."""
    listed = list(attrgetter(*Features.__slots__)(one.features))
    if one.read is not None:
        # Log odds without bounds would outweigh all else.
        listed += [math.tanh(one.read.odds / STEEP), math.tanh(one.read.answers / STEEP)]
    return listed


def ask(question: Question, generation: Generation) -> Asked:
    """The question's terms by their rarity over passages (as in BM25), and its kind."""
    total = generation.lexical.count()
    names = {part.casefold() for name in question.names for part in split_words(name)}
    words = split_words(drop_wish(question.text))
    if asks_whether(question.text):
        # What counts the same is looked for, whichever figure it gives.
        words = [
            word for word in words if not (word[0].isdigit() or word.casefold() in NUMBER_WORDS)
        ]
    if words and words[0].casefold() in OPENERS:
        words = words[1:]
    terms: dict[str, Term] = {}
    for word in words:
        lower = word.casefold()
        for stem in stems(word) if lower not in STOP_WORDS else ():
            n = generation.lexical.passages_with(stem)
            rarity = math.log(1 + (total - n + 0.5) / (n + 0.5))
            terms.setdefault(stem, Term(lower, stem, rarity, lower in names))
    return Asked(question, tuple(terms.values()), find_kind(question))


def list_sentences(hits: Sequence[Hit]) -> list[tuple[Hit, Span]]:
    """The sentences of the hits' passages, each stretch of an article once, best hit first."""
    seen: set[tuple[str, int, int]] = set()
    found = []
    for hit in hits:
        for span in _split(hit.passage.text):
            start, end = hit.passage.start + span.start, hit.passage.start + span.end
            if (hit.article.id, start, end) not in seen:
                seen.add((hit.article.id, start, end))
                found.append((hit, Span(start, end)))
    return found


@lru_cache(maxsize=REMEMBERED)
def _split(passage: str) -> tuple[Span, ...]:
    return tuple(split_sentences(passage))


@lru_cache(maxsize=4 * REMEMBERED)
def _read(sentence: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words of a sentence that say something, and their stems."""
    words = tuple(w for w in map(str.casefold, split_words(sentence)) if w not in STOP_WORDS)
    return words, frozenset(stems(" ".join(words)))


def _look(
    asked: Asked, listed: Sequence[tuple[Hit, Span]], words: WordVectors | None
) -> list[Evidence]:
    own = _cover(asked, [span.of(hit.article.text) for hit, span in listed], words)
    for row, (hit, span) in enumerate(listed):
        own[row] *= _meant(asked, hit.article, span)
    beside = _cover_beside(asked, listed, own, words)
    total = float(asked.rarities.sum()) or 1.0
    articles = {hit.article.id: hit.article for hit, _ in listed}
    named = {i: _share_named(asked.question, article) for i, article in articles.items()}
    found = []
    for row, (hit, span) in enumerate(listed):
        sentence = span.of(hit.article.text)
        counts = _count(asked, sentence, words)
        features = Features(
            said=min(1.0, float(asked.rarities @ own[row]) / asked.wanted),
            context=float(asked.rarities @ beside[row]) / total,
            named=named[hit.article.id],
            passage=hit.score,
            near=max(0.0, hit.cosine or 0.0),
            cosine=0.0,
            asks=float(sentence.rstrip("”\"’'").endswith("?")),
            counted=float(bool(counts)),
            **_fit(asked, sentence, hit.article.text),
        )
        covered = {term.stem: float(beside[row][n]) for n, term in enumerate(asked.terms)}
        found.append(Evidence(hit, span, features, covered, counts, 0.0))
    return found


def _cover(asked: Asked, texts: Sequence[str], words: WordVectors | None) -> Array:
    """How far each text has each term, 0..1, shape (texts, terms)."""
    covered = np.zeros((len(texts), len(asked.terms)), np.float32)
    split, there = zip(*map(_read, texts), strict=True) if texts else ((), ())
    for row, stemmed in enumerate(there):
        covered[row] = [term.stem in stemmed for term in asked.terms]
    soft = [n for n, term in enumerate(asked.terms) if term.soft]
    if words is None or not soft:
        return covered
    distinct = {
        w: n for n, w in enumerate(dict.fromkeys(w for t in split for w in t if w in words))
    }
    alike = words.compare([asked.terms[n].word for n in soft], list(distinct))
    alike = np.clip((alike - KIN) / (TWIN - KIN), 0.0, 1.0)
    for row, text in enumerate(split):
        places = [distinct[w] for w in text if w in distinct]
        if places:
            covered[row, soft] = np.maximum(covered[row, soft], alike[:, places].max(axis=1))
    return covered


def _meant(asked: Asked, article: Article, span: Span) -> Array:
    """0 for the terms of a person's name that stand in the sentence for somebody else, else 1."""
    meant = np.ones(len(asked.terms), np.float32)
    for person in asked.people:
        before = article.text[max(0, span.start - BACK) : span.start]
        if is_another(person, span.of(article.text), before):
            meant[[n for n, term in enumerate(asked.terms) if term.word in person]] = 0.0
    return meant


def _cover_beside(
    asked: Asked, listed: Sequence[tuple[Hit, Span]], own: Array, words: WordVectors | None
) -> Array:
    """The same for each sentence with its neighbours and its article's headline and names."""
    articles = {hit.article.id: hit.article for hit, _ in listed}
    heads = [f"{a.title} {a.outlet or ''} {a.author or ''}" for a in articles.values()]
    by_article = dict(zip(articles, _cover(asked, heads, words), strict=True))
    covered = np.array(
        [
            np.maximum(own[n], BESIDE * by_article[hit.article.id])
            for n, (hit, _) in enumerate(listed)
        ]
    )
    order = sorted(range(len(listed)), key=lambda n: (listed[n][0].article.id, listed[n][1].start))
    for before, after in pairwise(order):
        if follows(listed[before], listed[after]):
            covered[before] = np.maximum(covered[before], BESIDE * own[after])
            covered[after] = np.maximum(covered[after], BESIDE * own[before])
    return np.asarray(covered, np.float32)


def follows(one: tuple[Hit, Span], other: tuple[Hit, Span]) -> bool:
    """Whether the other sentence stands right behind the one."""
    (hit, first), (another, second) = one, other
    return hit.article.id == another.article.id and 0 <= second.start - first.end <= GAP


def _share_named(question: Question, article: Article) -> float:
    names = [name.casefold() for name in question.names]
    if not names:
        return 1.0
    text = write_whole(article)
    return sum(has_word(text, name) for name in names) / len(names)


def write_whole(article: Article) -> str:
    """All that the article says, its head included, in lower case."""
    return (
        f"{article.title} {article.outlet or ''} {article.author or ''} {article.text}".casefold()
    )


def _fit(asked: Asked, sentence: str, article: str) -> dict[str, float]:
    fits = dict.fromkeys(("person", "number", "measure", "date", "place", "reason"), 0.0)
    if asked.kind is not None:
        there = has_answer(asked.kind, asked.question, sentence, article)
        fits[asked.kind.group] = 1.0 if there else -1.0
    return fits


def _count(asked: Asked, sentence: str, words: WordVectors | None) -> tuple[str, ...]:
    """The figures of the sentence that count what the question counts."""
    if asked.kind is None or asked.kind.group != "number":
        return ()
    given = {figure for figure, _ in list_counted(asked.question.text)}
    found = list_tallied(sentence)
    if asked.head:
        counted = list_counted(sentence)
        found += [n for n, after in counted if after and _is_of(asked.head, after, words)]
    return tuple(figure for figure in dict.fromkeys(found) if figure not in given)


def _is_of(head: Sequence[str], after: Sequence[str], words: WordVectors | None) -> bool:
    if set(stems(" ".join(head))) & set(stems(" ".join(after))):
        return True
    return words is not None and float(words.compare(head, after).max()) >= (KIN + TWIN) / 2


def _embed(question: Question, found: list[Evidence], embedder: Embedder | None) -> list[Evidence]:
    """The same with the cosines to the question, and the vectors of those that are looked at."""
    if embedder is None:
        return found
    looked = found[:EMBEDDED]
    tokens = np.cumsum(embedder.count_tokens([one.text for one in looked]))
    looked = looked[: max(EMBEDDED_LEAST, int((tokens <= EMBEDDED_TOKENS).sum()))]
    vectors = embedder.embed([question.text, *(one.text for one in looked)])
    cosines = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
    # Those not looked at are taken for no closer than the farthest of those that were.
    farthest = float(cosines.min())
    return [
        *(
            replace(one, features=replace(one.features, cosine=float(cosine)), vector=vector)
            for one, cosine, vector in zip(looked, cosines, vectors[1:], strict=True)
        ),
        *(
            replace(one, features=replace(one.features, cosine=farthest))
            for one in found[len(looked) :]
        ),
    ]
