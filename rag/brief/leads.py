"""What introduces a quotation in an export: read again, and compared with the article it names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.answer.citing import lead_in
from rag.answer.matching import find_quotation
from rag.answer.speakers import find_speaker, is_same
from rag.answer.speech_table import PRONOUNS
from rag.brief.differing import fold
from rag.types import Article, Span

#: A longer one is no introduction; and what is read of words that may be one.
LONGEST = 600
#: How many places of the same words in an article are asked for their speaker.
PLACES = 20
#: Characters around a quotation in which the speaker of it is named.
NEAR = 3_000
_SAID = re.compile(r"(?P<speaker>[^“”:]{1,200}) said:")
_REPORTING = re.compile(r", reporting what (?P<speaker>[^“”:]{1,200}) said:")
#: What an article is introduced with, whatever was made of its outlet and day.
_LIKE = re.compile(
    r"[^!?]*, (?:\d{1,2} )?(?:[A-Z][a-z]+ )?(?:\d{4}|undated)(?:, reporting what .*)?:"
    r"|.*, reporting what .*:|[^.!?]*, \d{1,2} [A-Z][a-z]+:"
)


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands before a quotation: which articles' it may be, and whom it names.

    `introduction` is its outlet and day, "" where it names a speaker alone (“Sung Kim said:”).
    """

    words: str
    introduction: str
    speaker: str


def introduce(article: Article) -> str:
    """How an article is introduced, as it is compared."""
    return fold(lead_in(article))


def find_lead(words: str, introductions: Collection[str]) -> Lead | None:
    """The introduction of one of the articles with which the words begin."""
    for one in introductions:
        if words == one or words.startswith(f"{one} "):
            return Lead(one, one, "")
        bare = one.removesuffix(":")
        found = _REPORTING.match(words, len(bare)) if words.startswith(bare) else None
        if found and words[found.end() : found.end() + 1] in ("", " "):
            return Lead(words[: found.end()], one, found["speaker"])
    return None


def find_speaker_lead(before: str, articles: Sequence[Article]) -> Lead | None:
    """“Sung Kim said:”, where it is all that stands before a quotation."""
    found = _SAID.fullmatch(before)
    if found is None or is_like_lead(before, articles) or found["speaker"].casefold() in PRONOUNS:
        return None
    return Lead(before, "", found["speaker"])


def is_like_lead(words: str, articles: Sequence[Article]) -> bool:
    """Whether words seem to be the introduction of an article, of whichever."""
    if len(words) > LONGEST or not words.endswith(":"):
        return False
    names = (fold(article.outlet or f"“{article.title}”") for article in articles)
    return bool(_LIKE.fullmatch(words)) or any(
        words.startswith((f"{name}, ", f"{name}:")) for name in names
    )


def check_speaker(lead: Lead, quote: str, article: Article) -> str | None:
    """What is wrong with whom a lead names as the speaker of a quotation."""
    if not lead.speaker:
        return None
    spans = _find_places(quote, article.text)
    found = [one.name for span in spans if (one := find_speaker(article.text, span))]
    names = [fold(name) for name in found]
    if any(_is_named(lead.speaker, name) for name in names):
        return None
    if names:
        return f"The article has {names[0]} say this, not {lead.speaker}."
    around = [article.text[max(0, one.start - NEAR) : one.end + NEAR] for one in spans]
    wanted = lead.speaker.casefold()
    if any(wanted in fold(text).casefold() for text in around or [article.text]):
        return None
    return f"The article does not have {lead.speaker} say this."


def _is_named(said: str, name: str) -> bool:
    if said[:1].casefold() + said[1:] == name[:1].casefold() + name[1:]:
        return True
    # Another edition of these rules may have given less of a name.
    return len(said) < len(name) and is_same(said, name)


def _find_places(quote: str, text: str) -> list[Span]:
    spans: list[Span] = []
    first = find_quotation(quote, text)
    while first is not None and len(spans) < PLACES:
        spans.append(first)
        start = text.find(first.of(text), first.end)
        first = Span(start, start + first.end - first.start) if start >= 0 else None
    return spans
