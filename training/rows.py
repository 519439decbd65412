"""Rows of tokens out of examples, as the reader sees them: question, title and a window of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from random import Random

from tokenizers import Tokenizer

from rag.ingest.sentences import split_sentences
from rag.reader.reading import Row, make_row
from training.data import Example

#: Windows of so many tokens are drawn in training: those of the program, and whole paragraphs.
LEAST, MOST = 48, 200
#: How often a row has no title: not every article has one. QAMR's never have, and are answered.
UNTITLED = 0.1


@dataclass(frozen=True, slots=True)
class Lesson(Row):
    """A row, and where its answer starts and ends: one (start, end) for each annotator, in tokens
    of the row; none where the window does not answer.
    """

    answers: list[tuple[int, int]]


class Rows:
    """Makes rows. Texts are tokenized once each."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        encode = lru_cache(maxsize=None)(
            lambda text: tokenizer.encode(text, add_special_tokens=False)
        )
        self._encode = encode
        self._sentences = lru_cache(maxsize=None)(self._count_sentences)

    def draw(self, one: Example, random: Random) -> Lesson | None:
        """A row of a window of `one`, drawn so that an answer, where there is one, lies in it.

        Without one, half of the windows are drawn about the sentence that has most of the
        question's words, as the program does. None where an answer does not fit.
        """
        limit = random.randint(LEAST, MOST)
        sentences = self._sentences(one.text)
        need = None
        if one.answers:
            start = random.choice(one.answers).start
            need = next((k for k, (_, end, _) in enumerate(sentences) if start < end), None)
        elif random.random() < 0.5:
            asked = _list_words(one.question)
            shared = [len(asked & _list_words(one.text[a:b])) for a, b, _ in sentences]
            need = max(range(len(shared)), key=shared.__getitem__)
        first, last = _draw_run([count for *_, count in sentences], need, limit, random)
        title = "" if random.random() < UNTITLED else one.title
        row = self.make(one, sentences[first][0], sentences[last][1], title)
        return row if bool(row.answers) == bool(one.answers) else None

    def make(self, one: Example, start: int, end: int, title: str) -> Lesson:
        """The row of `one.text[start:end]`, cut off at MAX_TOKENS."""
        whole = self._encode(one.text)
        body = [
            (token, place)
            for token, place in zip(whole.ids, whole.offsets, strict=True)
            if start <= place[0] and place[1] <= end
        ]
        named = self._encode(title).ids if title else []
        row = make_row(self._encode(one.question).ids, named, body)
        answers = []
        for answer in one.answers:
            inside = [
                k for k, (a, b) in enumerate(row.offsets) if a < answer.end and answer.start < b
            ]
            if inside and answer.start >= start and answer.end <= row.offsets[-1][1]:
                answers.append((row.passage + inside[0], row.passage + inside[-1]))
        return Lesson(row.ids, row.question, row.passage, row.offsets, answers)

    def _count_sentences(self, text: str) -> list[tuple[int, int, int]]:
        offsets = self._encode(text).offsets
        found = []
        for span in split_sentences(text) or []:
            count = sum(span.start <= a and b <= span.end for a, b in offsets)
            found.append((span.start, span.end, count))
        return found or [(0, len(text), len(offsets))]


@cache
def _list_words(text: str) -> frozenset[str]:
    """The words that say something, roughly: those of more than three letters, and numbers."""
    return frozenset(
        word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3 or word[0].isdigit()
    )


def _draw_run(
    counts: Sequence[int], need: int | None, limit: int, random: Random
) -> tuple[int, int]:
    """The first and last of a run of sentences that holds `need`, of `limit` tokens at most."""
    first = last = random.randrange(len(counts)) if need is None else need
    held = counts[first]
    while True:
        ways = []
        if first and held + counts[first - 1] <= limit:
            ways.append(-1)
        if last + 1 < len(counts) and held + counts[last + 1] <= limit:
            ways.append(1)
        if not ways:
            return first, last
        if random.choice(ways) < 0:
            first -= 1
            held += counts[first]
        else:
            last += 1
            held += counts[last]


def plan(rows: Sequence[Lesson], budget: int, random: Random) -> Iterator[list[Lesson]]:
    """Batches of rows of like length, `budget` tokens each once padded, in random order."""
    order = sorted(rows, key=lambda row: (len(row.ids), random.random()))
    batches: list[list[Lesson]] = [[]]
    for row in order:
        if batches[-1] and (len(batches[-1]) + 1) * len(row.ids) > budget:
            batches.append([])
        batches[-1].append(row)
    random.shuffle(batches)
    yield from batches
