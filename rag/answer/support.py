"""Whether a passage bears a sentence out: one entry, `check_sentence`.

What it says is “checked against the passage”, never “true”: quotations, numbers, dates, names and
most of the words were found where the sentence says that they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.answer.facts import Day, Facts, find_facts, unify
from rag.answer.matching import QUOTATION, find_quotation, fold, list_quotations
from rag.index.embedders import Embedder
from rag.index.lexical import stems
from rag.ingest.sentences import split_sentences
from rag.retrieve.question import MONTHS, NOT_NAMES, NUMBER_WORDS
from rag.types import Check, Hit, Span

#: The share of a sentence's content words that its passages must hold.
WORDS_SHARED = 0.6
#: Or this close to one of their sentences (cosine): what restates a sentence lies above.
CLOSE = 0.72
#: Why a sentence is not borne out that may yet be close enough, by an embedder, to one that is.
TOO_FEW = "Too few of its words stand in the passage it cites."
#: Words that open a sentence without being anybody's name.
OPENING = (
    NOT_NAMES
    | frozenset(NUMBER_WORDS)
    | frozenset(
        """according additionally afterwards again although amid among analysts another articles
    authorities critics despite during earlier each either even every experts finally five
    four further furthermore given however in instead last late later leaders meanwhile
    members ministers moreover next nobody none nor officials one others overall people
    police previously recently reporters reports separately several similarly since six some
    sources speaking still talks ten then thereafter therefore though three thus today
    together tests tomorrow two unlike until upon what whether while within without
    yesterday yet""".split()
    )
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check. `text` has the source's own words inside its quotation marks.

    `places` holds, for each cited hit, the stretch of its article that best bears the text out.
    """

    text: str
    check: Check
    why: str | None
    places: tuple[tuple[Hit, Span], ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """All that the cited passages say, heads and dates of their articles included."""

    stems: set[str]
    facts: Facts
    days: frozenset[Day]

    @property
    def years(self) -> set[int]:
        years = {day.year for day in self.days if day.year}
        return years | {int(q.value) for q in self.facts.quantities if q.may_be_year}

    @property
    def months(self) -> set[int]:
        return {day.month for day in self.days} | self.facts.months


def check_sentence(text: str, cited: Sequence[Hit], embedder: Embedder | None) -> Verdict:
    """The verdict on a sentence against the passages that it cites."""
    if not cited:
        return Verdict(text, "unsupported", "It names no source.", ())
    text, spans, missing = _restore_quotations(text, cited)
    places = tuple((hit, spans.get(number) or _best(text, hit)) for number, hit in enumerate(cited))
    whole = _whole_quotation(text, cited)
    if whole is not None:
        hit, span = whole
        return Verdict(span.of(hit.article.text), "quoted", None, ((hit, span),))
    why = missing or _find_fault(text, cited, embedder)
    return Verdict(text, "unsupported" if why else "checked", why, places)


def _restore_quotations(text: str, cited: Sequence[Hit]) -> tuple[str, dict[int, Span], str | None]:
    """The text with quotations as the source has them, where they stand, what is missing."""
    out, last = "", 0
    spans: dict[int, Span] = {}
    missing = None
    quotations, clear = list_quotations(text)
    for quotation in quotations:
        said = quotation.said
        number, span = _find_in(said, cited)
        if span is None:
            missing = missing or f"“{_shorten(said)}” does not stand in the passage it cites."
            continue
        spans.setdefault(number, _sentence_around(cited[number], span))
        # A comma that the writer put inside the marks is not the source's: it goes outside.
        source = span.of(cited[number].article.text)
        tail = re.search(r"[.,;:!?]*$", said)
        outside = tail.group() if tail and not source.endswith(tail.group()) else ""
        out += text[last : quotation.span.start] + f"“{source}”{outside}"
        last = quotation.span.end
    if missing is None and not clear:
        missing = "Its quotation marks are not paired, so what they hold cannot be looked up."
    return out + text[last:], spans, missing


def _find_in(said: str, cited: Sequence[Hit]) -> tuple[int, Span | None]:
    for number, hit in enumerate(cited):
        span = find_quotation(said, hit.passage.text)
        if span is not None:
            return number, Span(hit.passage.start + span.start, hit.passage.start + span.end)
    return 0, None


def _whole_quotation(text: str, cited: Sequence[Hit]) -> tuple[Hit, Span] | None:
    """Where a text stands that is nothing but a quotation, or a source's sentence without marks."""
    match = QUOTATION.fullmatch(text.strip().rstrip(".,;"))
    bare = text if match is None else next(g for g in match.groups() if g is not None)
    number, span = _find_in(bare, cited)
    if span is None:
        return None
    hit = cited[number]
    if match is None:
        # A mere piece of a sentence may say the opposite of the whole: without marks it is prose.
        whole = _sentence_around(hit, span)
        if fold(whole.of(hit.article.text), str.isalnum)[0] != fold(bare, str.isalnum)[0]:
            return None
        span = whole
    return hit, span


def _find_fault(text: str, cited: Sequence[Hit], embedder: Embedder | None) -> str | None:
    source = _gather(cited)
    facts = find_facts(text)
    for what in (
        _find_wrong_number(facts, source),
        _find_wrong_date(facts, source, cited),
        _find_wrong_name(text, facts, source),
    ):
        if what:
            return f"{what} does not stand in the passage it cites."
    told = (facts.quantities, facts.days, facts.months, facts.weekdays)
    if not _list_words(text) and not any(told):
        return "There is nothing in it that could be looked up."
    if _share_words(text, source) < WORDS_SHARED and _closest(text, cited, embedder) < CLOSE:
        return TOO_FEW
    return None


def _find_wrong_number(facts: Facts, source: _Source) -> str | None:
    for quantity in facts.quantities:
        if quantity.may_be_year and int(quantity.value) in source.years:
            continue
        if not any(quantity.agrees(other) for other in source.facts.quantities):
            return f"The number {quantity.said}"
    return None


def _find_wrong_date(facts: Facts, source: _Source, cited: Sequence[Hit]) -> str | None:
    for day in sorted(facts.days, key=str):
        if not any(day.agrees(other) for other in source.days):
            return f"The date {day}"
    for month in sorted(facts.months - source.months):
        return f"The month {MONTHS[month - 1].capitalize()}"
    published = {f"{hit.article.published:%A}" for hit in cited if hit.article.published}
    for weekday in sorted(facts.weekdays - source.facts.weekdays - published):
        return f"“{weekday}”"
    return None


def _find_wrong_name(text: str, facts: Facts, source: _Source) -> str | None:
    for name in facts.names:
        if not all(stem in source.stems for stem in stems(name)):
            return f"The name “{name}”"
    # Capitals tell nothing there, so whatever a sentence opens with must stand in the passage.
    first = re.match(r"\W*([^\W\d_][\w’'-]*)", unify(text))
    word = first[1] if first and first[1].casefold() not in OPENING else ""
    if word[:1].isupper() and not all(stem in source.stems for stem in stems(word)):
        return f"“{word}”"
    return None


def _gather(cited: Sequence[Hit]) -> _Source:
    parts: list[str] = []
    days: set[Day] = set()
    for hit in cited:
        article = hit.article
        own = unify(hit.passage.text)
        parts += [own, unify(article.title), article.outlet or "", article.author or ""]
        days |= {_to_day(day) for day in (article.published, article.updated) if day}
        days |= {day.resolved(article.published) for day in find_facts(own).days}
    text = "\n".join(parts)
    return _Source(set(stems(text)), find_facts(text), frozenset(days))


def _list_words(text: str) -> list[str]:
    """The stems of its content words, but for those of numbers, which are looked up as such."""
    return [stem for stem in stems(unify(text)) if stem not in NUMBER_WORDS]


def _share_words(text: str, source: _Source) -> float:
    wanted = _list_words(text)
    return sum(stem in source.stems for stem in wanted) / len(wanted) if wanted else 1.0


def _closest(text: str, cited: Sequence[Hit], embedder: Embedder | None) -> float:
    if embedder is None:
        return 0.0
    sentences = [
        span.of(hit.passage.text) for hit in cited for span in split_sentences(hit.passage.text)
    ]
    vectors = embedder.embed([text, *sentences])
    return float((vectors[1:] @ vectors[0]).max(initial=0.0))


def _best(text: str, hit: Hit) -> Span:
    """The sentence of a passage that shares most with `text`."""
    wanted = set(stems(text))

    def shared(span: Span) -> float:
        own = set(stems(span.of(hit.passage.text)))
        return len(own & wanted) / (len(own | wanted) or 1)

    spans = split_sentences(hit.passage.text)
    best = max(spans, key=shared, default=Span(0, len(hit.passage.text)))
    return Span(hit.passage.start + best.start, hit.passage.start + best.end)


def _sentence_around(hit: Hit, span: Span) -> Span:
    """The sentence or sentences that a quotation stands in."""
    first = hit.passage.start
    touched = [
        s
        for s in split_sentences(hit.passage.text)
        if s.start + first < span.end and s.end + first > span.start
    ]
    return Span(touched[0].start + first, touched[-1].end + first) if touched else span


def _to_day(value: date) -> Day:
    return Day(value.month, value.day, value.year)


def _shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
