"""What a sentence is held against: the sentences around each passage that it cites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rag.answer.checking.days import Times, find_times
from rag.answer.checking.figures import Figure, find_figures
from rag.answer.checking.marking import Marked, mark_words
from rag.answer.checking.roles import Act, Deed, Mention, find_acts, find_deeds, find_mentions
from rag.answer.checking.sayings import Saying, find_sayings
from rag.answer.checking.words import Token, simplify, split_tokens
from rag.ingest.sentences import split_sentences
from rag.types import Hit, Span

#: How far beyond a passage the article is read as well, in characters: what a passage's first
#: sentence calls “he” stands before it.
AROUND = 700


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A sentence, read: its words with their marks, its figures, its times, who does what."""

    text: str
    plain: str
    tokens: tuple[Token, ...]
    marked: Marked
    sayings: tuple[Saying, ...]
    figures: tuple[Figure, ...]
    times: Times
    mentions: tuple[Mention, ...]
    deeds: tuple[Deed, ...]
    acts: tuple[Act, ...]

    @property
    def content(self) -> list[int]:
        """The places of the words that say something, those of figures left out."""
        return [
            place
            for place, token in enumerate(self.tokens)
            if token.stem and not token.stem.isdigit()
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A sentence of a cited article, `near` where it stands in the cited passage itself."""

    read: Read
    hit: Hit
    span: Span
    near: bool


@lru_cache(maxsize=2_000)
def read_sentence(text: str, published: date | None) -> Read:
    """The sentence read; `published` is the day from which its “Friday” is counted."""
    plain = simplify(text)
    tokens = tuple(split_tokens(plain))
    sayings = find_sayings(text, tokens)
    return Read(
        text=text,
        plain=plain,
        tokens=tokens,
        marked=mark_words(tokens, sayings),
        sayings=tuple(sayings),
        figures=tuple(find_figures(text)),
        times=find_times(text, published),
        mentions=tuple(find_mentions(tokens)),
        deeds=tuple(find_deeds(tokens)),
        acts=tuple(find_acts(tokens)),
    )


def list_sources(cited: Sequence[Hit]) -> list[Source]:
    """The sentences of the cited passages and of what stands around them, each once."""
    found: dict[tuple[str, int], Source] = {}
    for hit in cited:
        article, passage = hit.article, hit.passage
        whole = article.text or passage.text
        offset = 0 if article.text else passage.start
        start = max(0, passage.start - offset - AROUND)
        end = min(len(whole), passage.end - offset + AROUND)
        for span in split_sentences(whole[start:end]):
            absolute = Span(start + span.start + offset, start + span.end + offset)
            near = absolute.start < passage.end and absolute.end > passage.start
            key = (article.id, absolute.start)
            if key in found and (found[key].near or not near):
                continue
            cut = (start and span.start == 0) or (start + span.end == end < len(whole))
            if cut and not near:
                continue  # half a sentence may say the opposite of the whole
            read = read_sentence(span.of(whole[start:end]), article.published)
            found[key] = Source(read, hit, absolute, near)
    return list(found.values())
