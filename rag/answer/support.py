"""Whether a passage bears a sentence out: one entry, `check_sentence`.

What it says is “checked against the passage”, never “true”: quotations, numbers, dates, names and
most of the words were found where the sentence says that they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.checking.aligning import align
from rag.answer.checking.faults import (
    find_denial_fault,
    find_fact_fault,
    find_number_fault,
    find_role_fault,
    find_time_fault,
)
from rag.answer.checking.sources import list_sources, read_sentence
from rag.answer.checking.words import list_aliases
from rag.answer.facts import find_facts, unify
from rag.answer.matching import QUOTATION, find_quotation, fold, list_quotations
from rag.index.embedders import Embedder
from rag.index.lexical import stems
from rag.ingest.sentences import split_sentences
from rag.retrieve.question import NOT_NAMES, NUMBER_WORDS
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
    authorities along besides critics despite during earlier each either even every experts finally five
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
    claim = read_sentence(text, None)
    if not claim.content and not claim.figures and claim.times.is_empty:
        return "There is nothing in it that could be looked up."
    alignment = align(claim, list_sources(cited), embedder)
    for find in (
        find_number_fault,
        find_time_fault,
        find_denial_fault,
        find_fact_fault,
        find_role_fault,
    ):
        if fault := find(alignment):
            return fault
    name = _find_wrong_name(text, cited)
    if name:
        return f"{name} does not stand in the article it cites."
    if alignment.coverage < WORDS_SHARED and alignment.closest < CLOSE:
        return TOO_FEW
    return None


def _find_wrong_name(text: str, cited: Sequence[Hit]) -> str | None:
    known = set(_gather(cited))
    for name in find_facts(text).names:
        if not all(stem in known for stem in stems(name)) and not known & set(list_aliases(name)):
            return f"The name “{name}”"
    # Capitals tell nothing there, so whatever a sentence opens with must stand in the article.
    first = re.match(r"\W*([^\W\d_][\w’'-]*)", unify(text))
    word = re.sub(r"[’']s$", "", first[1]) if first else ""
    if word.casefold() in OPENING or not word[:1].isupper() or re.search(r"(?:ing|ed|ly)$", word):
        return None
    if not all(stem in known for stem in stems(word)) and not known & set(list_aliases(word)):
        return f"“{word}”"
    return None


def _gather(cited: Sequence[Hit]) -> list[str]:
    """The stems of all that the cited articles say, their heads included."""
    found: list[str] = []
    for article in {hit.article.id: hit.article for hit in cited}.values():
        found += _stem_article(article.text, article.title, article.outlet, article.author)
    for hit in cited:
        found += stems(unify(hit.passage.text))
    return found


@lru_cache(maxsize=64)
def _stem_article(*parts: str | None) -> list[str]:
    return stems(unify("\n".join(part for part in parts if part)))


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


def _shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
