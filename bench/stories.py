"""Copies of stories: what is joined, what a copy may lose, what it costs, and what it is good for.

python -m bench.stories DATA/multihop-rag
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from unittest import mock

from bench.cases import OUT, ROOT, Case, load_multihop, open_multihop
from bench.multihop import Asked, score, write_articles
from rag.assistant import PASSAGES, Assistant
from rag.index.indexing import index_files
from rag.index.library import Library
from rag.index.store import Store
from rag.ingest.copies import CONTAINED, KEPT, SAME_OUTLET, Reading, are_copies
from rag.ingest.sketches import list_bands, read_words
from rag.retrieve.hybrid import retrieve
from rag.settings import load_settings
from rag.types import Article

#: What an outlet leaves out of a story, and the share of words that it changes.
CUTS, EDITS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5), (0.0, 0.02, 0.04)
#: Articles that are copied for each of those, and the words that they have.
TRIED, WORDS = 200, (150, 1_500)
#: Articles with evidence that are copied into the library, and the outlets that copy each.
COPIED, OUTLETS = 150, ("Northern Paper", "Southern Paper", "Western Paper")
AGENCY = "Reporting by our correspondents; editing by the desk."
PAIRS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    with open_multihop(data) as assistant:
        articles = assistant.library.articles()
        cases = [case for case in load_multihop(data) if case.half == 1 and case.answerable]
        show_pairs([Reading(article) for article in articles])
        show_recall([one for one in articles if WORDS[0] < len(read_words(one.text)) < WORDS[1]])
        show_cost(assistant.library)
        show_scores("without copies", assistant.store, cases)
    with _open_copied(data, articles, cases) as assistant:
        show_scores("with copies, each story once", assistant.store, cases)
        show_shown(assistant.store, cases)
        show_times(assistant.store, cases)
        with mock.patch("rag.retrieve.hybrid.find_kept", lambda _library, rows, *_: list(rows)):
            show_scores("with copies, all of them", assistant.store, cases)
            show_times(assistant.store, cases)


def show_pairs(readings: Sequence[Reading]) -> None:
    """The pairs that share a band and the most words, and whether they are joined."""
    bands = [set(list_bands(reading.shingles)) for reading in readings]
    found = []
    for one, other in combinations(range(len(readings)), 2):
        if bands[one] & bands[other]:
            found.append((*_compare(readings[one], readings[other]), one, other))
    print(f"{len(found)} of {len(readings) * (len(readings) - 1) // 2:,} pairs share a band")
    for contained, kept, one, other in sorted(found, reverse=True)[:PAIRS]:
        joined = are_copies(readings[one], readings[other])
        print(f"{contained:.3f} of the shorter, {kept:.3f} of the fuller, joined: {joined}")
        for number in (one, other):
            draft = readings[number].draft
            print(f"    {draft.outlet}, {draft.published}: {draft.title[:70]}")


def show_recall(articles: Sequence[Article]) -> None:
    drawn = random.Random(1).sample(list(articles), TRIED)
    print("cut / words changed: of the copies in another outlet, found and joined")
    for cut in CUTS:
        shares = [f"{edit:.0%} {_share_joined(drawn, cut, edit):.3f}" for edit in EDITS]
        print(f"  {cut:.0%}: {', '.join(shares)}")


def show_cost(library: Library) -> None:
    with library.writer() as writer:
        with writer.transaction() as db:
            db.execute("DELETE FROM sketches")
        begun = time.perf_counter()
        writer.join_stories()
    each = (time.perf_counter() - begun) / library.count_articles()
    print(f"finding an article's story: {each * 1e3:.1f} ms")


def show_scores(name: str, store: Store, cases: Sequence[Case]) -> None:
    asked = [Asked(case.text, "", "", case.facts) for case in cases]
    hits = [[hit.passage.text for hit in retrieve(store, q.text, PASSAGES)] for q in asked]
    print(f"{name}: {score(asked, hits)}")


def show_shown(store: Store, cases: Sequence[Case]) -> None:
    """How often the original stands for its copies."""
    shown = [
        {hit.article.id: hit.article.outlet for hit in retrieve(store, case.text, PASSAGES)}
        for case in cases
    ]
    found = [
        outlet
        for each in shown
        for article, outlet in each.items()
        if store.library.stories.others(article)
    ]
    share = sum(outlet not in OUTLETS for outlet in found) / len(found)
    print(f"of {len(found)} stories with copies that were found, the original: {share:.3f}")


def show_times(store: Store, cases: Sequence[Case]) -> None:
    taken = []
    for case in cases:
        begun = time.perf_counter()
        retrieve(store, case.text, PASSAGES)
        taken.append(time.perf_counter() - begun)
    print(f"  retrieve: median {statistics.median(taken) * 1e3:.0f} ms")


def copy_text(text: str, cut: float, edit: float, draw: random.Random) -> str:
    """`text` with its end cut off, a share of its words changed, and an agency's line."""
    words = re.findall(r"\S+\s*", text)
    words = words[: round(len(words) * (1 - cut))]
    changed = [_change(word, draw, words) if draw.random() < edit else word for word in words]
    return f"{''.join(changed).strip()}\n\n{AGENCY}"


def _change(word: str, draw: random.Random, words: Sequence[str]) -> str:
    other = draw.choice(words)
    return draw.choice(("", other, word + other))


def _share_joined(articles: Sequence[Article], cut: float, edit: float) -> float:
    draw, joined = random.Random(2), 0
    for article in articles:
        text = copy_text(article.text, cut, edit, draw)
        one = Reading(article)
        other = Reading(replace(article, text=text, outlet="Northern Paper", title="Another"))
        meet = set(list_bands(one.shingles)) & set(list_bands(other.shingles))
        joined += bool(meet) and are_copies(one, other)
    return joined / len(articles)


def _compare(one: Reading, other: Reading) -> tuple[float, float]:
    few, many = sorted((len(one.shingles), len(other.shingles)))
    common = len(one.shingles & other.shingles)
    return common / few, common / many


def _open_copied(data: Path, articles: Sequence[Article], cases: Sequence[Case]) -> Assistant:
    """MultiHop-RAG's articles with copies of some that have evidence, made once."""
    folder, home = OUT / "stories-articles", OUT / "stories"
    settings = load_settings(env={}, folder=ROOT, home=home)
    if home.exists():
        return Assistant(settings)
    write_articles(data, folder)
    for number, text in enumerate(_write_copies(articles, cases)):
        (folder / f"copy-{number:04d}.txt").write_text(text, encoding="utf-8")
    assistant = Assistant(settings, create=True)
    index_files(assistant.store, [folder])
    return assistant


def _write_copies(articles: Sequence[Article], cases: Sequence[Case]) -> Iterator[str]:
    facts = [fact for case in cases for fact in case.facts]
    used = sorted(articles, key=lambda a: (-sum(fact in a.text for fact in facts), a.id))
    draw = random.Random(3)
    for article in used[:COPIED]:
        for number, outlet in enumerate(OUTLETS):
            text = copy_text(article.text, draw.uniform(0, 0.4), draw.uniform(0, 0.03), draw)
            title = f"{article.title.split(':')[0]}, as reported {number}".replace('"', "’")
            head = f'title: "{title}"\noutlet: {outlet}\npublished: {article.published}'
            yield f"---\n{head}\n---\n{text}\n"


if __name__ == "__main__":
    print(f"limits: {CONTAINED} {KEPT} {SAME_OUTLET}")
    main()
