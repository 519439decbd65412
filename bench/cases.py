"""The questions that are learnt from and measured on, each with what would answer it.

Four sets, each asked over a library of its own articles:

multihop  MultiHop-RAG's shown questions: long, several articles each, with the outlets named
news      questions over the same articles, as people type them: bench/news-questions.jsonl, in
          pairs of one that an article answers and one on the same subject that none does
samples   the same over the articles in corpus/: tests/evaluation/questions.jsonl
squad     SQuAD 2.0's questions over its 28 articles, all asked at once: those that the reader has
          learnt nothing from, of two articles for tuning and of five for reporting

Questions of one set asked over another's articles are about something that those do not hold.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.multihop import load_questions, squeeze, write_articles
from rag.answer.evidence import Evidence
from rag.assistant import Assistant
from rag.index.cutting import CHUNKING, OVERLAP_TOKENS
from rag.index.store import Store
from rag.ingest.chunk import cut_passages
from rag.retrieve.plan import find_outlets
from rag.settings import load_settings
from rag.types import Draft, Hit
from training.data import REPORTED, TUNING

ROOT = Path(__file__).parents[1]
OUT = ROOT / "bench" / "out"
NEWS = Path(__file__).with_name("news-questions.jsonl")
SAMPLES = ROOT / "tests" / "evaluation" / "questions.jsonl"
#: Questions of SQuAD that are taken of either half, by a seeded draw.
SQUAD = 300


@dataclass(frozen=True, slots=True)
class Case:
    """A question; `half` 0 is for tuning and 1 for reporting.

    `facts` are the sentences that answer it and `places` are offsets into the article named after
    `title`: whichever the set has. `answer` is what MultiHop-RAG gives as the answer.
    """

    text: str
    kind: str
    answerable: bool
    half: int
    facts: tuple[str, ...] = ()
    answer: str = ""
    title: str = ""
    places: tuple[int, ...] = ()

    def is_answered_by(self, one: Evidence) -> bool:
        if self.title:
            inside = (one.span.start <= place < one.span.end for place in self.places)
            return one.hit.article.file == self.title and any(inside)
        return is_one_of(one.text, self.facts)

    def is_held_by(self, hit: Hit) -> bool:
        """Whether a passage has one of the sentences that answer."""
        if self.title:
            inside = (hit.passage.start <= place < hit.passage.end for place in self.places)
            return hit.article.file == self.title and any(inside)
        said = squeeze(hit.passage.text)
        return any(squeeze(fact) in said for fact in self.facts)


def is_one_of(text: str, facts: Sequence[str]) -> bool:
    """Whether `text` is one of the sentences, or a good part of one: white space left out."""
    said = "".join(text.split())
    wanted = ("".join(fact.split()) for fact in facts)
    return any(
        said == fact or (len(said) > 20 and (said in fact or fact in said)) for fact in wanted
    )


def load_multihop(data: Path) -> list[Case]:
    return [
        Case(q.text, q.kind, q.kind != "null_query", number % 2, q.facts, q.answer)
        for number, q in enumerate(load_questions(data))
    ]


def load_news(data: Path) -> list[Case]:
    """Groups a and b are for tuning; the third, c, for reporting."""
    with gzip.open(data / "corpus.json.gz", "rt", encoding="utf-8") as file:
        bodies = {article["url"]: article["body"] for article in json.load(file)}
    return [
        Case(
            asked["question"],
            "news",
            bool(asked["answers"]),
            int(asked["id"][0] == "c"),
            tuple(bodies[url][start:end] for url, start, end in asked["answers"]),
        )
        for asked in _read_lines(NEWS)
    ]


def load_samples() -> list[Case]:
    """Pairs of odd number are for tuning, the even ones for reporting."""
    return [
        Case(
            asked["question"],
            "samples",
            asked["answerable"],
            1 - int(asked["pair"][1:]) % 2,
            tuple(answer["sentence"] for answer in asked["answers"]),
        )
        for asked in _read_lines(SAMPLES)
    ]


def load_squad(path: Path) -> list[Case]:
    cases: list[Case] = []
    for entry in _read_squad(path):
        start = 0
        for paragraph in entry["paragraphs"]:
            for qa in paragraph["qas"]:
                answers = [] if qa["is_impossible"] else qa["answers"]
                places = tuple(start + answer["answer_start"] for answer in answers)
                asked = qa["question"]
                half = int(entry["title"] in REPORTED)
                cases.append(
                    Case(asked, "squad", bool(places), half, title=entry["title"], places=places)
                )
            start += len(_flatten(paragraph["context"]))
    unread = [case for case in cases if case.title in REPORTED | TUNING]
    halves = ([case for case in unread if case.half == half] for half in (0, 1))
    return [case for half in halves for case in random.Random(1).sample(half, SQUAD)]


def take_strangers(cases: Sequence[Case], count: int) -> list[Case]:
    """`count` questions, by a seeded draw, as questions that another library cannot answer."""
    drawn = random.Random(2).sample(list(cases), count)
    return [Case(case.text, "stranger", False, case.half) for case in drawn]


def open_multihop(data: Path) -> Assistant:
    return _open("multihop", lambda assistant, home: _index_multihop(assistant, data, home))


def open_samples() -> Assistant:
    return _open("samples", lambda assistant, _: assistant.index([ROOT / "corpus"]))


def open_squad(path: Path) -> Assistant:
    return _open("squad", lambda assistant, _: _put(_read_squad(path), assistant.store))


def without_outlets(text: str, outlets: Sequence[str]) -> str:
    """A question with the names of the library's outlets taken out."""
    spans = {span for found in find_outlets(text, tuple(outlets)).values() for span in found}
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


def _open(name: str, fill: Callable[[Assistant, Path], Any]) -> Assistant:
    home = OUT / name
    done = home / "done"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
    assistant = Assistant(load_settings(env={}, folder=OUT, home=home), create=True)
    if not done.exists():
        fill(assistant, home)
        done.touch()
    return assistant


def _index_multihop(assistant: Assistant, data: Path, home: Path) -> None:
    write_articles(data, home / "articles")
    assistant.index([home / "articles"])


def _put(entries: list[dict[str, Any]], store: Store) -> None:
    """Stores the texts as they are, so that the places of the answers hold."""
    embedder = store.embedder
    assert embedder is not None
    with store.library.writer() as writer:
        writer.set_manifest(embedder.name, embedder.dimension, CHUNKING)
        for entry in entries:
            text = "".join(_flatten(paragraph["context"]) for paragraph in entry["paragraphs"])
            spans = cut_passages(text, embedder.count_tokens, embedder.max_tokens, OVERLAP_TOKENS)
            title = entry["title"]
            draft = Draft(file=title, title=title.replace("_", " "), text=text)
            writer.put(draft, title, spans, embedder.embed([span.of(text) for span in spans]))
        store.generations.catch_up()


def _flatten(context: str) -> str:
    return context.replace("\n", " ") + "\n\n"


def _read_squad(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        entries: list[dict[str, Any]] = json.load(file)
    return entries


def _read_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
