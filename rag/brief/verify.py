"""Whether an exported briefing still says what the articles say: one entry, `verify`.

Each footnote is looked up by its hash; its quotation and its description are compared with the
article that has this hash, and the sentence before it is checked again. Where the record of what
was exported is left in the file, that is compared with what the file holds now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.answer.checking.signs import TOO_FEW
from rag.answer.citing import lead_in
from rag.answer.matching import QUOTE_MARK, find_quotation, list_quotations
from rag.answer.support import check_sentence
from rag.brief.comparing import compare
from rag.brief.differing import explain_difference, fold
from rag.brief.export import Format
from rag.brief.footnotes import HASHED, Cited, Footnotes, Lookup
from rag.brief.opening import not_ours
from rag.brief.reading import Stretch, read_export
from rag.index.embedders import Embedder
from rag.index.frozen import Standing
from rag.ingest.sentences import split_sentences
from rag.types import Article, Hit, Passage, Span

State = Literal["stands", "changed", "unknown"]

#: Characters before and after a quotation within which the passage lay that a sentence was made of.
AROUND = 1_500
NO_EMBEDDER = "Its meaning was not compared with its passage’s: there is no embedder."
#: What the quotes engine introduces an article with, and what ends a sentence.
_LEAD = re.compile(r"[^.!?]*, (?:\d{1,2} [A-Z][a-z]+ \d{4}|undated):")
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
    checker = _Checker(Footnotes(library), get_embedder)
    findings = tuple(found for one in reading.stretches for found in checker.check(one))
    faulty = {found.n for found in findings if found.state != "stands"}
    differences = compare(reading, faulty)
    problems, notes = tuple(differences.problems), tuple(differences.notes)
    recorded = reading.record is not None
    return Report(str(path), reading.form, findings, problems, notes, recorded)


class _Checker:
    """Checks the sentences of one file in their order."""

    def __init__(self, footnotes: Footnotes, get_embedder: Callable[[], Embedder | None]) -> None:
        self._footnotes = footnotes
        self._get_embedder = get_embedder
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
            why, remark = self._check_words(fold(stretch.words), cited, bool(stretch.doubt))
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
        self, words: str, cited: Sequence[Cited], is_doubted: bool
    ) -> tuple[str | None, str | None]:
        """What is wrong with a sentence, and else what to know about it."""
        articles = [one.article for one in cited if one.article is not None]
        leads = {fold(lead_in(article)) for article in articles}
        lead = next((one for one in leads if words.startswith(f"{one} ")), "")
        said = words[len(lead) :].strip()
        self._lead = lead or self._lead
        if not articles or is_doubted:
            return None, None
        if not said:
            return "No sentence stands before it.", None
        before = _find_before(said, [one.quote for one in cited])
        if before == "" or _is_quotation(said):
            if self._lead and self._lead not in leads:
                return NOT_LED, None
            return _compare_quotation(said[1:-1], cited), None
        if before is not None and (why := _find_intrusion(before, leads)):
            return why, None
        return self._check_prose(said, cited, articles)

    def _check_prose(
        self, said: str, cited: Sequence[Cited], articles: Sequence[Article]
    ) -> tuple[str | None, str | None]:
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
    """Whether a sentence is one quotation and nothing else."""
    found = list_quotations(said)[0]
    return len(found) == 1 and found[0].span == Span(0, len(said)) and said[0] == "“"


def _find_before(said: str, quotes: Sequence[str]) -> str | None:
    """What stands before a quotation with which a sentence ends; None where it ends otherwise."""
    ending = next((f"“{quote}”" for quote in quotes if said.endswith(f"“{quote}”")), None)
    return None if ending is None else said.removesuffix(ending).strip()


def _find_intrusion(before: str, leads: Collection[str]) -> str | None:
    """What is wrong with words before a quotation that are no part of a sentence with it."""
    lead = next((one for one in leads if before.endswith(one)), "")
    if _LEAD.fullmatch(before) and not lead:
        return f"The article’s introduction is “{min(leads)}”."
    if lead or _ENDED.search(before):
        return f"“{before.removesuffix(lead).strip()}” stands before it and has no footnote."
    return None


def _list_sentences(said: str) -> list[str]:
    """The sentences of a stretch, of which one was exported; whole where it quotes."""
    if QUOTE_MARK.search(said):
        return [said]
    return [span.of(said) for span in split_sentences(said)] or [said]


def _compare_quotation(inner: str, cited: Sequence[Cited]) -> str | None:
    quotes = [one.quote for one in cited]
    if inner in quotes:
        return None
    return explain_difference(inner, quotes[0], "The sentence", "its footnote")


def _find_passage(quote: str, article: Article) -> Hit:
    """What stands around a quotation, as the passage that a sentence was made of."""
    span = find_quotation(quote, article.text) or Span(0, 0)
    start, end = max(0, span.start - AROUND), min(len(article.text), span.end + AROUND)
    passage = Passage(0, article.id, start, end, article.text[start:end])
    return Hit(passage, article, score=1.0)
