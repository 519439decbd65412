"""Which sentences count what is asked for, and of which day each of their figures is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.answer.counts import PEOPLE, Count, find_counts, find_fate, find_noun
from rag.answer.evidence import KIN, TWIN, Asked, Evidence
from rag.answer.facts import unify
from rag.answer.kinds import Kind
from rag.answer.matching import fold
from rag.answer.periods import Period, find_day, find_period
from rag.index.embedders import Embedder
from rag.index.lexical import stems
from rag.index.words import WordVectors
from rag.retrieve.question import NOT_NAMES, NUMBER_WORDS, find_names

#: A figure of another day is shown beside the best one where its sentence's share is this part of
#: the best one's, or its cosine is: an older count of the same is often put in other words.
RIVAL, RIVAL_COSINE = 0.05, 0.85
#: Or it has this part of what the best one, with what stands beside it, has of the question; more
#: where the question has no name that would hold them together.
CONTEXT, NAMELESS = 0.6, 0.8
#: Cosines from which on two sentences are taken to count one thing: anything; a sum or a share, as
#: a story has many of those; what befell people, with their headlines. `UNASKED` is for where no
#: question says what is counted.
ALIKE, MEASURED, FATED, UNASKED = 0.55, 0.7, 0.5, 0.6
#: How far a sentence, or what stands beside it, must have each name of the question.
NAMED = 0.5
#: What a toll counts, beside people.
_DEAD = frozenset("life live bodi death victim casualti fatal".split())
#: “Weekly users” are others than “monthly users”.
_RATES = frozenset(stems("hourly daily weekly monthly quarterly yearly annual"))
#: Where those are who are counted: “1,300 people in Israel”.
_PLACE = re.compile(r"\b(?:in|of|on|from|near|across)\s+(?:the\s+)?(?P<place>[^\W\d_a-z][\w’'-]*)")
#: Who these stand before hands a count on, and is not the one that it is of.
_REPORTING = re.compile(
    r"(?:said|says|cited|counted|counts|puts?|reported|reports|estimates?d?|recorded|listed|lists"
    r"|found|announced|gave|gives|confirmed|raised|lowered|revised|told|according|speaks?|believes)\b"
)
_SUBJECT = re.compile(
    r"(?:(?:The|Its|Their|His|Her|A|An)\s+(?:[a-z][\w’'-]*\s+){0,2})?"
    r"(?P<name>[^\W\d_a-z][\w’'-]*(?:\s+[^\W\d_a-z][\w’'-]*)*)\s+(?P<verb>[a-z][\w’'-]*)"
)


@dataclass(frozen=True, slots=True)
class ReportedCount:
    """A sentence that counts what is asked for; `day` is the one that its count holds for."""

    evidence: Evidence
    count: Count
    period: Period | None
    day: date | None

    @property
    def published(self) -> date | None:
        return self.evidence.hit.article.published

    def covers_other_days(self, other: ReportedCount) -> bool:
        """Whether both say which period they cover, and it is not the same."""
        return (
            self.period is not None
            and other.period is not None
            and not self.period.same(other.period)
        )

    def differs(self, other: ReportedCount) -> bool:
        """Whether two counts of the same thing come to another figure.

        On one day “at least six” and “seven” agree, and on any two days “more than 90%” and “93%”.
        """
        if self.day == other.day or self.count.unit == "%":
            return not self.count.agrees(other.count)
        return not self.count.repeats(other.count)

    def contradicts(self, other: ReportedCount) -> bool:
        """Whether it differs from a count of the same day, so that not both can be right."""
        same_day = self.day is not None and self.day == other.day
        same_day = same_day and self.evidence.hit.article.id != other.evidence.hit.article.id
        return same_day and not self.covers_other_days(other) and self.differs(other)


def find_reported(
    asked: Asked, evidence: Sequence[Evidence], embedder: Embedder | None
) -> list[ReportedCount]:
    """Those of the sentences that count what is asked for, best first; copies of one count once.

    Where one counts something else than the best, or is too far from it or from the question, it
    is left out, and so is what else an article counts, unless it says that this is over other days.
    """
    if not asks_count(asked.kind):
        return []
    words = None if embedder is None else embedder.words
    told: list[ReportedCount] = []
    known: set[str] = set()
    for one in evidence:
        count = _pick_count(asked, one, words)
        if count is None or _is_of_another(asked, one):
            continue
        text = fold(one.text, str.isalnum)[0]
        if text not in known:
            known.add(text)
            told.append(tell(one, count))
    found = told[:1]
    for other in _keep_alike(told, embedder):
        if _is_near(asked, other.evidence, told[0].evidence) and _is_new(other, found):
            found.append(other)
    return found


def _keep_alike(told: Sequence[ReportedCount], embedder: Embedder | None) -> list[ReportedCount]:
    """Those after the first that count the same thing as it does, in like words."""
    alike = [one for one in told[1:] if is_same_thing(one, told[0])]
    if embedder is None or not alike:
        return alike
    bare = _measure_likeness([one.evidence.text for one in (told[0], *alike)], embedder)
    # “At least 12 were killed” says of nothing what it was: its headline does.
    headed = [f"{one.evidence.hit.article.title}. {one.evidence.text}" for one in (told[0], *alike)]
    whole = _measure_likeness(headed, embedder)
    return [
        one
        for one, cosine, with_head in zip(alike, bare, whole, strict=True)
        if cosine >= (ALIKE if one.count.unit is None else MEASURED)
        or (one.count.fate is not None and with_head >= FATED)
    ]


def _measure_likeness(texts: list[str], embedder: Embedder) -> list[float]:
    """The cosines of the first text to each of the others."""
    vectors = embedder.embed(texts)
    return [float(cosine) for cosine in vectors[1:] @ vectors[0]]


def _is_new(one: ReportedCount, found: Sequence[ReportedCount]) -> bool:
    """Whether no other sentence of its article has told the same, over the same days."""
    article = one.evidence.hit.article.id
    same = [other for other in found if other.evidence.hit.article.id == article]
    return all(one.covers_other_days(other) for other in same)


def find_beside(
    given: ReportedCount, evidence: Sequence[Evidence], embedder: Embedder | None
) -> list[ReportedCount]:
    """What counts the same as a sentence does in other articles, whatever the question is."""
    found = [
        tell(one, count)
        for one in evidence
        if one.hit.article.id != given.evidence.hit.article.id
        for count in find_counts(one.text)
        if count.noun is not None and count.noun == given.count.noun
    ]
    found = [one for one in found if is_same_thing(one, given) and _share_name(one, given)]
    if embedder is None or not found:
        return []
    texts = [given.evidence.text, *(one.evidence.text for one in found)]
    cosines = _measure_likeness(texts, embedder)
    return [one for one, cosine in zip(found, cosines, strict=True) if cosine >= UNASKED]


def tell(one: Evidence, count: Count) -> ReportedCount:
    published = one.hit.article.published
    period = find_period(one.text, count, published)
    return ReportedCount(one, count, period, find_day(one.text, count, period, published))


def is_same_thing(one: ReportedCount, other: ReportedCount) -> bool:
    """Whether both count one thing: of one unit, of one fate, of kinds that do not part them."""
    first, second = one.count, other.count
    if first.unit != second.unit or first.rate != second.rate:
        return False
    if first.fate and second.fate and first.fate != second.fate:
        return False
    if {*first.kinds & _RATES} != {*second.kinds & _RATES}:
        return False
    return not (first.kinds and second.kinds and not first.kinds & second.kinds)


def _share_name(one: ReportedCount, other: ReportedCount) -> bool:
    """Whether two sentences name somebody or some place in common, as far as both name any."""
    names, others = (set(find_names(each.evidence.text)) for each in (one, other))
    return not names or not others or bool(names & others)


def asks_count(kind: Kind | None) -> bool:
    """Whether a question of this kind asks for a number, a sum of money or a share."""
    return kind is not None and (
        kind.group == "number" or kind.wanted in ("a sum of money", "a share")
    )


def _pick_count(asked: Asked, one: Evidence, words: WordVectors | None) -> Count | None:
    """The figure of a sentence that counts what is asked for; a toll or a total before others."""
    given = {int(q) for q in re.findall(r"\d+", asked.question.text)}
    given |= {NUMBER_WORDS[t.word] for t in asked.terms if t.word in NUMBER_WORDS}
    fits = [
        count
        for count in find_counts(one.text)
        if count.value not in given and _fits(asked, count, words)
    ]
    fits = [count for count in fits if not _is_elsewhere(asked, count)]
    return min(fits, key=lambda count: (not count.tallied, not _names(asked, count)), default=None)


def _names(asked: Asked, count: Count) -> bool:
    """Whether the part of the sentence that a count stands in has a name of the question."""
    there = set(stems(unify(count.piece)))
    return any(set(stems(unify(name))) <= there for name in asked.question.names)


def _is_elsewhere(asked: Asked, count: Count) -> bool:
    """Whether those who are counted are said to be where the question does not ask about."""
    places = _find_places(count.piece)
    wanted = _find_places(asked.question.text)
    if not places or not asked.question.names:
        return False
    return not places & wanted if wanted else not _names(asked, count)


def _find_places(text: str) -> set[str]:
    found = (found["place"].casefold() for found in _PLACE.finditer(unify(text)))
    return {re.sub(r"['’]s?$", "", place) for place in found if place not in NOT_NAMES}


def _fits(asked: Asked, count: Count, words: WordVectors | None) -> bool:
    kind = asked.kind
    if kind is not None and kind.wanted == "a share":
        return count.unit == "%"
    if kind is not None and kind.answers is not None and kind.wanted == "a sum of money":
        return bool(kind.answers.search(f"{count.said} {' '.join(count.words)}"))
    fate = find_fate(asked.question.text)
    if count.unit is not None or (fate is not None and count.fate != fate):
        return False
    if count.noun is None:
        return count.tallied and count.fate in (None, fate)
    noun, _, _ = find_noun(f" {' '.join(asked.head)}")
    if fate is not None and (noun is None or noun in PEOPLE | _DEAD):
        return count.noun in PEOPLE | _DEAD or _is_like(("people",), count.words[-1:], words)
    return noun == count.noun or _is_like(asked.head[-1:], count.words[-1:], words)


def _is_like(some: Sequence[str], others: Sequence[str], words: WordVectors | None) -> bool:
    if words is None or not some or not others:
        return False
    return float(words.compare(list(some), list(others)).max()) >= (KIN + TWIN) / 2


def _is_of_another(asked: Asked, one: Evidence) -> bool:
    """Whether it is somebody else's count: what the question names is not there."""
    named = [term for term in asked.terms if term.name]
    if any(one.covered[term.stem] < NAMED for term in named):
        return True
    said = one.text.casefold()
    if not named or any(term.word in said for term in named):
        return False
    found = _SUBJECT.match(one.text)
    if found is None or _REPORTING.match(found["verb"]):
        return False
    # A sentence's first word is a name where it has its capital elsewhere, too.
    name = found["name"]
    text = one.hit.article.text
    return found.start("name") > 0 or " " in name or bool(re.search(rf"[a-z,] {name}\b", text))


def _is_near(asked: Asked, one: Evidence, best: Evidence) -> bool:
    least = CONTEXT if any(term.name for term in asked.terms) else NAMELESS
    if one.share >= RIVAL * best.share or one.features.context >= least * best.features.context:
        return True
    if one.vector is None or best.vector is None:
        return False
    return one.features.cosine >= RIVAL_COSINE * best.features.cosine
