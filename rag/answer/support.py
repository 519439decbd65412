"""Whether a passage bears a sentence out: one entry, `check_sentence`.

What it says is “checked against the passage”, never “true”: quotations, numbers, dates, names and
most of the words were found where the sentence says that they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answer.checking.aligning import Alignment, align
from rag.answer.checking.marking_table import DENYING
from rag.answer.checking.name_faults import list_wrong_names
from rag.answer.checking.signs import Sign
from rag.answer.checking.sources import list_sources, read_sentence
from rag.answer.checking.weighing import find_reason, list_signs
from rag.answer.matching import QUOTATION, find_quotation, fold, list_quotations
from rag.index.embedders import Embedder
from rag.index.lexical import stems
from rag.ingest.sentences import split_sentences
from rag.text import shorten
from rag.types import Check, Hit, Span

#: Characters of a quotation that a reason shows.
SHOWN = 60
_NOT = re.compile(r"n[’']t\b")
#: Characters beside a stretch among which its quotation marks are looked for.
BESIDE = 3
#: Characters of the longest text that is checked: who does what is sought over all its words.
LONGEST = 1_200


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
    if len(text) > LONGEST:
        places = tuple((hit, _best(text, hit)) for hit in cited)
        return Verdict(text, "unsupported", "It is too long to be checked.", places)
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
    out, last, missing = "", 0, None
    spans: dict[int, Span] = {}
    pieces: list[tuple[int, Span, Span]] = []
    quotations, clear = list_quotations(text)
    for quotation in quotations:
        said = quotation.said
        number, span = _find_in(said, cited)
        if span is None:
            missing = missing or f"“{shorten(said, SHOWN)}” does not stand in the passage it cites."
            continue
        spans.setdefault(number, _sentence_around(cited[number], span))
        pieces.append((number, span, quotation.span))
        restored = _requote(said, span.of(cited[number].article.text))
        out += text[last : quotation.span.start] + restored
        last = quotation.span.end
    if missing is None and not clear:
        missing = "Its quotation marks are not paired, so what they hold cannot be looked up."
    return out + text[last:], spans, missing or _find_splice(text, pieces, cited)


def _find_splice(
    text: str, pieces: Sequence[tuple[int, Span, Span]], cited: Sequence[Hit]
) -> str | None:
    """Why, where two quotations follow each other and leave out what the source has between them.

    Each piece is the number of its hit, its place in the article and its place in the text.
    """
    for (number, before, at), (other, after, behind) in pairwise(pieces):
        between = text[at.end : behind.start]
        if number != other or before.end > after.start:
            is_cut = not between.strip()
        else:
            left = cited[number].article.text[before.end : after.start]
            own = set(_fold_words(_NOT.sub(" not", between)).split())
            lost = set(_fold_words(_NOT.sub(" not", left)).split()) - own
            is_one = _sentence_around(cited[number], before).end >= after.end
            is_cut = bool(lost) if not between.strip() else is_one and not lost.isdisjoint(DENYING)
        if is_cut:
            said = f"{at.of(text)} and {behind.of(text)}"
            return f"The article has other words between {shorten(said, SHOWN)}."
    return None


def _requote(said: str, source: str) -> str:
    """The source's words in quotation marks; a comma that the writer put inside goes outside."""
    own = said[len(said.rstrip(".,;:!?")) :]
    return f"“{source}”" + ("" if source.endswith(own) else own)


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
    # A mere piece of a sentence may say the opposite of the whole: it is prose, unless it is all
    # that the source itself has between marks.
    whole = _sentence_around(hit, span)
    if _fold_words(whole.of(hit.article.text)) == _fold_words(bare):
        return hit, span if match else whole
    if match and _is_quoted(hit, span):
        return hit, span
    return None


def _fold_words(text: str) -> str:
    return fold(text, str.isalnum)[0]


def _is_quoted(hit: Hit, span: Span) -> bool:
    """Whether a stretch is the whole of what an article has between quotation marks."""
    around = Span(max(0, span.start - BESIDE), span.end + BESIDE).of(hit.article.text)
    quotations, _ = list_quotations(around)
    said = _fold_words(span.of(hit.article.text))
    return any(_fold_words(one.said) == said for one in quotations)


def _find_fault(text: str, cited: Sequence[Hit], embedder: Embedder | None) -> str | None:
    alignment = _align(text, cited, embedder)
    claim = alignment.claim
    if not alignment.places and not claim.figures and claim.times.is_empty:
        return "There is nothing in it that could be looked up."
    return find_reason(list_signs(alignment, list(list_wrong_names(text, cited))))


def measure(text: str, cited: Sequence[Hit], embedder: Embedder | None) -> list[Sign]:
    """What speaks against a sentence, sign by sign."""
    return list_signs(_align(text, cited, embedder), list(list_wrong_names(text, cited)))


def _align(text: str, cited: Sequence[Hit], embedder: Embedder | None) -> Alignment:
    return align(read_sentence(text, None), list_sources(cited), embedder)


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
