"""Who said it: the speakers that are named for sentences of the samples, against a hand-made set.

python -m bench.speakers [SET.jsonl ARTICLES]

The set is that of the samples where none is given. Of its lines the odd ones were for tuning.
Another has lines of the same keys over text files in ARTICLES, whose body stands behind “----”.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cases import ROOT
from rag.answer.speakers import Speaker, find_speaker
from rag.ingest.readers import read_file
from rag.ingest.sentences import split_sentences
from rag.types import Span

SET = ROOT / "tests" / "evaluation" / "speakers.jsonl"
CORPUS = ROOT / "corpus"
HALVES = ("odd", "even")
PLACES = ("here", "before", "after")
#: Other names of the same, as the set's writer has them.
SAME = {
    "pyongyang": "north korea",
    "north": "north korea",
    "washington": "united states",
    "us": "united states",
    "american": "united states",
    "beijing": "china",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence of an article, whose words it reports (None: nobody's) and what tells it."""

    file: str
    find: str
    speaker: str | None
    where: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    case: Case
    found: Speaker | None

    @property
    def right(self) -> bool:
        speaker = self.case.speaker
        return bool(self.found and speaker and is_same(self.found.name, speaker))

    @property
    def missed(self) -> bool:
        """Whether somebody was to be named, and nobody or another was."""
        return self.case.speaker is not None and not self.right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path, nargs="?", default=SET)
    parser.add_argument("articles", type=Path, nargs="?")
    parser.add_argument("--misses", action="store_true", help="list what is wrong, odd half")
    options = parser.parse_args()
    folder: Path | None = options.articles
    read = read_sample if folder is None else lambda file: read_body(folder / file)
    begun = time.perf_counter()
    outcomes = try_all(load_cases(options.set), read)
    took = (time.perf_counter() - begun) / len(outcomes)
    print(f"{'half':6}{'precision':>16}{'recall':>16}{'named, nobody':>16}", *PLACES, sep="  ")
    for half, name in enumerate(HALVES):
        print(write_row(name, outcomes[half::2]))
    print(f"{took * 1e3:.1f} ms a line, its article read anew")
    if options.misses:
        for one in outcomes[0::2]:
            if one.missed or (one.found and not one.right):
                print(one.case.file, one.case.find, one.case.speaker, one.found, sep=" | ")


def load_cases(path: Path) -> list[Case]:
    """The lines of a set, in order."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Case(row["file"], row["find"], row["speaker"], row["where"]) for row in rows]


def try_all(cases: Sequence[Case], read: Callable[[str], str]) -> list[Outcome]:
    """What came of each case; `read` gives an article's text by the name of its file."""
    texts = {file: read(file) for file in dict.fromkeys(case.file for case in cases)}
    return [
        Outcome(case, find_speaker(texts[case.file], find_sentence(texts[case.file], case.find)))
        for case in cases
    ]


def read_sample(file: str) -> str:
    """The text of an article of the samples, as it is indexed."""
    return read_file(CORPUS / file).text


def read_body(path: Path) -> str:
    """What stands behind the line of dashes in a text file."""
    return path.read_text(encoding="utf-8").split("\n----\n", 1)[1]


def find_sentence(text: str, find: str) -> Span:
    """The sentence in whose midst words stand that a text has once."""
    if text.count(find) != 1:
        raise ValueError(f"“{find}” stands {text.count(find)} times in its article.")
    middle = text.index(find) + len(find) // 2
    return next(span for span in split_sentences(text) if middle < span.end)


def is_same(one: str, other: str) -> bool:
    """Whether two names have the same words, or one has all of the other's."""
    first, second = (_simplify(name) for name in (one, other))
    return first <= second or second <= first


def _simplify(name: str) -> set[str]:
    bare = re.sub(r"^(?:the|an?)\s+", "", name.casefold())
    return set(SAME.get(bare, bare).split())


def share(good: int, of: int) -> str:
    return f"{good}/{of} = {good / of:.2f}" if of else "none"


def write_row(name: str, outcomes: Sequence[Outcome]) -> str:
    """One half's line of the table."""
    named = [one for one in outcomes if one.found]
    wanted = [one for one in outcomes if one.case.speaker]
    right = sum(one.right for one in outcomes)
    nobody = [one for one in outcomes if one.case.speaker is None]
    parts = [
        f"{name:6}{share(right, len(named)):>16}{share(right, len(wanted)):>16}",
        f"{sum(one.found is not None for one in nobody)}/{len(nobody)}".rjust(14),
    ]
    for place in PLACES:
        there = [one for one in wanted if one.case.where == place]
        parts.append(f"{sum(one.right for one in there)}/{len(there)}")
    return "  ".join(parts)


if __name__ == "__main__":
    main()
