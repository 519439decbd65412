"""Passages: runs of whole sentences that an embedder reads to their end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rag.ingest.sentences import split_sentences, trimmed
from rag.types import Span

CountTokens = Callable[[Sequence[str]], list[int]]

#: A tokenizer counts an endless word as one unknown token, so no passage is longer than this many
#: characters for each token allowed; English news has between four and five.
_CHARACTERS_PER_TOKEN = 16

#: The tokens of texts up to so many characters are counted once: words, where a text has no stops.
_REMEMBERED = 400

#: Where a sentence over the limit is parted, best first: after a clause, between words.
_BREAKS = (re.compile(r"(?<=[,;:—–])\s+|(?<=[،؛、，；：])"), re.compile(r"\s+"))

#: What `estimate_tokens` counts: a run of ASCII letters, or any other character that is no space.
_ATOM = re.compile(r"[A-Za-z]+|\S")


def cut_passages(
    text: str, count_tokens: CountTokens, max_tokens: int, overlap_tokens: int = 20
) -> list[Span]:
    """Passages of `text` in order; each ends where a sentence ends, and every sentence is in one.

    `count_tokens` counts the tokens of each text given, the model's special ones included; no
    passage has more than `max_tokens` by it. A sentence that alone has more is parted at clauses,
    then at white space, then between characters. A passage begins by repeating the last sentences
    of the one before, where these have at most `overlap_tokens` together.
    """
    gauge = _Gauge(text, count_tokens, max_tokens)
    return list(gauge.runs(gauge.fitting(split_sentences(text), _BREAKS), overlap_tokens))


def estimate_tokens(texts: Sequence[str]) -> list[int]:
    """For each text, more tokens than a word-piece model is likely to make of it.

    For use where the embedder's own tokenizer cannot be had: two special tokens, one for every
    three letters begun and one for every other character, decomposed. Against the tokenizer of
    all-MiniLM-L6-v2 this is 1.6 times as many on English news, and fewer on 1 of 6,590 stretches
    of 1,000 characters.
    """
    return [2 + sum(_atom_tokens(atom) for atom in _ATOM.findall(text)) for text in texts]


def _atom_tokens(atom: str) -> int:
    if atom.isascii():
        return -(-len(atom) // 3)
    # such models decompose first: one Hangul syllable is up to three tokens
    return len(unicodedata.normalize("NFKD", atom))


@dataclass(frozen=True, slots=True)
class _Gauge:
    """Tells how much of a text fits."""

    text: str
    count_tokens: CountTokens
    max_tokens: int
    known: dict[str, int] = field(default_factory=dict)

    def sizes(self, spans: Sequence[Span]) -> list[int]:
        """The tokens of each span, or what its length stands for where that is more."""
        texts = [span.of(self.text) for span in spans]
        # A span that is too long by its characters alone is not counted: it may be megabytes.
        new = [
            text
            for text in dict.fromkeys(texts)
            if text not in self.known and not self._is_endless(text)
        ]
        counts = dict(zip(new, self.count_tokens(new) if new else [], strict=True))
        self.known.update((text, n) for text, n in counts.items() if len(text) <= _REMEMBERED)
        return [
            max(counts.get(text, self.known.get(text, 0)), len(text) // _CHARACTERS_PER_TOKEN)
            for text in texts
        ]

    def _is_endless(self, text: str) -> bool:
        return len(text) // _CHARACTERS_PER_TOKEN > self.max_tokens

    def fits(self, start: int, end: int) -> bool:
        return self.sizes([Span(start, end)])[0] <= self.max_tokens

    def fitting(self, spans: list[Span], breaks: Sequence[re.Pattern[str]]) -> list[Span]:
        """The spans in order, each that is over the limit replaced by parts of it that are not."""
        fitting: list[Span] = []
        for span, size in zip(spans, self.sizes(spans), strict=True):
            if size <= self.max_tokens:
                fitting.append(span)
            elif breaks:
                parts = self.fitting(self._parts(span, breaks[0]), breaks[1:])
                fitting += self.runs(parts, 0)
            else:
                fitting += self._slices(span)
        return fitting

    def runs(self, pieces: list[Span], overlap_tokens: int) -> Iterator[Span]:
        """The longest runs of `pieces` that fit, in order, each but the first with its overlap."""
        special = self.count_tokens([""])[0]
        tokens = [size - special for size in self.sizes(pieces)]
        first = fresh = 0
        while fresh < len(pieces):
            first, end = self._run(pieces, tokens, first, fresh, self.max_tokens - special)
            yield Span(pieces[first].start, pieces[end - 1].end)
            first, fresh, room = end, end, overlap_tokens
            while first > 0 and (room := room - tokens[first - 1]) >= 0:
                first -= 1

    def _run(
        self, pieces: list[Span], tokens: list[int], first: int, fresh: int, room: int
    ) -> tuple[int, int]:
        """The run that repeats the pieces from `first` on and holds `fresh` at the least.

        It is planned with the tokens of its pieces, then measured whole: the sum may be less.
        """
        end, planned = fresh + 1, sum(tokens[first : fresh + 1])
        while first < fresh and planned > room:
            planned -= tokens[first]
            first += 1
        while end < len(pieces) and planned + tokens[end] <= room:
            planned += tokens[end]
            end += 1
        while not self.fits(pieces[first].start, pieces[end - 1].end):
            if end > fresh + 1:
                end -= 1
            elif first < fresh:
                first += 1
            else:
                break
        return first, end

    def _parts(self, span: Span, mark: re.Pattern[str]) -> list[Span]:
        cuts = [found.end() for found in mark.finditer(self.text, span.start, span.end)]
        edges = [span.start, *cuts, span.end]
        parts = (trimmed(self.text, start, end) for start, end in pairwise(edges))
        return [part for part in parts if part]

    def _slices(self, span: Span) -> Iterator[Span]:
        """Slices of an endless word, halved until they fit; a single character is let pass."""
        width = self.max_tokens * _CHARACTERS_PER_TOKEN
        waiting = [
            Span(start, min(start + width, span.end))
            for start in range(span.start, span.end, max(width, 1))
        ][::-1]
        while waiting:
            part = waiting.pop()
            middle = self._middle(part)
            if middle == part.end or self.fits(part.start, part.end):
                yield part
            else:
                waiting += [Span(middle, part.end), Span(part.start, middle)]

    def _middle(self, span: Span) -> int:
        """About the middle of the span, not between a character and the marks joined to it."""
        middle = (span.start + span.end + 1) // 2
        while middle < span.end and _joined(self.text[middle]):
            middle += 1
        return middle


def _joined(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")
