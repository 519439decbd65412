"""Whether the articles say what is asked: one calibrated probability, and what speaks against."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.answer.counts import find_fate
from rag.answer.evidence import LONG, STEEP, Asked, Evidence, write_whole
from rag.answer.kinds import WHO_IS, asks_yes_or_no
from rag.index.generations import Generation
from rag.index.lexical import has_word, stems
from rag.learnt import read_weights
from rag.retrieve.order import FIGURE

#: Sentences among which the one closest to the question is looked for.
LOOKED_AT = 4

#: Cosines from which on a question is near to a sentence and to a passage; see docs/decisions.md.
NEAR = 0.5
NEAR_PASSAGE = 0.55
#: A term covered less than this anywhere is said to be missing; at most so many are named.
UNMET = 0.3
NAMED = 3
#: “Early March” is a date, and no article has to say “early”.
_DATING = ("early", "mid", "late", "beginning", "start", "middle", "end")
#: How far the best sentence must have the words of “What is the death toll?” itself.
BARE_SAID = 0.9
FIGURE_WORD = re.compile(FIGURE, re.IGNORECASE)
#: Above this a sign is put into words.
HALF = 0.5

#: What hands a report on is no name of what is reported: a question may name any outlet.
_SOURCE = re.compile(
    r"\b(?:according to|reported (?:by|in|on)|(?:reports?|articles?|story|stories|piece|coverage"
    r"|analysis|news|information|insights?) (?:from|by|in|of|on)|(?:published|noted|mentioned"
    r"|described|covered|discussed|featured|highlighted|identified) (?:by|in)|per|from)\s+"
    r"(?:(?:an?|the|both|article|report|articles|reports|from|by|in)\s+)*"
    r"(['‘“\"]?(?:[A-Z][\w.&'’-]*(?:\s+|\b)(?:(?:of|the|and|&|-|–|\|)\s+)?)+)"
)
_REPORTER = re.compile(
    r"((?:[A-Z][\w.&'’-]*\s+)+)(?:article|report|story|piece|coverage|analysis|noted|reported"
    r"|reports|says)\b"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells whether the best sentences answer, each in 0..1.

    `cosine` speaks for it: the largest cosine among the first sentences; or, where there are no
    vectors to measure it by, `said`: the largest share of the question's rarest terms there. The
    others speak against.
    `off`: how far that is below what is near; `far`: how far the best sentence's passage is, which
    counts more for a long question, that says more of what it is about. The best sentence has
    nothing of the kind asked for (`no_person` to `no_place`); it and what stands beside it lack the
    thing that the question asks for by name (`no_head`: the “X” of “which X”), its numbers, or one
    of its names (`apart`); its names stand in none of the articles found (`no_names`) or in none at
    all (`unknown`).

    `odds` and `answers` speak for it where the reader has read, -1..1: the best of the first
    sentences' (see `Read`), 0 where it has not.
    """

    said: float
    cosine: float
    off: float
    far: float
    no_person: float
    no_number: float
    no_measure: float
    no_date: float
    no_place: float
    no_head: float
    no_numbers: float
    apart: float
    no_names: float
    unknown: float
    odds: float = 0.0
    answers: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely the articles answer, 0..1, and what speaks against it, in words."""

    probability: float
    reasons: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        return (f"How likely the articles say: {self.probability:.0%}.", *self.reasons)


def judge(asked: Asked, evidence: Sequence[Evidence], generation: Generation) -> Verdict:
    """The verdict on the sentences found for a question, the best of them first."""
    names = find_subjects(asked)
    unknown = find_unknown(names, generation)
    if not evidence:
        nothing = "No passage has any word of the question."
        if not asked.terms:
            nothing = "The question has no word that could be searched for."
        return Verdict(0.0, (*_say_unknown(unknown), nothing))
    signs = read_signs(asked, evidence, names, unknown)
    reasons = [*_say_unknown(unknown), *_say_missing(asked, evidence, signs)]
    total = sum(
        part * weigh_signs(signs, read_weights(table))
        for table, part in share_tables(asked, evidence)
        if part
    )
    return Verdict(1 / (1 + math.exp(-total)), tuple(reasons))


def share_tables(asked: Asked, evidence: Sequence[Evidence]) -> list[tuple[str, float]]:
    """The weights that hold for a question looked at in this way, and how much each counts.

    The reader says nothing of a long question: no single stretch answers one of many parts.
    """
    if not has_vectors(evidence):
        return [("answer_by_words", 1.0)]
    # Nor is it asked what it has learnt where yes or no is the answer.
    read = evidence[0].read is not None and not asks_yes_or_no(asked.question.text)
    short = "answer_read" if read else "answer"
    return [(short, asked.brief), ("answer_long", 1 - asked.brief)]


def has_vectors(evidence: Sequence[Evidence]) -> bool:
    """Whether the sentences were held against the question by their vectors, too."""
    return any(one.vector is not None for one in evidence)


def read_signs(
    asked: Asked, evidence: Sequence[Evidence], names: Sequence[str], unknown: Sequence[str]
) -> Signs:
    best = evidence[0]
    features, covered = best.features, best.covered
    numbers = [covered[term.stem] for term in asked.terms if term.word.isdigit()]
    named = [covered[term.stem] for term in asked.terms if term.name]
    head = [covered[stem] for word in asked.head[-1:] for stem in stems(word) if stem in covered]
    articles = {one.hit.article.id: one.hit.article for one in evidence} if names else {}
    texts = [write_whole(article) for article in articles.values()]
    met = [any(has_word(text, name.casefold()) for text in texts) for name in names]
    first, measured = evidence[:LOOKED_AT], has_vectors(evidence)
    cosine = max(one.features.cosine for one in first)
    off = max(0.0, NEAR - cosine) / NEAR
    told_who = asked.kind is WHO_IS and features.person > 0
    told_toll = _asks_bare_toll(asked) and bool(best.counts) and features.said >= BARE_SAID
    far = max(0.0, NEAR_PASSAGE - features.near) / NEAR_PASSAGE * min(1.0, len(asked.terms) / LONG)
    reads = [one.read for one in first if one.read is not None]
    return Signs(
        said=0.0 if measured else max(one.features.said for one in first),
        cosine=cosine,
        # “Who is X?” has no words by which it could be near what says who X is, nor has “What is
        # the death toll?”.
        off=off if measured and not (told_who or told_toll) else 0.0,
        far=far if best.hit.cosine is not None else 0.0,
        no_person=float(features.person < 0),
        no_number=float(features.number < 0),
        no_measure=float(features.measure < 0),
        no_date=float(features.date < 0),
        no_place=float(features.place < 0),
        no_head=1.0 - min(head, default=1.0),
        no_numbers=1.0 - sum(numbers) / len(numbers) if numbers else 0.0,
        apart=1.0 - min(named, default=1.0),
        no_names=1.0 - sum(met) / len(met) if met else 0.0,
        unknown=float(bool(unknown)),
        odds=max((math.tanh(read.odds / STEEP) for read in reads), default=0.0),
        answers=max((math.tanh(read.answers / STEEP) for read in reads), default=0.0),
    )


def _asks_bare_toll(asked: Asked) -> bool:
    """Whether a question asks for a toll, and of nothing that it would name."""
    if asked.kind is None or asked.kind.group != "number" or find_fate(asked.question.text) is None:
        return False
    words = [term.word for term in asked.terms]
    return all(find_fate(word) or FIGURE_WORD.fullmatch(word) for word in words)


def weigh_signs(signs: Signs, weights: Mapping[str, float]) -> float:
    """The log odds of an answer; weights are learnt with an equal number of either kind."""
    told = (w * float(getattr(signs, name)) for name, w in weights.items() if name != "bias")
    return weights["bias"] + sum(told)


def find_subjects(asked: Asked) -> list[str]:
    """The names of the question, those that it gives as the source of a report left out."""
    text = asked.question.text
    sources = " ".join(
        found[1] for pattern in (_SOURCE, _REPORTER) for found in pattern.finditer(text)
    )
    outlets = set(re.findall(r"[^\W_]+(?:[-'’.][^\W_]+)*", sources))
    return [name for name in asked.question.names if name not in outlets]


def find_unknown(names: Sequence[str], generation: Generation) -> list[str]:
    """Those that stand in no article."""
    found = generation.lexical.passages_with
    return [name for name in names if (parts := stems(name)) and not any(map(found, parts))]


def _say_unknown(unknown: Sequence[str]) -> list[str]:
    if not unknown:
        return []
    listed = [f"“{name}”" for name in unknown[:NAMED]]
    if len(unknown) > NAMED:
        listed.append(f"{len(unknown) - NAMED} more names")
    return [f"{' and '.join(listed)} {'stands' if len(unknown) == 1 else 'stand'} in no article."]


def _say_missing(asked: Asked, evidence: Sequence[Evidence], signs: Signs) -> Iterator[str]:
    best = evidence[0]
    if asked.kind is not None and getattr(best.features, asked.kind.group) < 0:
        yield f"The sentence nearest to the question does not give {asked.kind.wanted}."
    met = {term: max(one.covered[term.stem] for one in evidence) for term in asked.terms}
    unmet = [
        term.word
        for term, most in met.items()
        if most < UNMET and term.soft and term.word not in _DATING
    ]
    if unmet:
        listed = " or ".join(f"“{word}”" for word in unmet[:NAMED])
        yield f"Nothing found has {listed}, or a word of like meaning."
    if signs.no_names > HALF:
        yield "Most of the question's names stand in none of the articles found."
