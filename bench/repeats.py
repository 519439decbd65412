"""What repeats across a collection: what is learnt, what goes, and what of the articles goes too.

    python -m bench.repeats DATA/multihop-rag [--list]

MultiHop-RAG's articles as they are, and with the furniture of ten made sites put around and into
each (`bench.made_sites`); every outlet's articles get that of one site. What already goes from the
articles as they are is no sentence of theirs: `--list` prints it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.made_sites import SITES, Site
from bench.tables import lay_out, share
from rag.ingest.readers import read_text_file
from rag.ingest.repeats import Seen, fold, is_noise, list_marks, strip_repeats
from rag.ingest.sentences import split_sentences

#: The chance that a line of a site stands in an article.
CHANCE = 0.9


@dataclass(frozen=True, slots=True)
class Scrape:
    """An article with furniture around it, the reader's text of both, and the furniture's lines."""

    site: Site
    alone: str
    text: str
    furniture: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    packed = gzip.decompress((options.data / "corpus.json.gz").read_bytes())
    records = json.loads(packed)
    texts = [read(f"{record['title']}\n\n{record['body']}") for record in records]
    print(write_as_is(texts))
    if options.list:
        show_removed(texts)
        return
    seen = count(texts)
    own = [strip(text, seen) for text in texts]
    print(write_made(list(make_scrapes(records, own))))


def read(source: str) -> str:
    return read_text_file(source.encode(), Path("article.txt")).text


def count(texts: Sequence[str]) -> dict[int, Seen]:
    """How often each key stands in the texts, each a story of its own."""
    stories: Counter[int] = Counter()
    edges: Counter[int] = Counter()
    for text in texts:
        for mark in list_marks(text):
            stories[mark.key] += 1
            edges[mark.key] += mark.edge
    return {key: Seen(number, edges[key]) for key, number in stories.items()}


def strip(text: str, seen: dict[int, Seen]) -> str:
    def noise(paragraph: str, edge: bool) -> bool:
        key = fold(paragraph)
        return key is not None and is_noise(paragraph, edge, seen[key])

    return strip_repeats(text, noise)


def removed(text: str, stripped: str) -> list[str]:
    left = Counter(text.split("\n\n"))
    left.subtract(stripped.split("\n\n"))
    return list(left.elements())


def write_as_is(texts: Sequence[str]) -> str:
    seen = count(texts)
    gone = [line for text in texts for line in removed(text, strip(text, seen))]
    marks = sum(len(list_marks(text)) for text in texts) / len(texts)
    return (
        f"{len(texts)} articles as they are: {marks:.1f} paragraphs of each may be learnt;"
        f" {len({fold(line) for line in gone})} are, and {len(gone)} paragraphs go.\n"
    )


def show_removed(texts: Sequence[str]) -> None:
    seen = count(texts)
    gone = Counter(line for text in texts for line in removed(text, strip(text, seen)))
    for line, number in gone.most_common():
        print(f"{number:4} {line}")


def make_scrapes(records: Sequence[dict[str, str]], texts: Sequence[str]) -> Iterator[Scrape]:
    draw = random.Random(7)
    titles = [record["title"] for record in records]
    for record, alone in zip(records, texts, strict=True):
        site = SITES[zlib.crc32(record["source"].encode()) % len(SITES)]
        above, within, below = (
            [fill(line, draw, titles) for line in lines if draw.random() < CHANCE]
            for lines in (site.above, site.within, site.below)
        )
        body = [part for part in record["body"].split("\n") if part.strip()]
        place = draw.randrange(1, max(2, len(body)))
        body[place:place] = within
        source = "\n\n".join([*above[:2], record["title"], *above[2:], *body, *below])
        yield Scrape(site, alone, read(source), (*above, *within, *below))


def fill(line: str, draw: random.Random, titles: Sequence[str]) -> str:
    while "{n}" in line:
        line = line.replace("{n}", str(draw.randrange(1, 99)), 1)
    return line.replace("{headline}", draw.choice(titles))


def write_made(scrapes: Sequence[Scrape]) -> str:
    seen = count([one.text for one in scrapes])
    rows = []
    for name, tuned in (("tuned on", True), ("kept out", False)):
        some = [one for one in scrapes if one.site.tuned == tuned]
        for step, texts in (
            ("the reader alone", [one.text for one in some]),
            ("and what repeats", [strip(one.text, seen) for one in some]),
        ):
            gone, lost = [], []
            for one, text in zip(some, texts, strict=True):
                kept = set(text.split("\n\n"))
                gone += [line not in kept for line in one.furniture]
                lost += [said not in text for said in list_sentences(one.alone)]
            rows.append([f"{name} ({len(some)})", step, share(gone), lost_share(lost)])
    return lay_out(["sites (articles)", "", "furniture removed", "sentences lost"], rows)


def list_sentences(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text)]


def lost_share(lost: Sequence[bool]) -> str:
    return f"{sum(lost)} of {len(lost):,}: {sum(lost) / len(lost):.4f}"


if __name__ == "__main__":
    main()
