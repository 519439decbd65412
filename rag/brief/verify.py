"""Whether an exported briefing still says what the articles say: one entry, `verify`.

Each footnote is looked up by its hash; its quotation and its description are compared with the
article that has this hash, and the sentence before it is checked again. Where the record of what
was exported is left in the file, that is compared with what the file holds now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.answer.checking.signs import TOO_FEW
from rag.answer.matching import QUOTE_MARK, find_quotation, list_quotations
from rag.answer.support import check_sentence
from rag.brief.comparing import compare
from rag.brief.differing import fold
from rag.brief.export import Format
from rag.brief.footnotes import HASHED, Cited, Footnotes, Lookup
from rag.brief.leads import (
    Lead,
    check_speaker,
    find_lead,
    find_speaker_lead,
    introduce,
    is_like_lead,
)
from rag.brief.opening import not_ours
from rag.brief.reading import Stretch, read_export
from rag.brief.record import Record, digest
from rag.index.embedders import Embedder
from rag.index.frozen import Standing
from rag.ingest.corrections import widen
from rag.ingest.sentences import split_sentences
from rag.types import Article, Hit, Passage, Span

State = Literal["stands", "changed", "unknown"]

#: Characters before and after a quotation within which the passage lay that a sentence was made of.
AROUND = 1_500
NO_EMBEDDER = "Its meaning was not compared with its passage’s: there is no embedder."
#: Characters of a sentence in the writer's own words that is checked.
LONGEST = 5_000
TOO_LONG = "It is too long to be compared."
#: What ends a sentence.
_ENDED = re.compile(r"[.!?…][”’)\]]*$")
NOT_LED = "It stands behind another article’s introduction."


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one footnote, numbered as they stand in the file.

    `why` says what is wrong, or what to know where it stands; `standing` is None where the article
    is unknown. `unsupported` is whether the sentence is marked as such, and so was not checked.
    """

    n: int
    state: State
    heading: str
    sentence: str
    source: str
    quote: str
    hash: str
    standing: Standing | None
    why: str | None
    unsupported: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a file.

    `problems` are what else is not as it was exported; `notes` are worth knowing and no fault.
    `recorded` is whether the file carries the record of what was exported.
    """

    file: str
    form: Format
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    recorded: bool

    @property
    def stands(self) -> bool:
        return not self.problems and all(found.state == "stands" for found in self.findings)


def no_embedder() -> Embedder | None:
    return None


def verify(
    path: Path, library: Lookup, get_embedder: Callable[[], Embedder | None] = no_embedder
) -> Report:
    """The report on an exported file; the embedder is got only where a sentence needs it.

    Raises ExportError where the file cannot be read, or holds nothing that was exported.
    """
    reading = read_export(path)
    hashed = any(HASHED.search(note) for one in reading.stretches for note in one.notes)
    if not hashed and reading.record is None:
        raise not_ours(path)
    checker = _Checker(Footnotes(library), get_embedder, reading.record)
    findings = tuple(found for one in reading.stretches for found in checker.check(one))
    faulty = {found.n for found in findings if found.state != "stands"}
    differences = compare(reading, faulty)
    problems, notes = tuple(differences.problems), tuple(differences.notes)
    recorded = reading.record is not None
    return Report(str(path), reading.form, findings, problems, notes, recorded)


class _Checker:
    """Checks the sentences of one file in their order."""

    def __init__(
        self,
        footnotes: Footnotes,
        get_embedder: Callable[[], Embedder | None],
        record: Record | None,
    ) -> None:
        self._footnotes = footnotes
        self._get_embedder = get_embedder
        self._exported = set(record.of("s")) if record else set[str]()
        self._count = 0
        #: The introduction that the paragraph's sentences stand behind, "" where there is none.
        self._lead = ""

    def check(self, stretch: Stretch) -> list[Finding]:
        """What came of the footnotes behind one sentence."""
        cited = [self._footnotes.look_up(note) for note in stretch.notes]
        if stretch.opens:
            self._lead = ""
        why = remark = None
        if all(one.is_sound for one in cited):
            why, remark = self._check_words(fold(stretch.words), cited, stretch)
        return [self._conclude(stretch, one, why, remark) for one in cited]

    def _conclude(
        self, stretch: Stretch, one: Cited, why: str | None, remark: str | None
    ) -> Finding:
        self._count += 1
        why = one.fault or why
        return Finding(
            self._count,
            "unknown" if one.article is None else "changed" if why else "stands",
            stretch.heading,
            stretch.words,
            one.source,
            one.quote,
            one.hash,
            one.standing,
            why or remark,
            bool(stretch.doubt),
        )

    def _check_words(
        self, words: str, cited: Sequence[Cited], stretch: Stretch
    ) -> tuple[str | None, str | None]:
        """What is wrong with a sentence, and else what to know about it."""
        articles = [one.article for one in cited if one.article is not None]
        introductions = {introduce(article): None for article in articles}
        lead = find_lead(words, introductions)
        said = words[len(lead.words) :].strip() if lead else words
        self._lead = lead.introduction if lead else self._lead
        if not articles or stretch.doubt:
            return None, None
        if not said:
            return "No sentence stands before it.", None
        quotes = [one.quote for one in cited]
        before = _find_before(said, quotes)
        if not lead and before and (lead := find_speaker_lead(before, articles)):
            return self._check_said(lead, said, cited, articles, stretch)
        if before == "" or _is_quotation(said):
            if self._lead and self._lead not in introductions:
                return NOT_LED, None
            return self._compare_quotation(said[1:-1], cited, lead), None
        if why := _find_intrusion(before or "", lead, articles):
            return why, None
        why = _find_after(said, quotes, lead)
        if why and digest("s", stretch.words) not in self._exported:
            return why, None
        return self._check_prose(said, cited, articles)

    def _check_said(
        self,
        lead: Lead,
        said: str,
        cited: Sequence[Cited],
        articles: Sequence[Article],
        stretch: Stretch,
    ) -> tuple[str | None, str | None]:
        """What is wrong with “Somebody said:”, a lead or the writer's own, and a quotation."""
        if self._lead and self._lead not in map(introduce, articles):
            return NOT_LED, None
        why = self._check_speaker(lead, cited)
        if why and digest("s", stretch.words) in self._exported:
            return self._check_prose(said, cited, articles)
        return why, None

    def _check_speaker(self, lead: Lead, cited: Sequence[Cited]) -> str | None:
        whys = [check_speaker(lead, one.quote, one.article) for one in cited if one.article]
        return whys[0] if all(whys) else None

    def _compare_quotation(
        self, inner: str, cited: Sequence[Cited], lead: Lead | None
    ) -> str | None:
        if any(_is_quoted(inner, one) for one in cited):
            return self._check_speaker(lead, cited) if lead else None
        return self._footnotes.explain(inner, cited[0].quote, "The sentence", "its footnote")

    def _check_prose(
        self, said: str, cited: Sequence[Cited], articles: Sequence[Article]
    ) -> tuple[str | None, str | None]:
        if len(said) > LONGEST:
            return TOO_LONG, None
        texts = [self._footnotes.text(article) for article in articles]
        for quotation in list_quotations(said)[0]:
            bare = quotation.said.rstrip(".,;:!?")
            if said[quotation.span.start] in '“„«"' and not any(bare in text for text in texts):
                return f"“{quotation.said}” does not stand in the article.", None
        embedder = self._get_embedder()
        hits = [
            _find_passage(one.quote, article) for one, article in zip(cited, articles, strict=True)
        ]
        whys = (check_sentence(part, hits, embedder).why for part in _list_sentences(said))
        why = next(filter(None, whys), None)
        if why == TOO_FEW and embedder is None:
            return None, NO_EMBEDDER
        return why, None


def _is_quotation(said: str) -> bool:
    """Whether a sentence is one quotation and nothing else, whatever stands within it."""
    if len(said) < 2 or said[0] + said[-1] != "“”":
        return False
    depth = 0
    for sign in said[:-1]:
        depth += (sign == "“") - (sign == "”")
        if not depth:
            # A mark that closes what the sentence before it opened.
            return said.count("”") > said.count("“")
    return True


def _find_before(said: str, quotes: Sequence[str]) -> str | None:
    """What stands before a quotation with which a sentence ends; None where it ends otherwise."""
    ending = next((f"“{quote}”" for quote in quotes if said.endswith(f"“{quote}”")), None)
    return None if ending is None else said.removesuffix(ending).strip()


def _find_intrusion(before: str, lead: Lead | None, articles: Sequence[Article]) -> str | None:
    """What is wrong with words before a quotation that are no part of a sentence with it."""
    own = [introduce(article) for article in articles]
    ending = next((one for one in own if before.endswith(one)), "")
    if not ending and is_like_lead(before, articles):
        return f"The article’s introduction is “{min(own)}”."
    if before and (lead or ending or _ENDED.search(before)):
        return f"“{before.removesuffix(ending).strip()}” stands before it and has no footnote."
    return None


def _find_after(said: str, quotes: Sequence[str], lead: Lead | None) -> str | None:
    """What is wrong with words after a quotation that are no part of a sentence with it."""
    for quoted in (f"“{quote}”" for quote in quotes if quote):
        _, found, after = said.partition(quoted)
        after = after.strip()
        begins = next((sign for sign in after if sign.isalpha()), "")
        if found and after and (lead or (_ENDED.search(quoted) and not begins.islower())):
            return f"“{after}” stands after the quotation and has no footnote."
    return None


def _is_quoted(inner: str, one: Cited) -> bool:
    """Whether a footnote holds a quotation: a notice of correction is cited whole."""
    if one.article is None or not inner or inner == one.quote or inner not in one.quote:
        return inner == one.quote
    span = find_quotation(inner, one.article.text)
    whole = span and widen(one.article.text, span, one.article.title)
    return bool(whole and fold(whole.of(one.article.text)) == one.quote)


def _list_sentences(said: str) -> list[str]:
    """The sentences of a stretch, of which one was exported; whole where it quotes."""
    if QUOTE_MARK.search(said):
        return [said]
    return [span.of(said) for span in split_sentences(said)] or [said]


def _find_passage(quote: str, article: Article) -> Hit:
    """What stands around a quotation, as the passage that a sentence was made of."""
    span = find_quotation(quote, article.text) or Span(0, 0)
    start, end = max(0, span.start - AROUND), min(len(article.text), span.end + AROUND)
    passage = Passage(0, article.id, start, end, article.text[start:end])
    return Hit(passage, article, score=1.0)
