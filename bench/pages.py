"""News pages with the body marked by hand: read as HTML, and flattened to text as a scrape.

    python -m bench.pages DATA/news-pages [--show KIND]

A third of the pages, by a hash of their names, may be looked at in tuning; what is reported beside
them is the rest. Score of the extraction: 4-gram shingles of words, as its authors count them
(https://github.com/scrapinghub/article-extraction-benchmark).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import trafilatura

from bench.page_text import WAYS, flatten
from bench.tables import lay_out, share
from rag.ingest.decode import decode_page
from rag.ingest.lines import Line
from rag.ingest.readers import read_html_file, read_text_file
from rag.ingest.sentences import split_sentences

#: Pages that may be looked at.
TUNED = 20
#: A line is noise where so little of it stands in the body, and the body's where so much does.
NOISE, OWN = 0.1, 0.7
DRAWS = 2_000


@dataclass(frozen=True)
class Page:
    """A page with its body as marked by hand."""

    name: str
    data: bytes
    body: str
    tuned: bool

    @cached_property
    def tree(self) -> Any:
        return trafilatura.load_html(decode_page(self.data))

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        return frozenset(shingles(self.body))

    @cached_property
    def lines(self) -> frozenset[str]:
        return frozenset(fold(line) for line in self.body.split("\n") if line.strip())


def read_pages(data: Path) -> list[Page]:
    """The pages, and which of them may be looked at."""
    truth = json.loads((data / "ground-truth.json").read_text(encoding="utf-8"))
    ranked = sorted(truth, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return [
        Page(
            name,
            gzip.decompress((data / "html" / f"{name}.html.gz").read_bytes()),
            truth[name]["articleBody"],
            ranked.index(name) < TUNED,
        )
        for name in sorted(truth)
    ]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def fold(text: str) -> str:
    return " ".join(words(text))


def shingles(text: str) -> list[tuple[str, ...]]:
    """Every run of four words; of fewer, the whole."""
    every = words(text)
    runs = [tuple(every[start : start + 4]) for start in range(len(every) - 3)]
    return runs or ([tuple(every)] if every else [])


# HTML


@dataclass(frozen=True, slots=True)
class Match:
    """How the words of a text stand to those of the body."""

    precision: float
    recall: float


def match(text: str, body: str) -> Match:
    found, true = Counter(shingles(text)), Counter(shingles(body))
    common = sum((found & true).values())
    return Match(
        common / sum(found.values()) if found else 0.0, common / sum(true.values()) if true else 1.0
    )


def f1(matches: Sequence[Match]) -> tuple[float, float, float]:
    """F1 of the means, and the mean precision and recall."""
    precision = sum(one.precision for one in matches) / len(matches)
    recall = sum(one.recall for one in matches) / len(matches)
    return 2 * precision * recall / (precision + recall), precision, recall


def between(matches: Sequence[Match]) -> str:
    """F1 with its 95% interval, by drawing the pages anew."""
    draw = random.Random(1)
    drawn = sorted(f1(draw.choices(matches, k=len(matches)))[0] for _ in range(DRAWS))
    low, high = drawn[DRAWS // 40], drawn[-DRAWS // 40]
    value, precision, recall = f1(matches)
    return f"{value:.3f} [{low:.2f}, {high:.2f}] | {precision:.3f} | {recall:.3f}"


# Plain text


@dataclass(frozen=True, slots=True)
class Reading:
    """A page's text as read: which lines of noise went, and which sentences of the body did."""

    page: Page
    text: str
    title: str
    noise: tuple[str, ...]
    left: tuple[str, ...]
    sentences: tuple[str, ...]
    lost: tuple[str, ...]


def read_scrape(page: Page, raw: str) -> Reading:
    draft = read_text_file(raw.encode(), Path("scrape.txt"))
    noise = tuple(line for line in raw.split("\n") if is_noise(page, line))
    left = tuple(line for line in draft.text.split("\n\n") if is_noise(page, line))
    before, after = fold(raw), f"{fold(draft.title)} {fold(draft.text)}"
    sentences = [span.of(page.body) for span in split_sentences(page.body)]
    there = [one for one in sentences if fold(one) and fold(one) in before]
    lost = tuple(one for one in there if fold(one) not in after)
    return Reading(page, draft.text, draft.title, noise, left, tuple(there), lost)


def is_noise(page: Page, line: str) -> bool:
    """Whether a line is none of the body's, not even in part."""
    if not line.strip():
        return False
    if fold(line) in page.lines:
        return False
    runs = shingles(line)
    if len(words(line)) < 4:
        return f" {fold(line)} " not in f" {' '.join(words(page.body))} " or len(words(line)) < 2
    return sum(run in page.shingles for run in runs) <= NOISE * len(runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--show", choices=("left", "lost"), help="print those of the tuned pages")
    options = parser.parse_args()
    pages = read_pages(options.data)
    if options.show:
        show(pages, options.show)
        return
    print(write_extraction(pages), write_scrapes(pages), sep="\n\n")


def write_extraction(pages: Sequence[Page]) -> str:
    """The extraction from HTML, ours and trafilatura's own."""
    readers: dict[str, Callable[[Page], str]] = {
        "Dateline": lambda page: read_html_file(page.data, Path("page.html")).text,
        "trafilatura alone": lambda page: trafilatura.extract(decode_page(page.data)) or "",
        "all text": lambda page: flatten(page.tree),
    }
    rows = []
    for name, reader in readers.items():
        matches = {page.name: match(reader(page), page.body) for page in pages}
        rows += [
            [name, half, *between([matches[page.name] for page in some]).split(" | ")]
            for half, some in halves(pages)
        ]
    return lay_out(["HTML", "pages", "F1", "precision", "recall"], rows)


def write_scrapes(pages: Sequence[Page]) -> str:
    """What the plain-text reader makes of the same pages as text."""
    rows = []
    for way, make in WAYS.items():
        readings = {page.name: read_scrape(page, make(page.tree)) for page in pages}
        for half, some in halves(pages):
            found = [readings[page.name] for page in some]
            rows.append([way, half, *_cells(found)])
    head = [
        "as text",
        "pages",
        "noise lines removed",
        "of pages, mean",
        "sentences lost",
        "with headings and labels",
        "F1",
        "headline found",
    ]
    return lay_out(head, rows)


def _cells(found: Sequence[Reading]) -> Iterator[str]:
    noise, left = sum(len(one.noise) for one in found), sum(len(one.left) for one in found)
    yield share(_flags(noise - left, noise))
    each = [1 - len(one.left) / len(one.noise) for one in found if one.noise]
    yield f"{sum(each) / len(each):.3f}"
    every = [one for reading in found for one in reading.sentences]
    whole = [one for one in every if Line(one).is_prose]
    for some in (whole, every):
        gone = [one for reading in found for one in reading.lost if one in some]
        yield f"{len(gone)} of {len(some)}: {share(_flags(len(gone), len(some)))}"
    yield between([match(one.text, one.page.body) for one in found]).split(" | ")[0]
    yield share([is_headline(one) for one in found])


def _flags(good: int, every: int) -> list[bool]:
    return [place < good for place in range(every)]


def is_headline(reading: Reading) -> bool:
    """Whether the title is the one that the page's own markup states, but for the outlet's name."""
    stated = fold(read_html_file(reading.page.data, Path("page.html")).title).casefold()
    title = fold(reading.title).casefold()
    return bool(title) and (title in stated or stated in title)


def halves(pages: Sequence[Page]) -> Iterator[tuple[str, list[Page]]]:
    for name, tuned in (("tuned on", True), ("kept out", False)):
        some = [page for page in pages if page.tuned == tuned]
        yield f"{name} ({len(some)})", some


def show(pages: Sequence[Page], kind: str) -> None:
    """Prints what stayed or was lost of the pages that may be looked at, never of the others."""
    for way, make in WAYS.items():
        for page in pages:
            if page.tuned:
                reading = read_scrape(page, make(page.tree))
                print(f"\n## {way} {page.name[:8]}: {reading.title}")
                for line in reading.left if kind == "left" else reading.lost:
                    print(f"  {line[:200]}")


if __name__ == "__main__":
    main()
