"""Which sentences count what a question asks for, and which of their figures it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.answer.counts import PEOPLE, Count, asks_whether, find_counts, find_fate, find_noun
from rag.answer.evidence import KIN, TWIN, Asked, Evidence
from rag.answer.facts import unify
from rag.answer.hedged import asks_hedged, is_opinion
from rag.answer.matching import fold
from rag.answer.reported import ReportedCount, asks_count, tell
from rag.answer.story import is_same_story, keep_alike
from rag.answer.when import Wish, find_newest, read_wish
from rag.index.embedders import Embedder
from rag.index.lexical import stems
from rag.index.words import WordVectors
from rag.retrieve.order import FIGURE
from rag.retrieve.question import NOT_NAMES, NUMBER_WORDS
from rag.types import Hit

#: A figure of another day is shown beside the best one where its sentence's share is this part of
#: the best one's, or its cosine is: an older count of the same is often put in other words.
RIVAL, RIVAL_COSINE = 0.05, 0.85
#: Or it has this part of what the best one, with what stands beside it, has of the question; more
#: where the question has no name that would hold them together.
CONTEXT, NAMELESS = 0.6, 0.8
#: How far a sentence, or what stands beside it, must have each name of the question.
NAMED = 0.5
#: How far a sentence must have what a toll is of.
HAD = 0.3
_TOLL = re.compile(rf"^(?:{FIGURE}|people|persons?)$", re.IGNORECASE)
_BODIES = re.compile(r"\bbod(?:y|ies)\b", re.IGNORECASE)
#: What a toll counts, beside people.
_DEAD = frozenset("life live bodi death victim casualti fatal".split())
#: “It employs 300 people”, “it has 300 employees”.
_EMPLOY = re.compile(r"\b(?:employ(?:s|ed|ees?|ing)?|workforce|payroll|staff)\b", re.IGNORECASE)
_STAFF = frozenset(stems("employees workers staff"))
#: Where those are who are counted: “1,300 people in Israel”.
#: “Of the Meridian” is no place, but may be a ship.
_PLACE = re.compile(
    r"\b(?:in\s+(?:the\s+)?|(?:of|on|from|near|across)\s+)(?P<place>[^\W\d_a-z][\w’'-]*)"
)
#: Who these stand before hands a count on, and is not the one that it is of.
_REPORTING = re.compile(
    r"(?:said|says|cited|counted|counts|puts?|reported|reports|estimates?d?|recorded|listed|lists"
    r"|found|announced|gave|gives|confirmed|raised|lowered|revised|told|according|speaks?|believes)\b"
)
_SUBJECT = re.compile(
    r"(?:(?:The|Its|Their|His|Her|A|An)\s+(?:[a-z][\w’'-]*\s+){0,2})?"
    r"(?P<name>[^\W\d_a-z][\w’'-]*(?:\s+[^\W\d_a-z][\w’'-]*)*)\s+(?P<verb>[a-z][\w’'-]*)"
)


def find_reported(
    asked: Asked, evidence: Sequence[Evidence], hits: Sequence[Hit], embedder: Embedder | None
) -> tuple[Wish, list[ReportedCount]]:
    """The time that is asked about, and the sentences that count what is, best first; copies once.

    Where one counts something else than the best, or is too far from it or from the question, it
    is left out, and so is what else an article counts, unless it says that this is over other days.
    “This year” is that of the newest article that counts the same, or else of the newest of `hits`.
    """
    until = read_wish(asked.question.text, find_newest(hits)).until
    counting = _list_counting(asked, evidence, until, embedder)
    newest = find_newest([counts[0].evidence.hit for counts in counting] or hits)
    wish = read_wish(asked.question.text, newest)
    told = [_pick(asked, counts, wish) for counts in counting]
    found = told[:1]
    for other in keep_alike(told, wish, embedder):
        if _is_new(other, found):
            found.append(other)
    return wish, found


def drop_hedged(
    asked: Asked, evidence: Sequence[Evidence], embedder: Embedder | None
) -> list[Evidence]:
    """The evidence without what only hedges the count asked for, where one is told as a fact.

    A count of an opinion is taken for a hedged one, and so is one of bodies found. What is left has
    the shares of the rest.
    """
    if not _asks_count(asked) or asks_hedged(asked.question.text):
        return list(evidence)
    words = None if embedder is None else embedder.words
    firm: list[Evidence] = []
    hedged: list[Evidence] = []
    for one in evidence:
        if counts := _find_fitting(asked, one, words):
            loose = is_opinion(one.hit.article) or all(_is_loose(asked, c) for c in counts)
            (hedged if loose else firm).append(one)
    firm = [one for one in firm if not _is_of_another(asked, one)]
    fated = find_fate(asked.question.text) is not None
    about = any(fated and _has_event(asked, one) for one in firm)
    aside = [one for one in hedged if about or any(_is_near(asked, other, one) for other in firm)]
    left = [one for one in evidence if not any(one is other for other in aside)]
    total = sum(one.share for one in left) if aside else 1.0
    return [replace(one, share=one.share / total) for one in left] if total else left


def _asks_count(asked: Asked) -> bool:
    return asks_count(asked.kind) or asks_whether(asked.question.text)


def _list_counting(
    asked: Asked, evidence: Sequence[Evidence], until: date | None, embedder: Embedder | None
) -> list[list[ReportedCount]]:
    """Of each sentence that counts what is asked for, near the best of them, its counts of that.

    The best is one of no later day than `until`, that tells of the event asked about, where any is.
    """
    if not _asks_count(asked):
        return []
    words = None if embedder is None else embedder.words
    fitting = [
        [tell(one, count) for count in found]
        for one in evidence
        if (found := _find_fitting(asked, one, words)) and not _is_of_another(asked, one)
    ]
    fitting.sort(
        key=lambda counts: (
            until is not None and not any(one.day and one.day <= until for one in counts),
            not _has_event(asked, counts[0].evidence),
        )
    )
    counting: list[list[ReportedCount]] = []
    known: set[str] = set()
    for counts in fitting:
        one = counts[0].evidence
        text = fold(one.text, str.isalnum)[0]
        if text not in known and (not counting or _is_near(asked, one, counting[0][0].evidence)):
            known.add(text)
            counting.append(counts)
    return counting


def _has_event(asked: Asked, one: Evidence) -> bool:
    """Whether it, or what stands beside it, has all that a question for a toll is about."""
    if find_fate(asked.question.text) is None:
        return True
    about = [
        t for t in asked.terms if t.soft and not find_fate(t.word) and not _TOLL.search(t.word)
    ]
    return all(one.covered[term.stem] >= HAD for term in about)


def _is_loose(asked: Asked, count: Count) -> bool:
    """Whether it is not told as a fact, or counts the bodies found and not those who died."""
    return count.hedged or (count.noun == "bodi" and not _BODIES.search(asked.question.text))


def _find_fitting(asked: Asked, one: Evidence, words: WordVectors | None) -> list[Count]:
    """The figures of a sentence that count what is asked for."""
    given: set[int] = set()
    if not asks_whether(asked.question.text):
        given = {int(q) for q in re.findall(r"\d+", asked.question.text)}
        given |= {NUMBER_WORDS[t.word] for t in asked.terms if t.word in NUMBER_WORDS}
    return [
        count
        for count in find_counts(one.text)
        if count.value not in given
        and _fits(asked, count, words)
        and not _is_elsewhere(asked, count)
    ]


def _pick(asked: Asked, counts: Sequence[ReportedCount], wish: Wish) -> ReportedCount:
    """Of a sentence's counts the one asked for: over the days asked about, a toll, the whole."""
    return min(
        counts,
        key=lambda one: (
            not one.is_over(wish.period),
            _is_loose(asked, one.count),
            not one.count.tallied,
            not _names(asked, one.count),
            one.period is not None and not one.period.open,
        ),
    )


def _is_new(one: ReportedCount, found: Sequence[ReportedCount]) -> bool:
    """Whether no other sentence of its article has told the same, over the same days."""
    article = one.evidence.hit.article.id
    same = [other for other in found if other.evidence.hit.article.id == article]
    return all(one.covers_other_days(other) for other in same)


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
    if _EMPLOY.search(asked.question.text) and _EMPLOY.search(count.piece):
        return noun in PEOPLE | _STAFF and count.noun in PEOPLE | _STAFF
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
    if find_fate(asked.question.text) and is_same_story(one, best):
        return True
    if one.vector is None or best.vector is None:
        return False
    return one.features.cosine >= RIVAL_COSINE * best.features.cosine
